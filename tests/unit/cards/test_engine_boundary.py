import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lib.cards import EngineUnavailable, NoTextFound, PhotoUnreadable, open_engine, raw_data, read_photo
from lib.cards.engines.clean import clean_text, to_box, to_lines
from lib.cards.engines.rows import join_rows
from lib.cards.model import Line
from lib.demo.drawing import Person, draw_card
from tests.unit.cards.cards import lines_of

HEAVY = ("torch", "torchvision", "onnxruntime", "easyocr", "cv2", "rapidocr")


class FixedEngine:
    """Gives the same lines for every picture."""

    name, version, loses_dots = "fixed", "1", False

    def __init__(self, *rows) -> None:
        self.lines = list(lines_of(*rows))

    def read(self, picture):
        return self.lines

    def read_again(self, picture, boxes):
        return []


PHOTO = draw_card(Person(full_name="Jane Miller"), seed=1)


def test_importing_the_reader_loads_no_heavy_library():
    code = f"import lib.cards, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_control_and_bidirectional_characters_are_stripped():
    assert clean_text("Jane\u202e \x00Miller\u200b\n") == "Jane Miller"


@pytest.mark.parametrize(("loses_dots", "status"), [(False, "completed"), (True, "pending_review")])
def test_a_reader_that_loses_dots_is_never_believed_unseen(loses_dots, status):
    engine = FixedEngine("Jane Miller", "Example Inc.", "jane.miller@example.com", "www.example.com")
    engine.loses_dots = loses_dots
    (card,) = read_photo(PHOTO, engine, region="US").cards
    assert card.status == status
    assert any("dots" in reason for reason in card.reasons) == loses_dots


def test_full_width_letters_become_plain_ones():
    assert clean_text("ＴＥＬ　０３－１２３４") == "TEL 03-1234"


def test_numpy_scalars_become_plain_numbers():
    (line,) = to_lines([(np.array([[0, 1], [9, 1], [9, 5], [0, 5]], dtype=np.float32), "Jane", np.float32(0.5))])
    assert type(line.score) is float
    assert type(line.box[0][0]) is float


def test_a_box_of_two_points_becomes_one_of_four():
    assert to_box([(1, 2), (9, 5)]) == ((1, 2), (9, 2), (9, 5), (1, 5))


def test_lines_without_text_are_dropped():
    assert to_lines([([(0, 0), (1, 1)], " \u200b", 0.9)]) == []


def test_pieces_of_a_row_are_joined_left_to_right():
    box = lambda left, right: ((left, 10.0), (right, 10.0), (right, 40.0), (left, 40.0))  # noqa: E731
    pieces = [
        Line(text="Miller", box=box(120.0, 200.0), score=0.9),
        Line(text="Jane", box=box(40.0, 110.0), score=0.9),
    ]
    assert [line.text for line in join_rows(pieces)] == ["Jane Miller"]


def test_columns_of_a_row_stay_apart():
    box = lambda left, right: ((left, 10.0), (right, 10.0), (right, 40.0), (left, 40.0))  # noqa: E731
    pieces = [Line(text="Jane", box=box(40.0, 110.0), score=0.9), Line(text="Fax", box=box(300.0, 360.0), score=0.9)]
    assert [line.text for line in join_rows(pieces)] == ["Jane", "Fax"]


def test_an_engine_that_does_not_exist_is_named_with_those_that_do(tmp_path):
    with pytest.raises(EngineUnavailable, match="Choose rapidocr or easyocr"):
        open_engine("tesseract", folder=tmp_path)


def test_a_photo_without_text_says_what_to_do():
    with pytest.raises(NoTextFound, match="closer"):
        read_photo(PHOTO, FixedEngine(), region="US")


def test_a_photo_with_specks_only_has_no_text():
    with pytest.raises(NoTextFound):
        read_photo(PHOTO, FixedEngine("·", "—"), region="US")


@pytest.mark.parametrize("size", [(1, 1), (23, 23), (1, 5000), (5000, 1), (3000, 400)])
def test_a_speck_or_a_strip_is_refused_before_a_reader_sees_it(size):
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, "PNG")
    with pytest.raises(PhotoUnreadable, match="whole card"):
        read_photo(stream.getvalue(), FixedEngine("Jane Miller"), region="US")


def test_the_boxes_of_a_rotated_photo_are_those_of_the_photo_as_stored():
    exif, rotated = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.open(io.BytesIO(PHOTO)).save(rotated, "JPEG", exif=exif.tobytes())
    (card,) = read_photo(rotated.getvalue(), FixedEngine("Jane Miller"), region="US").cards
    # Shown turned clockwise, the stored photo's lower left corner is the picture's upper left.
    x, y = card.fields["full_name"].box[0]
    assert x == pytest.approx(40, abs=1)
    assert y == pytest.approx(780 - 50, abs=1)


def test_the_stored_reading_is_complete_and_plain_json():
    reading = read_photo(PHOTO, FixedEngine(("Jane Miller", 1.5), "jane.miller@example.com"), region="US")
    raw = json.loads(json.dumps(raw_data(reading, 0)))
    assert raw["engine"] == "fixed"
    assert [line["text"] for line in raw["lines"]] == ["Jane Miller", "jane.miller@example.com"]
    assert set(raw["fields"]["email"]) == {"value", "confidence", "box", "lines", "evidence"}
    assert raw["reasons"] == ["The e-mail's domain is neither the website's nor the company's name."]


def test_the_same_person_and_seed_give_the_same_card():
    person = Person(full_name="Jane Miller", email="jane.miller@example.com")
    assert draw_card(person, seed=3) == draw_card(person, seed=3)
    assert len({draw_card(person, seed) for seed in range(12)}) > 3


def test_the_data_files_travel_with_the_package():
    data = Path("lib/cards/data")
    assert (data / "names.txt.gz").stat().st_size < 300_000
