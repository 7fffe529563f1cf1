"""translate status, export, release."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import ByOption, JsonOption, OfficeOption, OptionalRef, Ref, desk_for, split
from cli.output import out, plain, print_json, table

app = typer.Typer(
    help="The language versions: how far they are, PO files for translators, release.", no_args_is_help=True
)

Languages = Annotated[list[str], typer.Option("--lang", metavar="L,…", help="These languages; all if left out.")]


@app.command()
def status(ref: OptionalRef = "", json: JsonOption = False, office: OfficeOption = None) -> None:
    """Show how far each language version is.

    Example: circulars translate status forum-2022
    """
    from pipeline.translating import translation_status

    with desk_for(office) as desk:
        versions = translation_status(desk, ref)
    if json:
        print_json([version.as_json() for version in versions])
        return
    numbers = ["Segments", "Done", "To revise", "New", "Words left"]
    shown = table("", "Letter", "Lang.", *numbers, "Released by", right=numbers)
    for version in versions:
        released = f"[green]{plain(version.released_by)}[/]" if version.released else "[yellow]no[/]"
        counts = (version.segments, version.done, version.to_revise, version.new, version.words_left)
        shown.add_row(plain(version.reference), version.language, *map(str, counts), released)
    out.print(shown)


@app.command()
def export(
    ref: Ref,
    lang: Languages = [],  # noqa: B006 - Typer reads it, nobody changes it
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="po.")] = "po",
    office: OfficeOption = None,
) -> None:
    """Bring the PO files up to date with the letter's text; translations already there are kept.

    Example: circulars translate export forum-2022 --lang ru
    """
    from pipeline.translating import export_catalogues

    if kind != "po":
        raise typer.BadParameter("only po is there for now", param_hint="--as")
    with desk_for(office) as desk:
        paths = export_catalogues(desk, ref, split(lang))
        for path in paths:
            out.print(f"[green]{plain(path.relative_to(desk.office.folder))}[/]")
    out.print(f"→ Translate them in any PO editor, then: circulars translate release {plain(ref)} --lang L --by NAME")


@app.command()
def release(
    ref: Ref,
    by: ByOption,
    lang: Languages = [],  # noqa: B006 - as above
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
