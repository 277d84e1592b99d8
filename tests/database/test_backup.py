"""Backups: everything in one file, and everything back from it."""

from __future__ import annotations

import datetime as dt
import json
import resource
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from lib.backup import making, restoring
from lib.backup.checking import check_backup
from lib.backup.errors import BackupDamaged, BackupFailed, BackupTooNew, NoRoom, PlaceInUse, PlaceNotEmpty
from lib.backup.place import Place, open_place
from lib.backup.tables import as_snapshot, list_tables, read_rows
from lib.contacts.suppression_key import SuppressionKeyLost
from lib.database import migrations
from lib.database.embedded import EmbeddedServer
from lib.database.engine import make_engine
from lib.errors import SettingsError
from lib.settings import Settings
from lib.storage.store import open_store
from tests.backup_data import HEAD, MakePlace, content, fill_place, image, url_of
from tests.conftest import running_server
from tests.database.backup_places import back_up, restore
from tests.database.upgrades.states import bring_to, connect, read_content


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """The embedded server; between it and another version all of this is moved in test_moving."""
    with running_server("embedded") as running:
        yield running


def run_in(settings: Settings, *statements: str) -> None:
    with connect(url_of(settings)) as db:
        for statement in statements:
            db.execute(statement.encode())


def ask(settings: Settings, question: str) -> list[object]:
    with connect(url_of(settings)) as db:
        return [next(iter(row.values())) for row in db.execute(question.encode()).fetchall()]


def is_empty(settings: Settings) -> bool:
    return not any(rows for table, rows in content(settings).items() if table != "loose_images")


def test_everything_comes_back_as_it_was(full: Settings, new_place: MakePlace) -> None:
    before = content(full)
    assert all(before.values()), "fill every table, or say that it is no data"
    path, other = back_up(full), new_place()
    restored = restore(path, other)
    assert content(other) == before
    assert restored.loaded.contacts == len(before["contacts"])
    images = [path.relative_to(full.meishi_home) for path in (full.meishi_home / "images").rglob("*.*")]
    assert len(images) == restored.images > 5
    for name in [*images, Path("suppression.key")]:
        assert (other.meishi_home / name).read_bytes() == (full.meishi_home / name).read_bytes()


def test_nobody_else_reads_what_came_back(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    restore(path, other)
    assert (other.meishi_home / "images").stat().st_mode & 0o077 == 0
    assert (other.meishi_home / "suppression.key").stat().st_mode & 0o077 == 0


def test_no_address_leads_back_to_the_old_place(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    restore(path, other)
    everything = json.dumps(read_content(url_of(other)))
    assert full.meishi_home.name not in everything
    assert everything.count(other.meishi_home.name) > 8


def test_ids_go_on_behind_those_that_were_given_before(full: Settings, new_place: MakePlace) -> None:
    run_in(full, "insert into contacts (full_name) values ('Gone')", "delete from contacts where full_name = 'Gone'")
    last = ask(full, "select last_value from contacts_id_seq")[0]
    path, other = back_up(full), new_place()
    restore(path, other)
    assert ask(other, "insert into contacts (full_name) values ('Next') returning id") == [last + 1]


def test_the_database_works_as_before(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    restore(path, other)
    shape = """select array_agg(x order by x) from (
      select regexp_replace(indexdef, ' WHERE .*', '') as x from pg_indexes where schemaname = 'public'
      union all select cast(conname as text) || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
      union all select concat(tgrelid::regclass, ' ', tgname, ' ', tgenabled) from pg_trigger where not tgisinternal
    ) as found"""
    [ours], [theirs] = ask(full, shape), ask(other, shape)
    assert set(theirs) ^ set(ours) == set()


def test_a_table_that_comes_later_is_not_forgotten(full: Settings) -> None:
    run_in(full, "create table later (id int primary key, word text)", "insert into later values (1, 'kept')")
    with open_place(full) as place, place.engine.connect() as db:
        assert "later" in [table.name for table in list_tables(db)]
    with check_backup(back_up(full)) as checked:
        assert checked.manifest.rows_of("later") == 1


def test_what_is_no_data_is_known_by_name(full: Settings) -> None:
    left_out = set(read_content(url_of(full))) - set(content(full))
    assert left_out == {
        "schema_migrations", "dashboard_views", "backups", "procrastinate_workers", "procrastinate_jobs",
        "procrastinate_events", "procrastinate_periodic_defers",
    }  # fmt: skip


@pytest.mark.parametrize("state", ["0014", "0016"])
def test_a_backup_of_an_older_meishi_is_brought_up_to_date(state: str, new_place: MakePlace) -> None:
    older = new_place(empty=True)
    bring_to(url_of(older), state)
    fill_place(older, state)
    engine = make_engine(url_of(older))
    path = making.make_backup(Place(settings=older, engine=engine, pictures=open_store(older))).path
    engine.dispose()
    assert state < HEAD, "it is to be older"
    other = new_place()
    restore(path, other)
    bring_to(url_of(older), HEAD)
    assert content(other) == content(older)
    assert ask(other, "select nspname from pg_namespace where nspname like 'restore%'") == []
    assert ask(other, "insert into contacts (full_name) values ('Next') returning id")


def test_a_backup_of_a_newer_meishi_is_refused(
    full: Settings, new_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = back_up(full), new_place()
    older = dict(list(migrations.known().items())[:-1])
    monkeypatch.setattr(migrations, "known", lambda: older)
    with pytest.raises(BackupTooNew, match="Update this program"):
        restore(path, other)
    assert is_empty(other)


def test_it_is_not_restored_over_other_data(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    run_in(other, "insert into contacts (full_name) values ('Ada Example')")
    with pytest.raises(PlaceNotEmpty, match=r"1 contact\..*--replace"):
        restore(path, other)
    assert ask(other, "select full_name from contacts") == ["Ada Example"]


def test_what_is_replaced_is_backed_up_first(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    fill_place(other, "0004")
    was = content(other)
    restored = restore(path, other, replace=True)
    assert content(other)["contacts"] == content(full)["contacts"]
    assert restored.before is not None
    again = new_place()
    restore(restored.before.path, again)
    assert content(again)["contacts"] == was["contacts"]


def test_images_of_what_is_replaced_are_swept(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    url = f"{other.storage}/cards/7/{'e' * 32}.jpg"
    run_in(other, f"insert into contacts (full_name, business_card_url) values ('Ada Example', '{url}')")
    restore(path, other, replace=True)
    assert ask(other, f"select sweep_from <= localtimestamp from loose_images where url = '{url}'") == [True]


def test_nothing_is_replaced_while_a_worker_is_at_work(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    run_in(other, "insert into contacts (full_name) values ('Ada Example')")
    run_in(other, "insert into procrastinate_workers default values")
    with pytest.raises(PlaceInUse, match="Stop the app"):
        restore(path, other, replace=True)


def test_jobs_of_what_is_replaced_are_forgotten(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    run_in(other, "insert into contacts (full_name) values ('Ada Example')")
    run_in(
        other, "insert into procrastinate_jobs (queue_name, task_name, lock) values ('q', 'read_card', 'ocr_job/101')"
    )
    restore(path, other, replace=True)
    assert ask(other, "select count(*) from procrastinate_jobs") == [0]


def test_opt_outs_added_since_are_kept(full: Settings) -> None:
    path = back_up(full)
    run_in(full, r"insert into suppressions (hash, kind, source) values ('\x01', 'address', 'by hand')")
    run_in(full, "delete from suppressions where hash <> '\\x01' and id = (select min(id) from suppressions)")
    had = len(ask(full, "select 1 from suppressions"))
    restore(path, full, replace=True)
    assert len(ask(full, "select 1 from suppressions")) == had + 1
    assert ask(full, r"select count(*) from suppressions where hash = '\x01'") == [1]


def test_who_was_erased_since_is_counted(full: Settings) -> None:
    path = back_up(full)
    run_in(full, "delete from contacts where id in (select id from contacts order by id limit 2)")
    assert restore(path, full, replace=True).loaded.returned == 2


def test_opt_outs_of_two_keys_are_not_mixed(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    run_in(other, r"insert into suppressions (hash, kind, source) values ('\x01', 'address', 'by hand')")
    run_in(other, r"insert into suppression_key_checks (check_value) values ('\x02')")
    with pytest.raises(SuppressionKeyLost, match="two keys"):
        restore(path, other, replace=True)
    assert ask(other, "select count(*) from suppressions") == [1]


def test_another_key_in_the_environment_is_refused(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place(suppression_key="quite another key")
    with pytest.raises(SettingsError, match="SUPPRESSION_KEY"):
        restore(path, other)
    assert is_empty(other)


def test_a_key_in_the_environment_stays_out_of_the_file(new_place: MakePlace) -> None:
    settings = new_place(suppression_key="key of the made-up upgrades")
    fill_place(settings)
    path = back_up(settings)
    with check_backup(path) as checked:
        assert (checked.manifest.suppression_key, checked.key) == ("environment", None)
    assert b"key of the made-up upgrades" not in path.read_bytes()
    assert restore(path, new_place()).is_key_lost


def test_an_image_that_is_missing_is_named_and_the_rest_is_kept(full: Settings, new_place: MakePlace) -> None:
    gone = next((full.meishi_home / "images/cards").rglob("*.jpg"))
    gone.unlink()
    path, other = back_up(full), new_place()
    with check_backup(path) as checked:
        assert checked.manifest.missing == 1
        assert checked.manifest.missing_images[0].endswith(gone.name)
    restore(path, other)
    assert content(other) == content(full)


def test_any_tar_program_opens_it_and_sha256sum_agrees(full: Settings, tmp_path: Path) -> None:
    path = back_up(full)
    assert path.stat().st_mode & 0o777 == 0o600
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path / "out", filter="data")
    tools = shutil.which("sha256sum")
    if tools is None:
        pytest.skip("no sha256sum")
    import subprocess

    done = subprocess.run([tools, "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path / "out", check=False)
    assert done.returncode == 0
    names = {found.relative_to(tmp_path / "out").parts[0] for found in (tmp_path / "out").rglob("*")}
    assert names == {"about.json", "tables", "images", "suppression.key", "SHA256SUMS", "manifest.json"}


def test_what_is_changed_in_the_file_is_noticed_and_nothing_is_restored(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    data = bytearray(path.read_bytes())
    at = data.index(image(next(iter(sorted(
        found.relative_to(full.meishi_home / "images").as_posix() for found in (full.meishi_home / "images").rglob("*.jpg")
    )))))  # fmt: skip
    data[at + 100] ^= 1
    path.write_bytes(data)
    with pytest.raises(BackupDamaged):
        restore(path, other)
    assert is_empty(other)
    assert not (other.meishi_home / "images").exists()


def test_a_restore_that_breaks_off_leaves_nothing_and_can_be_run_again(
    full: Settings, new_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = back_up(full), new_place()

    def broken(*_: object, **__: object) -> None:
        raise BackupDamaged("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "load", broken)
        with pytest.raises(BackupDamaged):
            restore(path, other)
    assert is_empty(other)
    noted = ask(other, "select url from loose_images where sweep_from > localtimestamp + interval '23 hours'")
    assert len(noted) == len(list((other.meishi_home / "images").rglob("*.*"))) > 5
    restored = restore(path, other)
    assert restored.images_there == restored.images
    assert content(other) == content(full)


def test_rows_that_do_not_fit_leave_nothing(full: Settings, new_place: MakePlace) -> None:
    run_in(full, "alter table contacts drop constraint contacts_status_known", "update contacts set status = 'lost'")
    path, other = back_up(full), new_place()
    with pytest.raises(BackupDamaged, match="do not fit"):
        restore(path, other)
    assert is_empty(other)


def test_a_backup_that_the_disk_has_no_room_for_is_not_begun(full: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(NoRoom, match=r"^The backup may take .*there are 1.0 MB left in .*BACKUP_FOLDER"):
        back_up(full)
    assert list(full.backups.iterdir()) == []


def test_a_disk_that_fills_up_leaves_no_half_backup(full: Settings) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(BackupFailed, match="could not be written"):
            back_up(full)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(full.backups.iterdir()) == []


def test_half_a_backup_of_a_killed_program_is_swept_and_one_in_the_making_stays(full: Settings) -> None:
    full.backups.mkdir()
    (full.backups / "meishi-2026-05-01T0300Z.tar.part").write_bytes(b"half")
    with making._new_file(full.backups, dt.datetime(2026, 5, 2, 3, tzinfo=dt.UTC)) as (file, path):
        file.write(b"whole")
        back_up(full)
    names = sorted(found.name for found in full.backups.iterdir())
    assert len(names) == 2
    assert names[0] == path.name == "meishi-2026-05-02T0300Z.tar"


def test_two_backups_of_one_minute_have_two_names(full: Settings) -> None:
    at = dt.datetime(2026, 5, 2, 3, tzinfo=dt.UTC)
    full.backups.mkdir()
    for _ in range(2):
        with making._new_file(full.backups, at):
            pass
    assert sorted(found.name for found in full.backups.iterdir()) == [
        "meishi-2026-05-02T0300Z-2.tar", "meishi-2026-05-02T0300Z.tar",
    ]  # fmt: skip


def test_a_backup_is_of_one_moment(full: Settings, new_place: MakePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while it is made is in it whole or not at all."""
    before, write = content(full), making._add_table

    def write_meanwhile(db: object, writer: object, table: making.Columns) -> object:
        if table.name == "email_drafts":
            run_in(full, "delete from contacts", "delete from events")
        return write(db, writer, table)

    monkeypatch.setattr(making, "_add_table", write_meanwhile)
    path, other = back_up(full), new_place()
    restore(path, other)
    assert content(other) == before


def test_rows_that_a_policy_hides_are_never_left_out_in_silence(full: Settings) -> None:
    role = f"reader_{url_of(full).database}"
    run_in(
        full, f"create role {role}", f"grant select on contacts to {role}",
        "alter table contacts enable row level security", "create policy none on contacts using (false)",
    )  # fmt: skip
    with open_place(full) as place, as_snapshot(place.engine) as db:
        [contacts] = [table for table in list_tables(db) if table.name == "contacts"]
        db.exec_driver_sql(f"set local role {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            list(read_rows(db, contacts))
        db.rollback()
    run_in(full, f"drop owned by {role}", f"drop role {role}")


def test_dashboards_show_the_restored_rows(full: Settings, new_place: MakePlace) -> None:
    path, other = back_up(full), new_place()
    restore(path, other)
    assert ask(other, "select contacts from funnel_view where step = 'captured'") == [len(content(full)["contacts"])]


def test_readings_and_campaigns_in_hand_are_found_again(
    full: Settings, new_place: MakePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue is not in the backup: upkeep finds by the other tables what is still to do."""
    from lib.database import close_database, open_database, transaction
    from lib.jobs.drafting import requeue_lost_writing
    from lib.jobs.upkeep import requeue_lost_readings

    run_in(full, "update email_campaigns set status = 'generating' where id = (select min(id) from email_campaigns)")
    path, other = back_up(full), new_place()
    restore(path, other)
    close_database()
    open_database(other)
    try:
        with transaction() as db:
            waiting = text("select id from ocr_jobs where status in ('pending', 'processing') order by id")
            assert requeue_lost_readings() == list(db.execute(waiting).scalars()) != []
        assert len(requeue_lost_writing()) >= 1
    finally:
        close_database()
