"""The words of one segment: Markdown within a paragraph, with fields, read into inlines.

Fields are replaced by sentinels, one character of the private use planes each, before Markdown is parsed: a field in
a link's address or between emphasis marks then reads like a letter, and what it prints is never read as Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from letters.blocks import Emphasis, Field, Inline, LineBreak, Link, NoteMark, Strong, Text, joined
from locales.characters import forbidden_character
from locales.marks import FIELD, NOTE, STRAY
from office.characters import name_of, unfit_character
from office.expressions import Expression, ExpressionError, parse_expression

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MAX_SEGMENT = 10_000  # characters of one paragraph
MAX_DEPTH = 8  # emphasis within emphasis
LINK_SCHEMES = ("http", "https", "mailto")
FIRST_SENTINEL, LAST_SENTINEL = 0xF0000, 0xFFFFD  # private use plane 15
SENTINEL = re.compile(f"[{chr(FIRST_SENTINEL)}-{chr(LAST_SENTINEL)}]")
_NOTE_IN_LINK = re.compile(rf"(?<!\\)\[[^\[\]]*+({NOTE.pattern})[^\[\]]*+\]\(")
_NUMERIC_ENTITY = re.compile(r"&#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,8});")
_BETWEEN_IDEOGRAPHS = re.compile(
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])\n(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])"
)
_SOFT_BREAK = re.compile(r"(?<!\\) ?\n[ \t]*")
_HARD_BREAK = re.compile(r"(?:(?<! ) {2,}|\\)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong in a segment. ``line`` counts from the segment's first line, 0."""

    code: str
    message: str
    hint: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """A segment read: its inlines, its fields and the labels of its footnotes in order, and its faults."""

    children: tuple[Inline, ...]
    fields: tuple[Expression, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def unprintable(text: str) -> str:
    """Describe the first character that no text of a letter may hold; empty if there is none."""
    if text.isprintable():
        return ""
    unfit = unfit_character(text, allowed="\n\t")
    return forbidden_character(text) or (name_of(unfit) if unfit else "")


def without_unprintable(text: str) -> str:
    """Return the text with a space for each character that it may not hold."""
    return "".join(" " if unprintable(character) else character for character in text)


def message_of(source: str) -> str:
    """Return the msgid of a segment: its Markdown with lines joined; an intended break stays, as ``\\`` at its end."""
    marked = _HARD_BREAK.sub("\\\\\n", source.strip())
    marked = _BETWEEN_IDEOGRAPHS.sub("", marked)
    return _SOFT_BREAK.sub(" ", marked)


def has_words(message: str) -> bool:
    """Tell whether there is anything to translate: a letter outside fields, or a choice between wordings in one."""
    outside = NOTE.sub("", FIELD.sub("", message))
    return any(character.isalpha() for character in outside) or "agree" in message


def has_order(message: str) -> bool:
    """Tell whether a language may want to arrange it: several fields, their forms, the punctuation between them."""
    return len({expression.strip() for expression in FIELD.findall(message)}) > 1


@lru_cache(maxsize=2000)  # a letter is read once for each class, its reminder and its checks
def read_words(source: str) -> Words:
    """Read the Markdown of one segment. Nothing is raised: faults come back with what could be read."""
    return _Reading(source).words()


@dataclass
class _Level:
    """An open Strong, Emphasis or Link."""

    close: str
    make: Callable[[tuple[Inline, ...]], Inline | None]
    children: list[Inline] = field(default_factory=list)


class _Reading:
    def __init__(self, source: str) -> None:
        self.source = source
        self.fields: list[Expression | str] = []  # a text where the field cannot be read
        self.faults: list[Fault] = []
        self.notes: list[str] = []

    def words(self) -> Words:
        if len(self.source) > MAX_SEGMENT:
            message = f"a paragraph is longer than {MAX_SEGMENT} characters"
            self.fault("text-too-long", message, "Divide it into paragraphs, with an empty line between them.")
            return Words((), (), tuple(self.faults))
        within = _NOTE_IN_LINK.search(self.source)
        if within:
            hint = f"Put {within[1]} behind the link: [words](address){within[1]}."
            self.fault("footnote-in-link", "a footnote stands within the words of a link", hint)
        marked = self._mark_fields(self._without_unfit(self.source))
        tokens = _parser().parseInline(_between_angles(marked))
        children = self._inlines(tokens[0].children or [] if tokens else [])
        known = tuple(item for item in self.fields if isinstance(item, Expression))
        return Words(children, known, tuple(self.faults), tuple(self.notes))

    def fault(self, code: str, message: str, hint: str, *, before: str = "") -> None:
        self.faults.append(Fault(code=code, message=message, hint=hint, line=before.count("\n")))

    def _without_unfit(self, text: str) -> str:
        """Take out what cannot be printed, also where it is written as an entity such as ``&#7;``."""
        refused = unprintable(text)
        for entity in _NUMERIC_ENTITY.finditer(text):
            meant = html.unescape(entity[0])
            refused = refused or (entity[0] if unprintable(meant) else "")
        if not refused:
            return text
        hint = "Delete it; it may be invisible in an editor: type the words around it anew."
        self.fault("unfit-character", f"the text holds {refused}, which cannot be printed", hint)
        return "".join(
            " " if unfit_character(char, allowed="\n\t") else char for char in _NUMERIC_ENTITY.sub(" ", text)
        )

    def _mark_fields(self, text: str) -> str:
        pieces: list[str] = []
        end = 0
        for match in FIELD.finditer(text):
            pieces += [text[end : match.start()], self._sentinel(match, text)]
            end = match.end()
        marked = "".join([*pieces, text[end:]])
        for stray in STRAY.finditer(marked):
            self._stray(stray[0], marked[: stray.start()])
            break
        return marked

    def _sentinel(self, match: re.Match[str], text: str) -> str:
        source = " ".join(match[1].split())
        try:
            self.fields.append(parse_expression(source))
        except ExpressionError as error:
            hint = "Fields look like {{ deadlines.confirm | date }}."
            self.fault("bad-field", error.message, hint, before=text[: match.start()])
            self.fields.append(match[0])
        return chr(FIRST_SENTINEL + len(self.fields) - 1)

    def _stray(self, mark: str, before: str) -> None:
        if mark in {"{{", "}}"}:
            message = "a field is not closed" if mark == "{{" else "}} stands without its {{"
            self.fault("unclosed-field", message, "Fields look like {{ links.forum }}, on one line.", before=before)
        elif mark in {"{%", "%}"}:
            message = "a condition stands inside a paragraph"
            hint = "Put {% if … %}, {% else %} and {% endif %} each on a line of its own, around whole paragraphs."
            self.fault("condition-inside-text", message, hint, before=before)
        else:
            self.fault("comment-in-text", "a text cannot hold comments", "Remove {# and #}.", before=before)

    def _inlines(self, tokens: Iterable[Token]) -> tuple[Inline, ...]:
        levels = [_Level("", lambda _: None)]
        too_deep = 0
        for token in tokens:
            if token.nesting == 1 and (too_deep or len(levels) > MAX_DEPTH):
                too_deep += 1
            elif token.nesting == -1 and too_deep:
                too_deep -= 1
            elif token.nesting == 1:
                levels.append(self._opened(token))
            elif token.nesting == -1:
                done = levels.pop()
                made = done.make(_with_lines_joined(done.children))
                levels[-1].children.extend([made] if made is not None else done.children)
            else:
                in_link = any(level.close == "link_close" for level in levels)
                levels[-1].children.extend(self._leaf(token, in_link=in_link))
            if too_deep == 1 and token.nesting == 1:
                self.fault(
                    "too-deep", f"emphasis is nested more than {MAX_DEPTH} deep", "Remove some of the asterisks."
                )
        return _with_lines_joined(levels[0].children)

    def _opened(self, token: Token) -> _Level:
        if token.type == "strong_open":
            return _Level("strong_close", Strong)
        if token.type == "em_open":
            return _Level("em_close", Emphasis)
        target = self._target(str(token.attrGet("href") or ""))
        if target is None:
            return _Level("link_close", lambda _: None)
        return _Level("link_close", lambda children: Link(target, children))

    def _leaf(self, token: Token, *, in_link: bool) -> list[Inline]:
        match token.type:
            case "softbreak":
                return [Text("\n")]
            case "hardbreak":
                return [LineBreak()]
            case "note":
                self.notes.append(token.content)
                return [NoteMark(token.content)]
            case "image":
                hint = "A picture belongs into the letterhead; in the text, link to it: [words](address)."
                self.fault("picture-in-text", "a text cannot hold pictures", hint)
                return [Text(token.content)]
        return self._with_fields(token.content, in_link=in_link)

    def _with_fields(self, content: str, *, in_link: bool) -> list[Inline]:
        found: list[Inline] = []
        for piece in self._pieces(content):
            if isinstance(piece, Field) and not in_link and (prefix := _own_address(piece.expression)) is not None:
                found.append(Link((*prefix, piece), (piece,)))
            else:
                found.append(piece)
        return found

    def _pieces(self, content: str) -> list[Text | Field]:
        pieces: list[Text | Field] = []
        end = 0
        for match in SENTINEL.finditer(content):
            if match.start() > end:
                pieces.append(Text(content[end : match.start()]))
            item = self.fields[ord(match[0]) - FIRST_SENTINEL]
            pieces.append(Text(item) if isinstance(item, str) else Field(item))
            end = match.end()
        if end < len(content):
            pieces.append(Text(content[end:]))
        return pieces

    def _target(self, address: str) -> tuple[Text | Field, ...] | None:
        pieces = self._pieces(address)
        first = pieces[0] if pieces else Text("")
        if isinstance(first, Field):
            if first.expression.reads("recipient"):
                hint = "Begin the address with https:// and a web site, or with {{ links.… }}."
                self.fault("bad-link", "the address of a link begins with an addressee's value", hint)
                return None
            return tuple(pieces)
        reason = refused_address(first.text, whole=len(pieces) == 1)
        if not reason:
            return tuple(pieces)
        self.fault("bad-link", f"the link «{first.text[:80]}» {reason}", "Write [words](https://www.example.int/).")
        return None


def refused_address(address: str, *, whole: bool = True) -> str:
    """Say why a link may not lead to ``address``; empty if it may. ``whole`` is false for its constant beginning."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "is not an address"
    if parts.scheme not in LINK_SCHEMES:
        return "does not begin with https://, http:// or mailto:"
    if parts.scheme != "mailto" and not parts.netloc:
        return "names no web site"
    if parts.scheme == "mailto" and whole and "@" not in parts.path:
        return "names no mailbox"
    return ""


def _own_address(expression: Expression) -> tuple[Text, ...] | None:
    """Tell whether a field prints an address that links to itself: what comes before it in the target, or None."""
    if expression.filters or len(expression.paths) != 1:
        return None
    (path,) = expression.paths
    if ".".join(path) != expression.source.replace(" ", ""):
        return None
    if path[0] == "links" and len(path) == 2:
        return ()
    return (Text("mailto:"),) if path[0] == "contacts" and path[-1] == "email" else None


def _between_angles(marked: str) -> str:
    """Read ``<{{ links.forum }}>`` like the field alone, as ``<https://…>`` is read."""
    return re.sub(f"<({SENTINEL.pattern})>", r"\1", marked)


def _with_lines_joined(children: list[Inline]) -> tuple[Inline, ...]:
    """Join texts that follow each other; a line's end is a space, except between ideographs."""
    return tuple(
        Text(_BETWEEN_IDEOGRAPHS.sub("", child.text).replace("\n", " ")) if isinstance(child, Text) else child
        for child in joined(children)
    )


def _any_link(url: str) -> bool:
    return bool(url)


def _as_it_stands(url: str) -> str:
    return url


def _note(state: StateInline, silent: bool) -> bool:
    """Read the mark of a footnote, ``[^1]``, as the parser asks of a rule."""
    match = NOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("note", "", 0).content = match[1]
    state.pos = match.end()
    return True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False})
    parser.disable(["backticks", "html_inline"])
    parser.inline.ruler.before("link", "note", _note)
    setattr(parser, "normalizeLink", _as_it_stands)  # noqa: B010 - sentinels must not be percent-encoded
    setattr(parser, "validateLink", _any_link)  # noqa: B010 - addresses are judged by `refused_address`
    return parser
