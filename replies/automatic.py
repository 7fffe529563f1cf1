"""Mail that no person wrote for us to read: automatic replies (RFC 3834 and what servers really send), and its kin.

An automatic reply never counts as an answer. ``X-Auto-Response-Suppress`` asks others not to answer
automatically: it says nothing about the mail it stands in. ``Auto-Submitted: no`` states that a person wrote it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from replies.forwards import forward_evidence
from replies.mail import InboundMail

_PROOFS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoreply-from",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-autoresponder",
)
_MASS_PRECEDENCE = frozenset({"bulk", "junk", "list"})
# How servers and programs begin the subject of an automatic reply, in the languages that they speak.
_AUTOMATIC_SUBJECT = re.compile(
    r"(?:\[?external\]?:? *)?(?:"
    r"auto(?:matic)?[ -]?(?:reply|response|respuesta|re\b)|automated (?:reply|response)|ooo\b"
    r"|out[ -]of[ -](?:the[ -])?office"
    r"|away from (?:the |my )?office|vacation (?:reply|response)|on (?:annual )?leave\b"
    r"|réponse automatique|message d['’]absence|absen(?:t|ce) du bureau|notification d['’]absence|absence\s*:"
    r"|respuesta autom[aá]tica|contestador autom[aá]tico|fuera de (?:la )?oficina|ausente de la oficina"
    r"|автоматический ответ|автоответ|нет на работе|вне офиса|отсутствие на рабочем месте"
    r"|自动答复|自動答覆|自动回复|自動回覆|自動回復|不在办公室|外出"
    r"|رد تلقائي|الرد التلقائي|رد آلي|خارج المكتب"
    r"|automatische antwort|abwesenheitsnotiz|risposta automatica|resposta automática|automatisch antwoord"
    r"|odpowiedź automatyczna|otomatik yanıt|自動応答|不在通知|자동 회신"
    r")",
    re.IGNORECASE,
)
_UNSUBSCRIBE = re.compile(
    r"(?:please )?(?:unsubscribe(?: me)?|remove me(?: from (?:your|the|this) (?:mailing )?list)?|list-unsubscribe"
    r"|(?:me )?désabonner|désabonnement|désinscription|darse de baja|dar de baja|baja|cancelar (?:la )?suscripción"
    r"|отписаться|отписка|退订|取消订阅|إلغاء الاشتراك)(?: please)?[\s.!。]*",
    re.IGNORECASE,
)
_SUBJECT_TAG = re.compile(r"^(?:\s*\[[^\]]{1,40}\])+\s*")  # «[EXTERNAL]» put there by a gateway
_LONGEST_WISH = 200  # characters: beyond that, a mail that says «unsubscribe» says other things too

Confidence = Literal["certain", "likely", "unsure"]
Kind = Literal["auto-reply", "calendar", "unsubscribe", "forward"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What kind of mail the signs speak for.

    Certain where a header states it, likely for a habit of wording, unsure for a mere trace that gateways leave too.
    """

    kind: Kind
    confidence: Confidence
    evidence: tuple[str, ...]


def read_signs(mail: InboundMail) -> Signs | None:
    """Return what the mail's form says of its kind, or None for a person's ordinary mail."""
    return _automatic(mail) or _calendar(mail) or _unsubscribe(mail) or _forward(mail)


def has_automatic_subject(subject: str) -> bool:
    """Tell whether a subject begins as those of automatic replies do; «Re: Automatic reply» does not."""
    return bool(_AUTOMATIC_SUBJECT.match(_SUBJECT_TAG.sub("", subject)))


def _automatic(mail: InboundMail) -> Signs | None:
    headers = mail.headers
    submitted = re.split(r"[\s;(]", headers.first("auto-submitted").lower())[0]
    if submitted == "no":
        return None
    proofs = [
        f"the field {name} is present" for name in _PROOFS if headers.first(name).lower() not in {"", "no", "false"}
    ]
    if submitted:
        proofs.insert(0, f"Auto-Submitted: {submitted} (RFC 3834)")
    precedence = headers.first("precedence").lower()
    if precedence in {"auto_reply", "auto-reply"}:
        proofs.append(f"Precedence: {precedence}")
    if mail.root.parameters.get("report-type", "").lower() == "disposition-notification":
        proofs.append("a receipt that the mail was displayed or deleted (RFC 8098)")
    if proofs:
        return Signs(kind="auto-reply", confidence="certain", evidence=tuple(proofs))
    habits = []
    if has_automatic_subject(mail.subject):
        habits.append("the subject begins like an automatic reply")
    if mail.return_path == "":
        habits.append("the return path is empty, as automatic replies have it (RFC 3834 section 3.3)")
    if habits and precedence in _MASS_PRECEDENCE:
        habits.append(f"Precedence: {precedence}")
    if not habits:
        return None
    worded = has_automatic_subject(mail.subject)
    confidence: Confidence = "unsure" if not worded else ("certain" if len(habits) > 1 else "likely")
    return Signs(kind="auto-reply", confidence=confidence, evidence=tuple(habits))


def _calendar(mail: InboundMail) -> Signs | None:
    for part in mail.root.leaves():
        if part.type in {"text/calendar", "application/ics"}:
            method = part.parameters.get("method", "").upper() or _method(part.text)
            if method:
                return Signs(
                    kind="calendar",
                    confidence="certain",
                    evidence=(f"a calendar message, METHOD:{method[:20]} (RFC 5546)",),
                )
    return None


def _method(text: str) -> str:
    match = re.search(r"^METHOD:(\w+)", text[:20_000], re.IGNORECASE | re.MULTILINE)
    return match[1].upper() if match else ""


def _unsubscribe(mail: InboundMail) -> Signs | None:
    text = mail.text.strip()
    wished = _UNSUBSCRIBE.fullmatch(mail.subject.strip()) is not None and len(text) <= _LONGEST_WISH
    if wished or (len(text) <= _LONGEST_WISH and _UNSUBSCRIBE.fullmatch(text)):
        return Signs(
            kind="unsubscribe",
            confidence="likely",
            evidence=("the mail asks for nothing but to be taken off the list",),
        )
    return None


def _forward(mail: InboundMail) -> Signs | None:
    found = forward_evidence(mail)
    return Signs(kind="forward", confidence=found[0], evidence=(found[1],)) if found else None
