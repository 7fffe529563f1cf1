"""`doctor`: looks at all that an office needs in order to work, and says what to fix.

results     what a look found, and what is to be looked at
examining   every topic in a thread of its own: none can hide or hold up another
refusals    what it says of the office that a relay refuses an envelope
settings, files, store, work, relay, domains, inbox, round_trip   the topics, in the order in which they are told
"""
