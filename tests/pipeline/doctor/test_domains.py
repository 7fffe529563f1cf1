"""What DNS says of the office's domains, asked from a real resolver at a server of the tests."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from office.reading import load_office
from pipeline.doctor.domains import look_at_domains
from pipeline.doctor.results import Nameserver, Result
from tests.pipeline.doctor.name_server import name_server
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office, write_relaying_office

IN_ORDER = {
    ("replies.example.int", "MX"): ["10 mx2.example.int.", "5 mx.example.int."],
    ("mx.example.int", "A"): ["192.0.2.1"],
    ("mx2.example.int", "AAAA"): ["2001:db8::1"],
    ("replies.example.int", "TXT"): ['"some other text"', '"v=spf1 " "ip4:192.0.2.0/24 -all"'],
    ("_dmarc.example.int", "TXT"): ['"v=DMARC1; p=reject; rua=mailto:dmarc@example.int"'],
}


def looked_at(
    tmp_path: Path, records: Mapping[tuple[str, str], Sequence[str]], *, more: str = "", **how: Any
) -> list[Result]:
    folder = tmp_path / "office"
    if not folder.exists():
        write_relaying_office(folder, 25, inbox=more)
    with name_server(records, **how) as server:
        return list(look_at_domains(load_office(folder), visit_to(folder, nameserver=server.address)))


def test_domains_in_order(tmp_path: Path) -> None:
    found = looked_at(tmp_path, IN_ORDER)
    told = codes(found)
    assert told.pop("dkim-elsewhere") == "note"
    assert told == {"mx": "good", "spf": "good", "dmarc": "good", "aligned": "good"}
    assert "mx.example.int, mx2.example.int" in of(found, "mx").message
    assert "v=spf1 ip4:192.0.2.0/24 -all" in of(found, "spf").message
    assert "policy reject" in of(found, "dmarc").message


@pytest.mark.parametrize(
    ("name", "kind", "contents", "code", "level"),
    [
        ("replies.example.int", "MX", ["0 ."], "null-mx", "error"),
        ("replies.example.int", "MX", ["5 nowhere.example.int."], "mx-lost", "error"),
        ("replies.example.int", "MX", [], "no-mail-domain", "error"),
        ("replies.example.int", "TXT", [], "no-spf", "warning"),
        ("replies.example.int", "TXT", ['"v=spf1 -all"', '"v=spf1 mx -all"'], "two-spf", "error"),
        ("replies.example.int", "TXT", ['"v=spf1 +all"'], "spf-all", "warning"),
        ("replies.example.int", "TXT", ['"v=spf1 mx ?all"'], "spf-open", "note"),
        ("replies.example.int", "TXT", ['"v=spf1 mx"'], "spf-open", "note"),
        ("replies.example.int", "TXT", ['"v=spf1 redirect=_spf.example.int"'], "spf", "good"),
        ("replies.example.int", "TXT", ['"v=spf10 -all"'], "no-spf", "warning"),
        ("_dmarc.example.int", "TXT", [], "no-dmarc", "warning"),
        ("_dmarc.example.int", "TXT", ['"v=DMARC1; p=none"', '"v=DMARC1; p=none"'], "dmarc", "good"),
        ("_dmarc.example.int", "TXT", ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "two-dmarc", "error"),
        ("_dmarc.example.int", "TXT", ['"v=DMARC1; p=none; aspf=s"'], "not-aligned", "note"),
    ],
)
def test_what_is_wrong_with_a_record(
    tmp_path: Path, name: str, kind: str, contents: list[str], code: str, level: str
) -> None:
    found = codes(looked_at(tmp_path, {**IN_ORDER, (name, kind): contents}))
    assert found[code] == level


def test_a_domain_without_mx_takes_mail_at_its_own_address(tmp_path: Path) -> None:
    records = {**IN_ORDER, ("replies.example.int", "MX"): [], ("replies.example.int", "A"): ["192.0.2.9"]}
    assert codes(looked_at(tmp_path, records))["no-mx"] == "note"


def key_and_record(kind: str, path: Path) -> str:
    key: Any
    if kind == "rsa":
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return f"v=DKIM1; k={kind}; p={base64.b64encode(public).decode()}"


def as_txt(text: str) -> str:
    """Write a text as strings of at most 255 characters, as a zone file has it."""
    return " ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))


SIGNING = '[[mail.dkim]]\ndomain = "example.int"\nselector = "c1"\nkey_file = "dkim.pem"\n'
SELECTOR = ("c1._domainkey.example.int", "TXT")


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_the_dkim_record_is_held_against_our_key(tmp_path: Path, kind: str) -> None:
    looked_at(tmp_path, IN_ORDER, more=SIGNING)
    record = key_and_record(kind, tmp_path / "office" / "dkim.pem")

    def with_record(*texts: str) -> Result:
        found = looked_at(tmp_path, {**IN_ORDER, SELECTOR: [as_txt(text) for text in texts]})
        return next(result for result in found if result.code.startswith(("dkim", "no-dkim", "two-dkim")))

    assert (with_record(record).code, with_record(record).level) == ("dkim", "good")
    missing = with_record()
    assert (missing.code, missing.level) == ("no-dkim", "error")
    assert record in missing.hint, "the hint is the record to publish"
    assert with_record(record, record + " ").code == "two-dkim"
    assert with_record(f"v=DKIM1; k={kind}; p=").code == "dkim-other"
    assert "was revoked" in with_record(f"v=DKIM1; k={kind}; p=").message
    assert with_record(record.replace("p=", "t=y; p=")).code == "dkim-testing"
    assert with_record(key_and_record(kind, tmp_path / "other.pem")).code == "dkim-other"
    (tmp_path / "office" / "dkim.pem").write_text("no key")
    assert with_record(record).code == "dkim-key"


def test_no_dns_here_is_no_fault(tmp_path: Path) -> None:
    found = looked_at(tmp_path, IN_ORDER, silent=True)
    assert codes(found) == {"no-dns": "skipped"}
    assert "No DNS here" in of(found, "no-dns").message


def test_a_server_that_is_not_there_is_no_fault_either(tmp_path: Path) -> None:
    folder = write_relaying_office(tmp_path / "office", 25)
    with name_server({}) as server:
        port = server.port
    visit = visit_to(folder, nameserver=Nameserver(address="127.0.0.1", port=port))
    assert codes(look_at_domains(load_office(folder), visit)) == {"no-dns": "skipped"}


def test_a_domain_whose_servers_fail_does_not_hide_the_others(tmp_path: Path) -> None:
    found = looked_at(tmp_path, IN_ORDER, failing={"replies.example.int"})
    told = codes(found)
    assert told["takes-mail-unanswered"] == told["spf-unanswered"] == "warning"
    assert told["dmarc"] == "good"


def test_nothing_is_asked_where_nothing_leaves(tmp_path: Path) -> None:
    folder = write_bare_office(tmp_path / "office")
    with name_server({}) as server:
        found = codes(look_at_domains(load_office(folder), visit_to(folder, nameserver=server.address)))
        assert server.asked == []
    assert found == {"no-domains": "skipped"}
