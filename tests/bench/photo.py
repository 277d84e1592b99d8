"""What a camera or a scanner makes of a card: flat, fair or poor."""

from __future__ import annotations

import io
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
TABLES = ((96, 66, 44), (150, 112, 78), (52, 58, 66), (196, 190, 180), (30, 78, 74), (120, 40, 44))


def photograph(card: Image.Image, seed: int) -> bytes:
    """Return a JPEG of the card: a third are flat or scanned, a third fair photos, a third poor ones."""
    chance = Random(seed)
    noise = np.random.default_rng(seed)
    picture = np.asarray(card.convert("RGB"))
    kind = seed % 3
    if kind == 0:
        return jpeg(_scanned(picture, chance, noise) if chance.random() < 0.5 else picture, 90)
    is_poor = kind == 2
    picture = _on_table(picture, chance, noise, tilt=0.07 if is_poor else 0.03)
    picture = lit(picture, chance, strength=0.45 if is_poor else 0.15)
    if is_poor and chance.random() < 0.4:
        picture = _glare(picture, chance)
    picture = cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.9, 1.7) if is_poor else 0.6)
    picture = grainy(picture, noise, 9 if is_poor else 3)
    return jpeg(picture, chance.randint(35, 60) if is_poor else 85)


def _scanned(picture: Picture, chance: Random, noise: np.random.Generator) -> Picture:
    """Return the card on the grey lid of a scanner, a degree or two askew."""
    height, width = picture.shape[:2]
    border = chance.randint(20, 140)
    grey = chance.randint(150, 235)
    large = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_CONSTANT, value=(grey,) * 3)
    centre = (width / 2 + border, height / 2 + border)
    turn = cv2.getRotationMatrix2D(centre, chance.uniform(-1.5, 1.5), 1)
    size = (large.shape[1], large.shape[0])
    return grainy(cv2.warpAffine(large, turn, size, flags=cv2.INTER_CUBIC, borderValue=(grey,) * 3), noise, 2)


def _on_table(picture: Picture, chance: Random, noise: np.random.Generator, tilt: float) -> Picture:
    """Return the card seen at an angle on a table; `tilt` is how far a corner moves, in widths of the card."""
    height, width = picture.shape[:2]
    margin = int(0.14 * max(width, height))
    size = (width + 2 * margin, height + 2 * margin)
    corners = [
        (margin, margin),
        (size[0] - margin, margin),
        (size[0] - margin, size[1] - margin),
        (margin, size[1] - margin),
    ]
    reach = min(tilt * width, margin * 0.9)
    moved = [(x + chance.uniform(-reach, reach), y + chance.uniform(-reach, reach)) for x, y in corners]
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    warp = cv2.getPerspectiveTransform(flat, np.array(moved, dtype=np.float32))
    card = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_CUBIC)
    mask = cv2.warpPerspective(np.full((height, width), 255, np.uint8), warp, size)
    shadow = cv2.GaussianBlur(np.roll(mask, (10, 8), axis=(0, 1)), (0, 0), 12)[..., None] / 255
    table = table_top(size, chance, noise) * (1 - 0.5 * shadow)
    cover = mask[..., None] / 255
    return (card * cover + table * (1 - cover)).clip(0, 255).astype(np.uint8)


def table_top(size: tuple[int, int], chance: Random, noise: np.random.Generator) -> NDArray[np.float64]:
    """Return a table top with a grain along it."""
    width, height = size
    grain = cv2.GaussianBlur(noise.normal(0, 60, (height, width)).astype(np.float32), (0, 0), sigmaX=60, sigmaY=1.5)
    colour = np.array(chance.choice(TABLES), dtype=np.float64)
    return (colour + 2.5 * grain[..., None]).clip(0, 255)


def lit(picture: Picture, chance: Random, strength: float) -> Picture:
    """Return the picture with the light falling off towards a side."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    across = chance.uniform(-1, 1) * x + chance.uniform(-1, 1) * y
    light = 1 - strength * (across - across.min()) / (np.ptp(across) or 1)
    warmth = np.array([1.0, chance.uniform(0.93, 1.0), chance.uniform(0.82, 1.0)])
    return (picture * light[..., None] * warmth).clip(0, 255).astype(np.uint8)


def _glare(picture: Picture, chance: Random) -> Picture:
    """Return the picture with the spot of a lamp on it, through which the print is still to be seen."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    centre = chance.uniform(0.2, 0.8) * width, chance.uniform(0.2, 0.8) * height
    radius = chance.uniform(0.08, 0.16) * width
    spot = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (2 * radius**2))[..., None] * 0.75
    return (picture * (1 - spot) + 255 * spot).clip(0, 255).astype(np.uint8)


def grainy(picture: Picture, noise: np.random.Generator, spread: float) -> Picture:
    return (picture + noise.normal(0, spread, picture.shape)).clip(0, 255).astype(np.uint8)


def jpeg(picture: Picture, quality: int) -> bytes:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=quality)
    return data.getvalue()
