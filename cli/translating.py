"""translate status, preview, release; and the whole group, with the commands of the rooms beside it."""

from __future__ import annotations

from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exchanging, memory
from cli.options import ByOption, JsonOption, LanguagesOption, OfficeOption, OptionalRef, Ref, desk_for, split
from cli.output import bar_lengths, marked, out, plain, print_error, print_findings, print_json, table
from cli.proving import proof

if TYPE_CHECKING:
    from pipeline.translating import Left, Progress

_BAR = 14  # characters of a whole bar


def status(
    ref: OptionalRef = "",
    lang: LanguagesOption = [],  # noqa: B006 - Typer reads it, nobody changes it
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show how far each language version is; with REF and --lang, each segment that is left.

    Example: circulars translate status forum-2022 --lang ru
    """
    from pipeline.translating import translation_status

    with desk_for(office) as desk:
        versions = translation_status(desk, ref, split(lang))
    if json:
        print_json([version.as_json() for version in versions])
        return
    numbers = ["Segments", "To revise", "New", "Words left"]
    for reference, group in groupby(versions, key=lambda version: version.reference):
        shown = table(plain(reference), "Lang.", "Done", *numbers, "Released by", right=numbers)
        shown.columns[1].no_wrap = True  # the bar
        for version in group:
            counts = (f"{version.done}/{version.segments}", version.to_revise, version.new, version.words_left)
            shown.add_row(version.language, _bar(version), *map(str, counts), _release(version))
        out.print(shown)
    for version in versions if ref and lang else []:
        for segment in version.left:
            _print_left(version.language, segment)
    for version in versions:
        if version.changed:
            facts, letter = ", ".join(map(plain, version.changed)), plain(version.reference)
            out.print(f"[yellow]{letter} {version.language}: {facts} changed since the release.[/]")
    if any(version.changed for version in versions):
        out.print("→ Look at the sentences around them, then: circulars translate release REF --lang L --by NAME")


def _bar(version: Progress) -> str:
    """Return a bar of what is done, to revise and new."""
    done, to_revise, new = bar_lengths((version.done, version.to_revise, version.new), _BAR)
    return f"[green]{'█' * done}[/][yellow]{'▒' * to_revise}[/][dim]{'░' * new}[/]"


def _print_left(language: str, segment: Left) -> None:
    state = "[yellow]to revise[/]" if segment.to_revise else "[cyan]new[/]"
    out.print(f"[bold]{language} {segment.number}[/] {state}  [dim]{plain(segment.place)}[/]")
    if segment.previous:
        out.print(f"  {marked(segment.previous, segment.source)}")
        out.print(f"  {plain(segment.translation)}")
    else:
        out.print(f"  {plain(segment.source)}")


def _release(version: Progress) -> str:
    if version.released:
        return f"[green]{plain(version.released_by)}[/]"
    return "[yellow]taken back[/]" if version.outdated else "[yellow]no[/]"


def release(
    ref: Ref,
    by: ByOption,
    lang: LanguagesOption = [],  # noqa: B006 - as above
    office: OfficeOption = None,
) -> None:
    """Release complete language versions in the name of their reviser; later changes take the release back.

    Example: circulars translate release forum-2022 --lang ru --by "A. Reviser"
    """
    from pipeline.translating import release_languages

    with desk_for(office) as desk:
        released = release_languages(desk, ref, split(lang), by=by)
    out.print(f"[green]{plain(ref)}: {', '.join(released)} released[/] by {plain(by)}.")
    out.print(f"→ circulars plan {plain(ref)}")


def preview(
    ref: Ref,
    lang: Annotated[str, typer.Option("--lang", metavar="L", help="The language, or two: fr+ar.")],
    watch: Annotated[bool, typer.Option("--watch", help="Render it again on each save, until Ctrl-C.")] = False,
    numbers: Annotated[bool, typer.Option("--numbers", help="Segment numbers beside the text.")] = False,
    class_name: Annotated[str, typer.Option("--class", metavar="CLASS", help="The class, if not the first.")] = "",
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="html, docx or txt.")] = "html",
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.")] = None,
    office: OfficeOption = None,
) -> None:
    """Render a language version as far as it is; what has no translation stands in the source's words.

    Example: circulars translate preview forum-2022 --lang ru --watch --numbers
    """
    from cli.stopping import stop_on_signals
    from office.errors import CircularsError
    from office.files import write_aside
    from pipeline.letter_folders import find_slug
    from pipeline.previewing import changes, preview_draft

    with desk_for(office) as desk:
        folder, slug = desk.office.folder, find_slug(desk, ref)
    path = target or Path(f"{slug}.{lang}.{kind}")

    def show() -> None:
        with desk_for(office) as desk:
            draft = preview_draft(
                desk, slug, lang, kind=kind, class_name=class_name, is_numbered=numbers, refreshes=watch
            )
        write_aside(path, draft.content)
        out.print(f"[green]{plain(path)}[/] [dim]{desk.clock().astimezone(desk.office.zone):%H:%M:%S}[/]")
        print_findings(draft.findings)

    show()
    if not watch:
        return
    out.print("→ Open it in a browser; it is made anew on each save. Ctrl-C stops.")
    with stop_on_signals() as stopped:
        for _ in islice(changes(folder, slug, lang, stopped=stopped), 1, None):
            try:
                show()
            except CircularsError as error:
                print_error(error)  # somebody is in the middle of a correction
    out.print("Stopped.")


app = typer.Typer(
    help="The language versions: how far they are, files for translators and back, what earlier letters said, release.",
    no_args_is_help=True,
)
# In the order of the road, which is that of the help.
app.command()(status)
app.command("export")(exchanging.export_files)
app.command("import")(exchanging.import_file)
app.command()(memory.prefill)
app.command()(preview)
app.command()(proof)
app.command()(release)
app.add_typer(memory.app, name="memory")
