"""Lines that open the copy of an older mail: «-----Original Message-----», a rule, a header block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from office.folding import folded, folded_pattern
from replies.header_blocks import header_block

_DIVIDER = re.compile(r"[\s>*]*[-_=~#]{2,}[\s*]*([^-_=~#*\s].{1,78}?)[\s*]*[-_=~#]{2,}[\s*]*[:：]?\s*")
_ORIGINAL = re.compile(
    r"(?:reply|replies|respond|answer|response) above (?:this|the) line|répond\w* au-dessus de cette ligne"
    r"|respuesta por encima de esta línea|ответ\w* выше этой (?:линии|строки)|请在此行上方回复"
    r"|original (?:message|mail|e-mail|appointment)|replied message|reply message|message d['’]origine"
    r"|message original|message initial|mensaje original|mensagem original|missatge original"
    r"|messaggio (?:originale|originario)|original-?nachricht|ursprüngliche (?:nachricht|mail)"
    r"|urspr\. (?:nachricht|mail)|original-mail|oorspronkelijk bericht|origineel bericht"
    r"|ursprungligt meddelande|originalmeddelande|oprindelig (?:besked|meddelelse)|(?:opprinnelig"
    r"|original) melding|alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|původní (?:zpráva"
    r"|e-mail)|pôvodná správa|eredeti üzenet|mesaj(?:ul)? original|αρχικό μήνυμα|исходное сообщение"
    r"|первоначальное сообщение|оригинальное сообщение|оригинално писмо|изходно съобщение"
    r"|вихідне повідомлення|оригінальне повідомлення|özgün ileti|orijinal (?:mesaj|ileti)|izvorna poruka"
    r"|originalna poruka|izvirno sporočilo|原始邮件|原始郵件|原邮件|回复的原邮件|回复邮件|回复信息"
    r"|邮件原件|原文|元のメッセージ|オリジナルメッセージ|원본 (?:메일|메시지)|원본메일|원래 메시지"
    r"|الرسالة الأصلية|رسالة أصلية|پیام اصلی|הודעה מקורית|ההודעה המקורית|tin nhắn gốc|thư gốc"
    r"|pesan asli|mesej asal|ข้อความต้นฉบับ|मूल संदेश|algkiri|sākotnējais ziņojums|pradinis laiškas",
    re.IGNORECASE,
)
# Parts of the words for «forwarded», searched in folded text.
_FORWARDED = folded_pattern(
    "forwarded|forwarding m|fwd.?msg|transféré|réexpédi|message transmis|reenviad|reenviat|reencaminhad|encaminhad"
    "|weitergeleitet|inoltrat|doorgestuurd|přepos(?:lan|ílan)|preposiel|videresend|vidarebefordra|edelleenlähet"
    "|välitetty|továbbított|przekazan|przekazyw|przesłan|redirecționat|proslijeđen|prosleđen|прослеђен|posredovan|препратен"
    "|препрашта|пересыла|пересила|переслан|перенаправлен|переадресован|προωθημέν|iletilen|iletilmiş|ileti başl"
    "|yönlendiril|edastatud|pārsūtīt|persiųst|chuyển tiếp|diteruskan|terusan|dimajukan|framsen|معاد توجيه|أعيد توجيه"
    "|إعاد[ةه] توجيه|محول|هدايت|הועבר|转发|转寄|轉寄|轉發|転送|전달|ส่งต่อ"
)
# GroupWise: «>>> Kim 4/8/2022 9:00 AM >>>»
_BETWEEN_ARROWS = re.compile(r">{3} ?(?![> ])(?=.{0,200}\d).{5,200}[^> ] ?>{3}\s*")
_WIDEST_ANNOUNCEMENT = 80  # characters
_LINES_TO_HEADER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stands before a quoted mail: the lines up to before ``end``.

    ``sure``: what follows is quoted even if nothing marks it. ``forwarded``: the mail below was sent on, not answered.
    """

    end: int
    sure: bool
    forwarded: bool = False


def divider(lines: Sequence[str], number: int) -> Opening | None:
    """Return the divider or header that begins at line ``number``; None if none begins there.

    A divider takes the header below it along. One in words that are not known counts only if a header follows.
    """
    if is_between_arrows(lines[number]):
        return Opening(end=number + 1, sure=True)
    return _worded(lines, number) or _rule(lines, number) or _header(lines, number)


def is_between_arrows(line: str) -> bool:
    """Tell whether a line is GroupWise's divider, which looks as if it were quoted itself."""
    return line.startswith(">>>") and _BETWEEN_ARROWS.fullmatch(line) is not None


def says_original(line: str) -> bool:
    """Tell whether a line is a divider such as «-----Original Message-----», which stands above what is answered."""
    match = _DIVIDER.fullmatch(line[: 2 * _WIDEST_ANNOUNCEMENT])
    return match is not None and bool(_ORIGINAL.search(match[1]))


def says_forwarded(words: str) -> bool:
    """Tell whether the words of a divider say that the mail below it was sent on."""
    return bool(_FORWARDED.search(folded(words)))


def _worded(lines: Sequence[str], number: int) -> Opening | None:
    line = lines[number][: 2 * _WIDEST_ANNOUNCEMENT]
    match = _DIVIDER.fullmatch(line)
    if match is None and not (len(line) <= _WIDEST_ANNOUNCEMENT and line.rstrip().endswith((":", "："))):
        return None
    words = match[1] if match else line
    forwarded = says_forwarded(words)
    known = forwarded or bool(_ORIGINAL.search(words))
    header = _next_header(lines, number + 1)
    if header is not None and (match or known):
        return Opening(end=header, sure=True, forwarded=forwarded)
    return Opening(end=number + 1, sure=True, forwarded=forwarded) if match and known else None


def _rule(lines: Sequence[str], number: int) -> Opening | None:
    """Read a bare rule («_____», «====») with a header below it, as Outlook prints them."""
    rule = lines[number].strip(" \t>*")
    if len(rule) < 3 or rule.strip("-_=~"):
        return None
    header = _next_header(lines, number + 1)
    return Opening(end=header, sure=True) if header is not None else None


def _next_header(lines: Sequence[str], start: int) -> int | None:
    """Return the end of the header that begins in the next lines, blank ones skipped."""
    for number in range(start, min(len(lines), start + _LINES_TO_HEADER)):
        if lines[number].strip(" \t>"):
            block = header_block(lines, number)
            return block.end if block else None
    return None


def _header(lines: Sequence[str], number: int) -> Opening | None:
    block = header_block(lines, number)
    return Opening(end=block.end, sure=True) if block else None
