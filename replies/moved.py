"""The new address that an automatic reply or a report states: «has moved to …». A proposal for staff, never more.

A sentence counts if it speaks of a new or changed address, in one of six languages; who is to be written to while
somebody is away is no new address. Where more than one address would fit, none is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from office.folding import folded
from replies.addresses import same_address

_LONGEST = 20_000  # characters that are read
_MAILBOX = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}", re.ASCII)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|[。！？；]|\n\s*\n")
# Compared without case and accents; no pattern holds two repetitions without limit.
_CUES = re.compile(
    # English
    r"\bmoved to\b|\bnew (?:e-?mail |mail )?(?:address|mailbox)|\b(?:address|mailbox|e-?mail) (?:has |have |was |is )?"
    r"(?:been )?(?:changed|replaced|moved|discontinued)|\bchanged (?:my|our|his|her|their|its) (?:e-?mail )?address"
    r"|\b(?:address|mailbox|account) is no longer\b|\bupdate your (?:address ?book|contacts|records)"
    r"|\buser not local\b|\bplease try <"
    # French
    r"|\bnouvelle adresse|\bnouveau courriel|\bnouvelle boite|\bchange (?:d'|d’|son |notre |mon )?adresse"
    r"|\badresse (?:a |est )(?:change|modifiee|remplacee|desormais)|\badresse n['’]est plus"
    # Spanish
    r"|\bnueva direccion|\bnuevo (?:correo|buzon|e-?mail)|\b(?:direccion|correo|buzon) (?:\w+ ){0,2}ha(?:n)? (?:sido )?"
    r"cambiad[oa]|\bcambiado (?:de|su|mi|nuestra) (?:direccion|correo)|\b(?:direccion|correo) ya no\b"
    # Russian («й» and «ё» lose their marks when folded)
    r"|\bновы[ие] (?:электронны[ие] )?(?:адрес|ящик)|\bновая (?:электронная )?почта|\bадрес (?:\w+ ){0,2}(?:измен|смен)"
    r"|\b(?:сменил|изменил)\w* (?:\w+ ){0,2}(?:адрес|почт)|\b(?:адрес|ящик) больше не\b"
    # Chinese
    r"|新(?:的)?(?:电子)?(?:邮箱|邮件|地址|邮址)|(?:邮箱|邮件|地址)(?:地址)?(?:已|现)?(?:更改|变更|更换|改)为|(?:邮箱|地址)已停用"
    # Arabic
    r"|(?:عنوان\w*|بريد\w*)(?: \w+){0,2} (?:ال)?جديد"
    r"|تم تغيير (?:\w+ )?(?:عنوان|بريد)|(?:العنوان|البريد)(?: \w+)? لم يعد"
)
# While somebody is away: another person's address, for the time being.
_MEANWHILE = re.compile(
    r"\bin (?:my|his|her|our|their) absence|\bwhile (?:i am|we are)|\burgent|\bmeantime|\bmeanwhile|\buntil (?:my|i )"
    r"|\bmon absence|\ben cas d['’]urgence|\bentre-temps|\bmi ausencia|\bmientras tanto|\burgencia"
    r"|\bмоего отсутствия|\bв мое отсутствие|\bсрочн|外出期间|休假期间|紧急|急事|غيابي|الطارئة|للضرورة"
)


def new_address(text: str, old: str, *, is_ours: Callable[[str], bool] = lambda _: False) -> str:
    """Return the one mailbox that a text states as the new address of ``old``, or an empty string.

    ``is_ours`` tells addresses of the office: a report that returns our letter is full of them.
    """
    sentences = [" ".join(sentence.split()) for sentence in _SENTENCE.split(text[:_LONGEST])]
    found: dict[str, str] = {}
    for place, sentence in enumerate(sentences):
        said = folded(" ".join(_MAILBOX.sub(" ", sentence).split()))
        if not _CUES.search(said) or _MEANWHILE.search(said):
            continue
        following = sentences[place + 1] if place + 1 < len(sentences) else ""
        stated = _mailboxes(sentence, old) or (
            [] if _MEANWHILE.search(folded(following)) else _mailboxes(following, old)
        )
        found |= {mailbox.casefold(): mailbox for mailbox in stated if not is_ours(mailbox)}
    return next(iter(found.values())) if len(found) == 1 else ""


def _mailboxes(sentence: str, old: str) -> list[str]:
    mailboxes = (match.strip("'.") for match in _MAILBOX.findall(sentence))
    return [mailbox for mailbox in mailboxes if not same_address(mailbox, old)]
