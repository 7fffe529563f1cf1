"""What a receiving server's answer means: status codes (RFC 3463), reply codes (RFC 5321), and its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from replies.addresses import EAST_ASIAN
from replies.commands import Command, answered_command
from replies.server_words import Topic, server_words

Group = Literal["address", "mailbox", "size", "temporary", "policy", ""]

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?:^|[\s:;(>#«\"'\[])([45]\d\d)(?=[\s\-:;,.)\]]|$)", re.MULTILINE)
_NAMES = re.compile(  # links, addresses and hosts; Exchange's RESOLVER.ADR.RecipNotFound is none
    rf"https?://\S+|<[^<>\s]{{0,320}}>|[^\s<>()\"';:,{EAST_ASIAN}]{{1,64}}@[^\s<>()\"';:,{EAST_ASIAN}]{{1,255}}"
    r"|\b(?!resolver\.)[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}(?=[\s\[\]():,;/]|\.?$)"
)
_LONGEST = 4_000  # characters of an answer that are searched

# What the words speak for; the first that is found decides. «Too many» stands before «mailbox», for there are quotas
# of both; the sender's faults before the recipient's, for both have addresses and domains that do not exist.
_TELLING: tuple[tuple[Topic, Group], ...] = (
    ("sender", "policy"), ("relay", "policy"), ("rate", "temporary"), ("full", "mailbox"), ("size", "size"),
    ("suspended", "mailbox"), ("policy", "policy"), ("no_mail_here", "address"), ("host", "address"),
    ("address", "address"),
)  # fmt: skip
# Words that stand beside any reason: they decide only where neither the above nor a status code does.
_VAGUE: tuple[tuple[Topic, Group], ...] = (("network", "temporary"), ("system", "temporary"), ("refusal", "policy"))

_OWNER_CHANGED = "7.17"  # RFC 7293: the address is another person's now
_GENERIC = frozenset({"0.0", "0.1", "5.0"})  # subject and detail of a status that say nothing of the reason
_BY_DETAIL: dict[str, Group] = {
    "1.7": "policy",  # the sender's address or host is doubted, not the recipient's
    "1.8": "policy",
    "2.3": "size",
    "2.4": "policy",  # a mailing list's expansion
    "3.4": "size",
    "4.4": "address",
    _OWNER_CHANGED: "address",
}
_BY_SUBJECT: dict[str, Group] = {
    "1": "address", "2": "mailbox", "3": "temporary", "4": "temporary", "5": "policy", "6": "policy", "7": "policy",
}  # fmt: skip
_BY_CODE: dict[int, Group] = {521: "address", 552: "mailbox", 556: "address"}  # RFC 5321 section 4.2, RFC 7504
_DERIVED: dict[Group, str] = {  # RFC 3463 section 3: «other» of the subject that the words mean
    "address": "1.0", "mailbox": "2.0", "size": "3.4", "temporary": "4.0", "policy": "7.0", "": "0.0",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an answer means: its RFC 3463 status, stated or derived, and whether trying again is pointless.

    ``group`` is ``address`` where the mailbox or its domain does not exist, ``mailbox`` where it is full or
    suspended, ``size`` where the mail is too large, ``temporary`` where nothing is wrong with the address and the
    server could not, ``policy`` where it would not, and empty where nothing tells.
    """

    status: str = ""
    permanent: bool = False
    group: Group = ""


def judge(stated: str, diagnostic: str, words: str = "", session: str = "", *, failed: bool) -> Judgement:
    """Judge an answer by the status ``stated``, the server's own words, and what the report says around them.

    ``session`` is where the command that was answered, and a code, are looked for if they stand apart. ``failed``
    tells whether the sending system gave up: a delayed mail is never judged permanent.
    """
    texts = (diagnostic[:_LONGEST], words[:_LONGEST])
    session = session[:_LONGEST]
    status = best_status(stated, texts[0] or texts[1]) or best_status("", session)
    code = next((code for text in (*texts, session) if (code := reply_code(text))), None)
    group = _group(status, code, texts, answered_command(session or texts[1] or texts[0]))
    permanent = failed and _is_permanent(status, code, group, texts[1] or texts[0])
    if not group and (not failed or (status and not permanent)):
        group = "temporary"
    return Judgement(status=status or f"{5 if permanent else 4}.{_DERIVED[group]}", permanent=permanent, group=group)


def best_status(stated: str, diagnostic: str) -> str:
    """Return the more telling of the stated status and one within the diagnostic; empty if there is none."""
    match = _STATUS.search(stated)
    status = match[1] if match else ""
    if status and status[2:] not in _GENERIC:
        return status
    inner = [found for found in _STATUS.findall(diagnostic) if found[0] != "2"]
    return next((found for found in inner if found[2:] not in _GENERIC), status or next(iter(inner), ""))


def reply_code(diagnostic: str) -> int | None:
    """Return the first SMTP reply code of a transcript, 400 to 599."""
    match = _REPLY_CODE.search(diagnostic)
    return int(match[1]) if match else None


def has_code(text: str) -> bool:
    """Tell whether a text holds a status or reply code."""
    return bool(_STATUS.search(text)) or reply_code(text) is not None


def is_hard(text: str) -> bool:
    """Tell whether the first codes in a text are those of a failure for good."""
    return (reply_code(text) or 0) >= 500 or best_status("", text).startswith("5")


@lru_cache(maxsize=16)  # the same words are asked about again and again
def is_telling(text: str) -> bool:
    """Tell whether a text gives a reason, by a code or in words."""
    return has_code(text) or bool(_spoken(_TELLING, _plain(text)))


def _is_permanent(status: str, code: int | None, group: Group, words: str) -> bool:
    if status:
        return status.startswith("5")
    if code is not None:
        return code >= 500
    return group not in {"temporary", ""} or not server_words("gave_up").search(words)


def _group(status: str, code: int | None, texts: Iterable[str], command: Command) -> Group:
    plain = [_plain(text) for text in texts]
    for text in plain:
        group = _spoken(_TELLING, text)
        if group:
            return _weighed(group, status, text, command)
    vague: Group = next((group for text in plain if (group := _spoken(_VAGUE, text))), "")
    return _by_status(status, vague) or vague or _by_code(code, command)


def _weighed(group: Group, status: str, text: str, command: Command) -> Group:
    """Weigh words that are clear by themselves against the code, and against what was answered."""
    detail = status[2:]
    if group == "address":
        return _blamed(status, text, command)
    if group == "mailbox" and detail in {"3.1", "4.5"}:
        return "temporary"  # it is the server's own disk that is full
    if group == "mailbox" and detail == "1.1" and not server_words("full").search(text):
        return "address"  # «inactive address», and the code says that there is none
    return group


def _blamed(status: str, text: str, command: Command) -> Group:
    """Return the group of words that blame the address."""
    detail = status[2:]
    passing = status.startswith("4")
    if (passing and server_words("system").search(text)) or (
        (passing or "not found, try again" in text) and server_words("host").search(text)
    ):
        return "temporary"  # «recipient address rejected: try later»; and what a name server says may pass
    if (detail.startswith("7.") and detail != _OWNER_CHANGED) or command in {"helo", "mail"}:
        return "policy"  # the code says so, or it was the sender that the server spoke of
    # At the end of DATA it has taken the recipient already, and it is a filter that speaks: Japan's mobile carriers
    # say «unknown user» of mail that their customer does not want. Of an account Yahoo says it as late, and means it.
    filtered = command == "data" and not detail.startswith("1.") and not server_words("no_account").search(text)
    return "policy" if filtered else "address"


def _by_status(status: str, vague: Group) -> Group:
    detail = status[2:]
    if not detail or detail in _GENERIC or detail.startswith("0."):
        return ""
    if vague == "temporary" and (status.startswith("4") or detail == "4.4"):
        return "temporary"  # servers state 5.4.4 for any trouble with a name server
    if vague == "policy" and detail in {"2.0", "2.1"}:
        return "policy"  # and X.2.0, X.2.1 for any refusal
    return _BY_DETAIL.get(detail) or _BY_SUBJECT.get(detail[:1], "")


def _by_code(code: int | None, command: Command) -> Group:
    if code is None:
        return ""
    if code < 500:
        return "temporary"
    return _BY_CODE.get(code, "address" if command == "rcpt" and code in {550, 551, 553} else "policy")


def _spoken(table: Iterable[tuple[Topic, Group]], plain: str) -> Group:
    return next((group for topic, group in table if server_words(topic).search(plain)), "")


def _plain(words: str) -> str:
    """Return the words in lower case, on one line, without links, addresses and names of hosts."""
    return " ".join(_NAMES.sub(" ", words[:_LONGEST].lower()).split())
