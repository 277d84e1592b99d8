"""The readers: from a picture to lines of text. Each loads its libraries only when it is opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from lib.cards.errors import EngineUnavailable
from lib.cards.model import Box, Line

Picture = NDArray[np.uint8]

# The side, in pixels, at which engines look for text. More does not find more and costs time; measured on 56 cards.
FINDING_SIDE = 1280

# By the names that the setting OCR_ENGINE takes; the modules are imported when one is opened.
ENGINES = {"rapidocr": "lib.cards.engines.rapid", "easyocr": "lib.cards.engines.easy"}


class Engine(Protocol):
    """A reader. Pictures are RGB arrays (height, width, 3); boxes are pixels, origin top left."""

    @property
    def name(self) -> str:
        """The name in settings and in stored readings."""

    @property
    def version(self) -> str:
        """The library's version, stored with every reading."""

    @property
    def loses_dots(self) -> bool:
        """Whether it often drops the dots of addresses, so that what it read is never accepted unseen."""

    def read(self, picture: Picture) -> list[Line]:
        """Return the lines of a picture, turned as it may be, cleaned, in any order; empty when there is no text.

        Each line's box begins at the text's own top left: so it tells how the picture is turned.
        """

    def read_again(self, picture: Picture, boxes: Sequence[Box]) -> list[str]:
        """Return the texts of a few lines read a second time, cut otherwise; empty where that says nothing new."""


def shrunk(picture: Picture, longest_side: int) -> Picture:
    """Return the picture with no side longer than that, in pixels; a smaller one as it is."""
    if max(picture.shape[:2]) <= longest_side:
        return picture
    image = Image.fromarray(picture)
    image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return np.asarray(image)


def open_engine(name: str, *, languages: tuple[str, ...] = ("en",), threads: int = 1, folder: Path) -> Engine:
    """Return a reader, loaded. `languages` are EasyOCR's codes; `folder` takes models that are downloaded.

    Raises EngineUnavailable when the name is unknown or its libraries or models are not to be had.
    """
    if name not in ENGINES:
        raise EngineUnavailable(f"There is no reader called {name}.", f"Choose {' or '.join(ENGINES)}.")
    try:
        module = importlib.import_module(ENGINES[name])
    except ImportError as error:
        raise EngineUnavailable(
            f"The reader {name} is not installed ({error}).", "Install the packages of requirements.txt."
        ) from error
    opened: Callable[..., Engine] = module.open_engine
    return opened(languages=languages, threads=threads, folder=folder)
