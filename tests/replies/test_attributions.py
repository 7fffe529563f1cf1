from __future__ import annotations

import pytest

from replies.attributions import attribution

# As Gmail, Apple Mail, Thunderbird, Outlook for Mac, Yahoo, Mail.ru, Yandex, NetEase, Zoho and Notes write them.
SURE = (
    "On Fri, 8 Apr 2022 at 09:00, Union <c@example.int> wrote:",
    "On Fri, Apr 8, 2022 at 9:00 AM Union <c@example.int> wrote:",
    "On Apr 3, 2012, at 4:19 PM, Kim wrote:",
    "On Tuesday, April 3, 2012 at 4:55 PM, Kim wrote:",
    "On 04/02/2012 06:26 PM, Kim wrote:",
    "---- On Wed, 14 Nov 2018 08:14:43 -0200 Kim <kim@example.org> wrote ----",
    "Le ven. 8 avr. 2022 à 09:00, Union <c@example.int> a écrit :",
    "Le 8 avr. 2022 à 09:00, Union <c@example.int> a écrit :",
    "Le 08/04/2022 à 09:00, Union a écrit :",
    "El vie, 8 abr 2022 a las 9:00, Union (<c@example.int>) escribió:",
    "El 8 abr 2022, a las 9:00, Union <c@example.int> escribió:",
    "Em sex., 8 de abr. de 2022 às 09:00, Union <c@example.int> escreveu:",
    "Il giorno ven 8 apr 2022 alle ore 09:00 Union <c@example.int> ha scritto:",
    "Am Fr., 8. Apr. 2022 um 09:00 Uhr schrieb Union <c@example.int>:",
    "Am 08.04.22 um 09:00 schrieb Union:",
    "Op vr 8 apr. 2022 om 09:00 schreef Union <c@example.int>:",
    "Den fre 8 apr. 2022 kl 09:00 skrev Union <c@example.int>:",
    "Den fre. 8. apr. 2022 kl. 09.00 skrev Union <c@example.int>:",
    "fre. 8. apr. 2022 kl. 09:00 skrev Union <c@example.int>:",
    "pe 8. huhtik. 2022 klo 9.00 Union (c@example.int) kirjoitti:",
    "pt., 8 kwi 2022 o 09:00 Union <c@example.int> napisał(a):",
    "W dniu 08.04.2022 o 09:00, Union pisze:",
    "pá 8. 4. 2022 v 9:00 odesílatel Union <c@example.int> napsal:",
    "pi 8. 4. 2022 o 9:00 Union <c@example.int> napísal(a):",
    "Union <c@example.int> ezt írta (időpont: 2022. ápr. 8., P, 9:00):",
    "În vin., 8 apr. 2022 la 09:00, Union <c@example.int> a scris:",
    "Στις Παρ 8 Απρ 2022 στις 9:00 π.μ., ο/η Union <c@example.int> έγραψε:",
    "пт, 8 апр. 2022 г. в 09:00, Union <c@example.int>:",
    "пт, 8 апр. 2022 г. в 09:00 Union <c@example.int> пишет:",
    "8 апр. 2022 г., в 09:00, Union <c@example.int> написал(а):",
    "08.04.2022 09:00, Union пишет:",
    '08.04.2022, 09:00, "Union" <c@example.int>:',
    "Пятница, 8 апреля 2022, 9:00 +03:00 от Union <c@example.int>:",
    "пт, 8 квіт. 2022 р. о 09:00 Union <c@example.int> пише:",
    "На пт, 8.04.2022 г. в 9:00 Union <c@example.int> написа:",
    "Union <c@example.int>, 8 Nis 2022 Cum, 09:00 tarihinde şunu yazdı:",
    "Union <c@example.int> 于2022年4月8日周五 09:00写道：",
    "Union <c@example.int> 於 2022年4月8日 週五 上午9:00寫道：",
    '在 2022-04-08 09:00:00，"Union" <c@example.int> 写道：',
    "在 2022年4月8日，09:00，Union <c@example.int> 写道：",
    'At 2022-04-08 09:00:00, "Union" <c@example.int> wrote:',
    "2022年4月8日(金) 9:00 Union <c@example.int>:",
    "2022년 4월 8일 (금) 오전 9:00, Union <c@example.int>님이 작성:",
    (
        "\u202bفي الجمعة، 8 أبريل 2022 في 9:00 ص تمت كتابة ما يلي بواسطة "
        "\u202aUnion\u202c\u200f <\u202ac@example.int\u202c\u200f>:\u202c"
    ),
    "في ٨ أبريل ٢٠٢٢، الساعة ٩:٠٠ ص، كتب Union <c@example.int>:",
    "كتب Union <c@example.int> في الجمعة 8 أبريل 2022 9:00:",
    "بتاريخ 8/4/2022 9:00، كتب Union:",
    "\u202bבתאריך יום ו׳, 8 באפר׳ 2022 ב-9:00 מאת \u202aUnion\u202c\u200f <\u202ac@example.int\u202c\u200f>:\u202c",
    "Vào Th 6, 8 thg 4, 2022 vào lúc 09:00 Union <c@example.int> đã viết:",
    "Pada tanggal Jum, 8 Apr 2022 pukul 09.00 Union <c@example.int> menulis:",
    "ในวันที่ ศ. 8 เม.ย. 2022 เวลา 09:00 Union <c@example.int> เขียนว่า:",
    "Union <c@example.int> wrote on 04/08/2022 09:00:00 AM:",
    "--- On Mon, 4/2/12, Kim <kim@example.org> wrote:",
    '11:00 AM, November 17, 2021, "Kim" <kim@example.org>:',
    "Wednesday, 17 November 2021, 3:32 PM +0300 from kim@example.org <kim@example.org>:",
)


@pytest.mark.parametrize("line", SURE)
def test_attribution_on_one_line(line: str) -> None:
    found = attribution([line, "", "Excellency"], 0)
    assert found is not None
    assert (found.end, found.sure) == (1, True)


@pytest.mark.parametrize("line", [line for line in SURE if line.count(" ") > 4 and not line.endswith("-")])
@pytest.mark.parametrize("left", [1, 2])
def test_attribution_wrapped_near_its_end(line: str, left: int) -> None:
    words = line.split(" ")
    lines = ["We accept.", " ".join(words[:-left]), " ".join(words[-left:]), "", "Excellency"]
    found = attribution(lines, 1)
    assert found is not None
    assert (found.end, found.sure) == (3, True)
    assert attribution(lines, 0) is None


@pytest.mark.parametrize(
    "line",
    [
        "As you wrote on 4 April 2022:",
        "We accept.",
        "On the whole, yes.",
        "Please send it by 15 April 2022 to wsis@example.int:",
        "Please write to Kim <wsis@example.int>:",
        "On 8 April 2022 the Minister wrote:",
        "We shall come at 10:00 on 8 April 2022:",
        "8 persons:",
        "",
    ],
)
def test_sentence_is_not_surely_an_attribution(line: str) -> None:
    found = attribution([line, "", "Excellency"], 0)
    assert found is None or not found.sure


@pytest.mark.parametrize(
    "line", ["Kim wrote:", "Quoting Kim <kim@example.org>:", "On 8 April 2022 the Minister wrote:"]
)
def test_weak_attribution(line: str) -> None:
    found = attribution([line, "> Excellency"], 0)
    assert found is not None
    assert not found.sure


def test_words_before_an_attribution_are_not_of_it() -> None:
    lines = ["We come on 8 April 2022", "On Fri, 8 Apr 2022 at 09:00, Kim <kim@example.org> wrote:"]
    assert attribution(lines, 0) is None
    assert attribution(["Yes.", "", *lines], 3) is not None


def test_colon_on_a_line_of_its_own() -> None:
    found = attribution(["Le 8 avr. 2022 à 09:00, Kim <kim@example.org> a écrit", ":", "", "Excellence"], 0)
    assert found is not None
    assert found.end == 2


def test_quotation_begins_on_the_same_line() -> None:
    found = attribution(["On Fri, 8 Apr 2022 at 09:00, Kim<kim@example.org> wrote:   Excellency, come", "to Geneva"], 0)
    assert found is not None
    assert (found.end, found.sure) == (1, True)
