"""What a relay wrote down of our messages: the logs of Postfix and of Exchange, from which `doubt` is settled."""
