"""The HTML mail in a browser: desktop and telephone, by day and by night, measured where it is shown."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from letters.blocks import Heading, Link, List, ListItem, Paragraph, Quote, Table, Text
from letters.composed import Annex
from locales.languages import LANGUAGES
from pipeline.desk import open_desk
from pipeline.drafting import init_office, preview
from templates.escapes import HTML_ESCAPES
from templates.html import compile_html
from templates.look import load_look
from tests.templates.bilingual import stacked
from tests.templates.samples import ENGLISH, LETTERS

pytestmark = pytest.mark.packages
WIDTHS = (1024, 360)
LONG = "https://www.example.int/" + "a-very-long-path-without-an-end/" * 8 + "?to=1"
# Each page in a frame as wide as the screen; what is measured in it is written into the document as JSON.
_MEASURE = """
const channels = text => (text.match(/[\\d.]+/g) || []).map(Number);
const linear = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
function ground(element, view) {
  for (let at = element; at; at = at.parentElement) {
    const colour = channels(view.getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
}
function measure(frame) {
  const page = frame.contentDocument, view = frame.contentWindow, root = page.documentElement;
  const words = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  let least = 99, faintest = '';
  while (words.nextNode()) {
    const text = words.currentNode.data.trim(), element = words.currentNode.parentElement;
    if (!text || element.closest('style, script')) continue;
    const found = contrast(channels(view.getComputedStyle(element).color), ground(element, view));
    if (found < least) { least = found; faintest = text; }
  }
  const wide = [...page.querySelectorAll('p, li, h1, h2, h3, h4, table')].filter(
    element => {
      const box = element.getBoundingClientRect();
      return (box.right > view.innerWidth + 1 || box.left < -1) && !element.closest('div[style*="overflow-x"]');
    });
  return {
    name: frame.dataset.name, width: Number(frame.dataset.width), scrolls: root.scrollWidth - root.clientWidth,
    wide: wide.map(element => element.textContent.slice(0, 40)), least, faintest,
    dark: view.matchMedia('(prefers-color-scheme: dark)').matches,
    ground: view.getComputedStyle(page.body).backgroundColor,
    headings: [...page.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(heading => Number(heading.tagName[1])),
    lang: root.lang, dir: view.getComputedStyle(page.querySelector('[role=article]')).direction,
    lines: Math.max(...[...page.querySelectorAll('p')].map(p => p.getBoundingClientRect().width)),
    rules: Math.min(...[...page.querySelectorAll('hr')].map(
      hr => contrast(channels(view.getComputedStyle(hr).borderTopColor), ground(hr, view)))),
    remote: view.performance.getEntriesByType('resource').length,
    unnamed: [...page.querySelectorAll('a')].filter(a => !a.textContent.trim()).length,
  };
}
addEventListener('load', () => {
  const found = [...document.querySelectorAll('iframe')].map(measure);
  document.body.innerHTML = '<pre id="found"></pre>';
  document.getElementById('found').textContent = JSON.stringify(found);
});
"""


@dataclass(frozen=True)
class Shown:
    """A page as it was shown."""

    dark: bool
    found: dict[str, Any]


def hard_letter() -> str:
    """What mails break at: long addresses, wide tables, words without an end, lists in lists, every kind of heading."""
    long = Link((Text(LONG),), (Text(LONG),))
    columns = tuple((Text(f"Column of the heading {number}"),) for number in range(7))
    cells = tuple((Text("Telecommunication administrations"),) for _ in range(7))
    inner = List(False, 1, (ListItem((Paragraph((long,)),)),))
    letter = replace(
        ENGLISH,
        body=(
            Heading(3, (Text("A heading of the third level"),)),
            Paragraph((long,)),
            Paragraph((Text("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2),)),
            Table(("start", "end", "center", "start", "start", "start", "start"), (columns, cells, cells)),
            Table(("start", "start"), (((Text("Place"),), (Text("Page"),)), ((Text("Geneva"),), (long,)))),
            Quote((Quote((Paragraph((long,)),)),)),
            List(True, 1, (ListItem((Paragraph((Text("x"),)), inner)),)),
        ),
        annexes=(Annex(title=((Text("Annex 1"),), (Text(LONG),)), blocks=(Heading(2, (Text("Within it"),)),)),),
    )
    _, values = LETTERS["en"]
    look = load_look(Path("/nonexistent"))
    return compile_html(letter, look.page, "#ffdd00").splice(values, HTML_ESCAPES)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An invitation in six languages and in two at once, a reminder, and a letter that is hard to show."""
    office = init_office(tmp_path_factory.mktemp("mail") / "office")
    made = {"hard": hard_letter()}
    with open_desk(office, lambda: datetime(2026, 1, 5, 9, tzinfo=UTC)) as desk:
        for language in (*LANGUAGES, "fr+ar", "ar+ru"):
            made[language] = preview(desk, "forum-2022", language=language, kind="html").content.decode()
        made["reminder"] = preview(desk, "forum-2022", language="ar", kind="html", reminder=True).content.decode()
    composed, values = stacked("ar", "en")
    made["every kind of block"] = compile_html(composed, load_look(office).page).splice(values, HTML_ESCAPES)
    return made


@pytest.fixture(scope="module", params=[False, True], ids=["by day", "by night"])
def shown(
    request: pytest.FixtureRequest, pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> list[Shown]:
    """Every page at both widths, measured in one run of the browser."""
    folder = tmp_path_factory.mktemp("chromium")
    frames = "".join(
        f'<iframe data-name="{name}" data-width="{width}" style="width:{width}px;height:900px;border:0"'
        f' srcdoc="{html.escape(page)}"></iframe>'
        for name, page in pages.items()
        for width in WIDTHS
    )
    harness = folder / "harness.html"
    harness.write_text(f"<!doctype html><meta charset=utf-8><body>{frames}<script>{_MEASURE}</script>", "utf-8")
    scheme = 0 if request.param else 1  # of Chromium's own: dark, light
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--dump-dom",
        f"--user-data-dir={folder}/profile",
        "--virtual-time-budget=5000", "--window-size=1200,1000", f"--blink-settings=preferredColorScheme={scheme}",
        harness.as_uri(),
    ]  # fmt: skip
    dumped = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode()
    found = re.search(r'<pre id="found">(.*?)</pre>', dumped, re.DOTALL)
    assert found is not None, dumped[-500:]
    return [Shown(dark=request.param, found=one) for one in json.loads(html.unescape(found[1]))]


def measured(shown: list[Shown]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in shown:
        yield f"{one.found['name']} at {one.found['width']}", one.found


def test_all_were_shown_as_they_were_meant_to_be(shown: list[Shown], pages: dict[str, str]) -> None:
    assert len(shown) == len(pages) * len(WIDTHS)
    for one in shown:
        assert one.found["dark"] == one.dark
        assert one.found["ground"] == ("rgb(20, 24, 29)" if one.dark else "rgb(255, 255, 255)")
        assert one.found["remote"] == 0


def test_nobody_has_to_scroll_sideways(shown: list[Shown]) -> None:
    assert {name: found["wide"] for name, found in measured(shown) if found["scrolls"] > 0 or found["wide"]} == {}


def test_everything_can_be_read(shown: list[Shown]) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1, whatever the size of the letters."""
    faint = {name: (found["faintest"], found["least"]) for name, found in measured(shown) if found["least"] < 4.5}
    assert faint == {}
    assert all(found["rules"] >= 3 for _, found in measured(shown))  # 1.4.11, for what is no text


def test_lines_are_no_longer_than_a_page_of_paper(shown: list[Shown]) -> None:
    assert all(found["lines"] <= 680 for _, found in measured(shown))
    assert all(found["lines"] > 600 for name, found in measured(shown) if name.endswith("1024"))


def test_headings_begin_with_the_first_level_and_skip_none(shown: list[Shown]) -> None:
    for name, found in measured(shown):
        levels = found["headings"]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)
        assert found["unnamed"] == 0, name


def test_each_page_runs_in_its_own_direction(shown: list[Shown]) -> None:
    for name, found in measured(shown):
        is_arabic = name.startswith(("ar", "reminder", "every"))
        assert (found["dir"], found["lang"] == "ar") == ("rtl" if is_arabic else "ltr", is_arabic), name
