"""Suppressions from files and into files: whole or not at all, as often as one likes, safe in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from office.errors import InputError, NotFoundError
from pipeline.desk import Desk
from pipeline.sending import send
from pipeline.suppressing import (
    TakenBack,
    export_suppressions,
    import_suppressions,
    suppress_address,
    suppressions,
    unsuppress_address,
)
from store.suppressions import Kind
from tests.pipeline.offices import SLUG, issue_all
from tests.pipeline.test_sending import states


def table(folder: Path, text: str) -> Path:
    path = folder / "opt-outs.csv"
    path.write_text(text, "utf-8")
    return path


def found(desk: Desk) -> list[tuple[str, str, str, str]]:
    return [(one.address, one.list_name, one.kind.value, one.reason) for one in suppressions(desk)]


def test_a_table_is_read_once_and_again(desk: Desk, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "E-mail;List;Kind;Reason;Since\nRosa@LENS.example.com;keepers;opt-out;left;2031-02-01\n"
        "paul@bücher.example;;;;\nold@lens.example.com;;bounce;'=1+1;2031-02-01T10:00:00+00:00\n",
    )
    done = import_suppressions(desk, path)
    assert (done.added, done.known) == (3, 0)
    assert found(desk) == [
        ("old@lens.example.com", "", "bounce", "=1+1"),
        ("paul@xn--bcher-kva.example", "", "manual", "read from opt-outs.csv"),
        ("rosa@lens.example.com", "keepers", "opt-out", "left"),
    ]
    assert suppressions(desk)[0].since.isoformat() == "2031-02-01T10:00:00+00:00"
    again = import_suppressions(desk, path)
    assert (again.added, again.known) == (0, 3)


def test_all_faults_are_told_with_their_rows_and_nothing_is_recorded(desk: Desk, tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "address,list,kind,since\nok@lens.example.com,,,\nrosa,,,\n,keepers,,\na@lens.example.com,keeper,,\n"
        "b@lens.example.com,,spam,\nc@lens.example.com,,,1/2/2031\n",
    )
    with pytest.raises(InputError, match="nothing of it was recorded") as raised:
        import_suppressions(desk, path)
    assert [(one.line, one.column, one.code) for one in raised.value.findings] == [
        (3, "address", "not-suppressible"), (4, "address", "cell-empty"), (5, "list", "unknown-list"),
        (6, "kind", "unknown-kind"), (7, "since", "not-a-day"),
    ]  # fmt: skip
    assert suppressions(desk) == ()


def test_a_web_forms_tokens_are_read(desk: Desk, tmp_path: Path) -> None:
    issue_all(desk)
    send(desk, SLUG)
    mail = next(desk.office.folder.glob("outgoing/*/*-lens.eml")).read_bytes()
    token = mail.partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
    book = Workbook()
    assert book.active is not None
    for row in (("received", "token"), ("2031-03-05", f"https://example.int/leave/{token}")):
        book.active.append(row)
    book.save(tmp_path / "form.xlsx")
    assert import_suppressions(desk, tmp_path / "form.xlsx").added == 1
    assert [row[:3] for row in found(desk)] == [("rosa@lens.example.com", "keepers", "opt-out")]
    with pytest.raises(InputError) as raised:
        import_suppressions(desk, table(tmp_path, "token\nciaaaaiaaaaaaaadjrlqkb7xpplmqlk\n"))
    assert [one.column for one in raised.value.findings] == ["token"]


@pytest.mark.parametrize("text", ["", "name\nrosa\n", "\0\0\0"])
def test_a_file_that_is_no_such_table_is_refused(desk: Desk, tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        import_suppressions(desk, table(tmp_path, text))
    with pytest.raises(InputError, match="no table"):
        import_suppressions(desk, tmp_path / "list.txt")
    with pytest.raises(NotFoundError, match="no file"):
        import_suppressions(desk, tmp_path / "list.csv")


@pytest.mark.parametrize("is_absolute", [True, False])
def test_a_fault_names_the_file_as_it_was_given(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_absolute: bool
) -> None:
    given = table(tmp_path, "address\nrosa@lens.example.com\nnobody\n")
    if not is_absolute:
        monkeypatch.chdir(tmp_path)
        given = Path(given.name)
    with pytest.raises(InputError) as refused:
        import_suppressions(desk, given)
    assert [finding.place for finding in refused.value.findings] == [f"{given}:3"]


def test_an_export_is_safe_in_a_spreadsheet_and_reads_back(desk: Desk, tmp_path: Path) -> None:
    suppress_address(desk, "=cmd@lens.example.com", '=HYPERLINK("x")\r\n,"')
    suppress_address(desk, "rosa@lens.example.com", "left", list_name="keepers")
    before = suppressions(desk)
    path = tmp_path / "all.csv"
    assert export_suppressions(desk, path) == 2
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    for one in before:
        unsuppress_address(desk, one.address)
    assert suppressions(desk) == ()
    assert import_suppressions(desk, path).added == 2
    assert suppressions(desk) == before
    with pytest.raises(InputError, match="cannot be written"):
        export_suppressions(desk, tmp_path / "nowhere" / "all.csv")


def test_case_and_script_of_a_domain_do_not_matter(desk: Desk) -> None:
    assert suppress_address(desk, "ROSA@Bücher.example", "left")
    assert not suppress_address(desk, "rosa@xn--bcher-kva.example", "left")
    assert unsuppress_address(desk, "rosa@BÜCHER.example") == TakenBack(queued=0, opt_outs=())
    assert suppressions(desk) == ()


def test_one_list_is_taken_back_alone(desk: Desk) -> None:
    issue_all(desk)
    for list_name in ("", "keepers"):
        suppress_address(desk, "rosa@lens.example.com", "left", list_name=list_name)
    send(desk, SLUG)
    assert states(desk)["lens"] == ["suppressed"]
    still = unsuppress_address(desk, "rosa@lens.example.com", list_name="keepers")
    assert still == TakenBack(queued=0, opt_outs=())  # every list still holds it
    assert unsuppress_address(desk, "rosa@lens.example.com") == TakenBack(queued=1, opt_outs=())
    assert states(desk)["lens"] == ["queued"]


def test_an_opt_out_outranks_a_decision_about_that_list(desk: Desk, tmp_path: Path) -> None:
    left = table(tmp_path, "address,list,kind\nrosa@lens.example.com,keepers,opt-out\n")
    suppress_address(desk, "rosa@lens.example.com", "by hand", list_name="keepers")
    assert import_suppressions(desk, left).added == 1
    assert not suppress_address(desk, "rosa@lens.example.com", "by hand", list_name="keepers")
    done = unsuppress_address(desk, "rosa@lens.example.com")
    assert done is not None
    assert [(one.list_name, one.kind.value) for one in done.opt_outs] == [("keepers", "opt-out")]


def test_no_opt_out_takes_the_place_of_what_holds_back_letters_to_governments(desk: Desk, tmp_path: Path) -> None:
    suppress_address(desk, "minister@no.example.org", "the ministry wrote so")
    assert import_suppressions(desk, table(tmp_path, "address,kind\nminister@no.example.org,opt-out\n")).added == 0
    assert suppressions(desk)[0].holds("")


@pytest.mark.parametrize("is_first", [True, False])
def test_an_opt_out_is_not_forgotten_where_a_persons_decision_stands(
    desk: Desk, tmp_path: Path, is_first: bool
) -> None:
    left = table(tmp_path, "address,kind,since,reason\nrosa@lens.example.com,opt-out,2031-03-01T09:00Z,wrote so\n")
    if is_first:
        import_suppressions(desk, left)
    suppress_address(desk, "rosa@lens.example.com", "moved away")
    for _ in range(2):
        assert (import_suppressions(desk, left).added, import_suppressions(desk, left).known) == (0, 1)
    (one,) = suppressions(desk)
    assert (one.kind, one.reason) == (Kind.MANUAL, "moved away; its owner left every list on 2031-03-01: wrote so")
    done = unsuppress_address(desk, "rosa@lens.example.com")
    assert done is not None
    assert done.opt_outs == (one,)


def test_an_opt_out_beside_a_long_reason_is_in_the_export_and_read_back(desk: Desk, tmp_path: Path) -> None:
    left = table(tmp_path, f"address,kind,since,reason\nrosa@lens.example.com,opt-out,2031-03-01T09:00Z,{'b ' * 300}\n")
    suppress_address(desk, "rosa@lens.example.com", "a " * 300)
    import_suppressions(desk, left)
    before = suppressions(desk)
    assert "; its owner left every list on 2031-03-01: b" in before[0].reason
    path = tmp_path / "all.csv"
    export_suppressions(desk, path)
    unsuppress_address(desk, "rosa@lens.example.com")
    import_suppressions(desk, path)
    assert suppressions(desk) == before
    unsuppress_address(desk, "rosa@lens.example.com")
    suppress_address(desk, "rosa@lens.example.com", "by hand")
    import_suppressions(desk, path)  # beside a decision that knows nothing of it: its words, once
    reason = suppressions(desk)[0].reason
    assert reason.startswith("by hand; its owner left every list on 2031-03-01: b")
    assert reason.count("its owner left") == 1


def test_a_list_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="no list «keeper»"):
        suppress_address(desk, "rosa@lens.example.com", "left", list_name="keeper")


def test_a_persons_decision_takes_the_place_of_a_machines(desk: Desk, tmp_path: Path) -> None:
    import_suppressions(desk, table(tmp_path, "address,kind\nminister@no.example.org,bounce\n"))
    issue_all(desk)
    assert suppress_address(desk, "minister@no.example.org", "the ministry wrote so")
    assert [one.kind for one in suppressions(desk)] == [Kind.MANUAL]
    assert import_suppressions(desk, table(tmp_path, "address,kind\nminister@no.example.org,bounce\n")).known == 1
    send(desk, SLUG)
    assert states(desk)["no-minister"] == ["suppressed", "sent"]


def test_a_bounce_holds_back_no_letter_to_a_government(desk: Desk, tmp_path: Path) -> None:
    rows = "minister@no.example.org,bounce\nrosa@lens.example.com,bounce\n"
    import_suppressions(desk, table(tmp_path, f"address,kind\n{rows}"))
    issue_all(desk)
    send(desk, SLUG)
    assert states(desk)["no-minister"] == ["sent", "sent"]
    assert states(desk)["lens"] == ["suppressed"]
