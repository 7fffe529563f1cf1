"""Spoilt input, end to end: findings, a refusal or triage, and what was stored before is as it was.

Each case spoils one thing in an office whose first letter has gone, and then runs every verb on it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from office.errors import CircularsError
from office.findings import Level
from pipeline.catalogues import export_catalogues
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.issuing import issue
from pipeline.planning import approve, plan
from pipeline.registering import all_statuses
from pipeline.reporting import report
from pipeline.sending import send, show
from pipeline.surveying import PlanOptions
from pipeline.tracking import explain, track
from pipeline.translating import release_languages, translation_status
from pipeline.triage import open_mail, to_decide
from tests.pipeline.offices import BODY, FRENCH, LETTER, LIST, SLUG, desk_at, dump, edit, write_letter

SECOND = "second"
Spoil = Callable[[Path], object]  # what it returns does not matter


@pytest.fixture
def office(sent_folder: Path) -> Path:
    """An office with a letter that has gone, and another like it that is drafted and translated."""
    write_letter(sent_folder, SECOND)
    source = sent_folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    (source.parent / f"{SECOND}.po").write_bytes(source.read_bytes())
    return sent_folder


def outcome(act: Callable[[], Any]) -> Any:
    """Return what a verb returns, or the known error that it ends with; anything else is a failure."""
    try:
        return act()
    except CircularsError as error:
        return error


def run_every_verb(folder: Path) -> dict[str, Any]:
    """Run all verbs on the second letter; the first one's history must not change."""
    before = history(folder)
    found: dict[str, Any] = {}

    def work() -> None:
        with desk_at(folder) as desk:
            found["check"] = outcome(lambda: check(desk))
            found["translate"] = outcome(lambda: translation_status(desk))
            found["preview docx"] = outcome(lambda: preview(desk, SECOND, kind="docx"))
            found["preview eml"] = outcome(lambda: preview(desk, SECOND, kind="eml"))
            found["preview one"] = outcome(lambda: preview(desk, SECOND, to="Kenya"))
            found["plan"] = outcome(lambda: plan(desk, SECOND, PlanOptions(fall_back=True)))
            if not isinstance(found["plan"], CircularsError):
                digest = found["plan"].digest
                outcome(lambda: approve(desk, SECOND, digest))
                found["issue"] = outcome(lambda: issue(desk, SECOND, digest))
                found["send"] = outcome(lambda: send(desk, SECOND))
            found["status"] = outcome(lambda: all_statuses(desk))
            found["show"] = outcome(lambda: show(desk, SLUG, "lens", "eml"))
            found["report"] = outcome(lambda: report(desk, SLUG, "csv"))

    outcome(work)
    for ended in found.values():
        if isinstance(ended, CircularsError):
            assert ended.message
            assert all(finding.message and finding.code for finding in ended.findings)
    assert history(folder) == before
    return found


def history(folder: Path) -> object:
    """What is stored of the letter that has gone, and the files that it left."""
    from store.database import open_store

    store = open_store("sqlite:///circulars.db", folder)
    tables = dump(store)
    store.close()
    kept = {
        name: [row for row in rows if row[{"circulars": 0, "plans": 1}.get(name, 0 if name == "asks" else 1)] == 1]
        for name, rows in tables.items()
        if name in {"circulars", "plans", "asks", "batches", "addressees", "outbox", "answers", "numbers"}
        and name != "numbers"
    }
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "outgoing" / "LU-31-001").rglob("*")
        if path.is_file()
    }
    return kept, files


# Lists


def csv_with(content: bytes) -> Spoil:
    return lambda folder: (folder / "recipients" / "keepers.csv").write_bytes(content)


def corrections_are(content: bytes) -> Spoil:
    return lambda folder: (folder / "recipients" / "corrections.csv").write_bytes(content)


def folder_for(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


def file_for(path: Path) -> None:
    """Put a file in the place of a folder."""
    path.rename(path.with_name("moved"))
    path.touch()


def row_with(**cells: str) -> Spoil:
    """Append a row whose cells are hostile."""
    heading = LIST.splitlines()[0].split(",")
    row = {"key": "hostile", "organisation": "H", "category": "academia", "email": "h@example.org", **cells}
    quoted = ",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in heading)
    return csv_with((LIST + quoted + "\n").encode("utf-8", "surrogatepass"))


def as_xlsx(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "recipients" / "keepers.csv").unlink()
        (folder / "recipients" / "keepers.xlsx").write_bytes(content)

    return spoil


def bomb(name: str, size: int = 60_000_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, b"<a>" + b" " * size)
    return buffer.getvalue()


LISTS: dict[str, Spoil] = {
    "empty": csv_with(b""),
    "one-line": csv_with(b"key,email\n"),
    "spaces": csv_with(b"   \n \n"),
    "nul-bytes": csv_with(b"key,email\n\x00\x00,\x00@x\n" * 20),
    "random-bytes": csv_with(bytes(range(256)) * 30),
    "utf16-half": csv_with("key,email\na,a@example.org\n".encode("utf-16")[:-1]),
    "quote-never-closed": csv_with(LIST.encode() + b'"open,open,open\n' * 3),
    "same-heading-twice": csv_with(b"key,email,e-mail,EMAIL\na,a@example.org,b@example.org,c@example.org\n"),
    "no-known-heading": csv_with(b"alpha,beta\n1,2\n"),
    "very-long-cell": csv_with(b"key,email\n" + b"k" * 2_000_000 + b",a@example.org\n"),
    "many-columns": csv_with(f"key,email,{','.join(f'c{n}' for n in range(300))}\nk,k@example.org\n".encode()),
    "ragged-rows": csv_with(b"key,email\na\nb,b@example.org,x,y,z\n,,,\n"),
    "key-twice": csv_with((LIST + LIST.splitlines()[1] + "\n").encode()),
    "formula": row_with(key="=cmd|' /C calc'!A0", name="=1+1", organisation="@SUM(1)"),
    "markup": row_with(name="<script>alert(1)</script>", organisation="**b** {{ facts.x }} {% if %}", party="[x](y"),
    "header-injection": row_with(name="Eve\r\nBcc: all@example.org", email="eve@example.org\nBcc: x@example.org"),
    "name-with-newline": row_with(name="Eve\nSecond line"),
    "marks-of-forms": row_with(name="\ue010text\ue0110\ue011\ue012", organisation="\ue010"),
    "control-characters": row_with(name="a\x01\x02\x1b[31mb", organisation="\x0b\x0c"),
    "half-a-pair": row_with(name="x\udc80"),
    "direction-override": row_with(name="\u202egnp.exe", key="\u2066key"),
    "path-as-key": row_with(key="../../../etc/passwd", party="..\\..\\x"),
    "very-long-key": row_with(key="k" * 5000),
    "very-long-address": row_with(email="a" * 70 + "@" + "b" * 300 + ".org"),
    "many-addresses": row_with(email="; ".join(f"a{n}@example.org" for n in range(60))),
    "comma-address": row_with(email="a@example.org,,;; ,b@example.org"),
    "quoted-address": row_with(email='"Eve, <x>"@example.org'),
    "null-island": row_with(country="\x00", languages="xx,yy,,"),
    "a-text-as-xlsx": as_xlsx(LIST.encode()),
    "a-zip-as-xlsx": as_xlsx(bomb("hello.txt", 10)),
    "a-bomb-as-xlsx": as_xlsx(bomb("xl/worksheets/sheet1.xml")),
    "corrections-spoilt": corrections_are(b'"a,b\n\xff\x00'),
    "corrections-without-key": corrections_are(b"email\nx@y\n"),
    "a-folder-as-list": lambda folder: folder_for(folder / "recipients" / "keepers.csv"),
}  # fmt: skip


@pytest.mark.parametrize("spoil", LISTS.values(), ids=LISTS.keys())
def test_lists(office: Path, spoil: Spoil) -> None:
    spoil(office)
    found = run_every_verb(office)
    assert not isinstance(found["status"], CircularsError)
    assert not isinstance(found["show"], CircularsError)
    for path in (office / "outgoing").rglob("*"):
        assert path.resolve().is_relative_to(office.resolve())
        if path.suffix == ".eml":
            head = path.read_bytes().split(b"\r\n\r\n", 1)[0].split(b"\r\n")
            assert not [line for line in head if line.lower().startswith(b"bcc")], path


def test_markup_of_addressees_is_text(office: Path) -> None:
    LISTS["markup"](office)
    with desk_at(office) as desk:
        edit(office / "letters" / SECOND / "body.md", "{{ recipient.country }}", "{{ recipient.name }}")
        page = preview(desk, SECOND, to="hostile", language="en", kind="html").content.decode()
        text = preview(desk, SECOND, to="hostile", language="en").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)</script>" in text


# Letters


def toml_with(old: str, new: str) -> Spoil:
    return lambda folder: edit(folder / "letters" / SECOND / "letter.toml", old, new)


def toml_is(content: bytes) -> Spoil:
    return lambda folder: (folder / "letters" / SECOND / "letter.toml").write_bytes(content)


def body_is(content: bytes) -> Spoil:
    return lambda folder: (folder / "letters" / SECOND / "body.md").write_bytes(content)


def body_adds(text: str) -> Spoil:
    return body_is((BODY + "\n" + text + "\n").encode("utf-8", "surrogatepass"))


LETTERS: dict[str, Spoil] = {
    "toml-empty": toml_is(b""),
    "toml-random": toml_is(bytes(range(256))),
    "toml-latin-1": toml_is(LETTER.replace("geneva", "Genève").encode("latin-1")),
    "toml-nul": toml_is(LETTER.encode() + b"\x00"),
    "toml-deep": toml_is(LETTER.encode() + b"x = " + b"[" * 3000 + b"]" * 3000),
    "toml-all-wrong-kinds": toml_is(
        b"series = 1\ndate = []\nlanguages = 'en'\nsource = 3\naudience = 'x'\nasks = {}\nfacts = 1\nevents = [1]\n"
        b"deadlines = true\nlinks = 'x'\ntexts = []\ncontacts = {}\nattach = 1\nsignatory = false\nkind = 9\n"
    ),
    "no-letter-toml": lambda folder: (folder / "letters" / SECOND / "letter.toml").unlink(),
    "date-year-1": toml_with("date = 2031-03-03", "date = 0001-01-01"),
    "date-year-9999": toml_with("date = 2031-03-03", "date = 9999-12-31"),
    "deadline-year-9999": toml_with("date = 2031-04-30", "date = 9999-12-31"),
    "number-huge": toml_with("lights = 1240", "lights = " + "9" * 400),
    "number-inf": toml_with("lights = 1240", "lights = inf"),
    "number-nan": toml_with("lights = 1240", "lights = nan"),
    "reference-hostile": toml_with('series = "LU"', 'reference = "../../x\\r\\nBcc: y [link]{{ x }}"'),
    "reference-long": toml_with('series = "LU"', f'reference = "{"R" * 5000}"'),
    "language-unknown": toml_with('languages = ["en", "fr"]', 'languages = ["en", "tlh", "../x"]'),
    "where-runs-code": toml_with(
        "where = \"category == 'government'\"", "where = \"__import__('os').system('touch x')\""
    ),
    "where-runs-away": toml_with("where = \"category == 'government'\"", "where = \"'a' * 300000000 == category\""),
    "where-deep": toml_with("where = \"category == 'government'\"", 'where = "' + "not " * 3000 + 'category"'),
    "list-outside": toml_with('list = "keepers"', 'list = "../../etc/passwd"'),
    "class-hostile": toml_with('class = "governments"', 'class = "../<b>"'),
    "no-body": lambda folder: (folder / "letters" / SECOND / "body.md").unlink(),
    "body-folder": lambda folder: folder_for(folder / "letters" / SECOND / "body.md"),
    "body-empty": body_is(b""),
    "body-random": body_is(bytes(range(256)) * 4),
    "body-nul": body_is(BODY.encode() + b"\n\x00\x00\n"),
    "body-no-subject": body_is(b"only words\n"),
    "body-subject-only": body_is(b"# Subject\n"),
    "body-html": body_adds("<script>alert(1)</script>\n\n<b>x</b> <!-- c --> <img src=x onerror=y>"),
    "body-marks": body_adds("\ue010text\ue0110\ue011\ue012 and \ue010if\ue0110\ue011\ue012"),
    "body-open-field": body_adds("{{ facts.lights"),
    "body-open-if": body_adds("{% if recipient.name %}\n\nwords"),
    "body-else-alone": body_adds("{% else %}\n\nwords\n\n{% endif %}{% endif %}"),
    "body-loop": body_adds("{% for a in recipient %}{{ a }}{% endfor %}"),
    "body-call": body_adds("{{ recipient.name.__class__.__mro__() }} {{ self }} {{ cycler }} {{ facts['lights'] }}"),
    "body-repeat": body_adds("{{ 'a' * 300000000 }}"),
    "body-include": body_adds("{% include '/etc/passwd' %} {% import 'x' as y %} {% set x = 1 %}"),
    "body-deep-fields": body_adds("{{ " + "(" * 2000 + "facts.lights" + ")" * 2000 + " }}"),
    "body-deep-quotes": body_adds(">" * 800 + " deep"),
    "body-deep-lists": body_adds("\n".join("  " * n + "- x" for n in range(200))),
    "body-deep-emphasis": body_adds("*a **b " * 200),
    "body-many-brackets": body_adds("[" * 1000 + "](" * 400),
    "body-link-script": body_adds("[x](javascript:alert(1)) [y](file:///etc/passwd) [z](data:text/html,x)"),
    "body-picture": body_adds("![x](https://tracker.example/x.png)"),
    "body-wide-table": body_adds("|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n|" + "b|" * 60),
    "annex-spoilt": lambda folder: (folder / "letters" / SECOND / "annex-1.md").write_bytes(b"\xff\xfe\x00"),
    "class-body-spoilt": lambda folder: (folder / "letters" / SECOND / "body.governments.md").write_text(
        "{{ nothing }}"
    ),
    "folder-hostile": lambda folder: write_letter(folder, "[bold]x\n.."),
}


@pytest.mark.parametrize("spoil", LETTERS.values(), ids=LETTERS.keys())
def test_letters(office: Path, spoil: Spoil) -> None:
    spoil(office)
    found = run_every_verb(office)
    assert not isinstance(found["check"], CircularsError), found["check"]
    assert not isinstance(found["status"], CircularsError)
    assert not (office / "x").exists()
    if isinstance(found["plan"], CircularsError) and found["plan"].findings:
        codes = {finding.code for finding in found["plan"].findings if finding.level is Level.ERROR}
        assert codes <= {finding.code for finding in found["check"]}


# Catalogues and the office's own words


def po_is(content: bytes) -> Spoil:
    return lambda folder: (folder / "locales" / "fr" / "letters" / f"{SECOND}.po").write_bytes(content)


def po_with(old: str, new: str) -> Spoil:
    return lambda folder: edit(folder / "locales" / "fr" / "letters" / f"{SECOND}.po", old, new)


def frame_is(content: bytes, name: str = "frame.po") -> Spoil:
    return lambda folder: (folder / "locales" / "fr" / name).write_bytes(content)


CATALOGUES: dict[str, Spoil] = {
    "empty": po_is(b""),
    "random": po_is(bytes(range(256)) * 4),
    "utf-16": po_is('msgid "a"\nmsgstr "b"\n'.encode("utf-16")),
    "cut-in-the-middle": po_is(b'msgid ""\nmsgstr ""\n\nmsgctxt "body"\nmsgid "Census'),
    "no-msgstr": po_is(b'msgid "a"\nmsgid "b"\nmsgid "c"\n'),
    "plural": po_is(b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[99] "d"\n'),
    "charset-lies": po_is(b'msgid ""\nmsgstr "Content-Type: text/plain; charset=tlh\\n"\n\nmsgid "a"\nmsgstr "\xe9"\n'),
    "header-only-lies": po_is(b'msgid ""\nmsgstr "X-Released-By: Eve\\nX-Released-Digest: 00\\n"\n'),
    "entry-twice": lambda folder: po_is(
        (folder / "locales" / "fr" / "letters" / f"{SLUG}.po").read_bytes() * 2
    )(folder),
    "a-folder": lambda folder: folder_for(folder / "locales" / "fr" / "letters" / f"{SECOND}.po"),
    "translation-with-unknown-field": po_with("Veuillez répondre", "{{ facts.secret }} Veuillez répondre"),
    "translation-with-code": po_with("Veuillez répondre", "{% if x %}{{ ''.__class__ }}"),
    "translation-with-marks": po_with("Veuillez répondre", "\ue010text\ue0110\ue011\ue012"),
    "translation-with-html": po_with("Veuillez répondre", "<script>x</script>"),
    "translation-open-emphasis": po_with("Veuillez répondre **", "Veuillez répondre *"),
    "translation-huge": po_with("Veuillez répondre", "mot " * 20_000),
    "frame-random": frame_is(bytes(range(256))),
    "frame-marks": frame_is('msgctxt "label"\nmsgid "reference"\nmsgstr "\ue010x"\n'.encode()),
    "frame-markup": frame_is(b'msgctxt "office"\nmsgid "Example Lighthouse Union"\nmsgstr "<b>U</b>\\r\\nBcc: x@y"\n'),
    "locale-random": frame_is(bytes(range(256)), "locale.toml"),
    "locale-wrong": frame_is(b"[dates]\nprose = 3\n[numbers]\ngroup = []\n", "locale.toml"),
    "locale-pattern": frame_is(b'[date]\nprose = "{0.__class__} %s {"\n', "locale.toml"),
    "protocol-random": frame_is(b"\xff\xfe\x00[[[", "protocol.toml"),
    "protocol-wrong": frame_is(b"salutation = 3\n[closing]\nhighest = []\n", "protocol.toml"),
    "protocol-hostile": frame_is(b'[salutation.minister]\ncollective = "\\r\\nX: {x} \xee\x80\x90"\n', "protocol.toml"),
}  # fmt: skip


@pytest.mark.parametrize("spoil", CATALOGUES.values(), ids=CATALOGUES.keys())
def test_catalogues(office: Path, spoil: Spoil) -> None:
    spoil(office)
    path = office / "locales" / "fr" / "letters" / f"{SECOND}.po"
    before = path.read_bytes() if path.is_file() else b""
    found = run_every_verb(office)
    assert not isinstance(found["check"], CircularsError), found["check"]
    with desk_at(office) as desk:
        outcome(lambda: release_languages(desk, SECOND, ["fr"], by="R. Reviser"))
        if isinstance(outcome(lambda: export_catalogues(desk, SECOND)), CircularsError) and path.is_file():
            assert path.read_bytes() == before


def test_a_forged_release_releases_nothing(office: Path) -> None:
    CATALOGUES["header-only-lies"](office)
    with desk_at(office) as desk:
        versions = {version.slug: version for version in translation_status(desk)}
    assert not versions[SECOND].released


# office.toml and its key


def office_with(old: str, new: str) -> Spoil:
    return lambda folder: edit(folder / "office.toml", old, new)


def spoil_journal(folder: Path) -> None:
    for path in (folder / "journal").glob("*.log"):
        path.write_bytes(b"\xff\x00x\n" * 9)


OFFICES: dict[str, Spoil] = {
    "empty": lambda folder: (folder / "office.toml").write_bytes(b""),
    "random": lambda folder: (folder / "office.toml").write_bytes(bytes(range(256))),
    "gone": lambda folder: (folder / "office.toml").unlink(),
    "folder": lambda folder: folder_for(folder / "office.toml"),
    "wrong-kinds": lambda folder: ((folder / "office.toml").write_text(
            "name = 1\nlanguages = 3\ntimezone = []\nprofile = {}\nmail = 'x'\nseries = 1\ninbox = []\nstore = 2\n"
        )),
    "pattern-code": office_with("LU-{yy}/{n:03}", "{n.__class__.__mro__}"),
    "pattern-wide": office_with("LU-{yy}/{n:03}", "{n:999999999}"),
    "pattern-open": office_with("LU-{yy}/{n:03}", "{n"),
    "sender-injection": office_with('sender = "circulars@example.int"', 'sender = "a@b\\r\\nBcc: c@d"'),
    "name-injection": office_with('name = "Example Lighthouse Union"', 'name = "U\\r\\nBcc: c@d <x@y>"'),
    "folder-outside": office_with('kind = "files"', 'kind = "files"\nfolder = "../../out"'),
    "key-empty": lambda folder: (folder / "office.key").write_bytes(b""),
    "key-random": lambda folder: (folder / "office.key").write_bytes(b"\xff" * 100),
    "key-gone": lambda folder: (folder / "office.key").unlink(),
    "letters-gone": lambda folder: (folder / "letters").rename(folder / "moved"),
    "recipients-gone": lambda folder: (folder / "recipients").rename(folder / "moved"),
    "archive-gone": lambda folder: (folder / "archive").rename(folder / "moved"),
    "archive-file": lambda folder: file_for(folder / "archive"),
    "journal-spoilt": spoil_journal,
}  # fmt: skip


@pytest.mark.parametrize("spoil", OFFICES.values(), ids=OFFICES.keys())
def test_offices(office: Path, spoil: Spoil) -> None:
    spoil(office)
    run_every_verb(office)
    assert not (office.parent.parent / "out").exists()


# Templates


def letterhead_is(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "letterhead.ltr.docx").write_bytes(content)

    return spoil


def page_is(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "circular.html").write_bytes(content)

    return spoil


def letterhead_with(part: str, content: bytes) -> Spoil:
    """The built-in letterhead with one of its parts replaced."""
    from importlib.resources import files

    original = (files("templates") / "builtin" / "letterhead.ltr.docx").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    return letterhead_is(buffer.getvalue())


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
    + b"]><x>&j;</x>"
)
TEMPLATES: dict[str, Spoil] = {
    "docx-empty": letterhead_is(b""),
    "docx-text": letterhead_is(b"Dear Sir"),
    "docx-zip-of-something-else": letterhead_is(bomb("hello.txt", 10)),
    "docx-cut": letterhead_is(bomb("word/document.xml", 1000)[:-40]),
    "docx-bomb": letterhead_is(bomb("word/document.xml")),
    "docx-no-xml": letterhead_with("word/document.xml", b"not xml at all <"),
    "docx-no-body": letterhead_with("word/document.xml", b"<x/>"),
    "docx-entities": letterhead_with("word/document.xml", XXE),
    "docx-laughs": letterhead_with("word/document.xml", LAUGHS),
    "docx-types-gone": letterhead_with("[Content_Types].xml", b""),
    "docx-rels-gone": letterhead_with("word/_rels/document.xml.rels", b""),
    "docx-styles-gone": letterhead_with("word/styles.xml", b"<w/>"),
    "html-empty": page_is(b""),
    "html-random": page_is(bytes(range(256))),
    "html-without-text": page_is(b"<html><body>Hello</body></html>"),
    "html-code": page_is(b"<html>{{ ''.__class__.__mro__ }}{% for x in range(9**9) %}a{% endfor %}</html>"),
    "html-repeat": page_is(b"<html>{{ 'a' * 900000000 }}</html>"),
    "html-open": page_is(b"<html>{% if x %}"),
    "html-include": page_is(b"<html>{% include '/etc/passwd' %}{{ letter.nothing.nothing }}</html>"),
}


@pytest.mark.parametrize("spoil", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_templates(office: Path, spoil: Spoil) -> None:
    spoil(office)
    found = run_every_verb(office)
    for name in ("check", "status", "show"):
        assert not isinstance(found[name], CircularsError), found[name]
    if not isinstance(found["preview docx"], CircularsError):
        assert b"root:" not in found["preview docx"].content


# Mails

HEAD = b"From: eve@stranger.example.net\r\nTo: circulars@example.int\r\n"
MAILS: dict[str, bytes] = {
    "empty": b"",
    "nul": b"\x00" * 500,
    "random": bytes(range(256)) * 50,
    "no-body": HEAD,
    "no-header": b"\r\n\r\nhello",
    "bare-cr": b"From: a@example.org\rSubject: x\r\rhello\r",
    "endless-line": HEAD + b"Subject: " + b"x" * 1_000_000 + b"\r\n\r\nhello",
    "many-headers": HEAD + b"X-A: b\r\n" * 20_000 + b"\r\nhello",
    "many-parts": HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 3000 + b"--b--",
    "deep-parts": HEAD + b"".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'.encode() for n in range(300)
    ),
    "deep-messages": (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 200 + b"hello",
    "boundary-missing": HEAD + b"Content-Type: multipart/mixed\r\n\r\nhello",
    "boundary-empty": HEAD + b'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n\r\nhello',
    "charset-unknown": HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\n\xe9\xff\xfe",
    "charset-hostile": HEAD + b'Content-Type: text/plain; charset="idna"\r\n\r\n' + b"." * 2000,
    "base64-broken": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n!!!!====abc",
    "encoded-word-broken": HEAD + b"Subject: =?utf-8?b?!!!?= =?x?q?=ZZ?= =?utf-8?q?=?=\r\n\r\nhello",
    "date-hostile": HEAD + b"Date: Fri, 99 Foo 99999 99:99:99 +9999\r\n\r\nhello",
    "date-year-1": HEAD + b"Date: Mon, 1 Jan 0001 00:00:00 +1400\r\n\r\nhello",
    "address-hostile": b'From: "=?utf-8?q?=00=0D=0ABcc:?=" <<<@@@>>>\r\nTo: ,,;:;,\r\n\r\nhello',
    "message-id-hostile": HEAD + b"Message-ID: <" + b"a" * 5000 + b"\r\nIn-Reply-To: <><><>\r\nReferences: "
    + b"<x> " * 5000 + b"\r\n\r\nhello",
    "token-forged": b"From: a@example.org\r\nTo: reply+" + b"a" * 31 + b"@replies.example.int\r\n\r\nhello",
    "report-hostile": HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n'
    b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822;" + b"x" * 5000 + b"\r\nAction: exploded\r\n"
    b"Status: 99999.x.y\r\n\r\n\r\n\r\nStatus: 5.1.1\r\n--b--",
    "html-hostile": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5000 + b"<script>x&#x110000;&#0;<![CDATA[",
    "calendar-broken": HEAD + b"Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
    "quotes-deep": HEAD + b"\r\n" + b">" * 3000 + b" x\r\n" * 3,
    "winmail": HEAD + b"Content-Type: application/ms-tnef\r\n\r\n" + bytes(range(256)),
    "half-a-pair": HEAD + "Subject: \ud800\r\n\r\n\udfff".encode("utf-8", "surrogatepass"),
}  # fmt: skip


@pytest.mark.parametrize("raw", MAILS.values(), ids=MAILS.keys())
def test_mails(office: Path, tmp_path: Path, raw: bytes) -> None:
    before = history(office)
    source = tmp_path / "mails"
    source.mkdir()
    (source / "hostile.eml").write_bytes(raw)
    with desk_at(office) as desk:
        summary = outcome(lambda: track(desk, source=str(source)))
        assert not isinstance(summary, CircularsError), summary
        assert summary.filed + summary.triage + len(summary.problems) <= 2
        for row in to_decide(desk).unclear:
            outcome(lambda row=row: open_mail(desk, row.id))  # type: ignore[misc]
        assert to_decide(desk).replies == ()
        outcome(lambda: explain(desk, [source / "hostile.eml"]))
        again = outcome(lambda: track(desk, source=str(source)))
        assert sum(again.kinds.values()) == 0
    assert history(office) == before


def test_all_mails_in_one_mailbox(office: Path, tmp_path: Path) -> None:
    """One spoilt mail does not keep the others from being filed."""
    mbox = tmp_path / "all.mbox"
    mbox.write_bytes(
        b"".join(
            b"From eve@example.org Mon Mar  3 09:00:00 2031\n" + raw.replace(b"\nFrom ", b"\n>From ") + b"\n\n"
            for raw in MAILS.values()
        )
    )
    before = history(office)
    with desk_at(office) as desk:
        summary = outcome(lambda: track(desk, source=str(mbox)))
        assert not isinstance(summary, CircularsError), summary
        assert sum(summary.kinds.values()) > 10
    assert history(office) == before


# Whatever somebody types

anything = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.fixture(scope="module")
def typed_at(sent_small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from tests.pipeline.offices import copy_office

    with desk_at(copy_office(sent_small_office, tmp_path_factory.mktemp("typed") / "office")) as desk:
        yield desk


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ref=anything, name=anything, word=anything)
def test_words_at_the_keyboard(typed_at: Desk, ref: str, name: str, word: str) -> None:
    from pipeline.answering import Given, answer, excuse, note
    from pipeline.party_history import history
    from pipeline.sending import suppress_address
    from pipeline.stopping import withdraw

    for act in (
        lambda: show(typed_at, ref, name, "txt"),
        lambda: show(typed_at, SLUG, name, word),
        lambda: answer(typed_at, SLUG, name, word, Given(state=word, by=word)),
        lambda: excuse(typed_at, SLUG, name, word, note=word),
        lambda: note(typed_at, ref, name, word),
        lambda: history(typed_at, SLUG, name),
        lambda: withdraw(typed_at, SLUG, [f"{name}?"]),
        lambda: approve(typed_at, SLUG, word),
        lambda: report(typed_at, SLUG, word),
        lambda: suppress_address(typed_at, name, word),
    ):
        outcome(act)


def test_the_office_is_sound_before_it_is_spoilt(office: Path) -> None:
    found = run_every_verb(office)
    assert found["plan"].letters == 8
    assert found["issue"].addressees == 8
    assert found["send"].remaining == 0
    assert (
        FRENCH["Census of coastal lights"].encode()
        in (office / "locales" / "fr" / "letters" / f"{SECOND}.po").read_bytes()
    )
