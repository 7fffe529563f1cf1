"""How large a letter's HTML mail is: Gmail shows the first 102 kB of a message and hides the rest behind a link."""

from __future__ import annotations

from collections.abc import Iterator

from letters.places import letter_file
from letters.values import master_values
from office.findings import Finding, Level
from templates.merging import Merger

MOST = 100_000  # bytes; an addressee's own values need some room too


def page_size_findings(merger: Merger) -> Iterator[Finding]:
    """Yield a warning for each language and class whose mail is so long that its end would be hidden."""
    for name, forms in merger.forms.items():
        composed, _ = merger.compiled(*name.split("/", 1))
        size = len(forms.html_for(master_values(composed)).encode())
        if size > MOST:
            yield Finding(
                level=Level.WARNING,
                code="mail-too-long",
                message=f"the HTML mail in «{forms.language}» for «{forms.class_name}» has {size // 1000} kB:"
                " Gmail hides what comes after the first 102 kB, the signature with it",
                hint="Move long annexes onto the web site, and link to them.",
                file=letter_file(merger.letter.slug),
            )
