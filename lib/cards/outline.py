"""Where cards lie in a picture: bodies of a card's shape that stand out from the ground. Pixels, origin top left."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lib.cards.engines import Picture
from lib.cards.engines.clean import to_box
from lib.cards.model import Box

Colours = NDArray[Any]  # (…, 3), CIELAB

LOOKING_SIDE = 640
# A card's longer side by its shorter one: 85 × 55 mm is 1.5, a folded one 2.6; the rim of the photo may cut it.
SQUAREST, LONGEST = 1.15, 2.6
# A card's share of the picture, and how much of the rectangle round it must be filled.
SMALLEST, LARGEST = 0.008, 0.9
FILLED = 0.84
# How far from the ground's colour something is no ground any more: steps of CIELAB, of which 2 can just be seen.
DISTANCES = (9.0, 16.0, 28.0, 45.0)


def find_outlines(picture: Picture) -> list[list[Box]]:
    """Return the corners of what may be cards, clockwise from the top left: a list for each way of telling ground.

    Nothing here knows what is printed: panels and photos on a card have outlines too.
    """
    # Only the worker needs it.
    import cv2

    height, width = picture.shape[:2]
    scale = max(1.0, max(height, width) / LOOKING_SIDE)
    small = cv2.resize(picture, (round(width / scale), round(height / scale)), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(small, (0, 0), 1.2).astype(np.float32) / 255
    distance = _distance_from_ground(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB))
    found = []
    for least in DISTANCES:
        mask: NDArray[Any] = (distance > least).astype(np.uint8)
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        corners = (_corners(contour, mask.size) for contour in contours)
        found.append([to_box(_clockwise(four) * scale) for four in corners if four is not None])
    return found


def _distance_from_ground(lab: Colours) -> NDArray[np.float32]:
    """Return how far each pixel is from the ground: the colour of most of the rim, which may change evenly."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    terms = np.stack([np.ones_like(x), x / width, y / height], axis=2)
    edge = max(3, round(0.015 * max(width, height)))
    rim = np.ones((height, width), dtype=bool)
    rim[edge:-edge, edge:-edge] = False
    colours, places = lab[rim], terms[rim]
    near = np.linalg.norm(colours - np.median(colours, axis=0), axis=1)
    for _ in range(3):
        kept = near <= max(float(np.quantile(near, 0.6)), 1.0)
        fit, *_ = np.linalg.lstsq(places[kept], colours[kept], rcond=None)
        near = np.linalg.norm(colours - places @ fit, axis=1)
    distance: NDArray[np.float32] = np.linalg.norm(lab - terms @ fit, axis=2)
    return distance


def _corners(contour: NDArray[Any], pixels: int) -> NDArray[np.float32] | None:
    """Return the four corners of a body that may be a card, None for everything else."""
    import cv2

    hull = cv2.convexHull(contour)
    area = cv2.contourArea(hull)
    if not SMALLEST * pixels <= area <= LARGEST * pixels:
        return None
    rectangle = cv2.minAreaRect(hull)
    long, short = max(rectangle[1]), min(rectangle[1])
    if not SQUAREST * short <= long <= LONGEST * short or cv2.contourArea(contour) < FILLED * long * short:
        return None
    # Seen at an angle a card is no rectangle: its own four corners where it has four.
    for tolerance in (0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(corners) == 4 and cv2.contourArea(corners) > 0.95 * area:
            return corners.reshape(4, 2).astype(np.float32)
    return np.asarray(cv2.boxPoints(rectangle), dtype=np.float32)


def _clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return four corners clockwise as seen, from the one nearest to the picture's top left."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    turned = corners[np.argsort(angles)]
    rolled: NDArray[np.float32] = np.roll(turned, -int(turned.sum(axis=1).argmin()), axis=0)
    return rolled
