"""The verbs, in the order of the road: each joins the floors below and leaves their details to them.

drafting     init, new, check, preview
translating  the state of the language versions, catalogues out, release
planning     plan, approve, reject
issuing      issue
stopping     hold, resume, withdraw
sending      send, show
suppressing  suppress, unsuppress, suppressions, unsubscribe
doubting     doubt
tracking     track, triage, explain, answer
reminding    remind
scheduling   send --at, send --working-days
retrying     retry
ticking      tick
registering  status: how the answers stand, who is missing
following    track --follow
reporting    report, in files of several kinds
doctor       doctor: is the office well
backing_up   backup
moving       store move
chunks       long verbs in pieces of bounded size, for a task engine
"""
