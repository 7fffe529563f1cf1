"""Which character set bytes are in that no label, or a wrong one, tells of: by what their letters would look like.

Nothing is learnt from samples. Latin text is told by ASCII letters beside the others; of the other scripts, the
reading wins whose letters are those that the script uses most. East Asian sets are told by where their common
characters lie (GB 2312 and JIS X 0208 level 1, the frequently used half of Big5, the Hangul of KS X 1001).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_MOST_BYTES = 4_000  # looked at
_FEWEST = 16  # non-ASCII characters from which a label may be overruled
_CLEARLY = 0.2  # by how much a guess must be better than the label
_ODD_RUNS = 2.0  # weight of runs that cannot be whole pairs
_CAPITAL = 0.85  # of a small letter's weight
_LAST = 0.25  # weight of a script's rarest letter
_NOT_BIG5 = 0.3
_FEWEST_PAIRS = 4
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_LATIN_NEIGHBOURS = re.compile(rb"[A-Za-z](?=[\x80-\xff])|[\x80-\xff](?=[A-Za-z])")

# Letters from the most to the least frequent.
_RUSSIAN = "оеаинтсрвлкмдпуяыьгзбчйіхжшюцщєїэфъёґ"
_GREEK = "αοιετσνηυρπκμλωίάόέθήύγδχςφβξώζψ"
_HEBREW = "יוהלאתמרבשנדםחקפעטןגצסכזףךץ"
_ARABIC = "اليمنترهوبدعسفكحقةجأشطصخزىیکضذإغئثءظؤآگچپژ،؛؟"
_THAI = "านรกเอิทมงัลย่ีวดตส้ปคะแหไขบจพธณผชถใโศซูุญืภๆฐฎฏฒฌฆ"
_SCRIPTS = {
    "cp1251": _RUSSIAN, "koi8-u": _RUSSIAN, "koi8-r": _RUSSIAN, "cp866": _RUSSIAN, "iso8859-5": _RUSSIAN,
    "mac-cyrillic": _RUSSIAN, "cp1253": _GREEK, "cp1255": _HEBREW, "cp1256": _ARABIC, "iso8859-6": _ARABIC,
    "cp874": _THAI,
}  # fmt: skip
_PUNCTUATION = "«»„“”‘’‚–—…№§°\xa0¿¡€"
_WESTERN = "àâäáãåçéèêëíìîïñóòôöõúùûüÿßœæøÀÁÂÃÄÅÇÈÉÊÍÓÔÕÖØÚÜÑŒÆºª" + _PUNCTUATION
_LATIN = {  # the first that is as good as any other wins
    "cp1252": _WESTERN,
    "cp1254": "ğışçöüâîûİĞŞÇÖÜ" + _PUNCTUATION,
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžôľĺŕäöőüűăâîşţđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŘŠŤÚŮÝŽŐŰĂÂÎŞŢĐ" + _PUNCTUATION,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
}


def guess(raw: bytes) -> str:
    """Return Python's name of the character set that ``raw``, which is not UTF-8, seems to be in."""
    raw = raw[:_MOST_BYTES]
    runs = _HIGH_RUN.findall(raw)
    high = sum(map(len, runs))
    if 2 * len(_LATIN_NEIGHBOURS.findall(raw)) >= high or high < 2 * len(runs):
        return max(_LATIN, key=lambda codec: _share(raw, codec))
    best = max((*_SCRIPTS, *_EAST_ASIAN), key=lambda codec: likeness(raw, codec))
    return best if likeness(raw, best) > 0 else "cp1252"


def likelier(raw: bytes, label: str) -> str:
    """Return the character set that ``raw`` looks so much more like that its label must be wrong, or nothing."""
    high = sum(map(len, _HIGH_RUN.findall(raw[:_MOST_BYTES])))
    if high < _FEWEST or (label not in _SCRIPTS and label not in _EAST_ASIAN):
        return ""
    labelled = likeness(raw, label)
    if labelled > 1 - _CLEARLY:
        return ""
    other = guess(raw)
    return other if likeness(raw, other) > labelled + _CLEARLY else ""


def likeness(raw: bytes, codec: str) -> float:
    """Return how much bytes look like text in a character set that is not Latin: 0, not at all, to about 1."""
    raw = raw[:_MOST_BYTES]
    if codec in _EAST_ASIAN:
        return _EAST_ASIAN[codec](raw)
    if codec not in _SCRIPTS:
        return 0.0
    letters = _SCRIPTS[codec]
    weights = {letter: 1 - (1 - _LAST) * rank / len(letters) for rank, letter in enumerate(letters)}
    characters = [character for character in raw.decode(codec, "replace") if character > "\x7f"]
    return sum(_weight(character, weights) for character in characters) / max(len(characters), 1)


def _weight(character: str, weights: dict[str, float]) -> float:
    if character in weights:
        return weights[character]
    return weights.get(character.lower(), -1.0 if character == "\ufffd" else 0.0) * _CAPITAL


def _share(raw: bytes, codec: str) -> float:
    """Return the share of the non-ASCII characters that languages of a Latin character set use."""
    characters = [character for character in raw.decode(codec, "replace") if character > "\x7f"]
    return sum(1 for character in characters if character in _LATIN[codec]) / max(len(characters), 1)


def _pairs(raw: bytes, leads: Iterable[range], trails: range) -> Iterator[tuple[int, int]]:
    """Read bytes as two-byte characters; a byte that begins none is a pair with 0."""
    position = 0
    while position < len(raw):
        lead = raw[position]
        trail = raw[position + 1] if position + 1 < len(raw) else 0
        position += 1
        if lead < 0x80:
            continue
        if any(lead in span for span in leads) and trail in trails:
            position += 1
            yield lead, trail
        else:
            yield lead, 0


def _average(weights: Iterable[float]) -> float:
    found = list(weights)
    return sum(found) / max(len(found), 1)


def _whole_runs(raw: bytes) -> float:
    """Return 1 where every run of high bytes can be made of pairs, less for each that cannot."""
    runs = _HIGH_RUN.findall(raw)
    return max(0.0, 1 - _ODD_RUNS * sum(len(run) % 2 for run in runs) / max(len(runs), 1))


def _extended_unix(raw: bytes, weights: dict[range, float]) -> float:
    """Weigh a set in which both bytes of a character are high (GB 2312, EUC-JP, EUC-KR) by its leading bytes."""
    pairs = _pairs(raw, (range(0xA1, 0xFF),), range(0xA1, 0xFF))
    found = (next((w for span, w in weights.items() if lead in span and trail), 0.0) for lead, trail in pairs)
    return _average(found) * _whole_runs(raw)


def _gb(raw: bytes) -> float:
    return _extended_unix(raw, {range(0xB0, 0xD8): 1.0, range(0xA1, 0xA4): 0.8})


def _korean(raw: bytes) -> float:
    return _extended_unix(raw, {range(0xB0, 0xC9): 1.01, range(0xA1, 0xA4): 0.8})  # its Hangul are common in GB too


def _euc_jp(raw: bytes) -> float:
    return _extended_unix(raw, {range(0xA4, 0xA6): 1.0, range(0xA1, 0xA4): 0.8, range(0xB0, 0xD0): 0.6})


def _big5(raw: bytes) -> float:
    def weight(lead: int, trail: int) -> float:
        if not trail or 0x7E < trail < 0xA1:
            return 0.0
        return 1.0 if 0xA4 <= lead <= 0xC6 else (0.8 if lead <= 0xA3 else 0.1)

    pairs = list(_pairs(raw, (range(0xA1, 0xFA),), range(0x40, 0xFF)))
    low = any(0x40 <= trail <= 0x7E for _, trail in pairs)  # so end four of ten; in the other sets none
    return _average(weight(*pair) for pair in pairs) * (1 if low or len(pairs) < _FEWEST_PAIRS else _NOT_BIG5)


def _shift_jis(raw: bytes) -> float:
    def weight(lead: int, trail: int) -> float:
        if not trail:
            return 0.0
        kana = (lead == 0x82 and 0x9F <= trail <= 0xF1) or (lead == 0x83 and trail <= 0x96)
        return 1.0 if kana else (0.8 if lead == 0x81 else (0.6 if 0x88 <= lead <= 0x97 else 0.1))

    return _average(weight(*pair) for pair in _pairs(raw, (range(0x81, 0xA0), range(0xE0, 0xFD)), range(0x40, 0xFD)))


_EAST_ASIAN = {"gb18030": _gb, "cp949": _korean, "euc_jp": _euc_jp, "cp950": _big5, "cp932": _shift_jis}
