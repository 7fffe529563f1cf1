from __future__ import annotations

import pytest

from replies.classifying import classify
from replies.forwards import original, read_printed
from replies.mail import InboundMail, parse_mail
from tests.replies.samples import House, clock, mail

NAME, ADDRESS = "Samira Fathy", "samira.fathy@mcit.example.com"
SENDER = f"{NAME} <{ADDRESS}>"
TO = "Secretariat <registry@example.int>"
BODY = "Excellency,\n\nWe accept the invitation.\n\nSamira"
# language: from, date, to, subject as mail programs print them
LABELS = {
    "en": ("From", "Date", "To", "Subject"),
    "fr": ("De", "Date", "À", "Objet"),
    "es": ("De", "Fecha", "Para", "Asunto"),
    "de": ("Von", "Datum", "An", "Betreff"),
    "it": ("Da", "Data", "A", "Oggetto"),
    "pt": ("De", "Data", "Para", "Assunto"),
    "nl": ("Van", "Datum", "Aan", "Onderwerp"),
    "pl": ("Od", "Data", "Do", "Temat"),
    "ru": ("От", "Дата", "Кому", "Тема"),
    "uk": ("Від", "Дата", "Кому", "Тема"),
    "cs": ("Od", "Datum", "Komu", "Předmět"),
    "sk": ("Od", "Dátum", "Pre", "Predmet"),
    "da": ("Fra", "Dato", "Til", "Emne"),
    "sv": ("Från", "Datum", "Till", "Ämne"),
    "fi": ("Lähettäjä", "Päivämäärä", "Vastaanottaja", "Aihe"),
    "hr": ("Šalje", "Datum", "Prima", "Naslov"),
    "hu": ("Feladó", "Dátum", "Címzett", "Tárgy"),
    "ro": ("De la", "Dată", "Către", "Subiectul"),
    "tr": ("Kimden", "Tarih", "Kime", "Konu"),
    "el": ("Από", "Ημερομηνία", "Προς", "Θέμα"),
    "zh": ("发件人", "日期", "收件人", "主题"),
    "zh-Hant": ("寄件者", "日期", "收件者", "主旨"),
    "ja": ("差出人", "日時", "宛先", "件名"),
    "ko": ("보낸 사람", "날짜", "받는 사람", "제목"),
    "ar": ("من", "التاريخ", "إلى", "الموضوع"),
    "he": ("מאת", "תאריך", "אל", "נושא"),
}
DIVIDERS = {
    "en": ("Begin forwarded message:", "---------- Forwarded message ---------", "-------- Forwarded Message --------"),
    "fr": ("Début du message réexpédié :", "-------- Message transféré --------", "----- Message transmis -----"),
    "es": ("Inicio del mensaje reenviado:", "---------- Mensaje reenviado ---------"),
    "de": ("Anfang der weitergeleiteten Nachricht:", "-------- Weitergeleitete Nachricht --------"),
    "it": ("Inizio messaggio inoltrato:", "-------- Messaggio Inoltrato --------"),
    "pt": ("Início da mensagem reencaminhada:", "-------- Mensagem encaminhada --------"),
    "nl": ("Begin doorgestuurd bericht:", "-------- Doorgestuurd bericht --------"),
    "pl": ("Początek przekazywanej wiadomości:", "--- Treść przekazanej wiadomości ---"),
    "ru": ("Начало переадресованного сообщения:", "-------- Перенаправленное сообщение --------",
           "-------- Пересылаемое сообщение --------"),
    "uk": ("Початок листа, що пересилається:", "-------- Переслане повідомлення --------"),
    "cs": ("Začátek přeposílané zprávy:", "-------- Přeposlaná zpráva --------"),
    "sk": ("Začiatok preposlanej správy:", "----- Preposlaná správa -----"),
    "da": ("Start på videresendt besked:", "-------- Videresendt meddelelse --------"),
    "sv": ("Vidarebefordrat mejl:", "-------- Vidarebefordrat meddelande --------"),
    "fi": ("Välitetty viesti alkaa:", "----- Edelleenlähetetty viesti -----"),
    "hr": ("Započni proslijeđenu poruku:", "-------- Proslijeđena poruka --------"),
    "hu": ("Továbbított levél kezdete:", "-------- Továbbított üzenet --------"),
    "ro": ("Începe mesajul redirecționat:", "----- Mesaj redirecționat -----"),
    "tr": ("İleti başlangıcı:", "-------- İletilen İleti --------", "----- İletilmiş Mesaj -----"),
    "el": ("---------- Προωθημένο μήνυμα ----------",),
    "zh": ("---------- 转发的邮件 ----------", "-------- 转发邮件信息 --------"),
    "zh-Hant": ("---------- 轉寄的郵件 ----------",),
    "ja": ("---------- 転送メッセージ ----------",),
    "ko": ("---------- 전달된 메일 ----------",),
    "ar": ("---------- رسالة معاد توجيهها ----------", "بداية الرسالة المحولة:"),
    "he": ("---------- הודעה שהועברה ----------",),
}  # fmt: skip
PRINTED = [(language, divider) for language, dividers in DIVIDERS.items() for divider in dividers]


def read(text: str, **fields: str) -> InboundMail:
    return parse_mail(mail(text, From="assistant@mcit.example.com", **fields).encode(), clock=clock)


def block(language: str, sender: str = SENDER, start: str = "", colon: str = ": ") -> str:
    first, date, to, subject = (f"{start}{label}{colon}" for label in LABELS[language])
    return f"{first}{sender}\n{date}8 Apr 2022 09:00\n{to}{TO}\n{subject}Re: Invitation\n"


def assert_forward(text: str, *, sender: str = SENDER, **fields: str) -> None:
    found = read(text, **fields)
    assert str(original(found).sender) == sender
    assert classify(found).kind == "forward"


@pytest.mark.parametrize(("language", "divider"), PRINTED)
def test_forward_told_by_its_divider_alone(language: str, divider: str) -> None:
    assert_forward(f"For you.\n\n{divider}\n{block(language)}\n{BODY}", Subject="Invitation")


@pytest.mark.parametrize(("language", "divider"), PRINTED)
def test_forward_quoted_below_its_divider(language: str, divider: str) -> None:
    quoted = "\n".join(f"> {line}".rstrip() for line in f"{block(language)}\n{BODY}".split("\n"))
    assert_forward(f"{divider}\n\n{quoted}", Subject="Invitation")
    assert_forward(f"> {divider}\n> \n{quoted}", Subject="Invitation")


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize(
    "sender",
    [
        f"{NAME} <{ADDRESS}>",
        f"{NAME} [mailto:{ADDRESS}]",
        f"{NAME} <mailto:{ADDRESS}>",
        f'"{NAME}" <{ADDRESS}>',
        f"'{NAME}' <{ADDRESS}>",
        f"\"'{NAME}'\" <{ADDRESS}>",
        f"{NAME} <{ADDRESS}<mailto:{ADDRESS}>>",
        f"{NAME} ({ADDRESS})",
        f"{NAME}\n<{ADDRESS}>",
        f"{NAME}\n    <{ADDRESS}>",
        f"*{NAME}* <{ADDRESS}>",
        f"{NAME} - {ADDRESS}",
        f"[{NAME}](mailto:{ADDRESS})",
        f"{NAME}<{ADDRESS}>;",
    ],
)
def test_sender_as_programs_print_it_in_a_header_without_divider(language: str, sender: str) -> None:
    assert_forward(f"Voilà.\n\n________________________________\n{block(language, sender)}\n{BODY}", Subject="Fw: x")


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize(("start", "colon"), [("*", ":* "), ("**", ":** "), ("  ", " : "), ("", ":\t")])
def test_labels_in_bold_or_indented(language: str, start: str, colon: str) -> None:
    assert_forward(f"Voilà.\n\n{block(language, start=start, colon=colon)}\n{BODY}", Subject="TR: x")


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        (f"From: {ADDRESS}", ADDRESS),
        (f"From: {ADDRESS} <mailto:{ADDRESS}>", ADDRESS),
        (f"From: <{ADDRESS}>", ADDRESS),
        (f"From: {NAME}", NAME),
        ("From: Fathy, Samira [MCIT] <samira.fathy@mcit.example.com>", f"Fathy, Samira [MCIT] <{ADDRESS}>"),
        ("From: Office [mailto:office@mcit.example.com] On Behalf Of Minister", "Office <office@mcit.example.com>"),
        (f"From: \u202b{NAME}\u202c <{ADDRESS}>", SENDER),
    ],
)
def test_sender_without_name_or_address(line: str, sender: str) -> None:
    assert_forward(f"{line}\nSent: Friday, April 8, 2022 9:00 AM\nTo: Registry\nSubject: x\n\n{BODY}", sender=sender,
                   Subject="FW: x")  # fmt: skip


def test_name_behind_the_address() -> None:
    assert str(read_printed("ana@min.example.org (Ana Prieto)")) == "Ana Prieto <ana@min.example.org>"


def test_printed_name_that_is_another_address_does_not_hide_the_sender() -> None:
    assert read_printed('"minister@mcit.example.com" <evil@x.example>').address == "evil@x.example"


@pytest.mark.parametrize(
    "line",
    [
        f'On 08/04/2022 09:00:00, "{NAME}" <{ADDRESS}> wrote:',
        f"On Fri, 8 Apr 2022 at 09:00, {NAME} <{ADDRESS}> wrote:",
        f'Am 08.04.2022 09:00:00 schrieb "{NAME}" <{ADDRESS}>:',
        f"Le 08/04/2022 09:00:00, « {NAME} » <{ADDRESS}> a écrit :",
        f'El 8/4/2022 9:00:00, "{NAME}" <{ADDRESS}> escribió:',
        f"Op 8-4-2022 09:00 heeft {NAME} <{ADDRESS}> geschreven:",
        f"{NAME} <{ADDRESS}> kirjoitti 8.4.2022 kello 9.00:",
        f"{NAME} <{ADDRESS}> skrev følgende den 08.04.2022 09:00:",
        f"08.04.2022 09:00:00 пользователь \"{NAME}\" <{ADDRESS}> написал:",
        f"2022. 04. 08. 9:00 időpontban {NAME} <{ADDRESS}> ezt írta:",
        f"Dnia 08.04.2022 09:00 „{NAME}” <{ADDRESS}> napisał:",
        f'"{NAME}" <{ADDRESS}>, 08.04.2022 09:00 tarihinde şunu yazdı:',
        f"{NAME} <{ADDRESS}> 于2022年4月8日周五 09:00写道：",
    ],
)  # fmt: skip
def test_forward_that_prints_an_attribution_only(line: str) -> None:
    assert_forward(f"{line}\n\n{BODY}", Subject="FW: Invitation")


HEADER = f"Date: Fri, 8 Apr 2022 09:00:00 +0200\nFrom: {SENDER}\nTo: {TO}\nSubject: Invitation"


@pytest.mark.parametrize(
    "text",
    [
        f"----- Forwarded message from {SENDER} -----\n\n{HEADER}\n\n{BODY}",  # Mutt, Horde
        f"----- Forwarded by Ann Lee/MCIT/EG on 08/04/2022 09:00 AM -----\n\n{HEADER}\n\n{BODY}",  # Lotus Notes
        f"============ Forwarded message ============\n{HEADER}\n============\n\n{BODY}",  # Zoho
        f'-------- Пересылаемое сообщение --------\n08.04.2022, 09:00, "{NAME}" <{ADDRESS}>:\n\n{BODY}',  # Yandex
        f"-------- Forwarding messages --------\n{HEADER}\n\n{BODY}",  # NetEase
        f"Forwarded message:\n\n> From: {SENDER}\n> To: {TO}\n> Subject: x\n> Date: Fri\n\n{BODY}",  # MailMate
        f"------- Forwarded Message -------\nFrom: {SENDER}\nDate: On Friday, April 8th, 2022\nSubject: x\n\n{BODY}",
        f"Get Outlook for iOS<https://x.example>\n________________________________\n{HEADER}\n\n{BODY}",
        f"From:\n{SENDER}\nSent:\n8 April 2022 09:00\nTo:\n{TO}\nSubject:\nInvitation\n\n{BODY}",
    ],
)
def test_forward_by_other_programs_without_prefix(text: str) -> None:
    assert_forward(f"For your information.\n\n{text}", Subject="Invitation")


@pytest.mark.parametrize(
    "divider", ["-------- Original message --------", "------ 原始邮件 ------", "-----Message d'origine-----"]
)
def test_header_below_the_divider_of_a_reply(divider: str) -> None:
    text = f"{divider}\n{HEADER}\n\n{BODY}"
    assert_forward(f"For you.\n\n{text}", Subject="转发: Invitation")
    assert_forward(text, Subject="Invitation")
    assert classify(read(f"Yes, we come.\n\n{text}", Subject="Invitation")).kind == "unknown"


def test_forward_in_html_alone() -> None:
    page = (
        f"<div>FYI</div><div><hr><b>From:</b> {NAME} &lt;<a href='mailto:{ADDRESS}'>{ADDRESS}</a>&gt;<br>"
        "<b>Sent:</b> 08 April 2022 09:00<br><b>To:</b> Registry<br><b>Subject:</b> x<br></div><p>We accept.</p>"
    )
    assert_forward(page, Subject="FW: x", Content_Type="text/html")


def test_fields_that_came_back_on_one_line() -> None:
    line = f'From: "{NAME}" <{ADDRESS}>To: "Registry" <registry@example.int>Sent: Friday, April 8, 2022Subject: x'
    assert_forward(f"Voilà\n\n----- Forwarded Message ----- {line}\n{BODY}", Subject="Fw: x")
    assert_forward(f"Voilà\n\n----- Forwarded Message -----\n{line}\n{BODY}", Subject="Fw: x")


def test_fields_of_the_original() -> None:
    found = original(read(f"---------- Forwarded message ---------\n{block('fr')}\n{BODY}", Subject="TR: x"))
    assert (found.subject, found.date, found.to, found.text) == ("Re: Invitation", "8 Apr 2022 09:00", TO, BODY)


def test_original_text_loses_its_quoting_but_not_deeper_one() -> None:
    header = f"> From: {SENDER}\n> Date: x\n> Subject: y\n> To: z"
    text = f"Begin forwarded message:\n\n{header}\n>\n> We accept.\n>> Will you?"
    assert original(read(text, Subject="Fwd: x")).text == "We accept.\n> Will you?"


def test_first_header_is_the_outermost_original() -> None:
    divider = "---------- Forwarded message ---------"
    text = f"{divider}\n{block('en')}\nFYI\n\n{divider}\n{block('en', 'Deep <deep@x.example>')}"
    assert_forward(text, Subject="Fwd: Fwd: x")


def test_enclosed_mail_is_the_original_and_the_first_one_counts() -> None:
    raw = (
        f"From: x@y.example\nTo: reply@replies.example.int\nSubject: {{subject}}\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee.\n--b\n"
        f"Content-Type: message/rfc822\n\nFrom: {SENDER}\nTo: y@z.example\nDate: Fri, 8 Apr 2022 09:00:00 +0000\n"
        "Subject: =?utf-8?q?R=C3=A9ponse?=\nContent-Type: text/plain; charset=utf-8\n\nOui.\n--b--\n"
    )
    for subject in ("Fwd: reply", "reply"):
        found = parse_mail(raw.format(subject=subject).encode(), clock=clock)
        assert classify(found).kind == "forward"
        assert (str(original(found).sender), original(found).subject, original(found).text) == (
            SENDER, "Réponse", "Oui.",
        )  # fmt: skip


@pytest.mark.parametrize(
    "subject",
    ["Fwd: x", "Fw: x", "FW: x", "TR : x", "TR: x", "RV: x", "WG: x", "VB: x", "Doorst: x", "İLT: x", "Пересл: x",
     "转发: x", "转发：x", "轉寄: x", "転送: x", "전달: x",
     "إعادة توجيه: x", "Redir.: x", "[EXTERNAL] Fwd: x", "[Fwd: x]", "x (fwd)", "Fwd[2]: x"],
)  # fmt: skip
def test_forward_by_its_subject(house: House, subject: str) -> None:
    assert classify(house.read(mail(Subject=subject))).kind == "forward"


@pytest.mark.parametrize("subject", ["I: x", "VS: x", "PD: x", "ENC: x", "VL: x"])
def test_doubtful_prefix_counts_only_above_a_forwarded_mail(house: House, subject: str) -> None:
    assert classify(house.read(mail(Subject=subject))).kind == "unknown"
    assert_forward(f"FYI\n\n{block('da')}\n{BODY}", Subject=subject)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Invitation", f"Yes.\n\n-----Original Message-----\n{block('en')}\n{BODY}"),
        ("Re: Fwd: Invitation", f"Yes.\n\n{block('en')}\n{BODY}"),
        ("Invitation", f"Yes.\n\n{block('en', 'Union <reply@replies.example.int>')}\n{BODY}"),
        ("VS: Kutsu", f"Kyllä.\n\n{block('fi', 'Union <circulars@example.int>')}\n{BODY}"),
        ("Invitation", f"{'We accept with pleasure. ' * 40}\n\n{block('en')}\n{BODY}"),
        ("Invitation", f"Yes.\n\nOn 8 Apr, Union <u@u.example> wrote:\n> --- Forwarded message ---\n> {block('en')}"),
        ("Invitation", "From: Geneva\nTo: Nairobi\nDate: 12 May\n\nThe Minister will travel so."),
        ("I: the undersigned", "We accept."),
    ],
)  # fmt: skip
def test_reply_that_quotes_is_no_forward(subject: str, text: str) -> None:
    assert classify(read(text, Subject=subject)).kind in {"reply", "unknown"}


def test_reply_by_its_headers_is_no_forward() -> None:
    assert classify(read(f"Yes.\n\n{block('en')}\n{BODY}", Subject="x", In_Reply_To="<a@b.example>")).kind == "reply"


def test_mail_without_any_original() -> None:
    assert str(original(read("Nothing.", Subject="Fwd: x")).sender) == ""
