"""Terms that the office's glossary renders otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from letters.checks.versions import Pair
from locales.glossary import NAME, Glossary
from office.findings import Finding


def check_glossary(pairs: Iterable[Pair], glossary: Glossary) -> Iterator[Finding]:
    """Yield terms of the source that a translation does not render as the glossary asks. The code is Weblate's."""
    for pair in pairs:
        languages = {"source_language": pair.source_language, "language": pair.language}
        for slip in glossary.slips(pair.source, pair.text, **languages):
            wanted = " or ".join(f"«{form}»" for form in slip.wanted)
            if slip.found:
                message = f"the glossary does not allow «{slip.found}» for «{slip.term}»"
            else:
                message = f"the glossary renders «{slip.term}» as {wanted}; the translation does not have it"
            hint = f"Write {wanted}" if slip.wanted else "Choose another word"
            note = f" ({slip.note})" if slip.note else ""
            yield pair.finding("check_glossary", message, f"{hint}{note}; the glossary is {NAME}, line {slip.line}.")
