"""Drafts in six languages, as colleagues write them: each with a frame, days, figures, links, and traps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.letters.drafts.word_files import bold, italic, item, link, paragraph, run, table, word_file

LINKS = {"x1": "https://www.example.int/lights/{language}/programme", "x2": "mailto:wsis-info@example.int"}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A draft, and what letter.toml must say of it and body.md hold."""

    language: str
    blocks: tuple[str, ...]
    facts: Mapping[str, object]
    body: tuple[str, ...]
    date: str = "2031-03-03"
    lines: tuple[str, ...] = ()
    salutation: str = "individual"
    closing: str = "high"
    links: Mapping[str, str] = field(default_factory=lambda: LINKS)

    def file(self) -> bytes:
        """Return the .docx."""
        return word_file(
            *self.blocks, links={key: one.replace("{language}", self.language) for key, one in self.links.items()}
        )


FRENCH = Kept(
    language="fr",
    blocks=(
        paragraph("Genève, le 3 mars 2031"),
        table(
            (
                paragraph("Réf.: CL-31/007") + paragraph("Contact: Mme Meera Sandhanam")
                + paragraph("Téléphone: +41 22 730 0040\nFax: +41 22 730 0053\nCourriel: wsis-info@example.int"),
                paragraph("À toutes les parties prenantes:") + item("Gouvernements") + item("Société civile"),
            )
        ),
        paragraph(bold("Objet: Réunion sur les phares\n19-23 mai 2031")),
        paragraph("Madame, Monsieur,"),
        paragraph(
            "La réunion se tiendra du 19 au 23 mai 2031; quelque 140", "\u00a0000 feux y seront ",
            italic("recensés"), ".",
        ),
        paragraph(
            "Veuillez confirmer votre participation ", bold("avant le 1er avril 2031"), " sur la ",
            link("x1", run("page du programme")), " ou à l'adresse ", link("x2", run("wsis-info@example.int")), ".",
        ),
        item("premier point: {{ accolades }}", 2), item("second * point", 2),
        paragraph("Veuillez agréer, Madame, Monsieur, l'assurance de ma haute considération."),
        paragraph(italic("(signé)")),
        paragraph(bold("Tomas Lindvar"), run("\nSecrétaire général")),
    ),
    lines=("all-stakeholders", "governments", "civil-society"),
    facts={
        "events.event.start": "2031-05-19", "events.event.end": "2031-05-23", "deadlines.attendance.date": "2031-04-01",
        "deadlines.attendance.rule": "before", "facts.figure": "140000",
        "links.programme": "https://www.example.int/lights/{lang}/programme",
    },
    body=(
        '# {{ events.event | range("compact") }}', "{{ events.event | range }}", "{{ facts.figure | number }}",
        "{{ contacts.wsis.email }}", "\\{\\{ accolades \\}\\}", "[page du programme]({{ links.programme }})",
    ),
)  # fmt: skip
ENGLISH = Kept(
    language="en",
    blocks=(
        paragraph("Ref.: CL-31/008"),
        paragraph("Geneva, 3 March 2031"),
        paragraph("Contact:\tMs. Nadia Belkacemi"), paragraph("Telephone:\t+41 22 730 0040"),
        paragraph("E-mail:\twsis-info@example.int"),
        paragraph("To the Ministers of the Member States"),
        paragraph(bold("Subject: "), bold("Conference of lighthouses, 30 June – 2 July 2031")),
        paragraph("Excellencies,"),
        paragraph("I am pleased to invite you to the conference, which will be held from 30 June to 2 July 2031."),
        paragraph("The opening is on 30 June 2031, 0930-1100 hours, under resolution A/RES/70/125."),
        paragraph("Please send your ", f"<w:ins>{run('written ')}</w:ins>", "contributions by 15 May 2031."),
        table(("Region", "Lights"), ("North", "1,250"), ("South | East", "980")),
        paragraph("Accept, Excellencies, the assurances of my highest consideration."),
        paragraph("(original signed)"), paragraph("Tomas Lindvar"), paragraph("Secretary-General"),
    ),
    lines=("ministers-of-member-states",), salutation="minister", closing="highest",
    facts={
        "events.event.start": "2031-06-30", "events.event.end": "2031-07-02",
        "deadlines.contribution.date": "2031-05-15",
        "deadlines.contribution.rule": "by", "events.event_2.start": "2031-06-30T09:30:00+02:00",
        "events.event_2.end": "2031-06-30T11:00:00+02:00", "facts.a_res_70_125": "A/RES/70/125",
    },
    body=(
        "{{ events.event | range }}", '{{ events.event_2.start | date("on") }}, {{ events.event_2 | time }}',
        "your written contributions", "{{ facts.figure | number }}", "South \\| East",
    ),
)  # fmt: skip
SPANISH = Kept(
    language="es",
    blocks=(
        paragraph("Ginebra, 3 de marzo de 2031"), paragraph("Ref.: CL-31/009"),
        paragraph("A todas las partes interesadas"),
        paragraph(bold("Asunto: Censo de faros")),
        paragraph("Muy Señora mía/Muy Señor mío:"),
        paragraph("El censo comprende más de 12", "\u00a0500 faros; la reunión será del 4 al 6 de junio de 2031."),
        paragraph("Le agradeceré que envíe sus propuestas a más tardar el 20 de abril de 2031."),
        paragraph("Acepte, Señora/Señor, las seguridades de mi alta consideración."),
        paragraph("(firmado)"), paragraph("Tomas Lindvar"), paragraph("Secretario General"),
    ),
    lines=("all-stakeholders",),
    facts={
        "events.event.start": "2031-06-04", "deadlines.contribution.date": "2031-04-20", "facts.figure": "12500",
    },
    body=("{{ events.event | range }}", "{{ facts.figure | number }}"),
)  # fmt: skip
RUSSIAN = Kept(
    language="ru",
    blocks=(
        paragraph("Женева, 3 марта 2031 года"), paragraph("Исх. №: CL-31/010"),
        paragraph("Всем заинтересованным сторонам"),
        paragraph(bold("Предмет: Перепись маяков")),
        paragraph("Уважаемая госпожа, уважаемый господин,"),
        paragraph("Совещание состоится с 4 по 6 июня 2031 года в Женеве; в переписи 12", "\u00a0500 маяков."),
        paragraph("Просим подтвердить участие до 20 апреля 2031 года."),
        paragraph("Примите, уважаемая госпожа, уважаемый господин, уверения в моем высоком уважении."),
        paragraph("(подпись)"), paragraph("Томас Линдвар"), paragraph("Генеральный секретарь"),
    ),
    lines=("all-stakeholders",),
    facts={"events.event.start": "2031-06-04", "deadlines.attendance.date": "2031-04-20", "facts.figure": "12500"},
    body=("{{ facts.figure | number }}", "{{ deadlines.attendance | date"),
)  # fmt: skip
CHINESE = Kept(
    language="zh",
    blocks=(
        paragraph("2031年3月3日，日内瓦"), paragraph("文号：CL-31/011"), paragraph("致所有利益攸关方"),
        paragraph(bold("事由：灯塔普查")),
        paragraph("尊敬的先生/女士："),
        paragraph("会议将于2031年6月4日至6日举行，共有12,500座灯塔参加普查。"),
        paragraph("请在2031年4月20日之前确认出席（", bold("务必"), "）。"),
        paragraph("顺致崇高的敬意。"),
        paragraph("（签名）"), paragraph("托马斯·林德瓦尔"), paragraph("秘书长"),
    ),
    lines=("all-stakeholders",),
    facts={
        "events.event.start": "2031-06-04", "events.event.end": "2031-06-06", "deadlines.attendance.date": "2031-04-20",
        "deadlines.attendance.rule": "before",
    },
    body=("{{ deadlines.attendance | date }}之前",),
)  # fmt: skip
ARABIC = Kept(
    language="ar",
    blocks=(
        paragraph("جنيف، 3 مارس 2031", properties="<w:bidi/>"), paragraph("المرجع: CL-31/012"),
        paragraph("إلى جميع أصحاب المصلحة"),
        paragraph(bold("الموضوع: تعداد المنارات")),
        paragraph("حضرات السادة والسيدات،"),
        paragraph("سيعقد الاجتماع في جنيف (www.example.int) في الفترة من 4 إلى 6 يونيو 2031، ",
                  "ويشمل التعداد 12,500 منارة."),
        paragraph("ويرجى تأكيد المشاركة قبل 20 أبريل 2031."),
        paragraph("وتفضلوا، حضرات السادة والسيدات، بقبول فائق التقدير والاحترام."),
        paragraph("(توقيع)"), paragraph("توماس ليندفار"), paragraph("الأمين العام"),
    ),
    lines=("all-stakeholders",),
    facts={
        "events.event.start": "2031-06-04", "deadlines.attendance.date": "2031-04-20",
        "deadlines.attendance.rule": "before", "facts.figure": "12500",
    },
    body=("قبل {{ deadlines.attendance | date }}",),
)  # fmt: skip
ZOO = (FRENCH, ENGLISH, SPANISH, RUSSIAN, CHINESE, ARABIC)
