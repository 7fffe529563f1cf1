"""translate prefill, and translate memory: look up, TMX in and out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.options import JsonOption, LanguagesOption, OfficeOption, Ref, desk_for, split
from cli.output import marked, number_of, out, plain, print_findings, print_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.prefilling import Prefilled

SHOWN_MATCHES = 5

From = Annotated[
    list[str],
    typer.Option("--from", metavar="REF,…", help="Remember these letters too, although they are not issued."),
]


class _LookUp(TyperGroup):
    """`memory "some sentence"` is `memory find "some sentence"`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Click's, or Typer's own copy of it
        """Put `find` before a sentence that stands in the place of a command."""
        is_sentence = bool(args) and args[0] not in self.commands and not args[0].startswith("-")
        return super().parse_args(ctx, ["find", *args] if is_sentence else args)


app = typer.Typer(
    cls=_LookUp, help="What was translated before: look it up, take it out or in as TMX.", no_args_is_help=True
)


def prefill(
    ref: Ref,
    lang: LanguagesOption = [],  # noqa: B006 - Typer reads it, nobody changes it
    origin: From = [],  # noqa: B006 - as above
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be filled.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Fill what has no translation from everything issued before, to be revised by a person.

    Example: circulars translate prefill forum-2022 --lang fr,ru --dry-run
    """
    from pipeline.prefilling import prefill

    with desk_for(office) as desk:
        done = prefill(desk, ref, split(lang), also=split(origin), dry_run=dry_run)
    if json:
        print_json([prefilled.as_json() for prefilled in done])
        return
    _print_prefilled(done)
    if dry_run:
        out.print("Nothing was written.")
    elif any(prefilled.fillings for prefilled in done):
        out.print("→ Revise them in any PO editor, then: circulars translate release REF --lang L --by NAME")


def _print_prefilled(done: Sequence[Prefilled]) -> None:
    from locales.memory.suggesting import Found

    seen: set[tuple[str, str]] = set()
    for prefilled in done:
        for filling in prefilled.fillings:
            for piece, match in filling.suggestion.sentences:
                if not match.exact and (match.source, piece) not in seen:
                    seen.add((match.source, piece))
                    out.print(f"[yellow]{match.score} %[/] {plain(match.origin)}: {marked(match.source, piece)}")
    numbers = ["Open", "Exact", "Similar", "In part", "Nothing", "Words filled"]
    shown = table("", "Lang.", *numbers, right=numbers)
    for prefilled in done:
        counts = [prefilled.count(found) for found in Found]
        words = f"{prefilled.filled_words} of {prefilled.open_words}"
        shown.add_row(prefilled.language, *map(str, (prefilled.open, *counts, prefilled.left)), words)
    out.print(shown)


@app.command()
def find(
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="The sentence to look up.")],
    lang: Annotated[str, typer.Option("--lang", metavar="L", help="The language wanted.")],
    source: Annotated[str, typer.Option("--source", metavar="L", help="The sentence's; else the office's.")] = "",
    origin: From = [],  # noqa: B006 - as above
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show how a sentence was translated before; `find` may be left out.

    Example: circulars translate memory find "Please reply by 15 April 2022." --lang fr
    """
    from pipeline.remembering import look_up

    with desk_for(office) as desk:
        matches = look_up(desk, sentence, source, lang, also=split(origin), limit=SHOWN_MATCHES)
    if json:
        print_json([match.as_json() for match in matches])
        return
    for match in matches:
        state = "[green]exact[/]" if match.exact else f"[yellow]{match.score} %[/]"
        out.print(f"{state} [bold]{plain(match.origin)}[/]{'' if match.released else ' (not released)'}")
        out.print(f"  {plain(match.source) if match.exact else marked(match.source, sentence)}")
        out.print(f"  {plain(match.text)}")
    if not matches:
        out.print("Nothing like it was translated before.")


@app.command("export")
def export_memory(
    target: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it.")] = Path("memory.tmx"),
    lang: LanguagesOption = [],  # noqa: B006 - as above
    origin: From = [],  # noqa: B006 - as above
    office: OfficeOption = None,
) -> None:
    """Write everything that is remembered as a TMX file, for translators' own programs.

    Example: circulars translate memory export --out memory.tmx --lang en,fr
    """
    from office.files import write_aside
    from pipeline.remembering import export_tmx

    with desk_for(office) as desk:
        content, count = export_tmx(desk, split(lang), split(origin))
    write_aside(target, content)
    out.print(f"[green]{plain(target)}[/]: {number_of(count, 'unit')}.")


@app.command("import")
def import_memory(
    file: Annotated[Path, typer.Argument(metavar="FILE.tmx", help="A TMX file of any program.")],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Take a TMX file into the office's memory; faulty ones are refused whole.

    Example: circulars translate memory import bureau.tmx
    """
    from pipeline.remembering import import_tmx

    with desk_for(office) as desk:
        imported = import_tmx(desk, file)
    if json:
        print_json(imported.as_json())
        return
    print_findings(imported.findings)
    languages = ", ".join(f"{tag} {count:,}" for tag, count in sorted(imported.languages.items()))
    out.print(f"[green]{plain(imported.file)}[/]: {number_of(imported.units, 'unit')} ({languages}).")
    out.print("→ circulars translate prefill REF")
