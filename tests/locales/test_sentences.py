"""Texts are cut where a reader of the language would cut them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.languages import LANGUAGES
from locales.sentences import sentence_ends, split_sentences
from tests.patience import within

# Put one behind the other, they must come apart again where they were put together.
SENTENCES = {
    "en": [
        "The Forum will open on 27 May 2024.",
        "Mr. Otieno and Mrs. Smith will take the floor.",
        "H.E. Mr. Bello, Minister of Communications, presides.",
        "See art. 5 and para. 12 of the Rules.",
        "The fee is 3.5 per cent of vol. 2, i.e. 7 pages.",
        "It follows resolution A/RES/70/125.",
        "Circular letter No. 51 of 4 December 2017 gives the details.",
        "Did they agree?",
        "No.",
        "They did not!",
        "The meeting starts at 9.30 a.m. and ends at 5 p.m.",
        "Rooms A, B etc. are on the first floor.",
        "Please write to J. R. Santos, Geneva.",
        "The documents (agenda, list of speakers, etc.) are online.",
        "See Annex A.",
        "The plenary meets in Room B.",
        "Reply before **{{ deadlines.confirm | date }}**.",
        "{{ events.forum.start | date(\"dm\") }} is the first day.",
        "The theme is \"Health for all.\"",
        "He asked: \"Who will come?\"",
        "(The list is not final.)",
        "More is said on the [page of the Forum.]({{ links.forum }})",
        "The address is https://www.example.int/forum.php?year=2024&part=1.",
        "Questions go to forum@example.int.",
        "www.example.int/help has answers, e.g. on visas.",
        "1. Confirm your attendance.",
        "2. Request a speaking slot.",
        "The U.N. General Assembly endorsed it in its sixtieth session...",
        "And so did the [...] Council, cf. the report of St. Gallen.",
        "**Nothing is final.**",
        "Work ended in 2022.",
        "In 2023 it began again",
    ],
    "fr": [
        "Le Forum s'ouvrira le 27 mai 2024.",
        "M. Dupont et Mme Martin prendront la parole.",
        "S.E. M. Traoré, Ministre des télécommunications, présidera la séance.",
        "Voir l'art. 5 et l'al. 3 du Règlement.",
        "La circulaire N° 51 du 4 décembre 2017 donne les détails.",
        "Le document n° 12 (p. 4, vol. 2) est en ligne.",
        "Plusieurs pays, p. ex. le Brésil, l'ont confirmé.",
        "Viendrez-vous ?",
        "Oui !",
        "« La santé pour tous. »",
        "Il a demandé: « Qui viendra ? »",
        "Les salles A, B, etc. sont au premier étage.",
        "L'ordre du jour, la liste des orateurs, etc.",
        "Voir l'annexe A.",
        "La séance se tient dans la salle B.",
        "Écrivez à J.-P. Dubois, à Genève.",
        "Répondez avant le **{{ deadlines.confirm | date }}**.",
        "{{ events.forum.start | date(\"dm\") }} est le premier jour.",
        "(La liste n'est pas définitive.)",
        "L'adresse est https://www.example.int/forum.php?annee=2024.",
        "Les questions vont à forum@example.int.",
        "www.example.int/aide contient des réponses.",
        "1. Confirmez votre participation.",
        "2. Demandez un temps de parole.",
        "C'est ce que dit la résolution A/RES/70/125.",
        "Le taux est de 3.5 ou de 3,5 pour cent, c.-à-d. très faible.",
        "Le Dr Keita et le Pr. Nguyen sont excusés.",
        "MM. Blanc et Noir signent...",
        "Et la suite […] est connue, cf. le rapport.",
        "**Rien n'est définitif.**",
        "Fin en 2022.",
        "À bientôt",
    ],
    "es": [
        "El Foro se inaugurará el 27 de mayo de 2024.",
        "El Sr. Pérez y la Sra. Gómez tomarán la palabra.",
        "El Excmo. Sr. D. José Ramírez presidirá la sesión.",
        "Véase el art. 5 y la pág. 12 del Reglamento.",
        "La carta n.º 51 del 4 de diciembre de 2017 da los detalles.",
        "La carta N.º 52 la completa.",
        "Lo organizan los EE. UU. y México.",
        "La delegación viene de los EE. UU.",
        "¿Vendrán ustedes?",
        "¡Sí!",
        "¿Cuándo?, preguntó.",
        "Varios países, p. ej. el Brasil, lo han confirmado.",
        "Empieza a las 9 a. m. y termina a las 5 p. m.",
        "Las salas A, B, etc. están en la primera planta.",
        "El orden del día, la lista de oradores, etc.",
        "Véase el anexo A.",
        "La sesión se celebra en la sala B.",
        "Diríjase a J. R. Santos, Ginebra.",
        "Responda antes del **{{ deadlines.confirm | date }}**.",
        "{{ events.forum.start | date(\"dm\") }} es el primer día.",
        "El tema es «Salud para todos».",
        "(La lista no es definitiva.)",
        "La dirección es https://www.example.int/foro.php?anyo=2024.",
        "Las preguntas van a foro@example.int.",
        "www.example.int/ayuda tiene respuestas.",
        "1. Confirme su participación.",
        "2. Solicite un turno de palabra.",
        "Así lo dice la resolución A/RES/70/125.",
        "La tasa es del 3.5 por ciento, vol. 2, núm. 7.",
        "La Dra. Ruiz y el Ing. Soto excusan su asistencia...",
        "**Nada es definitivo.**",
        "Gracias",
    ],
    "ru": [
        "Форум откроется 27 мая 2024 г. в г. Женеве.",
        "Предыдущий форум прошел в 2022 г.",
        "Он продолжался с 2003 по 2005 гг.",
        "Встреча состоится в МГУ им. М. В. Ломоносова.",
        "Г-н Иванов и г-жа Петрова выступят с заявлениями.",
        "Слово имеет А. С. Кузнецов.",
        "См. ст. 5 и п. 12 Правил.",
        "Циркулярное письмо № 51 содержит подробности.",
        "Речь идет об ИКТ, т. е. о связи.",
        "Это т. н. Женевский план действий.",
        "Повестка дня, список ораторов и т. д.",
        "Повестка дня, список и т. п. размещены на сайте.",
        "Приедут ли они?",
        "Нет!",
        "Начало в 16 час. 00 мин.",
        "Зал А находится на первом этаже.",
        "Заседание проходит в зале В.",
        "Ответьте до **{{ deadlines.confirm | date }}**.",
        "Форум завершится {{ events.forum.end | date(\"dm\") }} 2024 г.",
        "{{ events.forum.start | date(\"dm\") }} – первый день.",
        "Тема – «Здоровье для всех».",
        "Он спросил: «Кто приедет?»",
        "(Список не окончательный.)",
        "Адрес: https://www.example.int/forum.php?year=2024.",
        "Вопросы направляйте на forum@example.int.",
        "www.example.int/help содержит ответы.",
        "1. Подтвердите участие.",
        "2. Попросите слова.",
        "Об этом говорится в резолюции A/RES/70/125.",
        "Ставка равна 3,5 проц., или 3.5 по-английски.",
        "Собралось 2 тыс. участников из 140 стран...",
        "Проф. Сидоров, акад. Белов и др. не приедут.",
        "До встречи",
    ],
    "ar": [
        "يفتتح المنتدى يوم 27 مايو 2024.",
        "سيتحدث السيد أحمد والسيدة ليلى.",
        "يرأس الجلسة د. أحمد سليم، وزير الاتصالات.",
        "ويشارك فيها أ. د. منى حسن.",
        "انظر المادة 5 والفقرة 12 من النظام الداخلي.",
        "انظر ص. 4 من الوثيقة.",
        "هل ستحضرون؟",
        "نعم!",
        "توجه الرسائل إلى ص.ب. 20 في جنيف.",
        "القاعات ألف وباء وجيم إلخ.",
        "جاء ذلك في القرار A/RES/70/125.",
        "تبدأ الجلسة في الساعة 9.30 وتنتهي في الساعة 17.00.",
        "يرجى الرد قبل **{{ deadlines.confirm | date }}**.",
        "{{ events.forum.start | date(\"dm\") }} هو اليوم الأول.",
        "موضوع المنتدى \"الصحة للجميع\".",
        "سأل: «من سيحضر؟»",
        "(القائمة ليست نهائية.)",
        "العنوان هو https://www.example.int/forum.php?year=2024.",
        "ترسل الأسئلة إلى forum@example.int.",
        "www.example.int/help يتضمن الإجابات.",
        "1. تأكيد الحضور.",
        "2. طلب الكلمة.",
        "تُقبل الطلبات حتى نهاية الشهر؛",
        "ولا تُقبل بعد ذلك.",
        "النسبة 3.5 في المائة.",
        "يتضمن [الموقع الإلكتروني]({{ links.forum }}) التفاصيل.",
        "iPad وغيره من الأجهزة متاح للمشاركين.",
        "عُقد المنتدى السابق في عام 2022.",
        "وفي عام 2023 عُقد منتدى آخر...",
        "**لا شيء نهائي.**",
        "مع التحية",
    ],
    "zh": [
        "论坛将于2024年5月27日开幕。",
        "阁下是否出席？",
        "否。",
        "欢迎！",
        "第一，请确认出席；",
        "第二，请申请发言。",
        "见第5条第3款。",
        "费率为3.5%。",
        "见第No. 51号通函。",
        "Mr. Smith先生将致辞。",
        "联合国大会通过了A/RES/70/125号决议。",
        "请在**{{ deadlines.confirm | date }}**之前答复。",
        "{{ events.forum.start | date(\"dm\") }}是第一天。",
        "主题是“人人享有健康。”",
        "他问：“谁会来？”",
        "（名单尚未确定。）",
        "网址为https://www.example.int/forum.php?year=2024。",
        "问题请发送至forum@example.int。",
        "详见[论坛网站]({{ links.forum }})。",
        "**一切尚未确定。**",
        "真的吗？！",
        "会议在A厅举行。",
        "会议议程……将另行通知。",
        "与会者包括政府、私营部门、民间团体等。",
        "《2030年可持续发展议程》已获通过。",
        "上届论坛于2022年举行。",
        "会议时间为9.30至17.00。",
        "有关人工智能（AI）的讨论将继续。",
        "2018年论坛由4个组织共同筹办。",
        "谢谢",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_put_together_comes_apart_in_the_same_places(language: str) -> None:
    blank = "" if language == "zh" else " "
    said = [sentence + blank for sentence in SENTENCES[language]]
    said[-1] = said[-1].rstrip()
    assert len(said) >= 25
    assert list(split_sentences("".join(said), language)) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_one(language: str) -> None:
    for sentence in SENTENCES[language]:
        assert split_sentences(sentence, language) == (sentence,)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("Two lines,\\\nbroken on purpose", ("Two lines,\\\n", "broken on purpose")),
        ("One\n\nTwo", ("One\n\n", "Two")),
        ("See {{ a | agree('X. Y', 'Z. A') }} now. Good.", ("See {{ a | agree('X. Y', 'Z. A') }} now. ", "Good.")),
        ("Three aims: 1. To see. 2. To hear.", ("Three aims: 1. To see. ", "2. To hear.")),
        ("Part one:\na. Go. b. Come.", ("Part one:\na. Go. ", "b. Come.")),
        ("Mr. X, tel. : 5, came. Tel. : 6 too.", ("Mr. X, tel. : 5, came. ", "Tel. : 6 too.")),
        ("It is **done.** Next.", ("It is **done.** ", "Next.")),
        ("Yahoo! is a name. So is it.", ("Yahoo! is a name. ", "So is it.")),
    ],
)  # fmt: skip
def test_places_that_are_hard(text: str, pieces: tuple[str, ...]) -> None:
    assert split_sentences(text, "en") == pieces


@settings(deadline=None)  # the first reading of a language takes its time
@given(st.text(alphabet=st.sampled_from(' .!?…؟。；؛\n\\*[](){}«»"aAéЯ中م1'), max_size=80), st.sampled_from(LANGUAGES))
def test_nothing_is_lost(text: str, language: str) -> None:
    pieces = split_sentences(text, language)
    assert "".join(pieces) == text
    assert all(pieces)


def test_an_office_adds_abbreviations(tmp_path: Path) -> None:
    text = "Written by Hr. Berg. Signed."
    assert len(split_sentences(text, "en", overlay=tmp_path)) == 3
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "locale.toml").write_text('[sentences]\nbefore-names = ["Hr."]\n')
    assert split_sentences(text, "en", overlay=tmp_path) == ("Written by Hr. Berg. ", "Signed.")
    assert split_sentences("Mr. Berg. Signed.", "en", overlay=tmp_path) == ("Mr. Berg. ", "Signed.")


def ends(text: str) -> list[str]:
    places = [0, *sentence_ends(text, loose=True), len(text)]
    return [text[a:b].strip() for a, b in pairwise(places) if text[a:b].strip()]


def test_mails_are_written_loosely() -> None:
    assert ends("thanks. we come; they do not. see art. 5 of it") == [
        "thanks.",
        "we come;",
        "they do not.",
        "see art. 5 of it",
    ]
    assert ends("Mr. Otieno, p. ex., ira à Genève. г. Женева") == ["Mr. Otieno, p. ex., ira à Genève.", "г. Женева"]


@pytest.mark.parametrize(
    "piece", [". ", "...", "x. ", "т. ", ".](", ".]({{a}}", "{{", "? »", "\\\n", " ", "1. ", "p. ex. "]
)
def test_no_text_takes_long(piece: str) -> None:
    with within(2):
        for loose in (False, True):
            list(sentence_ends(piece * 20_000, loose=loose))


@pytest.mark.parametrize(
    "text",
    [
        "В 2022 г. Союз провел встречу.",
        "В гг. 2020–2022 встреч не было.",
        "Он стоит 100 тыс. долл. США.",
        "Вход со двора, кв. 3.",
    ],
)
def test_russian_abbreviations_within_a_sentence(text: str) -> None:
    assert [said.strip() for said in split_sentences(f"{text} Это так.", "ru")] == [text, "Это так."]
