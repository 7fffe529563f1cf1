"""Links whose words say nothing: read alone, as screen readers list them, «here» leads nowhere (WCAG 2.2, 2.4.9)."""

from __future__ import annotations

from collections.abc import Iterator

from letters.blocks import Link
from letters.checks.versions import Versions, every_inline, plain_text
from office.findings import Finding, Level
from office.folding import folded

_EMPTY_WORDS = {
    "ar": ("هنا", "اضغط هنا", "انقر هنا", "الرابط", "هذا الرابط"),
    "en": ("here", "click here", "link", "this link", "this page", "more", "read more"),
    "es": ("aquí", "haga clic aquí", "enlace", "este enlace", "más", "más información"),
    "fr": ("ici", "cliquez ici", "cliquer ici", "lien", "ce lien", "en savoir plus"),
    "ru": ("здесь", "тут", "нажмите здесь", "ссылка", "по ссылке", "подробнее"),
    "zh": ("这里", "此处", "点击这里", "点击此处", "链接", "此链接"),
}


def check_links(versions: Versions) -> Iterator[Finding]:
    """Yield links whose words do not tell where they lead, in every language."""
    for version in versions.all:
        empty = frozenset(map(folded, _EMPTY_WORDS.get(version.language, ())))
        for inline in every_inline(version.words.children):
            words = plain_text(inline.children).strip(" .:()") if isinstance(inline, Link) else ""
            if words and folded(words) in empty:
                yield Finding(
                    level=Level.WARNING,
                    code="link-says-nothing",
                    message=f"the link «{words}» does not tell where it leads",
                    hint="Make the words of the sentence that name the page the link: [the web site of the Forum](…).",
                    file=version.file,
                    line=version.line,
                )
