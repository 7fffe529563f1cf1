"""What stands below a person's words without being said by them: «Sent from my iPhone», and all below «-- »."""

from __future__ import annotations

import re
from collections.abc import Sequence

# «Sent from my …»: enough by itself, whatever device or program follows.
_SENT_FROM_MY = re.compile(
    r"sent from my|envoyé de mon|envoyé depuis mon|enviado desde mi|enviado do meu|enviado a partir do meu"
    r"|enviat des del meu|inviato dal mio|von meinem .{1,30} gesendet"
    r"|diese nachricht wurde von meinem .{1,50} gesendet|gesendet von (?:meinem|mobile)|verstuurd vanaf mijn"
    r"|verzonden vanaf mijn|skickat från min|sendt fra min|lähetetty .{1,30}(?:sta|stä|ni)$|wysłane z (?:mojego"
    r"|iphone)|odesláno z mého|trimis de pe|отправлено с моего|发自我的|發自我的|從我的|从我的"
    r"|나의 .{1,30}에서 보냄|أ?ُ?رسلت من (?:الـ|جهاز|هاتفي)",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"sent|get|download|envoyé|provenance|télécharger|obtenez|obtenir|enviado|enviada|obtener|descargar|descargue|baixar"
    r"|obter|enviat|inviato|inviata|scarica|ottieni|gesendet|verstuurd|verzonden|skickat|hämta|hanki|sendt|hent"
    r"|lähetetty|wysłan[eyo]|pobierz|odesláno|odoslané|poslano|elküldve|küldve|trimis|στάλθηκε|отправлено"
    r"|отправлен|послано|скачать|загрузить|получить|надіслано|изпратено|发自|發自|寄件自|[从從] windows|通过|來自|来自"
    r"|下载|下載|获取|取得|أُ?رسلت|تم الإرسال|الحصول|נשלח|ارسال|gửi|được gửi|dikirim|dihantar|ส่งจาก",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"\b(?:i ?phone|i ?pad|i ?pod|android|samsung|galaxy|huawei|honor|xiaomi|redmi|nokia|lumia|motorola"
    r"|black ?berry|windows|outlook|yahoo|gmail|proton ?mail|tutanota|htc|lg|xperia|oppo|vivo|wiko|oneplus|pixel"
    r"|foxmail|mymail|bluemail|k-9|aquamail|typeapp|airmail|spark|sparrow|hotmail"
    r"|thunderbird|mailbird|zoho|aol|smart ?phone"
    r"|appli(?:cation)? (?:mail )?(?:orange|sfr|free|laposte)"
    r"|mobile phone|mail\.ru|яндекс\S*|смартфон\S*|телефон\S*)(?!\w)|iphon|ipad|android|outlook|邮箱|手机|手機"
    r"|جوال|هاتف",
    re.IGNORECASE,
)
_SENT_AT_END = re.compile(
    r".{1,40}(?:から送信|에서 보냄|gönderildi|herunterladen|を入手(?:する)?|다운로드)[.。]?", re.IGNORECASE
)
_OUTLOOK_LINK = re.compile(r".{3,60}<?https://aka\.ms/\w{1,20}>?\s*")  # «Get Outlook for iOS» in any language
_LINK = re.compile(r"\s*[<(\[]?https?://\S+")
_EDGES = " \t\u00a0*_<>\u200b\u200e\u200f\u202a\u202b\u202c"
_WIDEST_TAGLINE = 90  # characters, its link not counted
_MOST_WORDS = 10  # «Sent from my desk, which is much easier than my phone» is said by a person
_DELIMITERS = ("--", "—")  # RFC 3676, section 4.3: «-- »; programs drop the space
_LONGEST_SIGNATURE = 15  # lines
_FOOTER = re.compile(r"_{20,}\n(?:.{0,200}\n){0,4}?.{0,200}(?:mailing list|listinfo).*", re.DOTALL)  # Mailman's
_LINES_OF_FOOTER = 8


def is_tagline(line: str) -> bool:
    """Tell whether a mail program or telephone put this line below a mail, to say what it is."""
    if _OUTLOOK_LINK.fullmatch(line) and "outlook" in line.lower():
        return True
    words = _LINK.sub("", line[:300]).strip(_EDGES)
    if not words or len(words) > _WIDEST_TAGLINE or len(words.split()) > _MOST_WORDS or words.endswith(("?", ":", ",")):
        return False
    if _SENT_FROM_MY.match(words):
        return "," not in words and "，" not in words
    return bool((_SENT.match(words) or _SENT_AT_END.fullmatch(words)) and _DEVICE.search(words))


def without_signature(lines: Sequence[str]) -> list[str]:
    """Return lines of one person's words without taglines, and without what is below «-- ».

    A signature is short, and there is one: else such lines part something that the person says.
    """
    kept = _without_footer([line for line in lines if not is_tagline(line)])
    delimiters = [number for number, line in enumerate(kept) if line.strip() in _DELIMITERS]
    if len(delimiters) == 1 and sum(bool(line.strip()) for line in kept[delimiters[0] :]) <= _LONGEST_SIGNATURE + 1:
        return kept[: delimiters[0]]
    return kept


def _without_footer(lines: list[str]) -> list[str]:
    """Drop what a mailing list added below."""
    for number in range(max(0, len(lines) - _LINES_OF_FOOTER), len(lines)):
        if _FOOTER.fullmatch("\n".join(lines[number:])):
            return lines[:number]
    return lines
