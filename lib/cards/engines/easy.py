"""EasyOCR: slower, and weak on dots, but with models for eighty languages. English works offline."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError

import easyocr_en_models
import numpy as np
import torch

from lib.cards.engines import Engine, Picture
from lib.cards.engines.clean import to_lines
from lib.cards.engines.rapid import RapidEngine
from lib.cards.engines.rows import join_rows
from lib.cards.engines.torchvision_fix import import_torchvision
from lib.cards.errors import EngineUnavailable
from lib.cards.model import Line

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

    def quarter_turns(self, picture: Picture) -> int:
        """Return the quarter turns clockwise to upright, 0-3."""
        return self._turner.quarter_turns(picture)

    def read(self, picture: Picture) -> list[Line]:
        """Return the lines top to bottom, the pieces that EasyOCR cuts them into put together."""
        with warnings.catch_warnings():
            # About what EasyOCR itself calls in torch: nothing that a person at the screen can change.
            warnings.simplefilter("ignore")
            found = self._reader.readtext(np.ascontiguousarray(picture[:, :, ::-1]), detail=1)
        return join_rows(to_lines(found))


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
