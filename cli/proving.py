"""translate proof: do all languages of a letter state the same facts, in every output?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import out, plain, print_findings, print_json, table

if TYPE_CHECKING:
    from pipeline.proving import Proof
    from pipeline.rendered import Cell


def proof(ref: Ref, json: JsonOption = False, office: OfficeOption = None) -> None:
    """Render a letter in all languages and prove that each states the same facts in every output.

    Example: circulars translate proof forum-2022
    """
    from pipeline.proving import prove

    with desk_for(office) as desk:
        proved = prove(desk, ref)
    if json:
        print_json(proved.as_json())
    else:
        _print_table(proved)
        print_findings(proved.findings)
        print_summary(proved)
    raise typer.Exit(0 if proved.agrees else 1)


def print_summary(proof: Proof) -> None:
    """Print «CL-22/010: 6/6 languages, 14/14 facts agree», and which languages cannot be rendered."""
    style = "green" if proof.agrees else "bold red"
    out.print(f"[{style}]{plain(proof.reference)}: {proof.summary}[/]")
    if proof.failed:
        out.print(f"→ {', '.join(proof.failed)} cannot be rendered: circulars check {plain(proof.slug)} says why.")


def _print_table(proof: Proof) -> None:
    """Print the facts × the languages; each cell has a mark for each output: Word document, PDF, HTML, plain text."""
    shown = table("Word · PDF · HTML · text", "Fact", "Part", *proof.languages)
    for row in proof.rows:
        cells = (_marks(row.cells.get(language)) for language in proof.languages)
        shown.add_row(plain(row.fact), plain(row.part), *cells)
    out.print(shown)


def _marks(cell: Cell | None) -> str:
    from pipeline.rendered import OUTPUTS

    if cell is None:
        return "[dim]–[/]"
    if not cell.stated:
        return "[bold red]lost[/]"
    return "".join("[bold red]✗[/]" if output in cell.missing else "[green]✓[/]" for output in OUTPUTS)
