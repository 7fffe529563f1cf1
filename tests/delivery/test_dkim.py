"""DKIM signatures: verified by an implementation that is not ours (dkimpy), whatever the message holds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.dkim import Signer, dkim_findings, load_signers, relaxed_body, sign_message
from delivery.verifying import Standing, Witnesses, examine
from office.errors import InputError
from office.model import Dkim, Office
from tests.delivery.relays import Setup, sink_with
from tests.delivery.samples import REFERENCE, sample_office

HEAD = (
    b"From: Union <circulars@example.int>\r\nTo: minister@example.org\r\nSubject: =?utf-8?q?=C3=A9t=C3=A9?=\r\n"
    b" folded \t line\r\nDate: Mon, 21 Mar 2022 10:30:00 +0100\r\nMessage-ID: <rowtoken@example.int>\r\n"
    b"List-Unsubscribe: <https://example.int/leave/x>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
)
ED25519, RSA = ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(public_exponent=65537, key_size=2048)
Key = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def write_key(path: Path, key: Key, mode: int = 0o600, encryption: KeySerializationEncryption | None = None) -> None:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))
    path.chmod(mode)


def dns() -> Callable[..., bytes]:
    raw = ED25519.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    der = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    records = {
        "ed._domainkey.example.int.": f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}",
        "rsa._domainkey.example.int.": f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}",
    }
    return lambda name, **_: records[name.decode()].encode()


def verifies(message: bytes, *, signatures: int = 2) -> bool:
    checked = dkim.DKIM(message)
    try:
        return all(checked.verify(idx=index, dnsfunc=dns()) for index in range(signatures))
    except dkim.ValidationError:
        return False


def with_keys(folder: Path, **files: Key) -> Office:
    for name, key in files.items():
        write_key(folder / f"{name}.pem", key)
    keys = tuple(Dkim(domain="example.int", selector=name, key_file=f"{name}.pem") for name in files)
    office = sample_office(folder)
    return replace(office, mail=replace(office.mail, dkim=keys))


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Signer, ...]:
    return load_signers(with_keys(tmp_path_factory.mktemp("keys"), ed=ED25519, rsa=RSA))


BODIES = {
    "plain": b"Dear Minister,\r\n\r\nYours\r\n",
    "empty": b"",
    "no end of line": b"text",
    "empty lines at the end": b"text\r\n\r\n\r\n",
    "only empty lines": b"\r\n\r\n",
    "only blanks": b" \t \r\n  \r\n",
    "white space": b" a \t b  \r\n\tc \r\n \r\n d\t\r\n",
    "8-bit": "Été — 你好 \r\n".encode() * 40,
    "long lines": b"x" * 5000 + b" \r\n",
    "dots": b".\r\n..\r\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_both_kinds_of_key_sign_any_body(signers: tuple[Signer, ...], body: bytes) -> None:
    message = HEAD + body
    assert verifies(sign_message(message, signers) + message)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"=20", b".", b"\xc3\xa9"]), max_size=30).map(b"".join))
def test_bodies_are_made_canonical_as_dkimpy_makes_them(body: bytes) -> None:
    ended = body + b"\r\n"  # as every message is
    assert relaxed_body(ended) == dkim.canonicalization.Relaxed.canonicalize_body(ended)
    assert relaxed_body(body) == relaxed_body(ended)


def test_what_was_signed_cannot_be_changed_nor_added_to(signers: tuple[Signer, ...]) -> None:
    message = HEAD + b"text\r\n"
    signed = sign_message(message, signers) + message
    assert verifies(signed)
    assert not verifies(signed.replace(b"text", b"test"))
    assert not verifies(signed.replace(b"/leave/x", b"/leave/y"))
    for added in (b"From: a@example.org\r\n", b"Subject: other\r\n", b"Cc: b@example.org\r\n", b"Reply-To: c@d.ef\r\n",
                  b"List-Unsubscribe: <mailto:d@e.fg>\r\n"):  # fmt: skip
        assert not verifies(added + signed), added


def test_unsubscription_is_signed_and_lines_are_short(signers: tuple[Signer, ...]) -> None:
    fields = sign_message(HEAD, signers)
    assert fields.count(b"DKIM-Signature: ") == 2
    assert fields.count(b"list-unsubscribe:list-unsubscribe:") == 2
    assert fields.count(b"list-unsubscribe-post") == 4
    assert b"from:from:to:to:cc:subject:subject:" in fields
    assert all(len(line) <= 78 for line in fields.split(b"\r\n"))
    assert fields.endswith(b"\r\n")


def test_the_same_message_and_keys_give_the_same_signature(signers: tuple[Signer, ...]) -> None:
    assert sign_message(HEAD, signers) == sign_message(HEAD, signers)


def test_without_keys_nothing_is_signed(tmp_path: Path) -> None:
    assert load_signers(sample_office(tmp_path)) == ()
    assert sign_message(HEAD, ()) == b""


def faults(office: Office) -> Mapping[str, str]:
    return {finding.code: finding.message for finding in dkim_findings(office)}


def test_faults_of_keys_are_told_all_at_once(tmp_path: Path) -> None:
    office = with_keys(
        tmp_path, open=ED25519, weak=rsa.generate_private_key(public_exponent=65537, key_size=1024),
        other=ec.generate_private_key(ec.SECP256R1()), locked=ED25519, text=ED25519, gone=ED25519,
    )  # fmt: skip
    (tmp_path / "open.pem").chmod(0o640)
    write_key(tmp_path / "locked.pem", ED25519, encryption=BestAvailableEncryption(b"secret"))
    (tmp_path / "text.pem").write_text("no key")
    (tmp_path / "gone.pem").unlink()
    assert [(finding.code, finding.message.partition(":")[0]) for finding in dkim_findings(office)] == [
        ("dkim-key-readable", "open.pem"), ("dkim-key-weak", "weak.pem"), ("dkim-key-unusable", "other.pem"),
        ("dkim-key-unusable", "locked.pem"), ("dkim-key-unusable", "text.pem"), ("dkim-key-missing", "gone.pem"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="nothing was sent") as raised:
        load_signers(office)
    assert len(raised.value.findings) == 6


def test_a_domain_that_is_not_the_senders_is_told(tmp_path: Path) -> None:
    office = with_keys(tmp_path, ed=ED25519)
    other = replace(office.mail.dkim[0], domain="other.example.org")
    office = replace(office, mail=replace(office.mail, dkim=(other,)))
    assert list(faults(office)) == ["dkim-not-aligned"]
    assert load_signers(office)  # the relay may have its reasons


# On the way out


def test_what_leaves_is_signed_and_what_is_archived_is_not(setup: Callable[..., Setup]) -> None:
    one = setup(2)
    write_key(one.office.folder / "ed.pem", ED25519)
    key = Dkim(domain="example.int", selector="ed", key_file="ed.pem")
    one.office = replace(one.office, mail=replace(one.office.mail, dkim=(key,)))
    with sink_with() as sink:
        assert one.send(sink).sent == 2
    assert len(sink.received) == 2
    rows = {row.message_id: row for row in one.rows()}
    for received in sink.received:
        assert verifies(received.content, signatures=1)
        unsigned = received.content[received.content.index(b"From: ") :]
        row = rows[received.message_id]
        assert row.sha256 == hashlib.sha256(unsigned).digest()
        examined = examine(one.office.folder / "archive", REFERENCE, row, Witnesses(journal={row.id: row.message_id}))
        assert (examined.standing, examined.content) == (Standing.VERIFIED, unsigned)


def test_a_key_that_cannot_sign_stops_the_run_before_anything_goes(setup: Callable[..., Setup]) -> None:
    one = setup(2)
    key = Dkim(domain="example.int", selector="ed", key_file="ed.pem")
    one.office = replace(one.office, mail=replace(one.office.mail, dkim=(key,)))
    with sink_with() as sink:
        with pytest.raises(InputError, match="cannot be signed"):
            one.send(sink)
        assert one.states() == {"queued": 2}
        write_key(one.office.folder / "ed.pem", ED25519)
        assert one.send(sink).sent == 2
