"""A small office of our own: two languages, one letter of a series, a list with every kind of row."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from locales.catalogue import release
from office.clock import Clock
from office.tokens import create_key
from pipeline.approving import approve
from pipeline.catalogues import export_catalogues
from pipeline.desk import Desk
from pipeline.issuing import Issued, issue
from pipeline.planning import Planned, plan
from pipeline.surveying import PlanOptions
from store.database import Store
from store.plans import Author
from store.schema import metadata

MORNING = datetime(2031, 3, 4, 8, 0, tzinfo=UTC)
SLUG = "census"

OFFICE = """\
name = "Example Lighthouse Union"
languages = ["en", "fr"]
default_language = "en"

[series.LU]
pattern = "LU-{yy}/{n:03}"

[signatories.secretary-general]
name = "Adela Quist"
gender = "f"
title = "secretary-general"

[contacts.lamps]
name = "Bela Montero"
gender = "m"
tel = "+41 22 555 01 02"
email = "lamps@example.int"

[mail]
sender = "circulars@example.int"
reply = "reply@replies.example.int"
bounce = "bounce@replies.example.int"
transport = "files"

[transports.files]
kind = "files"
"""

LETTER = """\
series = "LU"
date = 2031-03-03
place = "geneva"
source = "en"
languages = ["en", "fr"]
signatory = "secretary-general"
contacts = ["lamps"]
attach = ["docx"]

[[audience]]
list = "keepers"
where = "category == 'government'"
class = "governments"
lines = ["governments"]
address = "collective"
salutation = "minister"
closing = "highest"

[[audience]]
list = "keepers"
where = "category == 'academia'"
class = "academia"
lines = ["academia"]
address = "personal"
salutation = "individual"
closing = "distinguished"

[deadlines.reply]
date = 2031-04-30
rule = "by"

[[asks]]
id = "census"
what = "information"
deadline = "reply"

[[asks]]
id = "meeting"
what = "attendance"
deadline = "reply"

[[asks]]
id = "photos"
what = "contribution"
expected = false

[facts]
lights = 1240
"""

ENGLISH_LETTER = LETTER.replace('languages = ["en", "fr"]', 'languages = ["en"]')

BODY = """\
# Census of coastal lights

The Union keeps count of {{ facts.lights | number }} lights, those of {{ recipient.country }} among them.

Please answer **by {{ deadlines.reply | date }}**.
"""

FRENCH = {
    "Census of coastal lights": "Recensement des feux côtiers",
    "The Union keeps count of {{ facts.lights | number }} lights, those of {{ recipient.country }} among them.": (
        "L'Union tient le compte de {{ facts.lights | number }} feux, dont ceux de ce pays: {{ recipient.country }}."
    ),
    "Please answer **by {{ deadlines.reply | date }}**.": (
        "Veuillez répondre **au plus tard le {{ deadlines.reply | date }}**."
    ),
}

LIST = """\
key,party,name,role,gender,organisation,category,country,languages,email,cc,channel
no-minister,NO,Ingrid Moe,minister,f,Ministry of Lights,government,NO,,minister@no.example.org,aide@no.example.org,email
no-mission,NO,,ambassador,,Mission of Norway,government,NO,,mission@no.example.org; second@no.example.org,,email
fr-minister,FR,Élise Caron,minister,f,Ministère des phares,government,FR,,ministre@fr.example.org,,both
ke-minister,KE,Juma Odhiambo,minister,m,Ministry of Harbours,government,KE,fr,minister@ke.example.org,,email
bt-minister,BT,,minister,,Ministry of Lamps,government,BT,,,,paper
lens,,Rosa Lindqvist,,f,Institute of Lenses,academia,SE,,rosa@lens.example.com,,email
optique,,Paul Morel,,m,Laboratoire d'optique,academia,BE,fr,paul@optique.example.com,,email
prism,,Sam Field,,,Prism College,academia,GB,,sam@prism.example.com,,email
club,,Friends of Lamps,,,Friends of Lamps,civil-society,IE,,post@club.example.com,,email
broken,,Nobody,,,Nowhere House,academia,Atlantys,,no-address,,email
"""


def fixed_clock(moment: datetime = MORNING) -> Clock:
    return lambda: moment


def moving_clock(start: datetime = MORNING, step: timedelta = timedelta(seconds=1)) -> Clock:
    """A clock that is a step further at each look."""
    now = [start]

    def look() -> datetime:
        now[0] += step
        return now[0]

    return look


def write_office(folder: Path) -> Path:
    """Write the small office, its letter translated into French and released."""
    write_letter(folder)
    (folder / "office.toml").write_text(OFFICE, "utf-8")
    (folder / "recipients").mkdir()
    for name in ("new", "cur", "tmp"):
        (folder / "inbox" / name).mkdir(parents=True)
    (folder / "recipients" / "keepers.csv").write_text(LIST, "utf-8")
    create_key(folder / "office.key")
    with desk_at(folder) as desk:
        export_catalogues(desk, SLUG, ["fr"])
    translate(folder)
    return folder


def write_letter(folder: Path, slug: str = SLUG, *, letter: str = LETTER, body: str = BODY) -> Path:
    """Write a letter's folder."""
    made = folder / "letters" / slug
    made.mkdir(parents=True)
    (made / "letter.toml").write_text(letter, "utf-8")
    (made / "body.md").write_text(body, "utf-8")
    return made


def translate(folder: Path, slug: str = SLUG, *, words: dict[str, str] | None = None, released: bool = True) -> Path:
    """Fill in the French of a letter's exported catalogue, and release it."""
    import polib

    path = folder / "locales" / "fr" / "letters" / f"{slug}.po"
    catalogue = polib.pofile(str(path), wrapwidth=0)
    for entry in catalogue:
        entry.msgstr = (words or FRENCH)[entry.msgid]
    catalogue.save(str(path))
    if released:
        release(path, "R. Reviser", date(2031, 3, 3), facts={})
    return path


@dataclass(frozen=True)
class Person(Desk):
    """A desk at which another account sits."""

    account_name: str = "author"

    @property
    def account(self) -> str:
        return self.account_name


class DeskAt:
    """Opens the office in a folder, and closes it."""

    def __init__(self, folder: Path, clock: Clock, account: str, change: dict[str, Any]) -> None:
        self._folder, self._clock, self._account, self._change = folder, clock, account, change

    def __enter__(self) -> Person:
        from office.reading import load_office
        from store.database import open_store

        office = replace(load_office(self._folder), **self._change)
        self._store: Store = open_store(office.store_url, self._folder)
        return Person(office=office, store=self._store, clock=self._clock, account_name=self._account)

    def __exit__(self, *_: object) -> None:
        self._store.close()


def desk_at(folder: Path, *, clock: Clock | None = None, account: str = "author", **change: Any) -> DeskAt:
    return DeskAt(folder, clock or fixed_clock(), account, change)


def edit(path: Path, old: str, new: str) -> None:
    """Replace words in a file; they must be there."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def issue_all(desk: Desk, ref: str = SLUG, **options: Any) -> Issued:
    """Plan, approve and issue."""
    planned = plan_and_approve(desk, ref, **options)
    return issue(desk, ref, planned.digest)


def plan_and_approve(desk: Desk, ref: str = SLUG, **options: Any) -> Planned:
    planned = plan(desk, ref, PlanOptions(**options))
    approve(desk, ref, planned.digest)
    return planned


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that is stored."""
    with store.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def keys(desk: Desk, slug: str = SLUG) -> list[str]:
    """Return the keys of the addressees to whom a letter was issued."""
    from store.schema import addressees, circulars

    query = (
        select(addressees.c.key)
        .join(circulars, circulars.c.id == addressees.c.circular_id)
        .where(circulars.c.slug == slug)
        .order_by(addressees.c.id)
    )
    with desk.store.read() as connection:
        return list(connection.execute(query).scalars())


def copy_office(source: Path, target: Path) -> Path:
    shutil.copytree(source, target, dirs_exist_ok=True)
    return target


def somebody(account: str = "author") -> Author:
    return Author(account=account, name=account.title())


Reason = Callable[[Path], None]
Changes = Iterable[tuple[str, Reason]]


def add_addressee(folder: Path) -> None:
    """Add one more academic to the list."""
    path = folder / "recipients" / "keepers.csv"
    row = "new,,New One,,,New House,academia,IE,,new@house.example.com,,email\n"
    path.write_text(path.read_text("utf-8") + row, "utf-8")
