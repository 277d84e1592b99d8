"""Photos with several cards, or one far away: on a table, on a scanner's grey lid, on its white glass."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.bench.photo import grainy, jpeg, lit, table_top

PHONE, PAGE = (4032, 3024), (2480, 3508)
# How large a card's longer side is: on a page scanned at 300 dpi, in pixels; on a table, in its place in the grid.
ON_PAGE, IN_PLACE = 1004, 0.86
KINDS = ("table", "rim", "grey", "glass")
# How dark a card's shadow is, and how far it falls, in pixels.
SHADOWS = {"table": 0.35, "rim": 0.35, "grey": 0.35, "glass": 0.0}
SHADOW = 8


def photograph_several(cards: Sequence[Image.Image], kind: str, seed: int) -> bytes:
    """Return a JPEG of up to six cards in rows. Kinds: dark `table`, turned as they fell; touching the `rim` of the
    photo; on the `grey` lid of a scanner; on its white `glass`, where the edges of white cards are not to be seen.
    """
    chance, noise = Random(seed), np.random.default_rng(seed)
    is_scan = kind in ("grey", "glass")
    size = PAGE if is_scan else PHONE
    ground = _ground(kind, size, chance, noise)
    columns = (1 if len(cards) < 4 else 2) if is_scan else (2 if len(cards) < 5 else 3)
    rows = -(-len(cards) // columns)
    place = (size[0] / columns, size[1] / rows)
    for number, card in enumerate(cards):
        row, column = divmod(number, columns)
        centre = ((column + 0.5) * place[0], (row + 0.5) * place[1])
        if is_scan:
            factor, turn = ON_PAGE / max(card.size), chance.uniform(-1.5, 1.5)
        else:
            turn = chance.uniform(-9, 9) + chance.choice((0, 0, 0, 90, 180))
            factor = IN_PLACE * min(place[0] / 1200, place[1] / 1200)
        if kind == "rim" and column == 0:
            factor, turn = min(place[0] / card.width, place[1] * 0.9 / card.height), 0
            centre = (card.width * factor / 2 - 6, centre[1])
        _lay(ground, card, centre, factor, turn, SHADOWS[kind])
    picture = ground.clip(0, 255).astype(np.uint8)
    if not is_scan:
        picture = cv2.GaussianBlur(lit(picture, chance, strength=0.2), (0, 0), 0.7)
    return jpeg(grainy(picture, noise, 2 if is_scan else 4), 88)


def photograph_far(card: Image.Image, kind: str, share: float, seed: int) -> bytes:
    """Return a JPEG of one card, its longer side so large a share of the photo's, away from the middle."""
    chance, noise = Random(seed), np.random.default_rng(seed)
    size = PAGE if kind in ("grey", "glass") else PHONE
    ground = _ground(kind, size, chance, noise)
    factor = share * max(size) / max(card.size)
    centre = (chance.uniform(0.4, 0.6) * size[0], chance.uniform(0.3, 0.6) * size[1])
    _lay(ground, card, centre, factor, chance.uniform(-6, 6), SHADOWS[kind])
    return jpeg(grainy(cv2.GaussianBlur(ground.clip(0, 255).astype(np.uint8), (0, 0), 0.7), noise, 3), 88)


def _ground(kind: str, size: tuple[int, int], chance: Random, noise: np.random.Generator) -> NDArray[np.float64]:
    if kind == "glass":
        return np.full((size[1], size[0], 3), 254.0)
    if kind == "grey":
        return np.full((size[1], size[0], 3), float(chance.randint(150, 215)))
    small = table_top((size[0] // 4, size[1] // 4), chance, noise)
    return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)


def _lay(
    ground: NDArray[np.float64],
    card: Image.Image,
    centre: tuple[float, float],
    factor: float,
    turn: float,
    shadow: float,
) -> None:
    """Put the card on the ground with its middle there, so many times its size, turned by degrees, with a shadow."""
    width, height = round(card.width * factor), round(card.height * factor)
    picture = np.asarray(card.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    # What is changed of the ground: a square round the card, as far as it lies on the ground.
    half = int(np.hypot(width, height) / 2) + SHADOW * 3
    left, top = int(centre[0]) - half, int(centre[1]) - half
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    matrix[:, 2] += (centre[0] - left - width / 2, centre[1] - top - height / 2)
    size = (2 * half, 2 * half)
    moved = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC)
    cover = cv2.warpAffine(np.full((height, width), 1.0), matrix, size)
    dark = shadow * cv2.GaussianBlur(np.roll(cover, (SHADOW, SHADOW), axis=(0, 1)), (0, 0), SHADOW)
    x, y = slice(max(left, 0), max(left + 2 * half, 0)), slice(max(top, 0), max(top + 2 * half, 0))
    part = ground[y, x]
    here = slice(max(-top, 0), max(-top, 0) + part.shape[0]), slice(max(-left, 0), max(-left, 0) + part.shape[1])
    cover, dark = cover[here][..., None], dark[here][..., None]
    ground[y, x] = part * (1 - dark) * (1 - cover) + moved[here] * cover
