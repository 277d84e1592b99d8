"""What the first page says of the last backup."""

import datetime as dt

import pytest

from lib.backup.records import LastBackup
from lib.ui.backups import in_words
from lib.words import ago_in_words, size_in_words

HOUR = 3600.0


def last(seconds_ago: float | None = 5 * HOUR, error: str | None = None, missing: int = 0) -> LastBackup:
    there = seconds_ago is not None
    return LastBackup(
        finished_at=dt.datetime(2026, 11, 23) if there else None, bytes=3_200_000_000 if there else None,
        host="desk", folder="/srv/backups", file_name="b.tar", missing=missing, seconds_ago=seconds_ago, error=error,
        failed_host=error and "desk", failed_folder=error and "/srv/backups",
    )  # fmt: skip


def test_a_good_one_is_said_calmly() -> None:
    assert in_words(last(), 24, "desk") == (r"Last backup 5 hours ago: 3.2 GB in \/srv\/backups.", True)


def test_one_on_another_machine_says_where() -> None:
    assert "on desk" in in_words(last(), 24, "laptop")[0]


def test_none_yet_says_how() -> None:
    text, is_fine = in_words(last(None), 0, "desk")
    assert is_fine
    assert "make backup" in text


def test_one_that_failed_says_why_and_what_there_is() -> None:
    text, is_fine = in_words(last(error="The disk is full. Make room."), 24, "desk")
    assert not is_fine
    assert text.startswith(r"The last backup failed. The disk is full\. Make room\. Last backup 5 hours ago")


def test_one_that_failed_before_there_was_any_says_so() -> None:
    text, is_fine = in_words(last(None, error="The disk is full."), 24, "desk")
    assert (text, is_fine) == (r"The last backup failed. The disk is full\. There is no other one.", False)


def test_one_is_overdue_after_two_intervals() -> None:
    assert in_words(last(48 * HOUR - 1), 24, "desk")[1]
    assert not in_words(last(48 * HOUR + 1), 24, "desk")[1]
    assert in_words(last(10_000 * HOUR), 0, "desk")[1], "nobody wants one"


def test_images_that_are_missing_are_counted() -> None:
    assert "without 2 images" in in_words(last(missing=2), 24, "desk")[0]


@pytest.mark.parametrize(
    ("count", "words"),
    [(999, "999 bytes"), (1500, "1.5 KB"), (150_000, "150 KB"), (3_210_000_000, "3.2 GB"), (5e12, "5.0 TB")],
)
def test_sizes_are_said_as_people_do(count: float, words: str) -> None:
    assert size_in_words(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "just now"), (300, "5 minutes ago"), (2 * HOUR, "2 hours ago"), (50 * HOUR, "2 days ago")],
)
def test_times_are_said_as_people_do(seconds: float, words: str) -> None:
    assert ago_in_words(dt.timedelta(seconds=seconds)) == words
