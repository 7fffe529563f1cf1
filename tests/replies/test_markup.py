from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.markup import html_to_text
from replies.quoted import new_text
from tests.patience import within

BELOW = {
    "gmail": """<div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Fri, Apr 8, 2022 at 9:00 AM Union &lt;<a
        href="mailto:c@example.int">c@example.int</a>&gt; wrote:<br></div><blockquote class="gmail_quote"
        style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">COPY</blockquote></div>""",
    "outlook": """<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Union
        &lt;c@example.int&gt;<br><b>Sent:</b> Friday, April 8, 2022 9:00 AM<br><b>To:</b> Minister<br><b>Subject:</b>
        Invitation<o:p></o:p></p></div></div>COPY""",
    "outlook on the web in Spanish": """<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><font><b>De:</b> Unión
        &lt;c@example.int&gt;<br><b>Enviado:</b> viernes, 8 de abril de 2022 9:00<br><b>Para:</b> Ministra<br>
        <b>Asunto:</b> Invitación</font></div><div>COPY</div>""",
    "thunderbird in a language that no rule knows": """<div class="moz-cite-prefix">Mnamo 08/04/22, Union aliyasema:
        </div><blockquote type="cite">COPY</blockquote>""",
    "roundcube in a language that no rule knows": """<p id="reply-intro">Mnamo 08/04/22 Union:</p><blockquote
        type="cite"
        style="padding: 0 0.4em">COPY</blockquote>""",
    "yahoo": """<div class="yahoo_quoted"><div>On Friday, April 8, 2022, 9:00 AM, Union &lt;c@example.int&gt;
        wrote:</div>
        <blockquote>COPY</blockquote></div>""",
    "apple mail": """<blockquote type="cite"><div>On 8 Apr 2022, at 09:00, Union wrote:</div><br>COPY</blockquote>""",
    "netease": """<div>在 2022-04-08 09:00:00，"Union" &lt;c@example.int&gt; 写道：</div><blockquote id="isReplyContent"
        style="PADDING-LEFT: 1ex; BORDER-LEFT: #ccc 1px solid">COPY</blockquote>""",
    "header in a table": """<table><tr><td><b>From:</b></td><td>Union</td></tr><tr><td><b>Sent:</b></td><td>Friday</td>
        </tr><tr><td><b>To:</b></td><td>Minister</td></tr><tr><td>Subject:</td><td>x</td></tr></table>COPY""",
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW.keys())
def test_new_text_of_mails_in_html_alone(below: str) -> None:
    below = below.replace("COPY", "<p>Excellency,</p><p>Will you come?</p>")
    assert new_text(html_to_text(f"<html><body><div>We accept.</div><br>{below}</body></html>")) == "We accept."


def test_answers_in_and_below_quotations() -> None:
    speak = "<blockquote>Speak?<blockquote>old</blockquote></blockquote>"
    page = f"<blockquote>Come?</blockquote>Yes.{speak}<p>No.</p>"
    assert html_to_text(page) == "> Come?\nYes.\n> Speak?\n> > old\n\nNo."


@pytest.mark.parametrize(
    "style", ["margin:0 0 0 40px;border:none;padding:0px", "margin-left: 40px", "margin-top:0;margin-bottom:0"]
)
def test_indented_words_are_not_quoted(style: str) -> None:
    assert html_to_text(f'I say:<blockquote style="{style}"><div>We accept.</div></blockquote>') == "I say:\nWe accept."


def test_address_behind_a_name_is_shown() -> None:
    page = '<p>From: <a href="mailto:a@b.example?subject=x">Ana</a>, <a href="mailto:c@d.example">c@d.example</a></p>'
    assert html_to_text(page) == "From: Ana <mailto:a@b.example>, c@d.example"
    assert html_to_text('<a href="mailto:a@b.example"><img></a><a href="https://b.example">here</a>') == "here"


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">x<div>x</div>x</div>',
        "<div style='DISPLAY : None !important; color: red'>x</div>",
        '<span style="visibility:hidden">x</span>',
        '<span style="opacity:0">x</span>',
        '<div style="max-height:0px;overflow:hidden">x</div>',
        '<div style="font-size:0">x</div>',
        '<div style="font-size: 1px">x</div>',
        '<div style="background-color:#FFFFFF"><span style="color: white">x</span></div>',
        '<td bgcolor="#ffffff"><font color="#fff">x</font></td>',
        "<p hidden>x",
        "<script>x</script>",
        "<style>x</style>",
        "<title>x</title>",
        "<!-- x -->",
        '<img alt="x > x">',
        "<template>x</template>",
    ],
)
def test_what_a_reader_cannot_see_is_left_out(hidden: str) -> None:
    assert html_to_text(f"<p>One.</p>{hidden}<p>Two.</p>").split() == ["One.", "Two."]


@pytest.mark.parametrize(
    "seen",
    [
        '<span style="color:white">x</span>',  # a telephone that inverts everything
        '<td style="background:#003366"><span style="color:#fff">x</span></td>',
        '<div style="font-size:0"><span style="font-size:14px">x</span></div>',
        '<div style="max-height:0px">x</div>',
        '<p alt="hidden style">x</p>',
        '<div style="display:block">x</div>',
        "<noscript>x</noscript>",
        '<p style="display:none">y<p>x</p>',
    ],
)
def test_what_a_reader_can_see_is_kept(seen: str) -> None:
    assert html_to_text(f"<p>One.</p>{seen}<p>Two.</p>").split() == ["One.", "x", "Two."]


def test_lines_of_plain_text_in_html_are_kept() -> None:
    assert html_to_text("<pre>One\nTwo\n\n&gt; Three</pre>") == "One\nTwo\n\n> Three"
    assert html_to_text('<div style="white-space: pre-wrap">One\nTwo</div>') == "One\nTwo"
    assert html_to_text("<div>One\nTwo</div>") == "One Two"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>We <b>accept<p>gladly</b>", "We accept\n\ngladly"),
        ("1 < 2 &amp; 3 > 2", "1 < 2 & 3 > 2"),
        ("We accept <b and more", "We accept <b and more"),
        ('We accept <a href="x>gladly</a>', "We accept gladly"),
        ("</div></blockquote></p>We accept", "We accept"),
        ("<div>" * 5_000 + "We accept" + "</div>" * 5_000, "We accept"),
        ("<blockquote>" * 5_000 + "deep", "> " * 10 + "deep"),
        ("We<!-- accept", "We"),
    ],
)
def test_broken_html(page: str, text: str) -> None:
    assert html_to_text(page) == text


TAGS = [
    "<p>", "</p>", "<div style='", '<div style="display:none">', "</div>", "<blockquote>", "</blockquote>", "<!--",
    "-->",
    "<", ">", "&#1", "&lt;", "<script>", "</script", "x", " ", "\n", "<pre>", '"', "'", "<td", "font-size:.", "color:",
]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS), max_size=60).map("".join))
def test_any_page_can_be_read(page: str) -> None:
    html_to_text(page)


SLOW = {
    "blocks": "<div>" * 75_000 + "x" + "</div>" * 75_000,
    "ends": "</div>" * 150_000,
    "no end": "<a" * 200_000,
    "quotes": '<a "' * 100_000,
    "comments": "<!--" * 100_000,
    "scripts": "<script" * 140_000,
    "inline": "<i><div>" + "<b>" * 250 + "</i>" * 100_000,
    "styles": '<p style="a:b;c:d;color:#fff;font-size:0">x</p>' * 20_000,
    "lines": "<pre>" + "\n" * 1_000_000,
    "quotations": "<blockquote>x" * 40_000,
}


@pytest.mark.parametrize("page", SLOW.values(), ids=SLOW.keys())
def test_long_page_meant_to_be_slow_is_read_in_seconds(page: str) -> None:
    with within(10):
        html_to_text(page)
