import pytest

from lib.cards import EngineUnavailable, open_engine, read_photo
from lib.demo.drawing import draw_card


def test_easyocr_reads_a_drawn_card_and_leaves_no_folder_in_the_home(jane, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    engine = open_engine("easyocr", threads=2, folder=tmp_path / "models")
    reading = read_photo(draw_card(jane, seed=1), engine, region="US")
    (card,) = reading.cards
    assert reading.engine == "easyocr"
    assert card.fields["full_name"].value == "Jane Miller"
    assert card.fields["phone"].value == "+12125550123"
    assert not (tmp_path / "home").exists()


def test_a_language_that_easyocr_does_not_know_is_refused(tmp_path):
    with pytest.raises(EngineUnavailable, match="OCR_LANGUAGES"):
        open_engine("easyocr", languages=("en", "xx"), folder=tmp_path)


def test_models_that_cannot_be_downloaded_are_refused_with_a_remedy(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(EngineUnavailable, match="Connect this machine to the internet once"):
        open_engine("easyocr", languages=("en", "de"), folder=tmp_path)
