"""Whether a text has words of job titles, also where the engine misread them or ran them together."""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from lib.cards.words import CJK, has_strong, word_list


def has_title_word(text: str, words: list[str]) -> bool:
    """Return whether a word stands in a text that makes a title by itself. `words`: the text's, folded."""
    if CJK.search(text):
        return any(title in text for title in _cjk_titles())
    parts = [part for word in words for part in [word, *word.split("-")]]
    return has_strong(parts, "titles") or _is_glued(words) or _is_misread(words)


def counted(words: list[str]) -> list[str]:
    """Return the words that say something; a compound that is not in the list counts by its parts."""
    known = word_list("titles")
    parts = [part for word in words for part in ([word] if word in known else word.split("-"))]
    return [part for part in parts if len(part) > 1 and part not in word_list("small_words")]


def _is_glued(words: list[str]) -> bool:
    """Return whether a long word is several title words that the engine ran together."""
    long_words = [word for word in words if len(word) >= 11 and not _is_listed(word)]
    strong = [word for word, is_strong in word_list("titles").items() if is_strong and len(word) >= 6]
    return any(word.startswith(s) or word.endswith(s) for word in long_words for s in strong if word != s)


def _is_listed(word: str) -> bool:
    return any(word in word_list(name) for name in ("titles", "companies", "institutions"))


def _is_misread(words: list[str]) -> bool:
    """Return whether a long word is a title's but for a letter or two that the engine misread."""
    long_words = [word for word in words if len(word) >= 8 and not _is_listed(word)]
    return any(_is_near_title(word) for word in long_words)


@lru_cache(maxsize=4096)
def _is_near_title(word: str) -> bool:
    return process.extractOne(word, _long_titles(), score_cutoff=86, scorer=fuzz.ratio) is not None


@cache
def _long_titles() -> list[str]:
    return [word for word, is_strong in word_list("titles").items() if is_strong and len(word) >= 8]


def _cjk_titles() -> list[str]:
    return [word for word, is_strong in word_list("titles").items() if is_strong and CJK.search(word)]
