"""EasyOCR: slower, and weak on dots, but with models for eighty languages. English works offline."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError

import easyocr_en_models
import numpy as np
import torch

from lib.cards.engines import FINDING_SIDE, Engine, Picture, shrunk
from lib.cards.engines.clean import to_lines
from lib.cards.engines.rapid import Boxes, RapidEngine
from lib.cards.engines.rows import join_rows
from lib.cards.engines.torchvision_fix import import_torchvision
from lib.cards.errors import EngineUnavailable
from lib.cards.model import Box, Line, Point

import_torchvision()
import easyocr  # noqa: E402  (only importable once torchvision is)


class EasyEngine:
    """Reads with EasyOCR; RapidOCR turns the picture upright first, for EasyOCR reads nothing on a turned one."""

    name = "easyocr"
    loses_dots = True

    def __init__(self, reader: Any, turner: RapidEngine) -> None:
        self.version = version("easyocr")
        self._reader = reader
        self._turner = turner

    def read(self, picture: Picture) -> list[Line]:
        """Return the lines, the pieces that EasyOCR cuts them into put together."""
        small = shrunk(picture, FINDING_SIDE)
        turns = _quarter_turns(self._turner.find(small))
        with warnings.catch_warnings():
            # About what EasyOCR itself calls in torch: nothing that a person at the screen can change.
            warnings.simplefilter("ignore")
            found = self._reader.readtext(np.ascontiguousarray(np.rot90(small, -turns)[:, :, ::-1]), detail=1)
        scale = picture.shape[0] / small.shape[0]
        return [_turned_back(line, turns, small, scale) for line in join_rows(to_lines(found))]

    def read_again(self, picture: Picture, boxes: Sequence[Box]) -> list[str]:
        """Return nothing: what EasyOCR reads always waits for review."""
        return []


def _quarter_turns(boxes: Boxes | None) -> int:
    """Return by how many quarter turns clockwise a picture with these boxes must be turned to stand upright, 0-3."""
    if boxes is None:
        return 0
    x, y = (boxes[:, 1] - boxes[:, 0]).sum(axis=0).tolist()
    return -round(math.atan2(y, x) / (math.pi / 2)) % 4


def _turned_back(line: Line, turns: int, small: Picture, scale: float) -> Line:
    """Return the line with its box in the picture before it was turned clockwise so many times, and enlarged."""
    height, width = small.shape[:2]

    def point(x: float, y: float) -> Point:
        for turn in range(turns):
            # Before the last turn the picture stood as it was given, or by its side.
            x, y = y, (width if (turns - turn) % 2 == 0 else height) - x
        return (x * scale, y * scale)

    a, b, c, d = (point(*corner) for corner in line.box)
    return replace(line, box=(a, b, c, d))


def open_engine(*, languages: tuple[str, ...], threads: int, folder: Path) -> Engine:
    """Return the reader with its models loaded. Other languages than English are downloaded into `folder`.

    Raises EngineUnavailable when a language is unknown or its model cannot be had.
    """
    torch.set_num_threads(threads)
    folder.mkdir(parents=True, exist_ok=True)
    english_only = set(languages) == {"en"}
    try:
        reader = _load(languages, easyocr_en_models.model_dir() if english_only else str(folder), folder)
    except ValueError as error:
        raise EngineUnavailable(
            f"EasyOCR cannot read these languages together: {', '.join(languages)} ({error}).",
            "Set OCR_LANGUAGES to codes that EasyOCR knows, such as en,de.",
        ) from error
    except (URLError, OSError) as error:
        raise EngineUnavailable(
            f"EasyOCR's models for {', '.join(languages)} could not be downloaded ({error}).",
            "Connect this machine to the internet once, or set OCR_LANGUAGES=en.",
        ) from error
    return EasyEngine(reader, RapidEngine(threads))


def _load(languages: tuple[str, ...], models: str, folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return easyocr.Reader(
            list(languages),
            gpu=False,
            verbose=False,
            download_enabled=models == str(folder),
            model_storage_directory=models,
            # Else EasyOCR makes a folder in the home of whoever runs it.
            user_network_directory=str(folder),
        )
