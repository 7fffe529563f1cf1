"""The new words of a reply, without the mail it quotes. In doubt a line is kept: nothing new may be lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby
from unicodedata import normalize

from replies.attributions import attribution
from replies.dividers import Opening, divider, is_between_arrows
from replies.signatures import without_signature
from replies.subtracting import Compared, compare, count_words

# «> text», «| text» (but no row of a table), «AB> text»
_MARKED = re.compile(r"[\s\u200e\u200f]{0,8}(?:[>＞]|&gt;|\|(?!.*\|)|[^\W\d_]{1,4}>+(?:\s|$))")
_MARKS = re.compile(r"^(?:[\s>＞|]|&gt;)+")
_FROM_MUNGED = ">From "  # mbox files put «>» before a line that begins with «From »
_RULE = re.compile(r"[\s*]*[-_=~*]{3,}[\s*]*")
_WHITE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\ufeff]*")
# «see my answers below in red»: then the copy below holds new words, and which ones cannot be seen in plain text.
_ANSWERS_BELOW = re.compile(
    r"\b(?:below|answer|comment|repl|respon|répon|remark|input|mark|highlight|text|respuesta|voir|ver|see)\w*[^.\n]{0,60}"
    r"\b(?:in|en) (?:red|blue|green|bold|capitals|rouge|bleu|vert|gras|majuscules|rojo|azul|verde|negrita|mayúsculas)\b"
    r"|\b(?:in-?line|interspersed)\b|\b(?:answer|comment|repl|respon|remark)\w*,? (?:\w+ ){0,4}below"
    r"|\bbelow (?:\w+ ){0,3}(?:answer|comment|repl|respon)\w*|dans le (?:corps du )?(?:texte|message) ci-dessous"
    r"|(?:réponse|commentaire)s? (?:\w+ ){0,3}ci-dessous"
    r"|(?:respuesta|comentario)s? (?:\w+ ){0,3}(?:abajo|a continuación)"
    r"|(?:ответ|комментари)\w* (?:\w+ ){0,3}ниже|красным|синим|выделен\w* (?:цветом|жирным)|по тексту"
    r"|红色|紅色|蓝色|红字|标红|(?:见|在)(?:下文|下面|正文)|(?:إجابات|ردود|تعليقات)\w* (?:\w+ ){0,3}أدناه|باللون",
    re.IGNORECASE,
)
_QUOTE_WIDTH = 78  # characters: where programs break lines that quoting made too long
_SPILL_WORDS = 4
_SENTENCE_END = (".", "?", "!", ":", ";", ")", "。", "？", "！", "؟")
_SHARE_OF_COPY = 0.3  # of a segment's words that are ours, if it is a copy of our letter
_LINES_OF_NOTE = 40
_MOST_LINES = 4_000  # lines among which openings are looked for
_MANY_LINES = re.compile(r"\n(?:[ \t\xa0\u2000-\u200f\u202a-\u202e\u3000\ufeff]*+\n){2,}")


class _State(Enum):
    """What a line is, before our letter is looked at."""

    NEW = auto()
    MARKED = auto()  # as quoted, by «>»
    OPENING = auto()  # an attribution, divider or header
    COPY = auto()  # unmarked, below an opening
    FORWARDED = auto()  # marked or not, of a mail that was sent on


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    state: _State
    segment: int  # how many openings stand before it
    compared: Compared | None  # with our letter, if it holds words of it


def new_text(text: str, *, ours: Sequence[str] = ()) -> str:
    """Return what the sender wrote, without what is quoted, the lines that introduce it, and signatures below «-- ».

    ``ours`` are the plain texts of the letter that was sent to the sender, in any languages. Copies of it are taken
    out even where no mark shows them, and answers written into them are found. If nothing would be left, everything
    is kept that is neither marked as quoted nor ours, as for an answer below the copy of a mail.
    """
    lines = _read(_MANY_LINES.sub("\n\n", normalize("NFC", text)), ours)
    return (
        _joined(_own_words(lines, ours_known=bool(ours)))
        or _joined(_unmarked(lines))
        or _joined(line.text for line in lines if line.state is _State.NEW and not _is_ours(line))
    )


def _read(text: str, ours: Sequence[str]) -> list[_Line]:
    lines = text.split("\n")
    compared = compare(lines, ours)
    read: list[_Line] = []
    segment, above = 0, _State.NEW
    for number, (line, state) in enumerate(zip(lines, _states(lines), strict=True)):
        segment += state is _State.OPENING is not above
        read.append(_Line(line, state, segment, compared.get(number)))
        above = state
    return read


def _states(lines: Sequence[str]) -> list[_State]:
    """Tell what each line is, by its mark and by what was read above it."""
    marked = [_MARKED.match(line) is not None and not is_between_arrows(line) for line in lines]
    states: list[_State] = []
    below, quoted = _State.NEW, _State.MARKED  # what unmarked and marked lines are
    while len(states) < len(lines):
        number = len(states)
        if marked[number] and not _is_munged(lines, marked, number):
            states.append(quoted)
            continue
        opening = _opening(lines, number)
        state = _below(lines, marked, opening, number, above=below) if opening else None
        if opening is None or state is None:
            states.append(quoted if _is_spilled(lines, marked, number) else below)
            continue
        states += [_State.OPENING] * (opening.end - number)
        below, quoted = state, _State.FORWARDED if opening.forwarded else _State.MARKED
    return states


def _opening(lines: Sequence[str], number: int) -> Opening | None:
    if number >= _MOST_LINES or not lines[number].strip():
        return None
    return divider(lines, number) or attribution(lines, number)


def _below(lines: Sequence[str], marked: list[bool], opening: Opening, number: int, *, above: _State) -> _State | None:
    """Return what unmarked lines below an opening are; None if it is none after all."""
    if above is not _State.NEW:
        return _State.FORWARDED if opening.forwarded else above
    following = next((later for later in range(opening.end, len(lines)) if lines[later].strip()), None)
    if following is None or marked[following]:
        return _State.NEW if opening.sure or following is not None else None
    if not opening.sure:
        return None
    if not opening.forwarded and _opening(lines, following) is not None:
        return _State.NEW  # that one decides
    if _is_answered(lines, marked, opening, number) or _ANSWERS_BELOW.search(
        "\n".join(lines[max(0, number - _LINES_OF_NOTE) : number])
    ):
        return _State.NEW
    return _State.FORWARDED if opening.forwarded else _State.COPY


def _is_answered(lines: Sequence[str], marked: list[bool], opening: Opening, number: int) -> bool:
    """Tell whether an attribution stands above an answer, and the quotation with its marks comes only after that."""
    if divider(lines, number) is not None:
        return False
    for later in range(opening.end, len(lines)):
        if marked[later]:
            return True
        if _opening(lines, later) is not None:
            return False
    return False


def _is_munged(lines: Sequence[str], marked: list[bool], number: int) -> bool:
    """Tell whether an mbox file put the mark before the line, not somebody who quotes."""
    near = marked[max(0, number - 1) : number] + marked[number + 1 : number + 2]
    return lines[number].startswith(_FROM_MUNGED) and not any(near)


def _is_spilled(lines: Sequence[str], marked: list[bool], number: int) -> bool:
    """Tell whether a line is the end of the quoted line above, broken off when quoting made it too long."""
    if not (0 < number < len(lines) - 1 and marked[number - 1] and marked[number + 1]):
        return False
    above, words = lines[number - 1].rstrip(), lines[number].strip()
    first, *more = words.split() or [""]
    full = len(above) <= _QUOTE_WIDTH + 2 and len(above) + 1 + len(first) > _QUOTE_WIDTH
    return full and not above.endswith(_SENTENCE_END) and first[:1].islower() and len(more) >= _SPILL_WORDS - 1


def _own_words(lines: list[_Line], *, ours_known: bool) -> Iterable[str]:
    """Yield the new lines, stretch by stretch, without signatures.

    What was sent on to us and is no copy of our letter is new too: perhaps the answer stands there.
    """
    for (state, _), group in groupby(lines, key=lambda line: (line.state, line.segment)):
        stretch = list(group)
        if state is _State.MARKED:
            yield from _typed_into(stretch)
        elif state is _State.NEW or (state is not _State.OPENING and _is_copy(stretch)):
            yield from _without_rule(without_signature([_rest(line) for line in stretch if not _is_ours(line)]))
        elif state is _State.FORWARDED and ours_known:
            yield from (_MARKS.sub("", line.text) for line in stretch)


def _unmarked(lines: list[_Line]) -> Iterable[str]:
    """Yield what no mark shows as quoted, if there is a copy without marks: perhaps the answer stands below it."""
    if not any(line.state in {_State.COPY, _State.FORWARDED} for line in lines):
        return
    for _, group in groupby(lines, key=lambda line: line.segment):
        stretch = [line for line in group if line.state is not _State.MARKED]
        if _is_copy([line for line in stretch if line.state is not _State.OPENING]):
            stretch = [line for line in stretch if line.state is not _State.OPENING]
        yield from (_rest(line) for line in stretch if not _is_ours(line))


def _typed_into(stretch: list[_Line]) -> Iterable[str]:
    """Yield what was written into our letter where it is quoted with marks: between its first and its last words."""
    ours = [number for number, line in enumerate(stretch) if line.compared]
    if ours and _is_copy(stretch):
        yield from (_MARKS.sub("", _rest(line)) for line in stretch[ours[0] : ours[-1] + 1] if not _is_ours(line))


def _is_ours(line: _Line) -> bool:
    return line.compared is not None and not line.compared.others


def _is_copy(stretch: list[_Line]) -> bool:
    """Tell whether a good part of a stretch is our letter."""
    ours = sum(line.compared.ours for line in stretch if line.compared)
    if not ours:
        return False
    others = sum(line.compared.others if line.compared else count_words(line.text) for line in stretch)
    return ours > _SHARE_OF_COPY * (ours + others)


def _rest(line: _Line) -> str:
    rest = line.compared.rest if line.compared else line.text
    return rest.removeprefix(">") if line.state is _State.NEW else rest


def _without_rule(lines: list[str]) -> list[str]:
    """Drop rules at the end: they stood above what was taken away."""
    while lines and (_WHITE.fullmatch(lines[-1]) or _RULE.fullmatch(lines[-1])):
        lines.pop()
    return lines


def _joined(lines: Iterable[str]) -> str:
    text = "\n".join("" if _WHITE.fullmatch(line) else line.rstrip() for line in lines)
    return _MANY_LINES.sub("\n\n", text).strip()
