"""Cards drawn with every line where its reading says that it is."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from lib.settings import ROOT

SIZE = (1200, 750)
FONT = ImageFont.truetype(str(ROOT / "lib" / "demo" / "inter.ttf"), 40)
Values = dict[str, str]


def drawn(texts: list[str], *, exif_orientation: int = 1) -> tuple[bytes, list[list[list[float]]]]:
    """Return a photo of a card with these lines as JPEG, and each line's box in its pixels as stored."""
    image = Image.new("RGB", SIZE, "#f6f2ea")
    draw = ImageDraw.Draw(image)
    boxes = []
    for number, text in enumerate(texts):
        at = (90, 80 + 90 * number)
        draw.text(at, text, font=FONT, fill="#20302c")
        left, top, right, bottom = draw.textbbox(at, text, font=FONT)
        boxes.append([[left, top], [right, top], [right, bottom], [left, bottom]])
    exif = Image.Exif()
    exif[0x0112] = exif_orientation
    photo = io.BytesIO()
    image.save(photo, "JPEG", quality=92, exif=exif)
    return photo.getvalue(), boxes


def reading(values: Values, boxes: list[Any], sure: dict[str, float], **more: Any) -> dict[str, Any]:
    """Return what is stored of a reading that found each value in a line of its own."""
    return {
        "engine": "rapidocr",
        "version": "test",
        "seconds": 1.0,
        "status": "pending_review",
        "confidence": min(sure.values(), default=0.97),
        "reasons": more.pop("reasons", []),
        "fields": {
            name: {"value": value, "confidence": sure.get(name, 0.97), "box": boxes[n], "lines": [n], "evidence": []}
            for n, (name, value) in enumerate(values.items())
        },
        "lines": [{"text": t, "box": boxes[n], "score": 0.98} for n, t in enumerate(values.values())],
        "extra": more,
    }


def store(home: Path, photo: bytes) -> str:
    """Return the address of the photo in the app's own store."""
    name = f"cards/1/{uuid.uuid4().hex}.jpg"
    path = home / "images" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(photo)
    path.chmod(0o644)
    return f"{(home / 'images').as_uri()}/{name}"


def insert(values: Values, raw: dict[str, Any], url: str | None, *, status: str = "pending_review") -> str:
    """Return the statement that adds such a contact and returns its id."""
    columns = {**values, "status": status, "ocr_confidence": raw["confidence"], "ocr_raw_data": json.dumps(raw)}
    if url:
        columns["business_card_url"] = url
    quoted = ", ".join("'" + str(value).replace("'", "''").replace("%", "%%") + "'" for value in columns.values())
    return f"insert into contacts ({', '.join(columns)}) values ({quoted}) returning id"
