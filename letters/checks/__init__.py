"""The checks of a letter, by theme: its dates, its protocol, its translations, facts typed as text, what is unused."""
