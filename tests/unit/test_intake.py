"""Taking photos in behind the page: none lost, none twice, whatever comes between."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from lib.errors import AlreadyThere, NotFound, StorageUnavailable
from lib.ui import intake
from lib.ui.capture import pictures_of
from lib.ui.intake import Intake, get_intake, pop_finished, take_in

LIMIT_S = 10


@pytest.fixture(autouse=True)
def _nothing_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_intakes", {})


class Store:
    """Takes photos, one at a time once `gate` is open; `full` is the number at which its disk is."""

    def __init__(self, full: int | None = None) -> None:
        self.taken: list[Any] = []
        self.full = full
        self.gate = threading.Event()

    def take(self, photo: Any) -> None:
        assert self.gate.wait(LIMIT_S)
        if len(self.taken) == self.full:
            raise StorageUnavailable("The disk is full.", "Make room.")
        if photo in self.taken:
            raise AlreadyThere(f"{photo} is here already.")
        self.taken.append(photo)


def finish(running: Intake) -> None:
    running.wait(LIMIT_S)
    assert running.is_over or running.failure


def test_photos_are_taken_in_in_their_order() -> None:
    store = Store()
    running = take_in(1, range(100), store.take)
    assert (running.done, running.total, running.is_over) == (0, 100, False)
    store.gate.set()
    finish(running)
    assert store.taken == list(range(100))
    assert (running.done, running.taken) == (100, 100)


def test_what_is_dropped_meanwhile_comes_behind() -> None:
    store = Store()
    running = take_in(1, "abc", store.take)
    assert take_in(1, "def", store.take) is running
    store.gate.set()
    finish(running)
    assert store.taken == list("abcdef")
    assert running.total == 6


def test_every_event_has_its_own() -> None:
    store = Store()
    store.gate.set()
    for event_id in (1, 2):
        finish(take_in(event_id, [event_id], store.take))
    assert pop_finished(2) is not get_intake(1)
    assert get_intake(2) is None


def test_that_it_is_over_is_told_once() -> None:
    store = Store()
    running = take_in(1, "ab", store.take)
    assert pop_finished(1) is None
    store.gate.set()
    finish(running)
    assert pop_finished(1) is running
    assert pop_finished(1) is None


def test_a_photo_that_is_here_already_holds_nothing_up() -> None:
    store = Store()
    store.gate.set()
    running = take_in(1, "aba", store.take)
    finish(running)
    assert (running.taken, running.repeated) == (2, ["a is here already."])


def test_a_full_disk_keeps_the_others_waiting_until_they_are_tried_again() -> None:
    store = Store(full=2)
    store.gate.set()
    running = take_in(1, "abcd", store.take)
    finish(running)
    assert (store.taken, running.done, str(running.failure)) == (["a", "b"], 2, "The disk is full. Make room.")
    store.full = None
    running.go_on()
    finish(running)
    assert (store.taken, running.failure) == (list("abcd"), None)


def test_one_that_cannot_be_taken_in_does_not_keep_the_others_out() -> None:
    def lost_photo(photo: str) -> None:
        if photo == "b":
            raise StorageUnavailable("b is not here any more.", "Drop it once more.")

    running = take_in(1, "abc", lost_photo)
    finish(running)
    running.leave_out()
    finish(running)
    assert (running.taken, running.failure, running.is_over) == (2, None, True)


def test_trying_again_twice_takes_nothing_in_twice() -> None:
    store = Store()
    running = take_in(1, "abcd", store.take)
    for _ in range(5):
        running.go_on()
    store.gate.set()
    finish(running)
    assert (store.taken, running.repeated) == (list("abcd"), [])


def test_photos_of_an_event_that_was_deleted_are_let_go_of() -> None:
    def deleted_event(_: Any) -> None:
        raise NotFound("This event is not there any more.")

    running = take_in(1, "abcd", deleted_event)
    finish(running)
    assert pop_finished(1) is running
    assert str(running.failure) == "This event is not there any more."


def test_a_stumble_shows_a_reference_and_not_its_inside() -> None:
    def stumbling(_: Any) -> None:
        raise ZeroDivisionError("secret inside")

    running = take_in(1, "a", stumbling)
    finish(running)
    assert "reference" in str(running.failure)
    assert "secret" not in str(running.failure)


def test_a_folders_photos_come_as_a_person_counts_and_hidden_files_stay_out() -> None:
    names = ["fair/IMG_10.jpg", "fair/IMG_9.JPG", "fair/._IMG_9.JPG", "fair/.trash/IMG_1.jpg", "fair/b.jpg"]
    photos: list[Any] = [SimpleNamespace(name=name) for name in names]
    kept = [photo.name for photo in pictures_of(photos)]
    assert kept == ["fair/b.jpg", "fair/IMG_9.JPG", "fair/IMG_10.jpg"]


def test_a_photos_name_may_have_any_number_of_digits() -> None:
    photos: list[Any] = [SimpleNamespace(name=f"fair/{'9' * 5_000}.jpg"), SimpleNamespace(name="fair/9.jpg")]
    assert [len(photo.name) for photo in pictures_of(photos)] == [10, 5_009]
