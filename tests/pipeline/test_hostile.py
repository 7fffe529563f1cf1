"""Spoilt input, end to end: findings, a refusal or triage, and what was stored before is as it was.

Each case spoils one thing in an office whose first letter has gone, and then runs every verb on it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import CircularsError
from office.findings import Level
from pipeline.catalogues import export_catalogues
from pipeline.drafting import preview
from pipeline.translating import release_languages, translation_status
from tests.pipeline.offices import BODY, FRENCH, LETTER, LIST, SLUG, desk_at, edit, write_letter
from tests.pipeline.spoiling import SECOND, Spoil, bomb, folder_for, outcome, run_every_verb

# Lists


def csv_with(content: bytes) -> Spoil:
    return lambda folder: (folder / "recipients" / "keepers.csv").write_bytes(content)


def corrections_are(content: bytes) -> Spoil:
    return lambda folder: (folder / "recipients" / "corrections.csv").write_bytes(content)


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


def test_the_office_is_sound_before_it_is_spoilt(office: Path) -> None:
    found = run_every_verb(office)
    assert found["plan"].letters == 8
    assert found["issue"].addressees == 8
    assert found["send"].remaining == 0
    assert (
        FRENCH["Census of coastal lights"].encode()
        in (office / "locales" / "fr" / "letters" / f"{SECOND}.po").read_bytes()
    )
