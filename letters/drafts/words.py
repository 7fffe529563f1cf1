"""The words by which the parts of a draft are known, in each language: labels, openings, closes, what asks by when.

What the house itself prints is known from its locales; here is what drafts have besides. Matching ignores case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reference": {
        "en": ("ref", "reference", "our ref", "our reference", "ref. no", "reference no"),
        "fr": ("réf", "référence", "n/réf", "notre référence", "nos réf"),
        "es": ("ref", "referencia", "nuestra referencia", "n/ref"),
        "ru": ("исх. №", "исх №", "исх", "ссылка", "наш №", "референс"),
        "zh": ("文号", "编号", "参考号", "参考", "档号", "文件编号"),
        "ar": ("المرجع", "مرجع", "الرقم المرجعي", "رقم المرجع"),
    },
    "file-reference": {
        "en": ("file", "file no"),
        "fr": ("dossier",),
        "es": ("expediente",),
        "ru": ("дело",),
        "zh": ("档案号",),
        "ar": ("الملف", "ملف"),
    },
    "contact": {
        "en": ("contact", "contact person", "focal point"),
        "fr": ("contact", "personne à contacter", "personne de contact"),
        "es": ("contacto", "persona de contacto"),
        "ru": ("для контактов", "контактное лицо", "контакт", "исполнитель"),
        "zh": ("联系人", "联络人"),
        "ar": ("للاتصال", "جهة الاتصال", "مسؤول الاتصال", "شخص الاتصال"),
    },
    "phone": {
        "en": ("tel", "telephone", "phone"),
        "fr": ("tél", "tel", "téléphone"),
        "es": ("tel", "teléfono", "tfno"),
        "ru": ("тел", "телефон"),
        "zh": ("电话",),
        "ar": ("الهاتف", "هاتف"),
    },
    "fax": {
        "en": ("fax", "telefax"),
        "fr": ("fax", "télécopie", "téléfax", "télécopieur"),
        "es": ("fax", "telefax"),
        "ru": ("факс",),
        "zh": ("传真",),
        "ar": ("الفاكس", "فاكس"),
    },
    "email": {
        "en": ("e-mail", "email", "mail"),
        "fr": ("courriel", "e-mail", "email", "mél"),
        "es": ("correo electrónico", "correo-e", "correo", "e-mail", "email"),
        "ru": ("эл. почта", "электронная почта", "e-mail", "эл. адрес"),
        "zh": ("电子邮件", "电邮", "电子邮箱", "邮箱", "e-mail"),
        "ar": ("البريد الإلكتروني", "بريد إلكتروني"),
    },
    "subject": {
        "en": ("subject", "re"),
        "fr": ("objet", "sujet"),
        "es": ("asunto", "objeto"),
        "ru": ("предмет", "тема", "касательно", "касается"),
        "zh": ("事由", "主题", "关于"),
        "ar": ("الموضوع", "موضوع"),
    },
    "date": {
        "en": ("date",),
        "fr": ("date",),
        "es": ("fecha",),
        "ru": ("дата",),
        "zh": ("日期",),
        "ar": ("التاريخ",),
    },
    "copy": {
        "en": ("copy", "copies", "cc", "copy to"),
        "fr": ("copie", "copies", "cc", "copie à", "ampliation"),
        "es": ("copia", "copias", "cc", "c.c"),
        "ru": ("копия", "копии"),
        "zh": ("抄送",),
        "ar": ("نسخة إلى", "نسخة", "صورة إلى"),
    },
}
SALUTATIONS = {
    "en": r"dear\b|excellenc(?:y|ies)\b|sir\b|madam\b|mr\.? |ms\.? |your excellenc",
    "fr": r"madame\b|monsieur\b|mesdames\b|messieurs\b|excellences?\b|cher\b|chère\b|chers\b|chères\b",
    "es": r"señora?\b|señor(?:a|es|as)?\b|estimad[oa]s?\b|excelencias?\b|excelentísim|muy señor",
    "ru": r"уважаем|ваше превосходительство|ваши превосходительства|господин|госпожа|дамы и господа",
    "zh": r"尊敬的|各位|.{0,12}阁下|.{0,12}(?:先生|女士)|敬启者",
    "ar": r"معالي|سعادة|أصحاب|حضرة|حضرات|السيد|السادة|صاحب|تحية",
}
SALUTATION_ENDS = ",:;،：，!！"
CLOSINGS = {
    "en": r"yours (?:faithfully|sincerely|truly)|(?:please )?accept,? |i avail myself|respectfully yours|sincerely\b",
    "fr": r"(?:veuillez|je vous prie d['’]|je vous prie de bien vouloir |nous vous prions d['’])\s*"
    r"(?:agréer|croire|recevoir|accepter)|recevez|agréez|je saisis cette occasion pour vous renouveler",
    "es": r"(?:le|les) saluda|atentamente|aprovech(?:o|amos) (?:esta|la) oportunidad|reciban?\b|sírvan?se aceptar"
    r"|(?:le|les) ruego|acepten?\b|hago propicia",
    "ru": r"с уважением|примите|прошу (?:вас )?принять|пользуясь (?:случаем|возможностью)|искренне ваш",
    "zh": r"顺致|此致|谨致|顺颂|致以|谨启",
    "ar": r"و?(?:تفضلوا|تفضلي|تفضل|تقبلوا)|مع (?:فائق|خالص|أطيب)|و?اقبلوا",
}
SIGNED = re.compile(r"sign[eé]|firmad|подпис|签|توقيع|موق", re.IGNORECASE)
ORIGINAL = re.compile(r"origin|оригинал|подлинник|原|الأصل", re.IGNORECASE)
ANNEXES = {
    "en": r"(?:annex|attachment|appendix|enclosure)",
    "fr": r"(?:annexe|appendice|pièce jointe)",
    "es": r"(?:anexo|apéndice|adjunto)",
    "ru": r"(?:приложение|дополнение)",
    "zh": r"(?:附件|附录)",
    "ar": r"(?:الملحق|ملحق|المرفق|مرفق|التذييل)",
}
# What stands before a day by which something is to come. «early»: the day itself is too late.
_DUE_EN = (
    r"(?<!hours )(?<!days )(?<!weeks )(?<!months )(?P<early>before)\s*$"
    r"|(?:deadline|closing date)[^.;!?\d]{0,70}(?:\bis|\bends|\bexpires|[:–—])(?:\s+on)?\s*$"
    r"|(?:regist|nominat|submi|appl|call|entr)\w*[^.;!?\d]{0,40}\bclos(?:e|es|ing)(?:\s+(?:at|on))*\s*$"
    r"|(?:by|no later than|not later than|on or before|(?<!closed )until|deadline\W.{0,20}|closing date\W.{0,20})"
    r"(?:\s+the)?(?:\s+close\s+of\s+\w+\s+on)?\s*$"
)
_DUE_FR = (
    r"(?<!heures )(?<!jours )(?<!semaines )(?<!mois )(?P<early>avant)(?:\s+le)?\s*$"
    r"|(?:date limite|délai)[^.;!?\d]{0,70}(?:\best|\bfixée?|\bexpire|[:–—])(?:\s+(?:au|le))?\s*$"
    r"|(?:d['’]ici|jusqu['’]|au plus tard|date limite\W.{0,25}|dernier délai\W.{0,10})(?:\s*au|\s*le|\s*à)?\s*$"
)
_DUE_ES = (
    r"(?<!horas )(?<!días )(?<!semanas )(?<!meses )(?P<early>antes)(?:\s+del?)?(?:\s+día)?\s*$"
    r"|(?:fecha límite|plazo)[^.;!?\d]{0,70}(?:\bes|\bvence|\bexpira|\bfinaliza|[:–—])(?:\s+el)?(?:\s+día)?\s*$"
    r"|(?:a más tardar|hasta|fecha límite\W.{0,25}|no más tarde del|plazo\W.{0,20})(?:\s+del?)?(?:\s*el)?\s*$"
)
_DUE_RU = (
    r"\bсрок[^.;!?\d]{0,70}(?:истекает|[:–—])\s*$|"
    r"(?:регистрация|прием|приём)[^.;!?\d]{0,40}(?:закрыва|заверша|заканчива)ется\s*$"
    r"|(?:\bдо|не позднее|не позже|крайний срок\W.{0,15}|срок\W.{0,15})\s*$"
)
_DUE_ZH = r"(?:截至|截止(?:日期|时间)?[为是:：]?|不迟于|最迟|最晚)(?:于|在)?\s*$"
_DUE_AR = (
    r"(?P<early>قبل)(?:\s+يوم)?(?:\s+تاريخ)?\s*$"
    r"|(?:موعد أقصاه|أجل أقصاه|موعد لا يتجاوز|موعد غايته|حتى|بحلول|الموعد النهائي\W.{0,20})(?:\s+يوم)?(?:\s+تاريخ)?\s*$"
)
_AFTER = r"[^\w.;!?\n]{1,4}"
# By language: what stands before such a day, and what after it.
DUE = {
    "en": (_DUE_EN, rf"\s*at the latest|{_AFTER}(?:the\s+)?(?:final\s+)?(?:deadline|closing date)"),
    "fr": (_DUE_FR, rf"\s*au plus tard|{_AFTER}(?:la\s+)?(?:date limite|dernier délai)"),
    "es": (_DUE_ES, rf"\s*a más tardar|{_AFTER}(?:la\s+)?(?:fecha límite|fin del plazo)"),
    "ru": (_DUE_RU, rf"{_AFTER}(?:крайний|последний|предельный)\s+срок"),
    "zh": (_DUE_ZH, r"\s*(?P<early>之?前|以前)|[：:，,（(–—-]{1,3}[^。；\d]{0,20}截止"),
    "ar": (_DUE_AR, rf"{_AFTER}(?:الموعد النهائي|آخر موعد)"),
}
# Above a column or at the head of a row of a table: its days are deadlines.
DEADLINES = {
    "en": r"deadline|closing date|(?:latest|last) date|due (?:date|by)|no later than",
    "fr": r"date limite|échéance|délai|au plus tard",
    "es": r"fecha límite|plazo|a más tardar",
    "ru": r"\bсрок|не позднее",
    "zh": r"截止|期限|最迟",
    "ar": r"الموعد النهائي|آخر موعد|أقصاه",
}
# Every year again: no day that is meant once.
YEARLY = re.compile(
    r"\s*(?:(?:of )?(?:each|every) year|(?:de )?chaque année|de cada año|каждого года|ежегодно|من كل (?:عام|سنة))",
    re.IGNORECASE,
)
# Hours between «by» and the day: «by 5 p.m. (Geneva time) on».
CLOCK = (
    r"(?:(?:\bthe|\blas|\ba las|\bla|\bà|الساعة|الساعه)\s+)?(?:\d{1,2}(?:[.:]\d{2})?\s*(?:[ap]\.?\s?m\b\.?|hours\b"
    r"|hrs\b"
    r"|h(?:\s?\d{2})?\b"
    r"|heures\b|horas\b|час\w*\.?(?:\s*\d{2}\s*мин\w*\.?)?|UTC\b|GMT\b)|\d{1,2}[.:]\d{2}|\bnoon|\bmidnight"
    r"|\bmidi|\bminuit|\bmedianoche|\bmediodía|\bполуноч\w+|\bполдн\w+)[^.;!?。\d]{0,45}"
)
# The name of a day before its date.
WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes"
    r"|miércoles|jueves|viernes|sábado|domingo|понедельника?|вторника?|сред[аыу]|четверга?|пятниц[аыу]|суббот[аыу]"
    r"|воскресень[ея],?|يوم|الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد)\s*$",
    re.IGNORECASE,
)
ENCLOSED = re.compile(
    r"(?:encl(?:osures?)?|annex(?:es?)?|p\.\s?j|pi[eè]ces? jointes?|anexos?|приложени[ея]|附件|المرفقات?)"
    r"\s*\.?\s*[:：(]",
    re.IGNORECASE,
)
# What is asked, by the words around the day.
ASKS = (
    ("statement", r"statement|déclaration|declaraci[oó]n|заявлени|выступлени|发言|声明|بيان|كلمة"),
    ("nomination", r"nominat|nomm|désign|candidat|designa|nombra|назнач|кандидат|提名|ترشيح|تسمية"),
    ("registration", r"regist|inscri|регистр|注册|登记|报名|تسجيل"),
    (
        "contribution",
        r"contribut|submi|propos|soum|aporta|(?<!re)presenta|propuest|вклад|предложени|представ|提交|文稿|投稿|مساهم|تقديم",
    ),
    ("attendance", r"confirm|attend|particip(?!ant)|présence|asist|участи|подтверд|确认|出席|参加|تأكيد|حضور|مشارك"),
)  # fmt: skip
LISTED = re.compile(r"[•·▪◦‣●○■□–—*-]\s+")  # a mark typed before an item of a list
