"""The cells of a list as typed values: gender, languages, channel, role, country.

Each function returns the value or raises `ValueFault`. Nothing is guessed: what is not known here is a fault
with a suggestion. In Spanish lists «M» means a woman where «H» means a man, so that «H» is refused.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache

from locales.languages import MOST_LANGUAGES, paired
from locales.states import find_state, suggest_states
from office.suggestions import did_you_mean
from recipients.model import Channel, Gender

_GENDERS: dict[Gender, str] = {
    "m": "m|male|man|mr|m.|monsieur|homme|masculin|masculino|hombre|varón|sr|señor|м|муж|мужской|мужчина|г-н|господин"
    "|男|男性|男士|先生|ذكر|رجل|السيد|سيد",
    "f": "f|female|woman|ms|mrs|miss|mme|madame|mlle|mademoiselle|femme|féminin|femenino|mujer|sra|srta|señora|señorita"
    "|ж|жен|женский|женщина|г-жа|госпожа|女|女性|女士|أنثى|امرأة|السيدة|سيدة",
    "": "unknown|u|inconnu|inconnue|desconocido|desconocida|неизвестно|неизвестен|未知|不详|غير معروف|n/a|-|?",
}  # fmt: skip
_LANGUAGES = {
    "ar": "arabic|arabe|árabe|арабский|阿拉伯文|阿拉伯语|عربي|العربية|عربية",
    "zh": "chinese|mandarin|chinois|chino|китайский|中文|汉语|中国語|الصينية|صينية",
    "en": "english|anglais|inglés|английский|英文|英语|الإنجليزية|الانكليزية|إنجليزية",
    "fr": "french|français|francés|французский|法文|法语|الفرنسية|فرنسية",
    "ru": "russian|russe|ruso|русский|俄文|俄语|الروسية|روسية",
    "es": "spanish|espagnol|español|castellano|испанский|西班牙文|西班牙语|الإسبانية|إسبانية",
    "de": "german|deutsch|allemand|alemán|немецкий",
    "pt": "portuguese|português|portugais|portugués|португальский",
}  # fmt: skip
# The two-letter codes of ISO 639-1: an addressee may prefer a language in which no letter is written.
_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_CHANNELS = {
    Channel.EMAIL: "email|e-mail|by email|courriel|par courriel|correo electrónico|correo-e|электронная почта|эл. почта"
    "|电子邮件|电邮|البريد الإلكتروني|بريد إلكتروني",
    Channel.PAPER: "paper|post|letter|by post|papier|poste|courrier|papel|carta|correo postal|бумага|письмо|почта|纸质"
    "|信函|邮寄|ورق|ورقي|البريد العادي",
    Channel.BOTH: "both|email and paper|email+paper|les deux|ambos|оба|оба способа|两者|双方式|كلاهما",
}  # fmt: skip
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
_BETWEEN_LANGUAGES = re.compile(r"[,;/|\n،؛、；，]+")
_IN_ONE_LETTER = re.compile(r"[+&＋＆]")
_NOT_IN_A_KEY = re.compile(r"[\W_]+")


class ValueFault(ValueError):  # noqa: N818 - it becomes a finding, not an error of the program
    """A cell whose value is not known. ``code`` and ``hint`` are those of the finding."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


@lru_cache(maxsize=1024)
def parse_gender(text: str) -> Gender:
    """Return ``m``, ``f`` or, for an unknown one, an empty text."""
    if not _plain(text) and not text.strip("-? "):
        return ""
    gender = _genders().get(_plain(text))
    if gender is None:
        raise ValueFault(
            "gender-unknown", f"«{text}» is no gender known here", "Write f or m, or leave the cell empty."
        )
    return gender


@lru_cache(maxsize=1024)
def parse_languages(text: str) -> tuple[str, ...]:
    """Return the tags (BCP 47) of the languages named, in their order; the six official ones without a region.

    Two languages joined by «+» or «&» are wished in one letter: they are one tag, ``fr+ar``.
    """
    found: dict[str, None] = {}
    for part in filter(None, map(str.strip, _BETWEEN_LANGUAGES.split(text))):
        if _IN_ONE_LETTER.search(part):
            found[_pair(part)] = None
        else:
            found.update(dict.fromkeys(_tags(part)))
    return tuple(found)


def _pair(text: str) -> str:
    """Return the tag of a letter in two languages."""
    names = [name.strip() for name in _IN_ONE_LETTER.split(text)]
    tags = dict.fromkeys(tag for name in names for tag in _tags(name))
    if not all(names) or len(tags) > MOST_LANGUAGES:
        message = f"«{text}» is not two languages in one letter"
        raise ValueFault("languages-not-two", message, "Write fr+ar for both in one letter, fr, ar for one of them.")
    return paired(tags)


def _tags(name: str) -> list[str]:
    """Return the tag of a language, or of several that spaces part."""
    tag = _language(name)
    tags = [tag] if tag else [_language(word) for word in name.split()]
    if not all(tags):
        raise ValueFault("language-unknown", f"«{name}» is no language known here", _language_hint(name))
    return tags


@lru_cache(maxsize=1024)
def parse_channel(text: str) -> Channel:
    """Return how letters go; e-mail if nothing is said."""
    if not text.strip():
        return Channel.EMAIL
    channel = _channels().get(_plain(text))
    if channel is None:
        raise ValueFault("channel-unknown", f"«{text}» is no channel known here", "Write email, paper or both.")
    return channel


@lru_cache(maxsize=1024)
def parse_role(text: str) -> str:
    """Return a role as a key: ``Permanent Mission`` is ``permanent-mission``. An office has roles of its own."""
    role = _NOT_IN_A_KEY.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")
    if not role:
        raise ValueFault(
            "role-unfit", f"«{text}» is no role", "Write a role such as minister, or leave the cell empty."
        )
    return role


@lru_cache(maxsize=4096)
def parse_country(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of the State named by a code, a name or a usual variant."""
    if not text.strip():
        return ""
    found = find_state(text)
    if found is None:
        near = ", ".join(f"{entry.names['en']} ({entry.iso2})" for entry in suggest_states(text))
        hint = (
            f"Did you mean {near}?" if near else "Write the two-letter code of a State (ISO 3166), or leave it empty."
        )
        raise ValueFault("country-unknown", f"«{text}» is not a State known here", hint)
    return found.iso2


def _language(name: str) -> str:
    match = _TAG.fullmatch(name)
    if match and match[1].lower() in _language_codes():
        primary = match[1].lower()
        return primary if primary in _LANGUAGES else name.replace("_", "-")
    return _language_names().get(_plain(name), "")


def _language_hint(name: str) -> str:
    close = get_close_matches(_plain(name), _language_names(), n=1, cutoff=0.6)
    if close:
        return f"Did you mean «{_language_names()[close[0]]}»?"
    return did_you_mean(name, [tag for tag in _LANGUAGES if tag not in {"de", "pt"}])


def _plain(text: str) -> str:
    """Return the text's letters without case, accents, spaces and points."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def _genders() -> dict[str, Gender]:
    return {_plain(word): gender for gender, words in _GENDERS.items() for word in words.split("|")}


@cache
def _language_codes() -> frozenset[str]:
    return frozenset(_ISO_639_1.split())


@cache
def _language_names() -> dict[str, str]:
    return {_plain(word): tag for tag, words in _LANGUAGES.items() for word in words.split("|")}


@cache
def _channels() -> dict[str, Channel]:
    return {_plain(word): channel for channel, words in _CHANNELS.items() for word in words.split("|")}
