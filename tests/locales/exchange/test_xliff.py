from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from locales.exchange.keys import unit_key
from locales.exchange.model import Exchange, Unit
from locales.exchange.xliff import read_xliff, write_xliff
from tests.locales.exchange.resegmenting import resegmented, with_attributes_reversed, with_pairs
from tests.locales.exchange.xliff_rules import NAMESPACE, breaches

NS = {"x": NAMESPACE}
DATE = "**{{ deadlines.confirm | date }}**"


def known(*units: Unit) -> tuple[Unit, ...]:
    """As they come back: with the marks that find their segments again."""
    return tuple(replace(unit, key=unit_key(unit.context, unit.msgid)) for unit in units)


def back(exchange: Exchange) -> Exchange:
    return replace(exchange, units=known(*exchange.units))


def sample(**changes: object) -> Exchange:
    units = (
        Unit(
            context="body",
            msgid=f"Please confirm by {DATE}. See [the *site*]({{{{ links.forum }}}}).",
            msgstr=f"Prière de confirmer avant le {DATE}. Voir [le *site*]({{{{ links.forum }}}}).",
            note="letters/forum/body.md:12 the date is a deadline",
        ),
        Unit(
            context="body",
            msgid="Rooms:\\\nA and B",
            msgstr="Salles:\\\nA",
            to_revise=True,
            previous="Rooms:\\\nA",
            remark="Which B?",
        ),
        Unit(context="letter", msgid="Growth & *hope*"),
    )
    values: dict[str, object] = {
        "slug": "forum", "reference": "CL-22/010", "source_language": "en", "language": "fr", "units": units,
    }  # fmt: skip
    return Exchange(**{**values, **changes})  # type: ignore[arg-type]


def test_what_is_written() -> None:
    root = etree.fromstring(write_xliff(sample()))
    file = root[0]
    assert file.attrib["original"] == "letters/forum"
    assert (file.attrib["source-language"], file.attrib["target-language"]) == ("en", "fr")
    first, second, third = root.findall(".//x:trans-unit", NS)
    assert [unit.get("id") for unit in (first, second, third)] == ["1", "2", "3"]
    source = first.find("x:source", NS)
    assert source is not None
    assert "".join(map(str, source.itertext())) == "Please confirm by . See the site."
    assert [
        (code.tag.rpartition("}")[2], code.get("ctype"), code.get("equiv-text")) for code in source.iterdescendants()
    ] == [
        ("g", "bold", "**"),
        ("x", "x-field", "{{ deadlines.confirm | date }}"),
        ("g", "link", "{{ links.forum }}"),
        ("g", "italic", "*"),
    ]
    assert [target.get("state") for target in root.findall(".//x:target[@state]", NS)] == [
        "translated",
        "needs-review-translation",
    ]
    assert third.find("x:target", NS) is None
    assert first.xpath("string(.//x:context[@context-type='linenumber'])", namespaces=NS) == "12"
    assert second.xpath("string(x:alt-trans/x:target)", namespaces=NS) == "Salles:A"


def test_equal_marks_of_source_and_target_have_one_id() -> None:
    unit = Unit(context="body", msgid="*a* **b** {{ x | date }}", msgstr='**B** {{ x | date("dm") }} *A*')
    root = etree.fromstring(write_xliff(sample(units=(unit,))))
    ids = [[code.get("id") for code in root.iterfind(f".//x:{side}/*", NS)] for side in ("source", "target")]
    assert ids == [["1", "2", "3"], ["2", "4", "1"]]


def test_it_keeps_to_the_standard() -> None:
    assert breaches(write_xliff(sample())) == []
    assert breaches(write_xliff(Exchange())) == []
    assert breaches(b"<xliff/>")


def test_what_goes_out_comes_back() -> None:
    assert read_xliff(write_xliff(sample()), name="f.xlf") == back(sample())


def test_the_same_bytes_each_time() -> None:
    assert write_xliff(sample()) == write_xliff(sample())


def test_characters_that_xml_cannot_hold_do_not_stop_it() -> None:
    odd = sample(reference="a\x07", units=(Unit(context="b\x00", msgid="x\x0b{{ a\x01 }}", note="\ud800"),))
    (unit,) = read_xliff(write_xliff(odd), name="f.xlf").units
    assert replace(unit, key="") == Unit(context="b\ufffd", msgid="x\ufffd{{ a\ufffd }}", note="\ufffd")


WORDS = st.text(alphabet="ab Zéè«»’ñ中文。，عرب،؟жя№ 1.?&<>\"'-", min_size=1, max_size=10)
FIELDS = st.sampled_from(
    ["{{ deadlines.confirm | date }}", "{{ links.forum }}", '{{ events.a | range("on") }}', "<https://example.org/a>"]
)
LOOSE = st.sampled_from(["\\*", "\\\n", "&amp;", "* ", "_", "[", "]", "\\", "<b>"])


def _marked(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    marks = st.sampled_from(
        [("**", "**"), ("*", "*"), ("_", "_"), ("[", "]({{ links.forum }})"), ("[", "](https://example.org/)")]
    )
    return st.one_of(
        st.tuples(marks, inner).map(lambda pair: pair[0][0] + pair[1] + pair[0][1]),
        st.lists(inner, max_size=3).map("".join),
    )


MARKDOWN = st.recursive(st.one_of(WORDS, FIELDS, LOOSE), _marked, max_leaves=6).map(str.strip)
UNITS = st.lists(
    st.builds(
        Unit,
        context=st.sampled_from(["body", "letter", "annex-1"]),
        msgid=MARKDOWN.filter(bool),
        msgstr=MARKDOWN,
        to_revise=st.booleans(),
        previous=MARKDOWN,
        note=WORDS.map(str.strip),
        remark=WORDS.map(str.strip),
    ).filter(lambda unit: unit.msgstr or not unit.to_revise),
    max_size=3,
    unique_by=lambda unit: (unit.context, unit.msgid),
).map(tuple)


@given(UNITS)
def test_units_come_back_as_they_went(units: tuple[Unit, ...]) -> None:
    data = write_xliff(sample(units=units))
    assert breaches(data) == []
    assert read_xliff(data, name="f.xlf").units == known(*units)
    assert read_xliff(with_attributes_reversed(data), name="f.xlf").units == known(*units)
    assert read_xliff(with_pairs(data), name="f.xlf").units == known(*units)


@given(UNITS, st.sampled_from(["en", "fr", "ar", "ru"]), st.booleans())
def test_units_come_back_from_sentences(units: tuple[Unit, ...], language: str, within: bool) -> None:
    data = resegmented(write_xliff(sample(units=units, language=language)), within=within)
    after = read_xliff(data, name="f.xlf")
    assert [unit.msgid for unit in after.units] == [unit.msgid for unit in units]
    for unit, before in zip(after.units, units, strict=True):
        assert "".join(unit.msgstr.split()) == "".join(before.msgstr.split())
        assert unit.to_revise is False or "xliff-incomplete" in {finding.code for finding in after.findings}


def test_findings_are_none_for_what_was_written_here() -> None:
    assert read_xliff(resegmented(write_xliff(sample())), name="f.xlf").findings == ()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "iso-8859-1"])
def test_other_encodings(encoding: str) -> None:
    data = etree.tostring(etree.fromstring(write_xliff(sample())), encoding=encoding, xml_declaration=True)
    assert read_xliff(bytes(data), name="f.xlf") == back(sample())  # type: ignore[arg-type]


def test_a_byte_order_mark() -> None:
    assert read_xliff(b"\xef\xbb\xbf" + write_xliff(sample()), name="f.xlf") == back(sample())


def test_a_footnote_is_one_element_and_comes_back() -> None:
    unit = Unit(context="body", msgid="See[^1] and *that*[^two].", msgstr="Voir[^1] et *cela*[^two].")
    written = write_xliff(sample(units=(unit,)))
    codes = etree.fromstring(written).findall(".//x:source/x:x", NS)
    assert [(code.get("ctype"), code.get("equiv-text")) for code in codes] == [
        ("x-footnote", "[^1]"), ("x-footnote", "[^two]"),
    ]  # fmt: skip
    assert read_xliff(written, name="back.xlf") == back(sample(units=(unit,)))
