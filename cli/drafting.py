"""init, new, check, preview, demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.continuing import draft_continuation
from cli.imported_drafts import print_imported
from cli.options import JsonOption, OfficeOption, OptionalRef, Ref, desk_for
from cli.output import err, out, plain, print_findings, print_json, summary_line
from cli.proving import print_summary

if TYPE_CHECKING:
    from pipeline.desk import Desk


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command(rich_help_panel="Draft")(init)
    app.command(rich_help_panel="Draft")(new)
    app.command(rich_help_panel="Draft")(check)
    app.command(rich_help_panel="Draft")(preview)
    app.command(rich_help_panel="Draft")(demo)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")]) -> None:
    """Make an office folder with sample letters and lists; nothing else is needed to try it.

    Example: circulars init my-office
    """
    from pipeline.drafting import init_office

    made = init_office(folder)
    out.print(
        f"[green]An office is ready in {plain(made)}.[/] Its transport writes .eml files: nothing is really sent."
    )
    out.print(
        f"→ cd {plain(made)} · circulars check · circulars preview forum-2022 --lang fr · circulars plan forum-2022"
    )


def new(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="The folder's name: small letters, digits, hyphens.")],
    series: Annotated[str, typer.Option("--series", help="The series that numbers it.")] = "",
    earlier: Annotated[
        str,
        typer.Option(
            "--from", metavar="REF|FILE", help="An earlier letter, which it renews; or a draft: a .docx file."
        ),
    ] = "",
    corrects: Annotated[
        str, typer.Option("--corrects", metavar="REF", help="An issued letter, of which this is a corrigendum.")
    ] = "",
    adds_to: Annotated[
        str, typer.Option("--adds-to", metavar="REF", help="An issued letter, to which this is an addendum.")
    ] = "",
    lang: Annotated[
        str, typer.Option("--lang", metavar="L", help="The language of the draft, if it is not told.")
    ] = "",
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Start a letter: a folder with a letter.toml and a body.md to fill in, or with those of an earlier letter.

    A draft that was written in Word becomes both: its frame and its facts are proposed, what to look at is listed.
    A corrigendum or an addendum goes to the addressees of the letter that it continues, in the same conversation.

    Example: circulars new forum-2027 --from CL-26/010
    """
    if sum(map(bool, (earlier, corrects, adds_to))) > 1:
        raise typer.BadParameter("a letter is made --from another, or --corrects it, or --adds-to it: give one of them")
    from pipeline.drafting import new_letter
    from pipeline.drafts import import_draft, is_draft

    if (lang or (json and not (corrects or adds_to))) and not is_draft(earlier):
        raise typer.BadParameter("--lang and --json belong to a draft: --from DRAFT.docx")
    with desk_for(office) as desk:
        if corrects or adds_to:
            relation = "corrects" if corrects else "adds-to"
            draft_continuation(desk, slug, corrects or adds_to, relation, series=series, json=json)
            return
        if is_draft(earlier):
            print_imported(import_draft(desk, slug, Path(earlier), language=lang, series=series), json=json)
            return
        if earlier:
            _renew(desk, slug, earlier, series)
            return
        folder = new_letter(desk, slug, series=series)
        out.print(f"[green]{plain(folder.relative_to(desk.office.folder))} is ready to be filled in.[/]")
    out.print(f"→ Edit letter.toml (facts) and body.md (words), then: circulars check {plain(slug)}")


def _renew(desk: Desk, slug: str, earlier: str, series: str) -> None:
    from pipeline.renewing import renew_letter

    renewed = renew_letter(desk, slug, earlier, series=series)
    folder, languages = plain(renewed.folder.relative_to(desk.office.folder)), ", ".join(renewed.languages)
    carried = "its text is carried over."
    if languages:
        carried = f"its text and its translations ({languages}) are carried over, nobody has released them."
    out.print(f"[green]{folder} renews {plain(renewed.earlier)}:[/] {carried}")
    out.print("Figures, links and contacts are to be confirmed; dates and reference are cleared.")
    if not renewed.was_issued:
        out.print(f"[yellow]{plain(renewed.earlier)} has not been issued from this office.[/]")
    out.print(f"→ circulars check {plain(slug)} lists what to fill in; then: circulars translate status {plain(slug)}")


def check(ref: OptionalRef = "", json: JsonOption = False, office: OfficeOption = None) -> None:
    """Find what is wrong with a letter, its translations and its lists, before anything is planned.

    Example: circulars check forum-2022
    """
    from office.findings import has_errors
    from pipeline.checking import check_and_prove

    with desk_for(office) as desk:
        checked = check_and_prove(desk, ref)
    findings = checked.findings
    if json:
        print_json([finding.as_json() for finding in findings])
    else:
        print_findings(findings)
        for proof in checked.proofs:
            print_summary(proof)
        style = "bold red" if has_errors(findings) else "green"
        out.print(f"[{style}]{summary_line(findings)}[/]")
    raise typer.Exit(1 if has_errors(findings) else 0)


def preview(
    ref: Ref,
    to: Annotated[
        str, typer.Option("--to", metavar="KEY", help="An addressee, or master: the copy for the file.")
    ] = "master",
    lang: Annotated[
        str, typer.Option("--lang", metavar="L", help="The language, or two: fr+ar; if not the addressee's.")
    ] = "",
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="docx, pdf, html, txt or eml.")] = "txt",
    reminder: Annotated[bool, typer.Option("--reminder", help="The reminder instead of the letter.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="What sets a PDF: typst, or libreoffice from the docx.")
    ] = "typst",
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE|DIR", help="Where to write it.")] = None,
    office: OfficeOption = None,
) -> None:
    """Show a letter as one addressee would get it; nothing is sent.

    Example: circulars preview forum-2022 --to Kenya --as docx --out kenya.docx
    """
    from delivery.mail_form import file_stem
    from pipeline.drafting import preview as render

    with desk_for(office) as desk:
        made = render(desk, ref, to=to, language=lang, kind=kind, reminder=reminder, engine=engine)
    why = f"{made.language} (language by {made.rule})" if made.rule else made.language
    if target is None and made.suffix not in {"docx", "pdf"}:
        sys.stdout.buffer.write(made.content)
        sys.stdout.buffer.flush()
        if made.rule:
            err.print(f"[dim]{why}[/]")
        return
    what = ".reminder" if reminder else ""
    name = f"{file_stem(ref)}.{file_stem(made.addressee)}{what}.{made.language}.{made.suffix}"
    path = Path(name) if target is None else target / name if target.is_dir() else target
    path.write_bytes(made.content)
    err.print(f"[green]{plain(path)}[/]  [dim]{why}[/]")


def demo(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Where to make the office.")] = None,
) -> None:
    """Walk the whole road on a sample office, with an embedded mail server and simulated replies.

    Example: circulars demo
    """
    from cli.demo import run_demo

    run_demo(folder or Path("demo"))
