"""Cards written one by one as real firms have them, as HTML: rendered by Chromium and photographed.

Programs draw cards that are too regular to learn from. These have what a drawer of 25 years has: logos of several lines,
descriptors, departments, labels of every kind, two languages. `written/a.json` to `d.json` were looked at while the
reader was built; `e.json` was not. All people, firms, numbers and addresses are made up.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from tests.bench.photo import photograph

FOLDER = Path(__file__).with_name("written")
HELD_OUT = ("e",)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def written_photos(sets: tuple[str, ...]) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield name, JPEG and what is printed for each card of the sets; which kind of photo follows from its place.

    Raises FileNotFoundError where there is no Chromium: other browsers have other letters.
    """
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise FileNotFoundError("Chromium is not installed: the written cards cannot be drawn.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = chromium.new_page()
        page.route("**/*", lambda route: route.abort())
        for name in sets:
            cards = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
            for number, card in enumerate(cards):
                page.set_viewport_size({"width": card["size"][0], "height": card["size"][1]})
                page.set_content(card["html"])
                picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                truth = {**card["truth"], "without_degrees": True}
                yield f"{card['name']}.jpg", photograph(picture, 1000 * ord(name.upper()) + number), truth
        chromium.close()
