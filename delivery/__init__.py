"""From a sealed form to the receiving server: messages, transports, the send loop and its journal."""
