"""RapidOCR: PP-OCR models on ONNX Runtime, offline right after installing. The default reader."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# ONNX Runtime on Linux otherwise keeps a device id in the home folder and reports its use over the network,
# from the moment it is imported. An address book's reader has nothing to report.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
from rapidocr import RapidOCR

from lib.cards.engines import FINDING_SIDE, Engine, Picture, shrunk
from lib.cards.engines.clean import clean_text, to_lines
from lib.cards.model import Box, Line

Boxes = NDArray[np.float32]  # (lines, 4 corners, x and y)

# So many of the longest lines vote on which way is up.
VOTERS = 12
# What the engine itself is less sure of is noise: its own threshold.
LOWEST_SCORE = 0.5
# How much wider and higher lines are cut for a second reading, in their heights, at each side.
WIDER, HIGHER = 0.15, 0.12


class RapidEngine:
    """Reads with RapidOCR; `threads` are those of one picture."""

    name = "rapidocr"
    loses_dots = False

    def __init__(self, threads: int) -> None:
        self.version = version("rapidocr")
        self._ocr = RapidOCR(
            params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
        )

    def read(self, picture: Picture) -> list[Line]:
        """Return the lines, found in a smaller picture and read from the given one."""
        boxes = self.find(picture)
        if boxes is None:
            return []
        read = self._ocr.recognize_txt(self._ocr.crop_text_regions(_to_bgr(picture), boxes))
        found = zip(boxes, read.txts or (), read.scores or (), strict=True)
        return to_lines((box, text, score) for box, text, score in found if score >= LOWEST_SCORE)

    def read_again(self, picture: Picture, boxes: Sequence[Box]) -> list[str]:
        """Return the texts of lines cut wider and higher: an @ or a point at the edge is then read whole."""
        grown = np.stack([_grown(np.array(box, dtype=np.float32)) for box in boxes])
        read = self._ocr.recognize_txt(self._ocr.crop_text_regions(_to_bgr(picture), grown))
        return [clean_text(text) for text in read.txts or ()]

    def find(self, picture: Picture) -> Boxes | None:
        """Return the boxes of the lines, corners clockwise from the text's own top left; None without text."""
        small = _to_bgr(shrunk(picture, FINDING_SIDE))
        boxes = self._detect(small)
        if boxes is None:
            return None
        if _extent(boxes, 0) < _extent(boxes, 1):
            boxes = self._find_standing(small, boxes)
        if self._is_upside_down(small, boxes):
            boxes = np.roll(boxes, -2, axis=1)
        scale = (picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0])
        return boxes * np.array(scale, dtype=np.float32)

    def _find_standing(self, bgr: Picture, boxes: Boxes) -> Boxes:
        """Return the boxes of text that stands on its side, taken to run downwards.

        Looked for once more with the text lying: the detector misses short lines that stand (turned by 270° the
        F1 of phones fell from 100 to 95).
        """
        height = bgr.shape[0]
        lying = self._detect(np.ascontiguousarray(np.rot90(bgr)))
        if lying is None:
            return np.roll(boxes, -1, axis=1)
        width = bgr.shape[1]
        x, y = width - 1 - lying[:, :, 1], lying[:, :, 0]
        return np.stack([x, y.clip(0, height - 1)], axis=2)

    def _detect(self, bgr: Picture) -> Boxes | None:
        """Return the detector's boxes, corners clockwise from the picture's top left; None without text."""
        found: Any = self._ocr(bgr, use_det=True, use_cls=False, use_rec=False)
        return None if found.boxes is None else np.asarray(found.boxes, dtype=np.float32)

    def _is_upside_down(self, bgr: Picture, boxes: Boxes) -> bool:
        """Return whether the longest lines say 180°, each with the weight of its length."""
        lengths = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
        longest = np.argsort(-lengths)[:VOTERS]
        _, votes = self._ocr.cls_and_rotate(self._ocr.crop_text_regions(bgr, boxes[longest]))
        signed = (float(score) * (1 if label == "180" else -1) for label, score in votes.cls_res or ())
        return sum(float(length) * vote for length, vote in zip(lengths[longest], signed, strict=True)) > 0


def open_engine(*, languages: tuple[str, ...], threads: int, folder: Path) -> Engine:
    """Return the reader with its models loaded: the first picture then takes no longer than the next."""
    engine = RapidEngine(threads)
    engine._ocr(np.full((64, 256, 3), 255, dtype=np.uint8))
    return engine


def _to_bgr(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1])


def _grown(box: Boxes) -> Boxes:
    """Return the four corners moved outwards along and across the line, by a part of its height."""
    along, across = box[1] - box[0], box[3] - box[0]
    height = max(float(np.linalg.norm(across)), 1.0)
    x = along / max(float(np.linalg.norm(along)), 1.0) * (WIDER * height)
    y = across / height * (HIGHER * height)
    return np.stack([box[0] - x - y, box[1] + x - y, box[2] + x + y, box[3] - x + y]).astype(np.float32)


def _extent(boxes: Boxes, axis: int) -> float:
    """Return how far the boxes' long sides reach along an axis (0: x, 1: y), in pixels."""
    sides = boxes[:, [1, 2]] - boxes[:, [0, 1]]
    lengths = np.linalg.norm(sides, axis=2)
    longer = sides[np.arange(len(sides)), lengths.argmax(axis=1)]
    return float(np.abs(longer[:, axis]).sum())
