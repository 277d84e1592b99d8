"""Names of people: their parts, whether they look like one, and the mailboxes that are made from them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product

from lib.cards.words import CJK, GERMAN, fold, grouped_words, name_kinds, slug

_TOKEN = re.compile(r"^['’]?[^\W\d_]+(?:[-'’.`´][^\W\d_]*)*$")
# What one is called by, inside the name: Richard "Dick" Vandermolen, Héctor (Tito) Villarreal.
_NICKNAME = re.compile(
    r"(?<=[\w.])\s*(?:[\"“”«»„(]|(?<!\w)['‘’]|['‘’](?=\w+['’]\s))\s*([^\W\d_][\w. -]*?)\s*[\"“”«»)'’]\s*(?=[^\W\d_])"
)
# What stands behind (or, short, before) a name in brackets: (Mrs.), (B.E. Chem., M.B.A.), (Dr.).
_BRACKET_BEHIND = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?\s*$")
_BRACKET = re.compile(r"[(\[](\w{1,6}\.?)[)\]]")
# A degree that is in no list: with dots inside (M.Orth.), or capitals (MNSE, FACC), or both cases (MSc, FRICs).
_DOTTED = re.compile(r"^(?:[A-Z][A-Za-z]{0,5}\.){2,}[A-Za-z]*$|^[A-Z][A-Za-z]{0,5}(?:\.[A-Z][A-Za-z]*)+\.?$")
_CAPITALS = re.compile(r"^(?:[A-Z]{2,6}|(?=\w{2,6}$)[A-Z]+[a-z]+[A-Z]+[a-z]*)$")


@dataclass(frozen=True)
class Name:
    """A person's name as printed with its words; degrees and prefixes are left out of `tokens`."""

    printed: str
    tokens: tuple[str, ...]
    nicknames: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many words it has, without the particles between them."""
        return sum(not is_particle(token) for token in self.tokens) or len(self.tokens)

    @property
    def folded(self) -> list[str]:
        """The tokens as letters of the ASCII alphabet."""
        return [slug(token) for token in self.tokens if slug(token)]


def parse_name(text: str) -> Name | None:
    """Return the text as a name, or None when its words cannot be one's: digits, signs, too many words."""
    nicknames = tuple(
        match[1] for match in _NICKNAME.finditer(text) if not _is_prefix(text[: match.start()].split()[-1])
    )
    bare = _BRACKET.sub(r"\1", _BRACKET_BEHIND.sub("", _NICKNAME.sub(" ", text)))
    bare = re.sub(r"\([^()]*\)", " ", bare)
    words = bare.replace("，", ",").replace("®", "").replace(",", " , ").split()
    tokens = _without_titles(words)
    # Two who share a card and a surname: Franz & Resi Böhmler.
    if len(tokens) > 3 and tokens[1] in ("&", "und", "and", "et", "y", "e", "+"):
        tokens = [tokens[0], *tokens[2:]]
    if tokens and all(CJK.search(token) for token in tokens):
        return Name(text, tuple(tokens)) if 2 <= sum(map(len, tokens)) <= 6 else None
    if not 1 <= len(tokens) <= 6 or not all(_TOKEN.match(token) for token in tokens):
        return None
    return Name(text, tuple(tokens), nicknames)


def _without_titles(words: list[str]) -> list[str]:
    """Return the words of the name itself; `Mullins, Vanessa` is turned round."""
    kept = list(words)
    while len(kept) > 1 and (_is_prefix(kept[0]) or kept[0] == ","):
        kept.pop(0)
    while len(kept) > 1 and (kept[-1] == "," or _is_suffix(kept)):
        kept.pop()
    # Degrees that nobody listed, behind a comma: Anjali Deshpande, MD, FACC.
    while "," in kept[2:] and all(_CAPITALS.match(word) or word == "," for word in kept[kept.index(",", 2) :]):
        kept = kept[: kept.index(",", 2)]
    if "," in kept:
        cut = kept.index(",")
        kept = kept[cut + 1 :] + kept[:cut] if cut == 1 and len(kept) <= 5 else kept
    return [word for word in kept if word not in (",", "(", ")")]


def _is_prefix(word: str) -> bool:
    """Return whether a word stands before names: a listed one, or a short form that ends in a dot."""
    return _key(word) in _around("prefix") or bool(re.match(r"^[^\W\d_]{2,5}(?:\.[ºª°]?|[ºª°])$", word))


def _is_suffix(words: list[str]) -> bool:
    """Return whether the last word stands behind the name: listed, dotted, or capitals behind mixed letters."""
    last, rest = words[-1], [word for word in words[:-1] if word != ","]
    if _key(last) in _around("suffix"):
        return True
    if len(rest) < 2 or is_known(last):
        return False
    small = any(any(c.islower() for c in word) for word in rest if len(word) > 2)
    shouted = last.isupper() and len(last) > 4 and "," not in words
    return bool(_DOTTED.match(last)) or (small and not shouted and bool(_CAPITALS.match(last)))


@cache
def _around(group: str) -> frozenset[str]:
    """Return the words that stand before (prefix) or behind (suffix) names, without their dots."""
    return frozenset(_key(word) for word in grouped_words("name_words")[group])


def is_degree(text: str) -> bool:
    """Return whether a text is nothing but what stands behind names: PhD, MBA, CPA."""
    words = text.split()
    return bool(words) and all(_key(word) in _around("suffix") for word in words)


def are_degrees(text: str) -> bool:
    """Return whether a line is a list of degrees: MB ChB, MD, FRCS (Tr & Orth)."""
    words = [word.strip(",;()") for word in re.sub(r"\([^)]*\)?", " ", text).split()]
    words = [word for word in words if word and word not in ("&", "-", "–")]
    if not words:
        return False
    shaped = [_key(w) in _around("suffix") or bool(_DOTTED.match(w) or _CAPITALS.match(w)) for w in words]
    listed = any(_key(w) in _around("suffix") or _DOTTED.match(w) for w in words)
    return listed and all(shaped)


def _key(word: str) -> str:
    return fold(word).strip(",()º°").replace(".", "")


def is_particle(word: str) -> bool:
    """Return whether a word is a small one between names: von, de, bin."""
    return fold(word) in grouped_words("name_words")["particle"]


def known_share(name: Name) -> float:
    """Return which share of the name's words, 0-1, is known as a given name or surname."""
    if all(CJK.search(token) for token in name.tokens):
        return _known_share_cjk("".join(name.tokens))
    counted = [
        token
        for token in name.tokens
        if fold(token) not in grouped_words("name_words")["particle"] and len(slug(token)) > 1
    ]
    known = sum(is_known(token) for token in counted)
    return known / len(counted) if counted else 0.0


def is_known(token: str) -> bool:
    """Return whether a word is a known name; of a double name each half counts."""
    parts = [slug(part) for part in re.split(r"[-'’]", token)]
    return slug(token) in name_kinds() or all(part in name_kinds() for part in parts if len(part) > 1)


def _known_share_cjk(text: str) -> float:
    surname = any(name_kinds().get(text[:length]) in ("s", "b") for length in (1, 2, 3))
    given = any(name_kinds().get(text[length:]) in ("g", "b") for length in (1, 2, 3))
    return (surname + given) / 2


@lru_cache(maxsize=1024)
def mailboxes(name: Name) -> frozenset[str]:
    """Return the usual local parts made from a name, without the signs between: janedoe, jdoe, doej, jmdoe, jane …"""
    words = [half for token in name.tokens for half in _halves(token)]
    boxes: set[str] = set()
    nicknames = {slug(nickname) for nickname in name.nicknames} - {""}
    nicknames |= {nickname[0] for nickname in nicknames}
    for cut in range(1, len(words)):
        given = _short_forms(words[:cut]) | nicknames
        surnames = _surname_forms(words[cut:])
        boxes |= {a + b for pair in product(given, surnames) for a, b in (pair, pair[::-1])} | given | surnames
    # Vietnamese and Scandinavian houses: the name one is called by, then the initials of the others.
    initials = "".join(word[0] for word in words)
    if len(words) == 1:
        boxes = set(words)
    elif words:
        boxes |= {words[-1] + initials[:-1], words[0] + initials[1:]}
    if re.match(r"(?:prof\W+)?dr\b", fold(name.printed)):
        boxes |= {f"dr{box}" for box in boxes}
    return frozenset(box for box in boxes if len(box) > 2 or box in words)


def _halves(token: str) -> list[str]:
    """Return the halves of a double name in ASCII, ö as oe where that is how it is spelled in addresses."""
    return [slug(half) for half in token.split("-") if slug(half)]


def _short_forms(words: list[str]) -> set[str]:
    """Return how given names are shortened: Jean Marie → jeanmarie, jean, marie, jm, j, m, jeanm."""
    initials = "".join(word[0] for word in words)
    return {"".join(words), initials, words[0] + initials[1:], *words, *initials}


def _surname_forms(words: list[str]) -> set[str]:
    """Return how surnames are shortened: with their particles and without, one of two, the initial."""
    large = [word for word in words if not is_particle(word)] or words
    tails = {"".join(words[start:]) for start in range(len(words))}
    return {"".join(large), *large, *tails, words[-1][0], "".join(word[0] for word in words)}


def local_fit(name: Name, local: str) -> float:
    """Return how well a mailbox fits a name, 0-1: 1 a pattern, 0.9 but for digits, 0.75 initials, less in part."""
    return max(_local_fit(form, local) for form in _spellings(name))


def _spellings(name: Name) -> list[Name]:
    """Return the name with ö as o and as oe."""
    german = tuple(token.lower().translate(GERMAN) for token in name.tokens)
    return [name] if german == tuple(map(str.lower, name.tokens)) else [name, replace(name, tokens=german)]


def _local_fit(name: Name, local: str) -> float:
    squeezed = re.sub(r"[._-]", "", local)
    if len(squeezed) > 1 and squeezed in _initials(name):
        return 0.75
    if squeezed in mailboxes(name):
        return 1.0
    bare = re.sub(r"\d+$", "", squeezed)
    if bare and bare in mailboxes(name):
        return 0.9
    letters = re.sub(r"[^a-z]", "", local)
    tokens = [token for token in name.folded if len(token) > 2]
    if not letters or not tokens:
        return 0.0
    covered = sum(len(token) for token in set(tokens) if token in letters)
    return 0.8 * min(1.0, covered / len(letters))


def _initials(name: Name) -> set[str]:
    """Return the initials of a name, with its particles and without."""
    large = [token for token in name.tokens if not is_particle(token)]
    forms = (name.tokens, large, [half for token in name.tokens for half in _halves(token)])
    return {"".join(slug(token)[:1] for token in tokens) for tokens in forms}


def accounted_tokens(name: Name, local: str) -> bool:
    """Return whether every word of the name stands in the mailbox or is a known name."""
    squeezed = re.sub(r"[^a-z]", "", local)
    if all(CJK.search(token) for token in name.tokens):
        return _known_share_cjk("".join(name.tokens)) == 1.0
    return all(
        slug(token) in squeezed or len(slug(token)) <= 1 or is_particle(token) or is_known(token)
        for token in name.tokens
    )
