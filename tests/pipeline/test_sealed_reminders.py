"""The reminder is planned, approved, issued and shown with its letter."""

from __future__ import annotations

import csv
import email
import email.policy
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from delivery.archive import FOLDER, load_form
from office.errors import NotFoundError, RefusedError
from pipeline.archiving import show
from pipeline.drafting import preview
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.reminding import remind
from pipeline.sending import send
from store.schema import addressees
from templates.forms import unpack_values
from tests.pipeline.offices import SLUG, Person, copy_office, desk_at, edit, issue_all, plan_and_approve
from tests.pipeline.reminders import RULES, at, write_reminding_office

OWN = """# Second request

We count on {{ recipient.country }} before the end of {{ deadlines.reply | date }}.
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reminding_office(tmp_path_factory.mktemp("drafted") / "office")


@pytest.fixture
def desk(drafted: Path, tmp_path: Path) -> Iterator[Person]:
    folder = copy_office(drafted, tmp_path / "office")
    edit(folder / "letters" / SLUG / "letter.toml", 'languages = ["en", "fr"]', 'languages = ["en"]')
    with desk_at(folder, clock=at(3, 4)) as desk:
        yield desk


def letter(desk: Person, name: str) -> Path:
    return desk.office.folder / "letters" / SLUG / name


def test_a_plan_has_a_form_for_the_reminder_of_each_class(desk: Person) -> None:
    planned = plan(desk, SLUG)
    assert planned.changed is None
    again = plan(desk, SLUG)
    assert again.digest == planned.digest
    letter(desk, "reminder.md").write_text(OWN, "utf-8")
    changed = plan(desk, SLUG)
    assert changed.digest != planned.digest
    assert changed.changed is not None
    assert sorted(changed.changed.forms) == ["en/academia/reminder", "en/governments/reminder"]


def test_a_letter_that_reminds_nobody_has_none(desk: Person) -> None:
    edit(letter(desk, "letter.toml"), RULES, "")
    issue_all(desk)
    with desk.store.read() as connection:
        assert set(connection.scalars(select(addressees.c.reminder_form))) == {""}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("letter.toml", '"-14d"', '"-10d"'), "what is asked by when"),
        (("letter.toml", 'salutation = "individual"', 'salutation = "professor"'), "the letter itself"),
        (("reminder.md", "We count", "We still count"), "the reminder (text), for en/academia"),
    ],
)
def test_what_was_approved_is_the_reminder_too(desk: Person, change: tuple[str, str, str], told: str) -> None:
    letter(desk, "reminder.md").write_text(OWN, "utf-8")
    planned = plan_and_approve(desk)
    edit(letter(desk, change[0]), *change[1:])
    with pytest.raises(RefusedError) as caught:
        issue(desk, SLUG, planned.digest)
    assert told in caught.value.message


def test_issue_seals_the_reminder_with_its_values(desk: Person) -> None:
    letter(desk, "reminder.md").write_text(OWN, "utf-8")
    issue_all(desk)
    with desk.store.read() as connection:
        row = connection.execute(select(addressees).where(addressees.c.key == "lens")).one()
    form = load_form(desk.office.folder / FOLDER, row.reminder_form)
    values = unpack_values(row.reminder_values)
    assert form.attach == ()
    assert "We count on Sweden before the end of 30 April 2031." in form.forms.text_for(values)


def test_the_reminder_can_be_looked_at_before(desk: Person) -> None:
    shown = preview(desk, SLUG, to="lens", reminder=True).content.decode()
    assert "Geneva, 4 March 2031" in shown
    assert "Reminder: LU-31/001\nCensus of coastal lights" in shown
    assert "\nDear Madam,\n" in shown
    assert preview(desk, SLUG, kind="docx", reminder=True).content.startswith(b"PK")
    mail = email.message_from_bytes(
        preview(desk, SLUG, to="lens", kind="eml", reminder=True).content, policy=email.policy.default
    )
    assert mail["Subject"] == "Reminder: LU-31/001 – Census of coastal lights"
    assert mail.get_content_type() == "multipart/alternative"


def test_nothing_to_remind_of(desk: Person) -> None:
    edit(letter(desk, "letter.toml"), 'rule = "by"', 'rule = "by"\nprovisional = true')
    with pytest.raises(RefusedError, match="nothing to remind of"):
        preview(desk, SLUG, reminder=True)
    with pytest.raises(NotFoundError):
        preview(desk, SLUG, to="nobody", reminder=True)


@pytest.mark.parametrize(
    "name", ["Rosa\r\nBcc: x@example.org", "{{ deadlines.reply }}", "<b>Rosa</b>", "=?utf-8?q?x?="]
)
def test_a_hostile_name_changes_nothing_but_the_name(desk: Person, name: str) -> None:
    path = desk.office.folder / "recipients" / "keepers.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    next(row for row in rows if row[0] == "lens")[2] = name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    issue_all(desk)
    send(desk, SLUG)
    with desk_at(desk.office.folder, clock=at(4, 8)) as later:
        remind(later, SLUG)
        content = show(later, SLUG, "lens", "eml", reminder=1).content
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].addr_spec == "rosa@lens.example.com"
    page = mail.get_body(("html",))
    assert page is not None
    assert "<b>Rosa" not in page.get_content()
