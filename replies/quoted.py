"""The new words of a reply, without the mail it quotes. In doubt a line is kept: nothing new may be lost."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"^\s{0,3}[>|＞]")
# The line, perhaps broken in up to four, that mail programs put before a quotation, in the languages they speak.
_ATTRIBUTION = re.compile(
    r"(?:on|at|le|el|am|em|il|в|on\s+\w+day|from)?\b.{0,300}?"
    r"(?:\bwrote|\bwrites|\ba écrit|\bescribió|\bschrieb|\bha scritto|\bescreveu"
    r"|\bпишет|\b(?:на)?писала?(?:\(а\))?|写道|寫道|كتب|كتبت)"
    r"(?:\s+(?:le|el|the following)\s+.{0,80}?)?\s*[:：]\s*",
    re.IGNORECASE | re.DOTALL,
)
# «ср, 30 апр. 2025 в 15:19, Name <…>:»
_DATED_SENDER = re.compile(r".{8,300}<[^<>\s]{1,64}@[^<>\s]{1,255}>\s*[:：]\s*")
_ATTRIBUTION_START = re.compile(
    r"\s*(?:on |le |el |am |em |il |в |\d{1,4}[-./年]|\w{2,10}\.?,? \d{1,2}[ .]|在|于|بتاريخ|في |пн|вт|ср|чт|пт|сб|вс"
    r"|.{0,100}<\S+@\S+>)",
    re.IGNORECASE,
)
_DIVIDER = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|original appointment|forwarded message|message d'origine|message original"
    r"|message transféré|mensaje original|mensaje reenviado|ursprüngliche nachricht"
    r"|исходное сообщение|пересылаемое сообщение|пересланное сообщение|原始邮件|原始郵件|转发的邮件|转发邮件信息"
    r"|الرسالة الأصلية|رسالة معاد توجيهها)\s*-{2,}"
    r"|begin forwarded message:|début du message (?:réexpédié|transféré)\s*:|inicio del mensaje reenviado:"
    r"|-{5,}\s*原始邮件\s*-{5,})\s*",
    re.IGNORECASE,
)
_FIELD_NAMES = (
    r"from|sent|date|to|cc|subject|reply-to|de|envoyé|à|objet|enviado(?: el)?|para|asunto|fecha|von|gesendet|an|betreff"
    r"|от|от кого|отправлено|дата|кому|копия|тема|发件人|发送时间|收件人|抄送|主题|日期|寄件者"
    r"|من|تم الإرسال|التاريخ|إلى|نسخة|الموضوع"
)
_HEADER_LINE = re.compile(rf"[\s*_>]*(?:{_FIELD_NAMES})[\s*_]*[:：]", re.IGNORECASE)
_FROM_LINE = re.compile(r"[\s*_]*(?:from|de|von|от|от кого|发件人|寄件者|من)[\s*_]*[:：]", re.IGNORECASE)
_ADDRESS = re.compile(r"([^<>\n]{0,200}?)[<\[(]?(?:mailto:)?([^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:\"]{1,255})")
_HEADER_LINES_NEEDED = 3
_RULE = re.compile(r"\s*_{10,}\s*")
_LONGEST_ATTRIBUTION = 4  # lines
_WIDEST_ATTRIBUTION = 400  # characters
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")


def new_text(text: str) -> str:
    """Return what the sender wrote, without quoted lines, attributions, and the copy of the mail below it.

    If nothing would be left, everything that is not marked as quoted is kept, as for an answer written below.
    """
    lines = text.split("\n")
    cut = _copy_begins(lines)
    kept = _unquoted(lines[:cut])
    if not kept and cut < len(lines):
        kept = _unquoted(lines)
    return kept


def forwarded_from(text: str) -> tuple[str, str]:
    """Return name and address of whom a forwarded mail was from originally, or two empty strings."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _FROM_LINE.match(line) and _is_header_block(lines, number):
            match = _ADDRESS.search(re.split("[:：]", line, maxsplit=1)[1][:1_000])
            if match is not None:
                return " ".join(match[1].strip(" \t*_\"'").split()), match[2]
    return "", ""


def _unquoted(lines: list[str]) -> str:
    """Drop quoted lines, and each attribution that stands directly before some."""
    kept: list[str] = []
    quoting = False
    for line in lines:
        if _QUOTE.match(line):
            if not quoting:
                _drop_attribution(kept)
            quoting = True
        elif line.strip() or not quoting:
            quoting = False
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _drop_attribution(kept: list[str]) -> None:
    """Remove the attribution at the end of ``kept``, if the last lines are one."""
    end = len(kept)
    while end and not kept[end - 1].strip():
        end -= 1
    for count in range(1, min(_LONGEST_ATTRIBUTION, end) + 1):
        piece = " ".join(line.strip() for line in kept[end - count : end])
        if not kept[end - count].strip():
            return
        if len(piece) <= _WIDEST_ATTRIBUTION and _ATTRIBUTION_START.match(piece) and _is_attribution(piece):
            del kept[end - count :]
            return


def _copy_begins(lines: list[str]) -> int:
    """Return the line from which on everything is a copy of an older mail, without «>» before its lines."""
    for number, line in enumerate(lines):
        if _DIVIDER.fullmatch(line):
            return number
        if _FROM_LINE.match(line) and _is_header_block(lines, number):
            return number - 1 if number and _RULE.fullmatch(lines[number - 1]) else number
        length = _attribution_length(lines, number)
        if length:
            following = next((later for later in lines[number + length :] if later.strip()), "")
            if following and not _QUOTE.match(following):
                return number
    return len(lines)


def _attribution_length(lines: list[str], number: int) -> int:
    """Return over how many lines an attribution beginning at line ``number`` goes; 0 if there is none."""
    if not lines[number].strip() or not _ATTRIBUTION_START.match(lines[number][:300]):
        return 0
    for count in range(1, _LONGEST_ATTRIBUTION + 1):
        piece = " ".join(line.strip() for line in lines[number : number + count])
        if len(piece) > _WIDEST_ATTRIBUTION or not lines[number + count - 1 : number + count]:
            return 0
        if _is_attribution(piece):
            return count
    return 0


def _is_attribution(piece: str) -> bool:
    if not _has_moment(piece):
        return False
    return bool(_ATTRIBUTION.fullmatch(piece) or (_TIME.search(piece) and _DATED_SENDER.fullmatch(piece)))


def _has_moment(text: str) -> bool:
    """Tell whether a date, time or address stands in a line: «The minister wrote:» alone is no attribution."""
    return bool(re.search(r"\d{1,2}[:.h]\d{2}|\d{4}|@", text))


def _is_header_block(lines: list[str], number: int) -> bool:
    block = [line for line in lines[number : number + 10] if line.strip()]
    names = 0
    for line in block:
        if _HEADER_LINE.match(line):
            names += 1
        elif names == 0:
            return False
    return names >= _HEADER_LINES_NEEDED
