"""The letter before anyone receives it: its facts, its words in each language, and the checks on both."""
