"""A draft that was written in Word -> the words and facts of a letter."""
