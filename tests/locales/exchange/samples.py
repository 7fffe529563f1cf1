"""Units such as letters have, and any that hypothesis can think of."""

from __future__ import annotations

from hypothesis import strategies as st

from locales.exchange.model import Exchange, Unit

# All that a text may hold and a format may stumble over.
ALPHABET = (
    "ab é'\"“”«»&<>\\*_[]()#%|{}-–.:!?،。، العربية会议国家Я"
    "\u00a0\u00ad\u200c\u200d\u200e\u200f\u2009\u2011\u202f\u3000\t\n"
)
PLAIN = "".join(character for character in ALPHABET if character not in "\\*_[]()#{}<>%|&\n\t")  # without Markdown
FIELDS = ("{{ deadlines.reply | date }}", '{{ events.forum | range("compact") }}', "{{ recipient.country }}")
NOTE = "[^1]"  # the mark of a footnote


def texts(alphabet: str = ALPHABET, *, least: int = 0) -> st.SearchStrategy[str]:
    """Return segments: words, fields between them; no white space at the edges, as a catalogue has them."""
    piece = st.text(st.sampled_from(alphabet), max_size=12) | st.sampled_from([*FIELDS, NOTE])
    made = st.lists(piece, max_size=5).map("".join).map(str.strip)
    return made.filter(lambda text: len(text) >= least and "\n\n" not in text)


@st.composite
def units(draw: st.DrawFn, alphabet: str = ALPHABET) -> Unit:
    """Return a unit as an export makes it."""
    msgstr = draw(texts(alphabet))
    to_revise = bool(msgstr) and draw(st.booleans())
    return Unit(
        context=draw(st.sampled_from(["letter", "body", "body.member-states", "annex-1", "reminder"])),
        msgid=draw(texts(alphabet, least=1)),
        msgstr=msgstr,
        to_revise=to_revise,
        previous=draw(texts(alphabet)) if to_revise else "",
    )


def exchanges(alphabet: str = ALPHABET) -> st.SearchStrategy[Exchange]:
    """Return whole files; each segment stands once in its context."""
    return st.builds(
        Exchange,
        slug=st.just("forum-2022"),
        reference=st.sampled_from(["CL-22/010", "A&B <1>", "CL/Ωé"]),
        source_language=st.just("en"),
        language=st.sampled_from(["ar", "zh", "fr", "ru", "es"]),
        units=st.lists(
            units(alphabet), max_size=5, unique_by=lambda unit: (unit.context, " ".join(unit.msgid.split()))
        ).map(tuple),
    )


LETTER = Exchange(
    slug="forum-2022",
    reference="CL-22/010",
    source_language="en",
    language="ar",
    units=(
        Unit(
            context="body",
            msgid='Please answer before {{ deadlines.reply | date("dm") }}, on the [site]({{ links.forum }}).',
            msgstr='يرجى الرد قبل {{ deadlines.reply | date("dm") }} على [الموقع]({{ links.forum }}) (UNESCO 2022).',
            note="A paragraph.",
            to_revise=True,
            previous="Please reply before {{ deadlines.reply | date }}.",
        ),
        Unit(
            context="letter",
            msgid="Two  blanks\ta tab \\\na break & <b> “quotes”",
            msgstr="l'eau\u00a0: “ok” \u200c\u00ad\u2011",
        ),
        Unit(context="annex-1", msgid="Not yet translated"),
        Unit(context="annex-2", msgid="Not yet translated"),
    ),
)
