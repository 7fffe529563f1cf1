from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.quoted import new_text

QUOTED = "> Will you come?\n> Please answer."


@pytest.mark.parametrize(
    "attribution",
    [
        "On Fri, 8 Apr 2022 at 09:00, Union <circulars@example.int> wrote:",
        "On Fri, 8 Apr 2022 at 09:00, Union\n<circulars@example.int> wrote:",
        "Le ven. 8 avr. 2022 à 09:00, Union <circulars@example.int> a écrit :",
        "El vie, 8 abr 2022 a las 9:00, Union (<circulars@example.int>) escribió:",
        "пт, 8 апр. 2022 г. в 09:00, Union <circulars@example.int>:",
        "8 апреля 2022, 09:00, Union <circulars@example.int> написал(а):",
        "Union <circulars@example.int> 于2022年4月8日周五 09:00写道：",
        "في الجمعة، 8 أبريل 2022 في 9:00 كتب Union <circulars@example.int>:",
    ],
)
def test_attribution_and_quotation_are_dropped(attribution: str) -> None:
    if "كتب Union" in attribution:
        attribution = attribution.replace("كتب Union <circulars@example.int>:", "Union <circulars@example.int> كتب:")
    assert new_text(f"We accept.\n\n{attribution}\n\n{QUOTED}") == "We accept."


def test_answer_below_the_quotation_is_kept() -> None:
    text = f"On Fri, 8 Apr 2022 at 09:00, Union <c@example.int> wrote:\n{QUOTED}\n\nYes, with pleasure."
    assert new_text(text) == "Yes, with pleasure."


def test_answers_between_quoted_lines_are_kept() -> None:
    assert new_text("> Will you come?\nYes.\n> Will you speak?\nNo.") == "Yes.\nNo."


@pytest.mark.parametrize(
    "block",
    [
        "-----Original Message-----\nFrom: Union\nSent: x\nTo: y\nSubject: z",
        "From: Union <c@example.int>\nSent: Friday\nTo: Minister\nSubject: Invitation",
        "____________\nDe : Union <c@example.int>\nEnvoyé : vendredi\nÀ : Ministre\nObjet : Invitation",
        "De: Union\nEnviado: viernes\nPara: Ministra\nAsunto: Invitación",
        "От: Union\nОтправлено: 8 апреля\nКому: Министр\nТема: Приглашение",
        "发件人: Union\n发送时间: 2022年4月8日\n收件人: 部长\n主题: 邀请",
        "من: Union\nتم الإرسال: الجمعة\nإلى: الوزير\nالموضوع: دعوة",
    ],
)
def test_copy_below_a_header_block_is_dropped(block: str) -> None:
    assert new_text(f"We decline.\n\n{block}\n\nExcellency,\nWill you come?") == "We decline."


def test_nothing_is_dropped_where_nothing_else_would_be_left() -> None:
    text = "From: Union\nSent: x\nTo: y\nSubject: z\n\nWe accept, below the old header."
    assert "We accept" in new_text(text)


@pytest.mark.parametrize("text", ["The minister wrote: we accept.", "From: here on we agree.", "On the whole, yes."])
def test_ordinary_sentences_are_kept(text: str) -> None:
    assert new_text(text) == text


@given(st.lists(st.sampled_from(["We accept.", "> old", "", "On 8 Apr 2022 x@y.example wrote:", "Yes."]), max_size=12))
def test_no_new_line_is_ever_lost_between_marked_quotations(lines: list[str]) -> None:
    kept = new_text("\n".join(line for line in lines if "wrote" not in line)).split("\n")
    for line in ("We accept.", "Yes."):
        assert kept.count(line) == lines.count(line)
