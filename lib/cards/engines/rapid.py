"""RapidOCR: PP-OCR models on ONNX Runtime, offline right after installing. The default reader."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

# ONNX Runtime on Linux otherwise keeps a device id in the home folder and reports its use over the network,
# from the moment it is imported. An address book's reader has nothing to report.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
from rapidocr import RapidOCR

from lib.cards.engines import Engine, Picture
from lib.cards.engines.clean import to_lines
from lib.cards.model import Line

# Enough to tell how the text lies, in a third of the time of the whole picture.
TURNING_SIDE = 800


class RapidEngine:
    """Reads with RapidOCR; `threads` are those of one picture."""

    name = "rapidocr"
    loses_dots = False

    def __init__(self, threads: int) -> None:
        self.version = version("rapidocr")
        self._ocr = RapidOCR(
            params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": threads}
        )

    def quarter_turns(self, picture: Picture) -> int:
        """Return the quarter turns clockwise to upright, 0-3; 0 when there is no text to tell by."""
        picture = _smaller(picture, TURNING_SIDE)
        boxes = _find_boxes(self._ocr, picture)
        if boxes is None:
            return 0
        lying = _extent(boxes, 0) >= _extent(boxes, 1)
        level = picture if lying else np.rot90(picture, k=-1)
        if not lying:
            boxes = _find_boxes(self._ocr, level)
        turned = 0 if lying else 1
        return turned if boxes is None else (turned + 2 * _is_upside_down(self._ocr, level, boxes)) % 4

    def read(self, picture: Picture) -> list[Line]:
        """Return the lines in RapidOCR's order, roughly top to bottom."""
        output: Any = self._ocr(_to_bgr(picture))
        if output.boxes is None or output.txts is None or output.scores is None:
            return []
        return to_lines(zip(output.boxes, output.txts, output.scores, strict=True))


def open_engine(*, languages: tuple[str, ...], threads: int, folder: Path) -> Engine:
    """Return the reader with its models loaded: the first picture then takes no longer than the next."""
    engine = RapidEngine(threads)
    engine.read(np.full((64, 256, 3), 255, dtype=np.uint8))
    return engine


def _smaller(picture: Picture, longest_side: int) -> Picture:
    image = Image.fromarray(picture)
    image.thumbnail((longest_side, longest_side))
    return np.asarray(image)


def _to_bgr(picture: Picture) -> Picture:
    return np.ascontiguousarray(picture[:, :, ::-1])


def _find_boxes(ocr: Any, picture: Picture) -> Any:
    """Return the detector's boxes (N, 4, 2), or None. Uses names that are private to rapidocr 3.10.0."""
    detector = ocr._load_det_model()
    usual = detector.limit_type, detector.limit_side_len
    # For reading it enlarges what is small; to tell how the text lies, small is enough.
    detector.limit_type, detector.limit_side_len = "max", TURNING_SIDE
    try:
        return detector(_to_bgr(picture)).boxes
    finally:
        detector.limit_type, detector.limit_side_len = usual


def _is_upside_down(ocr: Any, picture: Picture, boxes: Any) -> bool:
    """Return whether the longer lines say 180°, each with the weight of its length. Private names of 3.10.0."""
    crops = ocr.crop_text_regions(_to_bgr(picture), boxes)
    labels = ocr._load_cls_model()(crops).cls_res
    votes = 0.0
    for crop, (label, score) in zip(crops, labels, strict=True):
        height, width = crop.shape[:2]
        votes += width / max(height, 1) * float(score) * (1 if label == "180" else -1)
    return votes > 0


def _extent(boxes: Any, axis: int) -> float:
    """Return how far the boxes' long sides reach along an axis (0: x, 1: y), in pixels."""
    total = 0.0
    for box in np.asarray(boxes, dtype=float):
        sides = (box[1] - box[0], box[2] - box[1])
        longer = max(sides, key=lambda side: float(np.hypot(*side)))
        total += abs(float(longer[axis]))
    return total
