"""Which language a text is in, told by its smallest words: enough to see that a model answered in another one."""

from __future__ import annotations

import re
from collections import Counter

# Words that are frequent in one of these languages and rare in the others, written as in an e-mail.
SMALL_WORDS = {
    "English": (
        "the and you your with for was were is are would have this that it to of at we our be can will not from about"
    ),
    "German": (
        "der die das und ist nicht mit sie ich wir ihnen ihr ihre für auf ein eine einen haben bei von zum "
        "zur es war auch wie wenn würde über"
    ),
    "French": (
        "le la les des et est une vous votre nous notre avec pour dans sur qui que je ce cette au aux du pas "
        "serait été chez vos"
    ),
    "Spanish": (
        "el los las una y es con para por que su usted nos nuestro en del al como fue muy más está sería qué tiene le"
    ),
    "Italian": (
        "il gli una e è con per che di del della nel nella sono ho mi ci suo sua abbiamo come stato piacere "
        "anche lei vostra vostro"
    ),
    "Portuguese": "o os as uma e é com para por que seu sua nos nosso em do da no na dos das foi muito não você ao",
    "Dutch": (
        "de het een en van is met voor dat u uw ik wij we ons onze op bij te niet zou was aan ook naar graag om"
    ),
    "Polish": "i w na z do się jest nie to że dla oraz czy jak za po od był było pan pani bardzo co o",
    "Swedish": "och att det är en ett som för på med av till den inte jag vi har om er ert var oss skulle kan",
    "Danish": "og at det er en et som for på med af til den ikke jeg vi har om jer var os ville kan der",
    "Turkish": "ve bir bu için ile da de çok olarak sizin ne var daha gibi size bizim mi olan en sonra",
}
LANGUAGES = tuple(SMALL_WORDS)
CODES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch", "pl": "Polish", "sv": "Swedish", "da": "Danish", "tr": "Turkish",
}  # fmt: skip
OWN_NAMES = {
    "deutsch": "German", "français": "French", "francais": "French", "español": "Spanish", "espanol": "Spanish",
    "italiano": "Italian", "português": "Portuguese", "nederlands": "Dutch", "polski": "Polish",
    "svenska": "Swedish", "dansk": "Danish", "türkçe": "Turkish",
}  # fmt: skip
# Where the letters tell without any words.
SCRIPTS = {
    "Cyrillic": re.compile(r"[\u0400-\u04ff]"),
    "Greek": re.compile(r"[\u0370-\u03ff]"),
    "Arabic": re.compile(r"[\u0600-\u06ff]"),
    "Hebrew": re.compile(r"[\u0590-\u05ff]"),
    "Han": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "Hangul": re.compile(r"[\uac00-\ud7af]"),
    "Devanagari": re.compile(r"[\u0900-\u097f]"),
    "Thai": re.compile(r"[\u0e00-\u0e7f]"),
}
SCRIPT_OF = {
    "russian": "Cyrillic", "ukrainian": "Cyrillic", "bulgarian": "Cyrillic", "greek": "Greek", "arabic": "Arabic",
    "hebrew": "Hebrew", "chinese": "Han", "japanese": "Han", "korean": "Hangul", "hindi": "Devanagari",
    "thai": "Thai",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+")
# Fewer small words than this, or too close a second, tell nothing.
ENOUGH_WORDS = 4
LEAD = 1.3
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)


def find_language(text: str) -> str | None:
    """Return the text's language ("German") or, for other letters than Latin ones, its script ("Greek").

    None where the text is too short or too mixed to tell.
    """
    words = WORD.findall(text.lower())
    script = _script_of("".join(words))
    if script:
        return script
    counts: Counter[str] = Counter()
    for word in words:
        counts.update(_LANGUAGES_OF.get(word, ()))
    ranked = [*counts.most_common(2), ("", 0), ("", 0)]
    (first, hits), (_, others) = ranked[0], ranked[1]
    return first if hits >= ENOUGH_WORDS and hits >= LEAD * others else None


def known_language(name: str) -> str | None:
    """Return how `find_language` calls what a person named: English for "en" and "english", or None."""
    key = name.strip().lower()
    return CODES.get(key[:2] if re.fullmatch(r"[a-z]{2}([-_]\w+)?", key) else "") or next(
        (known for known in LANGUAGES if known.lower() == key), OWN_NAMES.get(key) or SCRIPT_OF.get(key)
    )


def _script_of(letters: str) -> str | None:
    """Return the script that most letters are of, None for Latin ones."""
    if letters.isascii():
        return None
    found = {script: len(pattern.findall(letters)) for script, pattern in SCRIPTS.items()}
    script, count = max(found.items(), key=lambda item: item[1])
    return script if 2 * count > len(letters) else None
