"""Secrets do not show in what a server says, however it repeats them."""

from __future__ import annotations

import base64
import time
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from office.redaction import without_secrets

SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=6, max_size=40)


@given(st.binary(max_size=20), SECRETS, st.binary(max_size=20))
def test_base64_that_holds_a_secret_goes(before: bytes, secret: str, after: bytes) -> None:
    repeated = base64.b64encode(before + secret.encode() + after).decode()
    assert without_secrets(f"535 5.7.8 <{repeated}>", [secret]) == "535 5.7.8 <…>"


@given(SECRETS)
def test_no_secret_is_left(secret: str) -> None:
    told = without_secrets(f"[{secret}] [{quote(secret)}] [{quote(secret, safe='')}]", ["", secret])
    assert told == "[…] […] […]"


def test_a_secret_that_is_no_text_goes_too() -> None:
    assert without_secrets("[geheim%FC] [gut]", ["geheim\udcfc"]) == "[…] [gut]"


def test_other_words_stay() -> None:
    said = "535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6"  # «Password:», as Postfix says it
    assert without_secrets(said, ["correct-horse", ""]) == said


def test_a_long_answer_is_looked_through_once() -> None:
    """A relay may send lines of kilobytes: they must not hold up all that is being sent."""
    told = f"{'A' * 400_000} {base64.b64encode(b'open sesame').decode()} end"
    begun = time.process_time()
    assert without_secrets(told, ["open sesame"]) == f"{'A' * 400_000} … end"
    assert time.process_time() - begun < 5
