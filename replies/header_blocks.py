"""The short header that mail programs print above the mail they quote or forward: «From:, Sent:, To:, Subject:».

The names of the fields are those that Outlook, Apple Mail, Thunderbird, Lotus Notes, Foxmail and web mails print
in the languages they speak. A block is told by several different fields in a row, never by one name: «De:» or
«To:» also begin ordinary lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from unicodedata import normalize

FieldRole = Literal["from", "sent", "date", "to", "cc", "subject", "other"]

# «Sent» and its translations are words of mail programs; «Date» also heads a memorandum that is itself the answer.
_NAMES: dict[FieldRole, str] = {
    "from": (
        "from|de|expéditeur|von|absender|da|mittente|remetente|remitente|van|afzender|från|avsändare|fra"
        "|avsender|lähettäjä|od|nadawca|odesílatel|odosielateľ|pošiljatelj|šalje|feladó|de la|expeditor|expeditorul|από"
        "|от|от кого|отправитель|від|від кого|подател|kimden|gönderen|发件人|发信人|发送人|寄件者|寄件人|發件人"
        "|差出人|送信者|送信元|보낸 사람|보낸사람|발신|발신자|من|المرسل|از|فرستنده|מאת|saatja|nuo|no|dari|daripada|từ"
        "|người gửi|จาก|प्रेषक"
    ),
    "sent": (
        "sent|sent at|sent on|envoyé|envoyée|envoyé le|date d'envoi|message du|gesendet|gesendet am|inviato"
        "|inviato il|enviado|enviada|enviado el|enviado em|enviada em|enviat el|enviat|verzonden|verzonden op"
        "|skickat|skickades|sendt|lähetetty|wysłano|wysłane|data wysłania|odesláno|odoslané|poslano|elküldve"
        "|küldve|trimis|στάλθηκε|εστάλη|απεσταλμένα|отправлено|отправлен|изпратено|надіслано|відправлено"
        "|gönderildi|gönderilen|gönderme tarihi|gönderim tarihi|发送时间|发送日期|发件时间|傳送時間|傳送日期|寄件日期"
        "|發送時間|送信日時|보낸 날짜|보낸날짜|보낸 시간|تم الإرسال|تاريخ الإرسال|أرسلت|أُرسل|أرسل|ارسال شده|נשלח"
        "|saadetud|išsiųsta|nosūtīts|dikirim|dihantar|đã gửi|ngày gửi|ส่ง|ส่งเมื่อ|भेजा गया"
    ),
    "date": (
        "date|datum|data|fecha|fecha y hora|dato|päivämäärä|päiväys|dátum|dată|ημερομηνία|дата|дата и время"
        "|tarih|日期|时间|時間|日付|日時|날짜|التاريخ|تاريخ|תאריך|kuupäev|datums|tanggal|tarikh|ngày|วันที่|दिनांक"
        "|dne|dňa"
    ),
    "to": (
        "to|à|a|pour|destinataire|an|empfänger|per|destinatario|destinatário|para|aan|ontvanger|till|til"
        "|vastaanottaja|do|dla|adresat|komu|pro|prima|za|pre|címzett|destinatar|destinatarul"
        "|către|la|catre|προς|кому|до|получатель|на"
        "|kime|alıcı|kime gönderildi|收件人|收件者|收信人|宛先|받는 사람|받는사람|수신|수신자|إلى|الى|المستلم|به"
        "|گیرنده|אל|נמען|adressaat|saaja|kam|kepada|ke|tới|đến|người nhận|ถึง|प्रति"
    ),
    "cc": (
        "cc|c c|copie|copie à|copie a|kopie|kopie an|kopi|kopia|kopio|kópia|kópie|kopie (cc)"
        "|per conoscenza|copia|con copia|cópia"
        "|com cópia|dw|do wiadomości|másolat|másolatot kap|κοιν|κοινοποίηση|копия|копие|копія|bilgi|抄送|副本|參照"
        "|参照|참조|نسخة|نسخة إلى|رونوشت|עותק|koopia|kopija|tembusan|đồng gửi|สำเนา|bcc|cci|密送|密件副本"
        "|скрытая копия"
    ),
    "subject": (
        "subject|re|objet|sujet|betreff|oggetto|asunto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet"
        "|predmetu|zadeva|naslov|tárgy|subiect|subiectul|θέμα|тема|предмет|относно|konu|主题|主題|主旨|标题|標題|件名"
        "|제목|الموضوع|موضوع|נושא|teema|tema|temats|subjek|perihal|tajuk|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|विषय"
    ),
    "other": (
        "reply-to|reply to|répondre à|antwort an|rispondi a|responder a|antwoord aan|svar til|svara till"
        "|vastaus|válaszcím|odgovori na|odpověď na|odpowiedź-do|răspuns către|odpovedať-pre|yanıt adresi"
        "|ответ-кому|кому відповісти"
        "|ответить|回复|返信先|attachments|attachment|pièces jointes|pièce jointe|anlagen|anhang|allegati|allegato"
        "|datos adjuntos|archivos adjuntos|adjuntos|anexos|bijlagen|bilagor|vedlegg|liitteet|załączniki"
        "|přílohy|mellékletek|atașări|вложения|прикачени файлове|ekler|附件|添付ファイル|첨부|المرفقات|importance"
        "|priority|importanza|priorité|wichtigkeit|priorität|prioridad|prioridade|importancia|importância"
        "|prioriteit|urgentie|ważność|priorita|важность|önem|重要性|重要度|중요도|الأهمية|organisation|organization"
        "|newsgroups|message-id"
    ),
}
_ROLES: dict[str, FieldRole] = {name: role for role, names in _NAMES.items() for name in names.split("|")}
_ANY_NAME = "|".join(re.escape(name).replace(r"\ ", r"\s") for name in sorted(_ROLES, key=len, reverse=True))
_MARGIN = r"[\s>|*_\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]*"  # quoting, bold asterisks, marks of direction
_FIELD = re.compile(rf"{_MARGIN}({_ANY_NAME})[\s*_]*[:：﹕]{_MARGIN}(.*)", re.IGNORECASE)
_CELLS = re.compile(rf"\s*\|\s*({_ANY_NAME})\s*\|\s*(.*?)\s*\|?\s*", re.IGNORECASE)  # NetEase: «| From | Name |»
_BOX = re.compile(r"\s{0,9}[|>]-{3,}[|>]\s*")  # the lines of the boxes that Lotus Notes draws around names and values
_COLON = re.compile(r"[*_\s]?[:：﹕](?=[\s*_])")
_TIME = re.compile(r"\d{1,2}\s?[:.h时時点點시]\s?\d{2}")
_YEAR = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_WIDEST_LINE = 1_000  # characters
_LONGEST_BLOCK = 60  # lines: a circular has many addressees
_CONTINUED: dict[FieldRole, int] = {"to": 20, "cc": 20, "from": 2, "sent": 1, "date": 1}  # most lines after the first
_REPEATED: frozenset[FieldRole] = frozenset({"cc", "other"})
_LONGEST_NAME = 3  # words
_ROLES_NEEDED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderBlock:
    """A header found in running text.

    It takes the lines from ``start`` to before ``end`` (a rule or a divider above is not counted). ``fields`` holds
    the first value of each role, white space made even, without marks of quoting.
    """

    start: int
    end: int
    fields: dict[FieldRole, str]


def header_block(lines: Sequence[str], number: int) -> HeaderBlock | None:
    """Return the header of a quoted or forwarded mail that begins at line ``number``; None if none begins there.

    It must name a sender and two more roles, and look like a mail program's: with a field «sent», a sender's
    address, or a subject and any address or a date with year and time. A memorandum («To:, From:, Date:, Subject:»)
    pasted into a reply is no such header, nor are somebody's flights («From:, To:, Date:»).
    """
    if not _line_fields(lines[number][:_WIDEST_LINE]):
        return None
    fields, end = _fields(lines, number)
    roles = set(fields) - {"other"}
    if "from" not in roles or len(roles) < _ROLES_NEEDED:
        return None
    date = fields.get("date", "")
    told = any("@" in value for value in fields.values()) or bool(_YEAR.search(date) and _TIME.search(date))
    if "sent" in roles or "@" in fields["from"] or ("subject" in roles and told):
        return HeaderBlock(start=number, end=end, fields=fields)
    return None


def _fields(lines: Sequence[str], start: int) -> tuple[dict[FieldRole, str], int]:
    """Read fields as long as there are some: values may be wrapped, and a blank line may stand between fields."""
    found: list[tuple[FieldRole, str]] = []
    end, left = start, 0  # left: how many more lines may belong to the last field
    for number in range(start, min(len(lines), start + _LONGEST_BLOCK)):
        line = lines[number][:_WIDEST_LINE]
        if _BOX.fullmatch(line):
            end = number + 1
            continue
        fields = _line_fields(line)
        words = line.lstrip(" \t>|*").rstrip(" \t|")
        if fields:
            if {role for role, _ in fields if role not in _REPEATED} & {role for role, _ in found}:
                break  # another header
            found += fields
            role, value = fields[-1]
            left = _CONTINUED.get(role, 0) if value else _CONTINUED.get(role, 1)
        elif words and (left > 0 or line.startswith((" ", "\t"))):
            role, value = found[-1]
            found[-1] = role, f"{value} {words}".strip()
            left -= 1
        elif words:
            break
        else:
            left = 0  # after a blank line only a field goes on
            continue
        end = number + 1
    return {role: " ".join(value.split()) for role, value in reversed(found)}, end


@lru_cache(maxsize=2 * _LONGEST_BLOCK)  # a line is looked at again for every block that could begin above it
def _line_fields(line: str) -> tuple[tuple[FieldRole, str], ...]:
    """Return the fields on a line: none, one, or those that came back on one line, «From: A Sent: B To: C»."""
    line = normalize("NFC", line)
    match = _FIELD.match(line) or _CELLS.fullmatch(line)
    role = _ROLES.get(" ".join(match[1].lower().split())) if match else None  # «ſent» matches, but is no name
    if match is None or role is None:
        return ()
    fields: list[tuple[FieldRole, str]] = []
    value, begun = match[2], 0
    for colon in _COLON.finditer(value):
        words = value[max(begun, colon.start() - 40) : colon.start()].split()
        for count in range(min(_LONGEST_NAME, len(words) - 1), 0, -1):
            name = " ".join(words[-count:])
            if (further := _ROLES.get(name.strip("*_").lower())) is not None:
                fields.append((role, value[begun : colon.start()].removesuffix(name).strip()))
                role, begun = further, colon.end()
                break
    return (*fields, (role, value[begun:].strip("*_ \t")))
