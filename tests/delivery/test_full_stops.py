"""A message that we build is ASCII, and no line begins with a full stop: the transport does not have to look."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from delivery.feed import make_parcel
from delivery.headers import one_line
from delivery.mail_form import MailForm
from delivery.message import LAYOUT, SPECIMEN
from tests.delivery.samples import sample_forms

# What may come to stand at the start of a line: after a newline, at a soft line break, or where a field is folded.
DOTTED = st.text(alphabet=st.sampled_from(". \r\n\t=aé—.\u2028\x85<@"), max_size=400)
LONG = st.builds(lambda count, rest: "a" * count + "." * 40 + rest, st.integers(60, 90), DOTTED)
TEXT = st.one_of(DOTTED, LONG, st.just("."), st.just("..\r\n.\r\n."))


@given(salutation=TEXT, filler=TEXT, name=TEXT, office_name=TEXT, reference=TEXT, personal=st.booleans())
def test_no_line_begins_with_a_full_stop(
    salutation: str, filler: str, name: str, office_name: str, reference: str, personal: bool
) -> None:
    forms = sample_forms(personal=personal, filler=filler)
    form = MailForm(forms, reference=reference, zone="Europe/Zurich", office_name=one_line(office_name))
    for layout in range(1, LAYOUT + 1):
        row = SPECIMEN._replace(name=name, sender_name=office_name, reply_token="a" * 31, layout=layout)
        parcel = make_parcel(row, form, (salutation, True))
        assert parcel.plain
        assert parcel.message.isascii()
        assert b"\n." not in parcel.message
        assert not parcel.message.startswith(b".")
        assert parcel.message.count(b"\n") == parcel.message.count(b"\r\n") == parcel.message.count(b"\r")
