"""How addressees are spoken to: the protocol tables of data/<language>/protocol.toml.

A table is role × {m, f, unknown, collective} for salutations, and rank for complimentary closes. A cell that
no authority has confirmed says ``reviewed = false``, which `check` repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from locales.missing import MissingWording
from locales.patterns import fill
from locales.tables import CELLS, Table, as_table

_FINAL = ",:;.!،：，。！؛ "


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words of protocol. ``vocative`` is the salutation as the close repeats it; empty in a close."""

    text: str
    vocative: str = ""
    reviewed: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One language's tables."""

    language: str
    salutations: Mapping[tuple[str, str], Wording]  # (role, cell)
    closings: Mapping[str, tuple[Wording, str]]  # rank: pattern, and the words where there is no vocative

    def salutation(self, role: str, *, gender: str, collective: bool) -> Wording:
        """Return the salutation; raises MissingWording for a cell that the table does not have."""
        cell = "collective" if collective else gender if gender in ("m", "f") else "unknown"
        wording = self.salutations.get((role, cell))
        if wording is None:
            raise MissingWording("salutation", f"{role}.{cell}", self.language)
        return wording

    def closing(self, rank: str, vocative: str) -> Wording:
        """Return the close with the vocative in it; raises MissingWording for an unknown rank."""
        found = self.closings.get(rank)
        if found is None:
            raise MissingWording("closing", rank, self.language)
        pattern, plain = found
        if not vocative and "{vocative}" in pattern.text:
            if not plain:
                raise MissingWording("closing", f"{rank}.plain", self.language)
            return Wording(text=plain, reviewed=pattern.reviewed, source=pattern.source)
        text = fill(pattern.text, {"vocative": vocative})
        return Wording(text=text, reviewed=pattern.reviewed, source=pattern.source)


def build_protocol(language: str, built_in: Table, overlay: Table) -> Protocol:
    """Lay an office's table over the built-in one, cell by cell.

    A cell with words of its own replaces the built-in cell. One without only signs it off
    (``reviewed = true``, ``source``) and keeps its words.
    """
    salutations: dict[tuple[str, str], Wording] = {}
    closings: dict[str, tuple[Wording, str]] = {}
    for layer in (built_in, overlay):
        for role, cells in as_table(layer.get("salutation")).items():
            for cell in CELLS:
                said = as_table(cells).get(cell)
                wording = _laid(as_table(said), salutations.get((role, cell)))
                if wording is not None:
                    salutations[role, cell] = wording
        for rank, said in as_table(layer.get("closing")).items():
            below, plain = closings.get(rank, (None, ""))
            wording = _laid(as_table(said), below)
            if wording is not None:
                table = as_table(said)
                closings[rank] = wording, str(table.get("plain", "" if "text" in table else plain))
    return Protocol(language=language, salutations=salutations, closings=closings)


def _laid(said: Table, below: Wording | None) -> Wording | None:
    if "text" in said:
        text = str(said["text"])
        return Wording(
            text=text,
            vocative=str(said.get("vocative", text.rstrip(_FINAL))),
            reviewed=said.get("reviewed") is True,
            source=str(said.get("source", "")),
        )
    if below is None or not said:
        return None
    return Wording(
        text=below.text,
        vocative=str(said.get("vocative", below.vocative)),
        reviewed=bool(said.get("reviewed", below.reviewed)),
        source=str(said.get("source", below.source)),
    )
