import base64
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from PIL import Image

from lib.cards import EngineUnavailable, Reader, open_reader, raw_data
from lib.settings import Settings
from lib.text import to_json
from tests.unit.cards.test_engine_boundary import PHOTO, FixedEngine
from tests.unit.cards.test_vision import CARD, SEEN, Server, completion, failure, make_vision

ENGINE = FixedEngine(*((line.text, 1.0) for line in CARD.lines))


def read(server: Server) -> dict[str, Any]:
    """Return what is stored of a card that the engine and a model read."""
    reading = Reader(engine=ENGINE, region="US", vision=make_vision(server)).read(PHOTO)
    return json.loads(to_json(raw_data(reading, 0)))


def test_a_card_that_both_read_says_so_where_it_is_stored() -> None:
    stored = read(lambda request: completion(json.dumps(SEEN)))
    assert stored["engine"] == "fixed+vision"
    assert stored["extra"]["vision"]["host"] == "127.0.0.1"
    assert stored["extra"]["vision"]["values"]["full_name"] == "Jane Miller"


def test_a_card_that_the_model_did_not_check_was_read_by_the_engine_alone() -> None:
    stored = read(lambda request: failure(401))
    assert (stored["engine"], stored["status"]) == ("fixed", "pending_review")
    assert "127.0.0.1 refuses the key." in stored["reasons"][-1]


def sent_by(engine: FixedEngine, data: bytes) -> bytes:
    """Return the picture that the model is sent."""
    sent: list[str] = []

    def server(request: httpx2.Request) -> httpx2.Response:
        sent.append(json.loads(request.content)["messages"][1]["content"][0]["image_url"]["url"])
        return completion(json.dumps(SEEN))

    Reader(engine=engine, region="US", vision=make_vision(server)).read(data)
    return base64.b64decode(sent[0].partition(",")[2])


def test_a_photo_that_lies_on_its_side_is_sent_upright() -> None:
    on_its_side = FixedEngine()
    quarter = [replace(line, box=tuple((-y, x) for x, y in line.box)) for line in ENGINE.lines]
    on_its_side.lines = quarter
    with (
        Image.open(io.BytesIO(sent_by(ENGINE, PHOTO))) as flat,
        Image.open(io.BytesIO(sent_by(on_its_side, PHOTO))) as turned,
    ):
        assert flat.size == turned.size[::-1]


def test_where_the_photo_was_taken_is_not_sent() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    stream = io.BytesIO()
    with Image.open(io.BytesIO(PHOTO)) as picture:
        picture.convert("RGB").save(stream, "JPEG", exif=exif, comment=b"a secret word")
    assert b"secret" in stream.getvalue()
    assert b"secret" not in sent_by(ENGINE, stream.getvalue())


def test_a_vision_model_without_a_server_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="Set OPENAI_API_KEY"):
        open_reader(Settings(ocr_engine="vision", meishi_home=tmp_path), threads=1)
