"""Composed letters made by hand: every kind of block, in four languages."""

from __future__ import annotations

from dataclasses import replace

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    ListItem,
    PageBreak,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
    Value,
)
from letters.composed import Annex, Composed, ContactBlock, SlotSpec
from letters.model import Signature

T = Text


def p(*children: str | Inline) -> Paragraph:
    return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))


def item(*blocks: str | Block) -> ListItem:
    return ListItem(tuple(p(block) if isinstance(block, str) else block for block in blocks))


SLOTS = (
    SlotSpec(name="@salutation"),
    SlotSpec(name="recipient.country"),
    SlotSpec(name='recipient.category == "government"', kind="truth"),
    SlotSpec(name="recipient.page"),
    SlotSpec(name="@closing"),
)

ENGLISH = Composed(
    slug="survey-2031",
    language="en",
    direction="ltr",
    class_name="ministers",
    office_name="Example Lighthouse Union",
    unit="General Secretariat",
    date_line=(Text("Geneva, 3 March 2031"),),
    reference="CL-31/004",
    references=(("Ref.", "CL-31/004"), ("File:", "LH 2031/7")),
    contact_label="Contact",
    contacts=(
        ContactBlock(
            lines=(
                ("", "Ms. Adela Quist", ""),
                ("Tel.", "+41 22 555 01 02", "tel"),
                ("E-mail", "lamps@example.int", "mailto"),
            )
        ),
    ),
    addressees=("Governments", "Private sector", "Academia"),
    address=None,
    subject_label="Subject",
    subject=((T("Survey of coastal lights 2031"),), (T("(Geneva, 5-9 May 2031)"),)),
    salutation=(Value(0),),
    body=(
        p(
            "The Union keeps count of the lights of ",
            Value(1),
            ". Please answer ",
            Strong((T("before 1 May 2031"),)),
            ".",
        ),
        Heading(1, (T("What we ask"),)),
        List(
            True,
            1,
            (
                item("Fill in the form", p("It has two pages.")),
                item(
                    p("Send the pictures, ", Emphasis((T("if any"),)), ":"),
                    List(False, 1, (item("by mail"), item("by post"))),
                ),
            ),
        ),
        p("Numbered lists begin anew:"),
        List(True, 1, (item("first"), item("second"))),
        Conditional(2, (p("Governments may also name an expert."),), (p("Others may send observers."),)),
        Table(
            ("start", "end"),
            (
                ((T("Phase"),), (T("Lights"),)),
                ((T("I"),), (T("1,200"),)),
                ((T("II"),), (Strong((T("340"),)),)),
            ),
        ),
        Quote((p("Let there be light."),)),
        p(
            "See ",
            Link((T("https://www.example.int/lights?a=1&b=2"),), (T("the page"),)),
            ", ",
            Link((T("https://www.example.int/lights"),), (T("https://www.example.int/lights"),)),
            ", ",
            Link((T("mailto:lamps@example.int"),), (T("lamps@example.int"),)),
            " or ",
            Link((T("https://www.example.int/s/"), Value(3)), (T("your own page"),)),
            ".",
            LineBreak(),
            "Thank you.",
        ),
    ),
    closing=(Value(4),),
    signature=Signature.ORIGINAL_SIGNED,
    signature_note="(Original signed)",
    signatory_name="Bela Montero",
    signatory_title="Secretary-General",
    annexes=(
        Annex(
            title=((T("Annex 1"),), (T("Reply form"),)),
            blocks=(p("Name of the light:"), PageBreak(), p("Signature:")),
        ),
    ),
    slots=SLOTS,
)

ENGLISH_VALUES = (
    "Excellency,",
    "Côte d’Ivoire",
    True,
    "k7",
    "Accept, Excellency, the assurances of my highest consideration.",
)

FRENCH = replace(
    ENGLISH,
    language="fr",
    office_name="Union exemplaire des phares",
    unit="Secrétariat général",
    date_line=(Text("Genève, le 3 mars 2031"),),
    references=(("Réf.:", "CL-31/004"),),
    contact_label="Contact:",
    contacts=(
        ContactBlock(
            lines=(
                ("", "Mme Adela Quist", ""),
                ("Tél.:", "+41 22 555 01 02", "tel"),
                ("Courriel:", "lamps@example.int", "mailto"),
            )
        ),
    ),
    addressees=("Aux Ministres des États Membres de l'Union",),
    subject_label="Objet:",
    subject=((T("Recensement des feux côtiers 2031"),),),
    body=(
        p("L'Union tient le compte des feux de ce pays: ", Value(1), "."),
        List(False, 1, (item("du 5 au 9 mai 2031"), item("les 20 et 21 mai"))),
    ),
    signature_note="(Original signé)",
    signatory_title="Secrétaire générale",
    annexes=(),
)
FRENCH_VALUES = (
    "Madame la Ministre, Monsieur le Ministre,",
    "Norvège",
    True,
    "k7",
    "Veuillez agréer, Madame la Ministre, Monsieur le Ministre, l'assurance de ma très haute considération.",
)

ARABIC = replace(
    ENGLISH,
    language="ar",
    direction="rtl",
    office_name="الاتحاد النموذجي للمنارات",
    unit="الأمانة العامة",
    date_line=(Text("جنيف، 3 مارس 2031"),),
    references=(("المرجع:", "CL-31/004"),),
    contact_label="للاتصال:",
    contacts=(
        ContactBlock(
            lines=(
                ("", "السيدة أديلا كويست", ""),
                ("الهاتف:", "+41 22 555 01 02", "tel"),
                ("البريد الإلكتروني:", "lamps@example.int", "mailto"),
            )
        ),
    ),
    addressees=("الحكومات", "القطاع الخاص"),
    subject_label="الموضوع:",
    subject=((T("مسح الأضواء الساحلية 2031 (Lights)"),),),
    body=(
        p(
            "يحصي الاتحاد (ITU) أضواء ",
            Value(1),
            " في الفترة 5-9 مايو 2031 (القرار 70/125)، انظر https://www.example.int/ar.",
        ),
        p("للاستفسار: +41 22 555 01 02 أو ", Link((T("mailto:lamps@example.int"),), (T("lamps@example.int"),)), "."),
        List(True, 1, (item("املأ النموذج"), item(p("أرسل "), List(False, 1, (item("الصور"),))))),
        Table(("start", "end"), (((T("المرحلة"),), (T("العدد"),)), ((T("الأولى"),), (T("1200"),)))),
        Conditional(2, (p(Strong((T("يرجى تعيين خبير."),))),), ()),
    ),
    signature_note="(توقيع)",
    signatory_name="بيلا مونتيرو",
    signatory_title="الأمينة العامة",
    annexes=(),
)
ARABIC_VALUES = ("أصحاب المعالي،", "النرويج (NO)", True, "k7", "وتفضلوا بقبول فائق الاحترام.")

CHINESE = replace(
    ENGLISH,
    language="zh",
    office_name="示例灯塔联盟",
    unit="总秘书处",
    date_line=(Text("2031年3月3日，日内瓦"),),
    references=(("文号：", "CL-31/004"),),
    contact_label="联系人：",
    contacts=(ContactBlock(lines=(("", "Adela Quist 女士", ""), ("电话", "+41 22 555 01 02", "tel"))),),
    addressees=("致各成员国部长",),
    subject_label="事由",
    subject=((T("2031年海岸灯光调查"),),),
    body=(
        p("联盟正在统计", Value(1), "的灯光。请于", Strong((T("2031年5月1日"),)), "之前答复。"),
        List(True, 1, (item("填写表格"),)),
    ),
    signature_note="（原件已签）",
    signatory_title="秘书长",
    annexes=(),
)
CHINESE_VALUES = ("各位部长阁下：", "挪威", True, "k7", "顺致最崇高的敬意。")

LETTERS = {
    "en": (ENGLISH, ENGLISH_VALUES),
    "fr": (FRENCH, FRENCH_VALUES),
    "ar": (ARABIC, ARABIC_VALUES),
    "zh": (CHINESE, CHINESE_VALUES),
}
