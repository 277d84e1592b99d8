"""The way to a server elsewhere is encrypted, or nothing is sent on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from sqlalchemy import text

from lib.analytics.notebook.reader import address_of
from lib.database import close_database, current_engine, open_database, transaction
from lib.errors import DatabaseUnavailable
from lib.settings import Settings
from tests.hosting.postgres import NAME, HostedPostgres, hosted_postgres

HOW = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path_factory.mktemp("hosted")) as server:
        yield server


@pytest.fixture(scope="module")
def without_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostedPostgres]:
    with hosted_postgres(tmp_path_factory.mktemp("hosted"), tls=False) as server:
        yield server


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    close_database()
    yield
    close_database()


def open_by(url: str) -> None:
    open_database(Settings(database_url=url))


def test_a_server_elsewhere_is_spoken_to_encrypted(hosted: HostedPostgres) -> None:
    open_by(hosted.remote())
    with transaction() as db:
        assert db.execute(text(HOW)).one() == (True, "TLSv1.3")
    assert address_of(current_engine())["sslmode"] == "require"


def test_a_server_elsewhere_without_encryption_is_refused_and_how_to_allow_it_is_said(
    without_tls: HostedPostgres,
) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        open_by(without_tls.remote())
    assert refused.value.message == f"The database {NAME}:{without_tls.port} takes no encrypted connections."
    assert "?sslmode=disable" in refused.value.remedy
    open_by(f"{without_tls.remote()}&sslmode=disable")
    with transaction() as db:
        assert db.execute(text(HOW)).one() == (False, None)


def test_a_server_on_this_machine_may_do_without(without_tls: HostedPostgres) -> None:
    open_by(without_tls.url)
    with transaction() as db:
        assert db.execute(text(HOW)).one() == (False, None)


def test_a_server_that_proves_its_name_is_let_in(hosted: HostedPostgres) -> None:
    open_by(f"{hosted.remote()}&sslmode=verify-full&sslrootcert={hosted.ca_file}")
    with transaction() as db:
        assert db.execute(text(HOW)).one().ssl


def test_a_server_that_proves_nothing_is_sent_nothing(hosted: HostedPostgres, tmp_path: Path) -> None:
    others = tmp_path / "others.pem"
    trustme.CA().cert_pem.write_to_path(others)
    with pytest.raises(DatabaseUnavailable, match="does not prove that it is the right server") as refused:
        open_by(f"{hosted.remote()}&sslmode=verify-full&sslrootcert={others}")
    assert "sslrootcert" in refused.value.remedy


def test_a_server_with_another_name_is_sent_nothing(hosted: HostedPostgres) -> None:
    another = hosted.remote().replace(NAME, "other.example.com")
    with pytest.raises(DatabaseUnavailable, match="does not prove that it is the right server"):
        open_by(f"{another}&sslmode=verify-full&sslrootcert={hosted.ca_file}")


def test_a_server_that_insists_on_encryption_is_understood(hosted: HostedPostgres) -> None:
    with pytest.raises(DatabaseUnavailable, match="takes encrypted connections only"):
        open_by(f"{hosted.remote()}&sslmode=disable")


def test_a_password_is_not_part_of_any_of_it(hosted: HostedPostgres) -> None:
    with pytest.raises(DatabaseUnavailable) as refused:
        open_by(hosted.url_of("meishi", "not the s3cret"))
    assert "password authentication failed" in refused.value.message
    assert "s3cret" not in str(refused.value)
