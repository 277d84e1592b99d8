"""Which files a command's paths mean, and how their names are shown."""

import os
from pathlib import Path

import pytest

from lib.capture.files import find_photos, read_photo
from lib.capture.screen import on_one_line
from lib.cards import PhotoTooLarge, PhotoUnreadable
from lib.cards.photo import MAX_BYTES


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"photo")


def names(folder: Path) -> list[str]:
    return [str(photo.relative_to(folder)) for photo in find_photos([folder]).photos]


def test_a_folder_is_taken_in_the_order_a_person_counts(tmp_path: Path) -> None:
    put(tmp_path, "card 10.jpg", "card 2.jpg", "Card 1.JPG", "day 2/1.png", "day 10/1.png", "7.heic")
    assert names(tmp_path) == ["7.heic", "Card 1.JPG", "card 2.jpg", "card 10.jpg", "day 2/1.png", "day 10/1.png"]


def test_of_a_folder_only_pictures_that_are_not_hidden_are_taken(tmp_path: Path) -> None:
    put(tmp_path, "card.jpg", "notes.txt", "._card.jpg", ".thumbnails/card.jpg", "clip.mov", "scan.tiff", "jpg")
    assert names(tmp_path) == ["card.jpg", "scan.tiff"]


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "card"])
def test_a_file_that_is_named_is_taken_whatever_its_kind(tmp_path: Path, name: str) -> None:
    put(tmp_path, name)
    assert find_photos([tmp_path / name]).photos == (tmp_path / name,)


def test_a_link_that_leads_in_a_circle_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "card.jpg")
    (tmp_path / "again").symlink_to(tmp_path)
    assert names(tmp_path) == ["card.jpg"]


def test_what_is_not_there_and_a_folder_without_photos_are_said(tmp_path: Path) -> None:
    found = find_photos([tmp_path / "gone.jpg", tmp_path])
    assert found.photos == ()
    assert [reason for _, reason in found.refused] == [
        "It cannot be opened (No such file or directory). Check the path.",
        "No photo is in this folder.",
    ]


def test_a_file_that_is_no_photo_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    with (tmp_path / "huge.jpg").open("wb") as huge:
        huge.truncate(MAX_BYTES + 1)
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, kind, words in (
        ("empty.jpg", PhotoUnreadable, "The file is empty"),
        ("huge.jpg", PhotoTooLarge, "larger than 30 MB"),
        ("pipe.jpg", PhotoUnreadable, "This is not a file"),
        ("gone.jpg", PhotoUnreadable, "No such file or directory"),
    ):
        with pytest.raises(kind, match=words):
            read_photo(tmp_path / name)


def test_a_photo_of_just_30_mb_is_read(tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as large:
        large.truncate(MAX_BYTES)
    assert len(read_photo(tmp_path / "large.jpg")) == MAX_BYTES


def test_a_name_cannot_move_the_terminal() -> None:
    assert on_one_line("  \x1b[2Jcard\n\t\x9b31m\u202e.jpg\udcff") == "  [2Jcard 31m.jpg"
