"""`python -m lib.capture`: photos from disk, taken in and waited for."""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import URL, text

from lib.capture.__main__ import main
from lib.cards import NoTextFound, Reading
from lib.contacts.events import EventDetails, add_event, list_events
from lib.database import transaction
from lib.errors import DatabaseUnavailable, StorageUnavailable
from lib.jobs.reading import run_reading

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(opened: URL, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three files of different bytes: the reader is not asked here."""
    folder = tmp_path_factory.mktemp("cards")
    for number in (1, 2, 3):
        (folder / f"card {number}.jpg").write_bytes(b"photo %d" % number)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command; it returns its exit status and what it wrote to standard output and error."""

    def command(*arguments: object, event: str = "Fair") -> tuple[int, str, str]:
        status = main(["--event", event, *map(str, arguments)])
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def worker_elsewhere(opened: URL) -> Iterator[None]:
    """A worker that gives signs of life and, beside this test, finds no text on any photo."""
    with transaction() as db:
        db.execute(text("insert into procrastinate_workers default values"))
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.1):
            with transaction() as db:
                jobs = db.execute(text("select id from ocr_jobs where status = 'pending'")).scalars().all()
            for job_id in jobs:
                run_reading(job_id, textless)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ended.set()
    thread.join()


def textless(photo: bytes) -> Reading:
    raise NoTextFound


def add(name: str, date: dt.date) -> None:
    with transaction() as db:
        add_event(db, EventDetails(name=name, date=date))


def events() -> list[tuple[str, str, int]]:
    with transaction() as db:
        return [(event.name, str(event.date), event.contact_count) for event in list_events(db)]


def column(sql: str) -> list[Any]:
    with transaction() as db:
        return list(db.execute(text(sql)).scalars())


def test_a_folder_becomes_contacts_in_its_order_under_the_names_of_the_files(run: Run, folder: Path) -> None:
    (folder / "card 10.jpg").write_bytes(b"photo 10")
    status, out, _ = run(folder)
    assert status == 0
    assert "4 of 4 photos taken in, 0 there already." in out
    assert column("select full_name from contacts order by id") == [f"card {number}.jpg" for number in (1, 2, 3, 10)]


def test_what_the_event_has_already_is_skipped_and_said_so(run: Run, folder: Path) -> None:
    run(folder / "card 1.jpg")
    status, out, _ = run(folder)
    assert status == 0
    assert f"Skipped {folder}/card 1.jpg: card 1.jpg is the same photo as that of card 1.jpg." in out
    assert "2 of 3 photos taken in, 1 there already." in out


def test_a_file_that_cannot_be_taken_in_keeps_no_other_out(run: Run, folder: Path) -> None:
    (folder / "card 2.jpg").write_bytes(b"")
    status, out, err = run(folder, folder / "gone.jpg")
    assert status == 1
    assert "2 of 3 photos taken in" in out
    assert "2 photos failed:" in err
    assert "gone.jpg: It cannot be opened" in err
    assert "card 2.jpg: The file is empty." in err


def test_an_event_that_is_not_there_is_made_and_the_nearest_name_is_said(run: Run, folder: Path) -> None:
    add("Spring Fair", dt.date(2026, 4, 20))
    _, out, _ = run(folder, "--date", "2026-05-01", event="Sprnig Fair")
    assert "it was made, dated 2026-05-01. There is one called Spring Fair." in out
    assert events() == [("Sprnig Fair", "2026-05-01", 3), ("Spring Fair", "2026-04-20", 0)]


def test_an_event_without_a_date_is_of_today(run: Run, folder: Path) -> None:
    run(folder)
    assert events() == [("Fair", str(dt.date.today()), 3)]


def test_an_event_is_found_in_other_letters_but_as_written_first(run: Run, folder: Path) -> None:
    add("FAIR", dt.date(2026, 4, 20))
    run(folder / "card 1.jpg", event="fair")
    add("fair", dt.date(2026, 4, 1))
    run(folder / "card 2.jpg", event="fair")
    assert events() == [("FAIR", "2026-04-20", 1), ("fair", "2026-04-01", 1)]


def test_of_several_events_of_one_name_the_newest_is_taken_and_said_so(run: Run, folder: Path) -> None:
    add("Fair", dt.date(2025, 4, 20))
    add("Fair", dt.date(2026, 4, 20))
    _, out, _ = run(folder)
    assert "2 events are called Fair; the photos go to the newest, of 2026-04-20." in out
    assert events() == [("Fair", "2026-04-20", 3), ("Fair", "2025-04-20", 0)]


def test_paths_that_mean_no_photo_make_no_event(run: Run, folder: Path) -> None:
    status, _, err = run(folder / "gone")
    assert status == 1
    assert "gone: It cannot be opened (No such file or directory)." in err
    assert events() == []


def test_a_wrong_date_is_a_usage_error(run: Run, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(folder, "--date", "tomorrow")
    assert ended.value.code == 2
    assert "'tomorrow' is no day such as 2026-04-20" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [StorageUnavailable, DatabaseUnavailable])
def test_what_ends_it_midway_is_said_and_the_same_command_goes_on(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, kind: type[StorageUnavailable | DatabaseUnavailable]
) -> None:
    from lib.capture import batch

    def failing_from_the_second(event_id: int, photo_name: str, data: bytes) -> int:
        if photo_name == "card 2.jpg":
            raise kind("It does not answer.", "Check it.")
        return capture_photo(event_id, photo_name, data)

    capture_photo = batch.capture_photo
    with monkeypatch.context() as broken:
        broken.setattr(batch, "capture_photo", failing_from_the_second)
        status, _, err = run(folder)
    assert status == 1
    assert "It does not answer. Check it.\n1 of 3 photos taken in, 0 there already." in err
    assert "Run the same command again" in err
    status, out, _ = run(folder)
    assert (status, "2 of 3 photos taken in, 1 there already." in out) == (0, True)


def test_a_photo_nobody_foresaw_ends_in_the_list_without_its_inside(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(event_id: int, photo_name: str, data: bytes) -> int:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("lib.capture.batch.capture_photo", stumbling)
    status, _, err = run(folder / "card 1.jpg")
    assert status == 1
    logged, _, listed = err.partition("1 photo failed:")
    assert "card 1.jpg: It could not be taken in (reference " in listed
    assert "secret" not in listed
    assert "secret inside" in logged


def test_photos_nobody_reads_are_said_to_wait(run: Run, folder: Path) -> None:
    _, out, _ = run(folder)
    assert "They wait to be read. No worker is running: start the app or `make worker`." in out


@pytest.mark.usefixtures("worker_elsewhere")
def test_waiting_ends_when_all_are_read_and_lists_what_could_not_be(run: Run, folder: Path) -> None:
    status, _, err = run(folder, "--wait")
    assert status == 1
    assert "Reading: 3 of 3" in err
    assert "3 photos failed:" in err
    assert f"{folder}/card 1.jpg: No text was found on this photo." in err
    assert "No worker is running" not in err


@pytest.mark.usefixtures("worker_elsewhere")
def test_waiting_is_also_for_photos_that_an_earlier_run_took_in(run: Run, folder: Path) -> None:
    run(folder)
    status, out, err = run(folder, "--wait")
    assert "0 of 3 photos taken in, 3 there already." in out
    assert (status, "3 photos failed:" in err) == (1, True)


def test_waiting_for_nobody_says_so_and_ends(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.capture.waiting.PATIENCE_S", 0.2)
    status, _, err = run(folder, "--wait")
    assert status == 1
    assert "No worker is running: start the app or `make worker`. Waiting a minute for one." in err
    assert "No worker came to read the photos." in err
    assert "3 of 3 photos taken in, 0 there already. They are safe." in err


def test_ctrl_c_while_waiting_ends_with_a_sentence(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressing_ctrl_c(_: float) -> None:
        raise KeyboardInterrupt

    # Not `time.sleep` itself, which every thread of this process calls.
    clock = SimpleNamespace(sleep=pressing_ctrl_c, monotonic=time.monotonic)
    monkeypatch.setattr("lib.capture.waiting.time", clock)
    status, _, err = run(folder, "--wait")
    assert status == 130
    assert "Stopped.\n3 of 3 photos taken in, 0 there already. They are safe." in err
    assert column("select status from ocr_jobs") == ["pending"] * 3
