"""Hostile letters, texts and translations: findings, quickly, and never a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letters.checking import check_letter
from letters.composing import try_to_compose
from letters.inline import read_words
from letters.markdown import read_document
from letters.segments import segments
from office.findings import has_errors
from tests.patience import within

SECONDS = 10  # generous: what must not happen is minutes, or gigabytes

BODIES = {
    "class-of-a-string": "{{ ''.__class__.__mro__ }}",
    "a-string-times-a-billion": "{{ 'a' * 300000000 }}",
    "power-tower": "{{ 9 ** 9 ** 9 }}",
    "call": "{{ facts.items() }}",
    "item": "{{ facts['entries'] }}",
    "loop": "{% for a in facts %}\n{{ a }}\n{% endfor %}",
    "include": "{% include '/etc/passwd' %}",
    "import": "{% import 'os' as os %}",
    "macro": "{% macro a() %}\n{{ a() }}\n{% endmacro %}\n{{ a() }}",
    "set": "{% set a = 1 %}",
    "raw": "{% raw %}\n{{ a }}\n{% endraw %}",
    "comment": "{# {{ a }} #}",
    "expression-in-expression": "{{ '{{ a }}' }}",
    "filter-attribute": "{{ facts | attr('__class__') }}",
    "format-string": "{{ '{0.__class__}' | format(facts) }}",
    "billion-braces": "{{" * 100_000,
    "billion-closing-braces": "}}" * 100_000,
    "billion-tags": "{%" * 100_000,
    "one-long-line": "x" * 450_000,
    "one-long-word-of-stars": "*" * 9_000,
    "stars-and-words": "*a **b " * 1_400,
    "open-brackets": "[" * 5_000,
    "open-pictures": "![" * 2_000,
    "open-links": "[a](<" * 1_900,
    "open-angles": "<" * 9_000,
    "deep-quotes": ">" * 5_000 + " a",
    "deep-lists": "".join("  " * depth + "- a\n" for depth in range(300)),
    "dashes-on-one-line": "- " * 100_000,
    "deep-conditions": "{% if facts.host %}\n" * 2_000,
    "deep-balanced-conditions": "{% if facts.host %}\n" * 500 + "a\n" + "{% endif %}\n" * 500,
    "elif-chain": "{% if facts.host %}\na\n" + "{% elif facts.host %}\na\n" * 500 + "{% endif %}",
    "deep-brackets-in-field": "{{ " + "(" * 200 + "a" + ")" * 200 + " }}",
    "deep-not-in-field": "{{ " + "not " * 110 + "a }}",
    "long-field": "{{ " + "a." * 5_000 + "b }}",
    "many-fields": "{{ facts.entries }}\n\n" * 1_000,
    "many-subjects": "# a\n" * 2_000,
    "wide-table": "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000,
    "broken-table": "|a|\n|-|\n" + "|b|c|d\n" * 500,
    "nulls": "a\0b",
    "lone-carriage-returns": "a\rb\r\rc",
    "marks-of-forms": "\ue010text\ue0110\ue011\ue012",
    "marks-of-forms-as-entities": "&#xE010;text&#xE011;0&#xE011;&#xE012;",
    "sentinels": "\U000f0000 \U000f0001",
    "sentinels-as-entities": "&#xF0000; {{ facts.entries }}",
    "huge-entity": "&#99999999;",
    "overrides": "\u202egnp.exe\u202c",
    "line-separators": "a\u2028b\u2029c",
    "not-a-character": "a\ufffe b\uffff",
    "script": "<script>alert(1)</script>",
    "javascript-link": "[a](javascript:alert(1)) <javascript:alert(1)>",
    "javascript-with-entity": "[a](java&#115;cript:alert(1))",
    "javascript-with-tab": "[a](<java\tscript:alert(1)>)",
    "link-to-nowhere": "[a]() [b](<>) []({{ links.site }})",
    "bad-host": "[a](https://[::1)",
    "setext-and-fences": "a\n===\n```\n{{ facts.entries }}\n```\n~~~",
    "reference-links": "[a][b]\n\n[b]: https://example.org/",
}


@pytest.mark.parametrize("name", BODIES)
def test_hostile_body(desk: Any, name: str) -> None:
    letter = desk.letter(french={})
    desk.write("body.md", "# Subject\n\n" + BODIES[name])
    with within(SECONDS):
        composed, _ = try_to_compose(letter, desk.office, language="en", class_name="ministers")
        found = check_letter(letter, desk.office, columns={"ministers": frozenset({"name"})})
        segments(letter, desk.office)
    assert len(found) < 500
    shown = repr(composed.body)
    assert "alert" not in "".join(part for part in shown.split("target=")[1:] if part.startswith("(Text(text='java"))
    for mark in "\ue010\ue011\ue012\0\u2028\U000f0000":
        assert repr(mark)[1:-1] not in shown
        assert mark not in shown


@pytest.mark.parametrize("name", BODIES)
def test_hostile_translation(desk: Any, name: str) -> None:
    letter = desk.letter(body="# Subject\n\nText\n", french={})
    text = BODIES[name]
    desk.translate({("body", "Subject"): text[:20_000], ("body", "Text"): text[:20_000], ("letter", "x"): text[:200]})
    with within(SECONDS):
        try_to_compose(letter, desk.office, language="fr", class_name="ministers")
        check_letter(letter, desk.office, columns={})


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe# \x00S\x00",
        b"# S\n\n\xe9\n",
        b"",
        b"\n" * 400_000,
        b"x" * 600_000,
        b"\xef\xbb\xbf# S\r\n\r\nText\r\n",
    ],
)
def test_hostile_bytes(desk: Any, content: bytes) -> None:
    letter = desk.letter(french={})
    desk.write("body.md", content)
    _, found = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    assert has_errors(found) == (not content.startswith(b"\xef"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"\xff\xfe\x00",
        b"a = " + b"[" * 50_000,
        b"a" + b".a" * 2_000 + b" = 1",
        b"date = 9999-12-31\nreference = 'x'\n[deadlines.a]\ndate = 9999-12-31\n",
        b"audience = 1\nasks = [1]\nevents = []\nlinks = 'x'\nfacts = 1979-05-27\ntexts = [[]]\ndeadlines = {a = 1}",
        b"[[audience]]\nlist = []\nclass = {}\nwhere = 1\nlines = 'x'\naddress = true\nsalutation = 1\nclosing = 1.5",
        b"[events]\na = 1\n[deadlines.b]\ndate = []\nrule = 1\n[[asks]]\nreply = 1\nremind = {}\nexpected = 'x'\n",
        b"date = 07:32:00\nlanguages = 'en'\nattach = 1\nrelates = ['x']\nsignature = 1\nkind = []\nsource = 'xx'",
        b"[facts]\na = nan\nb = 99999999999999999999\nc = [[1]]\nd = 0001-01-01\ne = '\\u0000'\n",
        b"[links]\na = {en = 1}\nb = 'https://example.org/{lang}{lang}{x}'\nc = ['x']\n",
        b"[facts]\n" + b"".join(b"a%d = 1\n" % number for number in range(20_000)),
    ],
)
def test_hostile_facts(desk: Any, content: bytes) -> None:
    desk.write("letter.toml", content)
    with within(SECONDS):
        letter, findings = desk.read()
    assert has_errors(findings)
    assert all(finding.message and finding.file for finding in findings)
    if letter is not None:
        desk.write("body.md", "# S\n\nText\n")
        check_letter(letter, desk.office, columns={})


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"msgid",
        b'msgid "a"\nmsgstr "b',
        b'msgid ""\nmsgstr "Content-Type: text/plain; charset=KOI8-R\\n"\n\nmsgid "Text"\nmsgstr "\xd4"\n',
        b'msgctxt "body"\nmsgid "Text"\nmsgstr "a"\n\nmsgctxt "body"\nmsgid "Text"\nmsgstr "b"\n',
        b'msgctxt "body"\nmsgid "Text"\nmsgstr "a\\000b\\u202e"\n',
        b"#, fuzzy\n#| msgid\n~~~\n" * 1_000,
    ],
)
def test_hostile_catalogue(desk: Any, content: bytes) -> None:
    letter = desk.letter(body="# S\n\nText\n", french={})
    path = desk.office.folder / "locales/fr/letters/meeting.po"
    path.write_bytes(content)
    assert has_errors(check_letter(letter, desk.office, columns={}))
    assert path.read_bytes() == content


@given(st.text(alphabet=st.sampled_from("#*_-|>[](){}%!<>& \n\\ab1.\u4e2d&;:`\ue010"), max_size=120))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read(text: str) -> None:
    document = read_document("# S\n\n" + text, file="body.md")
    assert "\ue010" not in repr(document.blocks)
    read_words(text)
