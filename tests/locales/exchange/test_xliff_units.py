"""What translators' tools send back: units written by hand as those tools write them."""

from __future__ import annotations

import pytest

from locales.exchange.model import Exchange, Unit
from locales.exchange.xliff import read_xliff

FIELD = "{{ deadlines.confirm | date }}"
X = f'<x id="1" ctype="x-field" equiv-text="{FIELD}"/>'
DECLARATIONS = (
    'xmlns:sdl="http://sdl.com/FileTypes/SdlXliff/1.0" xmlns:mq="MQXliff" xmlns:m="http://www.memsource.com/mxlf/2.0"'
)


def wrapped(units: str, *, language: str = "fr") -> bytes:
    return (
        f'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2" {DECLARATIONS}>'
        f'<file original="letters/forum" source-language="en" target-language="{language}" datatype="x-markdown">'
        f"<body>{units}</body></file></xliff>"
    ).encode()


def unit(source: str, target: str = "", *, more: str = "", attributes: str = "") -> str:
    return f'<trans-unit id="7" resname="body" {attributes}><source>{source}</source>{target}{more}</trans-unit>'


def read(source: str, target: str = "", *, more: str = "", attributes: str = "", language: str = "fr") -> Exchange:
    return read_xliff(wrapped(unit(source, target, more=more, attributes=attributes), language=language), name="f.xlf")


def one(*arguments: str, **more: str) -> Unit:
    exchange = read(*arguments, **more)
    assert exchange.findings == ()
    return exchange.units[0]


def codes(exchange: Exchange) -> list[str]:
    return [finding.code for finding in exchange.findings]


@pytest.mark.parametrize(
    ("attributes", "target", "to_revise"),
    [
        ("", "<target>A</target>", False),
        ("", '<target state="translated">A</target>', False),
        ("", '<target state="signed-off">A</target>', False),
        ("", '<target state="final">A</target>', False),
        ("", '<target state="needs-review-translation">A</target>', True),
        ("", '<target state="needs-translation">A</target>', True),
        ("", '<target state="new">A</target>', True),
        ("", '<target state-qualifier="fuzzy-match">A</target>', True),
        ("", '<target state="translated" state-qualifier="mt-suggestion">A</target>', False),
        ('approved="yes"', '<target state="needs-review-translation">A</target>', False),
        ('approved="no"', '<target state="translated">A</target>', False),
        ('mq:status="ManuallyConfirmed"', '<target state="needs-translation">A</target>', False),
        ('mq:status="PartiallyEdited"', "<target>A</target>", True),
        ('m:confirmed="1"', "<target>A</target>", False),
        ('m:confirmed="2"', "<target>A</target>", False),
        ('m:confirmed="0"', "<target>A</target>", True),
        ('mq:status="ConfirmedTranslator"', "<target>A</target>", False),
    ],
)
def test_states(attributes: str, target: str, to_revise: bool) -> None:
    assert one("B", target, attributes=attributes) == Unit(context="body", msgid="B", msgstr="A", to_revise=to_revise)


@pytest.mark.parametrize(
    ("confs", "to_revise"),
    [
        (("Translated", "ApprovedTranslation"), False),
        (("Translated", "Draft"), True),
        (("RejectedSignOff", "Translated"), True),
        (("Translated", ""), True),
    ],
)
def test_trados_says_it_per_segment(confs: tuple[str, str], to_revise: bool) -> None:
    segments = "".join(
        f'<sdl:seg id="{mid}" conf="{conf}"/>'.replace(' conf=""', "") for mid, conf in enumerate(confs, start=1)
    )
    divided = '<seg-source><mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two.</mrk></seg-source>'
    target = '<target state="new"><mrk mtype="seg" mid="1">Un.</mrk> <mrk mtype="seg" mid="2">Deux.</mrk></target>'
    read_back = one("One. Two.", divided + target, more=f"<sdl:seg-defs>{segments}</sdl:seg-defs>")
    assert read_back == Unit(context="body", msgid="One. Two.", msgstr="Un. Deux.", to_revise=to_revise)


@pytest.mark.parametrize(
    ("language", "first", "gap", "second", "expected"),
    [
        ("fr", "Un.", " ", "Deux.", "Un. Deux."),
        ("fr", "Un.", "", "Deux.", "Un. Deux."),
        ("fr", "Un. ", "", "Deux.", "Un. Deux."),
        ("fr", "Un.", "\n      ", "Deux.", "Un. Deux."),
        ("zh", "一。", " ", "二。", "一。二。"),
        ("zh", "一。", "", "二。", "一。二。"),
        ("ar", "واحد.", "", "اثنان.", "واحد. اثنان."),
        ("fr", "Un", " – ", "deux.", "Un – deux."),
    ],
)
def test_the_space_between_segments(language: str, first: str, gap: str, second: str, expected: str) -> None:
    divided = '<seg-source><mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two.</mrk></seg-source>'
    marks = f'<mrk mtype="seg" mid="1">{first}</mrk>{gap}<mrk mtype="seg" mid="2">{second}</mrk>'
    assert one("One. Two.", f"{divided}<target>{marks}</target>", language=language).msgstr == expected


def test_a_unit_laid_out_on_lines() -> None:
    marks = '\n  <mrk mtype="seg" mid="1">Un.</mrk>\n  <mrk mtype="seg" mid="2">Deux.</mrk>\n'
    assert one("One. Two.", f"<target>{marks}</target>").msgstr == "Un. Deux."


TWO = '<seg-source><mrk mtype="seg" mid="1">One.</mrk> <mrk mtype="seg" mid="2">Two.</mrk></seg-source>'
FIRST, EMPTY = '<mrk mtype="seg" mid="1">Un.</mrk>', '<mrk mtype="seg" mid="2"/>'
CONFIRMED = '<sdl:seg-defs><sdl:seg id="1" conf="Translated"/><sdl:seg id="2" conf="Translated"/></sdl:seg-defs>'
HALF = '<sdl:seg-defs><sdl:seg id="1" conf="Translated"/><sdl:seg id="2"/></sdl:seg-defs>'


@pytest.mark.parametrize(
    ("target", "more", "found"),
    [
        (f"<target>{FIRST}</target>", "", ["xliff-incomplete"]),
        (f"<target>{FIRST} {EMPTY}</target>", "", ["xliff-incomplete"]),
        (f'<target state="translated">{FIRST} {EMPTY}</target>', "", ["xliff-incomplete"]),
        (f'<target state="translated">{FIRST}</target>', HALF, ["xliff-incomplete"]),
        (f'<target state="translated">{FIRST}</target>', "", []),  # two sentences have become one
        (f"<target>{FIRST} {EMPTY}</target>", CONFIRMED, []),
    ],
)
def test_a_segment_without_translation_marks_the_unit(target: str, more: str, found: list[str]) -> None:
    exchange = read("One. Two.", TWO + target, more=more)
    assert (exchange.units[0].msgstr.strip(), codes(exchange)) == ("Un.", found)
    assert exchange.units[0].to_revise is bool(found)


BOLD = '<g id="2" ctype="bold" equiv-text="**">'


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (f"{BOLD}le {X}</g> au plus tard", f"**le {FIELD}** au plus tard"),
        ('<g id="2">le</g> <x id="1"/>', f"**le** {FIELD}"),
        (f'<x id="9" equiv-text="{FIELD}"/> <g id="8" ctype="bold">le</g>', f"{FIELD} **le**"),
        ('<x id="5" ctype="x-field"/> le', f"{FIELD} le"),
        ('<ph id="1"/> <bpt id="2" rid="1"/>le<ept id="3" rid="1"/>', f"{FIELD} **le**"),
        ('<bx id="2" rid="a"/>le <x id="1"/><ex id="4" rid="a"/>', f"**le {FIELD}**"),
        ('<it id="2" pos="open"/>le<it id="2" pos="close"/> <x id="1"/>', f"**le** {FIELD}"),
        ('<bpt id="2"/>le <x id="1"/>', f"**le {FIELD}**"),
        ('le</g> <x id="1"/>'.replace("</g>", '<ept id="2"/>'), f"le {FIELD}"),
        (f"{BOLD}le</g>{BOLD} {X}</g>.", f"**le {FIELD}**."),
        (f"{BOLD}le </g>{X}", f"**le** {FIELD}"),
        ("a<!-- b -->c <![CDATA[<{]]>&#228;<x id='1'/>", "ac <{ä" + FIELD),
        ('<mrk mtype="x-sdl-added">le</mrk><mrk mtype="x-sdl-deleted">la</mrk> <x id="1"/>', f"le {FIELD}"),
        ('<ph id="4">&lt;x id="1" equiv-text="{{ deadlines.confirm | date }}"/&gt;</ph>', FIELD),
        ("*le* <x id='1'/> [a](https://example.net/)", f"\\*le\\* {FIELD} \\[a\\](https://example.net/)"),
    ],
)
def test_inline_elements_in_other_forms(target: str, expected: str) -> None:
    assert one(f"{BOLD}by</g> {X}", f"<target>{target}</target>").msgstr == expected


def test_marks_that_cross_are_closed_and_opened_again() -> None:
    source = '<g id="1" ctype="bold" equiv-text="**">a</g><g id="2" ctype="italic" equiv-text="*">b</g>'
    target = '<bpt id="1"/>a<bpt id="2"/>b<ept id="1"/>c<ept id="2"/>'
    assert one(source, f"<target>{target}</target>").msgstr == "**a*b***_c_"


def test_links_within_links_and_emphasis_around_nothing() -> None:
    source = '<g id="1" ctype="link" equiv-text="{{ links.forum }}">a</g><g id="2" ctype="bold" equiv-text="**">b</g>'
    target = '<g id="1">a <g id="1">b</g></g><g id="2"> </g>'
    assert one(source, f"<target>{target}</target>").msgstr == "[a b]({{ links.forum }}) "


def test_a_field_that_the_source_has_not_is_named() -> None:
    exchange = read(f"By {X}", '<target>Le <x id="9" equiv-text="{{ events.forum | range }}"/></target>')
    assert exchange.units[0].msgstr == "Le {{ events.forum | range }}"
    assert codes(exchange) == ["xliff-field"]
    assert "events.forum" in exchange.findings[0].message


def test_another_form_of_a_field_and_agreement_are_the_translators() -> None:
    other, agreed = '{{ deadlines.confirm | date("dm") }}', '{{ recipient | agree("é", "ée", "é(e)") }}'
    target = f"<x id='8' equiv-text='{other}'/> <x id='9' equiv-text='{agreed}'/>"
    assert one(f"By {X}", f"<target>{target}</target>").msgstr == f"{other} {agreed}"


def test_a_link_that_the_source_has_not_is_named() -> None:
    exchange = read("a", '<target><g id="1" ctype="link" equiv-text="https://example.net/">b</g></target>')
    assert (exchange.units[0].msgstr, codes(exchange)) == ("[b](https://example.net/)", ["xliff-link"])


def test_a_field_typed_as_words_stays_words_and_is_named() -> None:
    exchange = read("a", "<target>b {{ recipient.email }}</target>")
    assert (exchange.units[0].msgstr, codes(exchange)) == ("b \\{\\{ recipient.email \\}\\}", ["xliff-typed"])


def test_elements_that_nothing_explains_are_named_and_their_words_kept() -> None:
    exchange = read("a", '<target><g id="4">b</g> <x id="5"/> c</target>')
    assert (exchange.units[0].msgstr, codes(exchange)) == ("b  c", ["xliff-code"])
    assert '<g id="4">, <x id="5">' in exchange.findings[0].message


def test_emphasis_that_markdown_cannot_show() -> None:
    target = f"a{BOLD}{X}。</g>b"
    assert one(f"{BOLD}by</g> {X}", f"<target>{target}</target>").msgstr == f"a**{FIELD}**。b"


@pytest.mark.parametrize(
    ("target", "attributes", "msgstr", "found"),
    [
        ("", "", "", []),
        ("<target/>", "", "", []),
        ('<target state="translated">  </target>', "", "", []),
        ("<target>Forum</target>", "", "", ["xliff-same"]),
        ('<target state="needs-translation">Forum</target>', "", "", ["xliff-same"]),
        ("<target>Forum</target>", 'mq:status="NotStarted"', "", ["xliff-same"]),
        ('<target state="translated">Forum</target>', "", "Forum", []),
        ("<target>Forum</target>", 'approved="yes"', "Forum", []),
        ("<target>Forum</target>", 'm:confirmed="1"', "Forum", []),
    ],
)
def test_targets_without_a_translation(target: str, attributes: str, msgstr: str, found: list[str]) -> None:
    exchange = read("Forum", target, attributes=attributes)
    assert (exchange.units[0].msgstr, codes(exchange)) == (msgstr, found)


def test_remarks_of_translators() -> None:
    more = '<note from="circulars">Place</note><note from="A. Reviser">Sure?</note><note>No</note>'
    target = '<target><mrk mtype="x-comment" comment="Hm">b</mrk></target>'
    read_back = one("a", target, more=more)
    assert (read_back.note, read_back.remark, read_back.msgstr) == ("Place", "Sure?\nNo\nHm", "b")


def test_contexts() -> None:
    kept = '<context context-type="x-msgctxt">annex-1</context><context context-type="x-segment-key">0a</context>'
    read_back = one("a", more=f'<context-group purpose="match">{kept}</context-group>')
    assert (read_back.context, read_back.key) == ("annex-1", "0a")
    assert one("a").context == "body"
    other = wrapped('<trans-unit id="8" resname="a b/c"><source>a</source></trans-unit>')
    assert read_xliff(other, name="f.xlf").units[0].context == ""


def test_groups_untranslated_units_and_units_that_are_there_twice() -> None:
    units = f"<group><group>{unit('a', '<target>b</target>')}</group></group>{unit('a', '<target>c</target>')}"
    units += unit("a", "<target>b</target>") + unit("x", "<target>y</target>", attributes='translate="no"')
    exchange = read_xliff(wrapped(units), name="f.xlf")
    assert exchange.units == (Unit(context="body", msgid="a", msgstr="b"),)
    assert codes(exchange) == ["xliff-doubled"]
    assert "«c»" in exchange.findings[0].message


def test_the_first_translation_of_doubled_units_counts_not_the_first_unit() -> None:
    exchange = read_xliff(wrapped(unit("a") + unit("a", "<target>b</target>")), name="f.xlf")
    assert exchange.units == (Unit(context="body", msgid="a", msgstr="b"),)
    assert exchange.findings == ()


def test_several_files_of_one_letter_and_of_two() -> None:
    data = wrapped(unit("a", "<target>b</target>")).decode()
    file = data[data.index("<file") : data.index("</file>") + 7]
    other = file.replace("letters/forum", "letters/census").replace(">a<", ">d<")
    together = data.replace("</xliff>", file.replace(">a<", ">c<") + other + "</xliff>").encode()
    exchange = read_xliff(together, name="f.xlf")
    assert [found.msgid for found in exchange.units] == ["a", "c"]
    assert codes(exchange) == ["xliff-files"]
    assert "census" in exchange.findings[0].message


def test_regions_of_languages_do_not_matter() -> None:
    data = wrapped(unit("a", "<target>b</target>"), language="fr-FR").replace(b'"en"', b'"en-GB"')
    exchange = read_xliff(data, name="f.xlf")
    assert (exchange.source_language, exchange.language, exchange.slug) == ("en", "fr", "forum")


LINK = '<g id="2" ctype="link" equiv-text="{{ links.forum }}">'


def test_elements_that_were_divided_with_their_sentences_are_one_again() -> None:
    source = f'{LINK}<g id="3" ctype="bold" equiv-text="**">One. Two</g></g>.'
    first, second = ('<g id="2"><g id="3">Un.</g></g>', '<g id="2"><g id="3">Deux</g></g>.')
    target = f'<mrk mtype="seg" mid="1">{first}</mrk> <mrk mtype="seg" mid="2">{second}</mrk>'
    assert one(source, f"<target>{target}</target>").msgstr == "[**Un. Deux**]({{ links.forum }})."


def test_new_ids_are_told_by_their_places_in_the_divided_source() -> None:
    other = "{{ events.forum | range }}"
    source = f'{X} <x id="2" ctype="x-field" equiv-text="{other}"/>'
    divided = '<seg-source><mrk mtype="seg" mid="1"><x id="p"/> <x id="q"/></mrk></seg-source>'
    target = '<target><mrk mtype="seg" mid="1"><x id="q"/> – <x id="p"/></mrk></target>'
    assert one(source, divided + target).msgstr == f"{other} – {FIELD}"


def test_elements_of_other_vocabularies_keep_their_words() -> None:
    assert one("a", "<target>b <mq:term>c</mq:term> d<?e f?></target>").msgstr == "b c d"


def test_sdlxliff_defines_its_elements_in_the_header() -> None:
    tags = (
        '<tag id="3"><bpt name="g">&lt;g id="1" ctype="bold" equiv-text="**"&gt;</bpt><ept>&lt;/g&gt;</ept></tag>'
        f'<tag id="4"><ph name="x">&lt;x id="2" ctype="x-field" equiv-text="{FIELD}"/&gt;</ph></tag>'
        '<tag id="5"><ph name="br">&lt;br/&gt;</ph></tag><tag id="6"/>'
    )
    words = '<mrk mtype="seg" mid="1">{} <g id="3"><x id="4"/></g></mrk>'
    units = unit(
        'By <g id="3"><x id="4"/></g>',
        f"<seg-source>{words.format('By')}</seg-source><target>{words.format('Le')}</target>",
        more='<sdl:seg-defs><sdl:seg id="1" conf="Translated"/></sdl:seg-defs>',
    )
    header = f'<header><tag-defs xmlns="http://sdl.com/FileTypes/SdlXliff/1.0">{tags}</tag-defs></header>'
    data = wrapped(units).replace(b"<body>", header.encode() + b"<body>")
    exchange = read_xliff(data, name="f.sdlxliff")
    assert exchange.units == (Unit(context="body", msgid=f"By **{FIELD}**", msgstr=f"Le **{FIELD}**"),)
    assert exchange.findings == ()


def test_emphasis_that_no_markdown_can_show_is_named() -> None:
    bold, italic = '<g id="1" ctype="bold">a<g id="2" ctype="italic">b</g></g>', '<g id="3" ctype="italic">c</g>'
    exchange = read("a", f"<target>{f'{bold}{italic} ' * 4}</target>")
    assert (exchange.units[0].msgstr.strip(), codes(exchange)) == ("abc abc abc abc", ["xliff-emphasis"])


def test_units_without_words_are_none() -> None:
    units = '<trans-unit id="1"/><trans-unit id="2"><source> </source><target>a</target></trans-unit>' + unit("b")
    assert [found.msgid for found in read_xliff(wrapped(units), name="f.xlf").units] == ["b"]
