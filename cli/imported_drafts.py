"""What `new --from DRAFT.docx` tells: what was made of the draft, and what a person must look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import number_of, out, plain, print_findings, print_json, table

if TYPE_CHECKING:
    from letters.drafts.model import Noted
    from pipeline.drafts import Imported

_SHOWN = 60  # characters of the draft's words


def print_imported(imported: Imported, *, json: bool) -> None:
    """Print what became of a draft, as tables or as JSON."""
    if json:
        print_json(_as_json(imported))
        return
    folder = f"letters/{imported.folder.name}"
    annexes = {0: "", 1: ", with one annex"}.get(imported.annexes, f", with {imported.annexes} annexes")
    out.print(f"[green]{plain(folder)} is made of {plain(imported.file)}[/], written in {imported.language}{annexes}.")
    if imported.changes:
        out.print(f"{number_of(imported.changes, 'tracked change')} accepted.")
    _print_noted("What was made of it", [one for one in imported.noted if not one.todo])
    _print_noted("To look at", [one for one in imported.noted if one.todo])
    if imported.comments:
        made = table("Comments", "place", "who", "at the words", "says")
        for comment in imported.comments:
            made.add_row(plain(comment.place), plain(comment.author), plain(_short(comment.words)), plain(comment.text))
        out.print(made)
    if imported.findings:
        out.print("[bold red]The letter cannot be composed yet:[/]")
        print_findings(imported.findings)
    slug = plain(imported.folder.name)
    out.print(
        f"→ circulars preview {slug} --lang {imported.language} shows it; circulars check {slug} lists what to confirm"
    )


def _print_noted(title: str, noted: list[Noted]) -> None:
    if not noted:
        return
    with_todo = any(one.todo for one in noted)
    made = table(title, "place", "words", "made of it", *(["what to do"] if with_todo else []))
    for one in noted:
        cells = [one.place, _short(one.words), one.made, *([one.todo] if with_todo else [])]
        made.add_row(*map(plain, cells))
    out.print(made)


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"


def _as_json(imported: Imported) -> dict[str, object]:
    facts = imported.facts
    return {
        "letter": imported.folder.name,
        "draft": imported.file,
        "language": imported.language,
        "tracked_changes": imported.changes,
        "annexes": imported.annexes,
        "events": {key: {"start": _moment(one.start), "end": _moment(one.end)} for key, one in facts.events.items()},
        "deadlines": {key: {"date": _moment(one.date), "rule": one.rule} for key, one in facts.deadlines.items()},
        "asks": facts.asks,
        "links": imported.links,
        "facts": facts.figures,
        "noted": [
            {"place": one.place, "words": one.words, "made": one.made, "to_do": one.todo} for one in imported.noted
        ],
        "comments": [
            {"place": one.place, "author": one.author, "words": one.words, "text": one.text}
            for one in imported.comments
        ],
        "findings": [finding.as_json() for finding in imported.findings],
    }


def _moment(moment: object) -> str | None:
    return None if moment is None else moment.isoformat() if hasattr(moment, "isoformat") else str(moment)
