"""From the inbox to an answer: sources, parsing, delivery reports, automatic replies, matching, filing."""
