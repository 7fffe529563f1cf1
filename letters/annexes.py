"""The annexes of a letter: its own texts, those in a language of their own, and the reply form."""

from __future__ import annotations

from dataclasses import replace

from letters.blocks import Text
from letters.composed import Annex, Spoken
from letters.frame import Frame
from letters.markdown import Document
from letters.places import letter_folder
from letters.reply_forms import ReplyForm
from letters.segments import REPLY_FORM, annex_stems, own_language, text_stems
from letters.wording import Voice
from locales.locale import Locale
from office.findings import Finding, Level


def compose_annexes(voice: Voice, frame: Frame) -> tuple[Annex, ...]:
    """Return the annexes in the voice's language, in the order of their numbers; the reply form is the last."""
    stems = annex_stems(letter_folder(voice.letter.slug, voice.office))
    count = len(stems) + voice.letter.reply_form
    annexes = [_annex(voice, frame, stem, number, count) for number, stem in enumerate(stems, 1)]
    if voice.letter.reply_form:
        annexes.append(_reply_form(voice, frame, count))
    return tuple(annexes)


def spoken_words(locale: Locale) -> Spoken:
    """Return the words for those whose program reads to them; English ones where the language lacks them."""
    keys = {"box": "box", "ticked_box": "ticked-box", "footnotes": "footnotes", "back": "back"}
    said = {name: locale.phrase("spoken", key) for name, key in keys.items() if locale.has_phrase("spoken", key)}
    return replace(Spoken(), **said)


def _annex(voice: Voice, frame: Frame, stem: str, number: int, count: int) -> Annex:
    language = own_language(stem)
    label = _label(frame, number, count)
    if not language:
        document = voice.document(stem)
        return Annex(title=(label, *document.subject), blocks=document.blocks, spoken=spoken_words(voice.locale))
    own = Voice(voice.letter, voice.office, language, is_verbatim=True, footnotes=voice.footnotes)
    document = own.document(stem)
    voice.findings.extend(own.findings)
    if own.slots.specs:
        voice.findings.append(_addressed(document, own))
        document = Document(file=document.file)
    return Annex(
        title=(label, *document.subject),
        blocks=document.blocks,
        language=language,
        direction=own.locale.direction,
        spoken=spoken_words(own.locale),
    )


def _reply_form(voice: Voice, frame: Frame, count: int) -> Annex:
    label, spoken = _label(frame, count, count), spoken_words(voice.locale)
    if REPLY_FORM in text_stems(voice.letter, voice.office):
        document = voice.document(REPLY_FORM)
        return Annex(title=(label, *document.subject), blocks=document.blocks, spoken=spoken)
    form = ReplyForm(voice, frame)
    return Annex(title=(label, *form.title()), blocks=form.blocks(), spoken=spoken)


def _label(frame: Frame, number: int, count: int) -> tuple[Text, ...]:
    key = "annex" if count == 1 else "annex-number"
    return (Text(frame.phrase("label", key, at="kind").replace("{number}", str(number))),)


def _addressed(document: Document, own: Voice) -> Finding:
    names = ", ".join(f"«{spec.name}»" for spec in own.slots.specs)
    return Finding(
        level=Level.ERROR,
        code="addressee-in-annex",
        message=f"an annex in a language of its own is the same for all, and this one reads {names}",
        hint="Take it out; or name the file without its language, so that it is translated.",
        file=document.file,
    )
