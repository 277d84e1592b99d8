"""Which addresses of a database get an encrypted connection."""

from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict

from lib.database.address import OPTIONS, connect_options, parse_url
from lib.errors import SettingsError
from lib.jobs.queue import worker_connector

HERE = [
    "postgresql:///meishi",
    "postgresql://jane@/meishi?host=/var/run/postgresql",
    "postgresql://jane@localhost/meishi",
    "postgresql://jane@LOCALHOST:5433/meishi",
    "postgresql://jane@127.0.0.1/meishi",
    "postgresql://jane@127.8.0.1/meishi",
    "postgresql://jane@[::1]:5433/meishi",
    "postgresql://jane@/meishi?host=localhost:5432&host=127.0.0.1:5433",
]
ELSEWHERE = [
    "postgresql://jane@db.example.com/meishi",
    "postgres://jane@localhost.example.com/meishi",
    "postgresql://jane@10.0.0.5/meishi",
    "postgresql://jane@[2001:db8::1]/meishi",
    "postgresql://jane@/meishi?host=db.example.com",
    "postgresql://jane@/meishi?host=localhost:5432&host=db.example.com:5432",
    # Where it is really found counts as well as what it is called.
    "postgresql://jane@localhost/meishi?hostaddr=10.0.0.5",
    "postgresql://jane@db.example.com/meishi?hostaddr=127.0.0.1",
]


@pytest.fixture(autouse=True)
def nothing_said_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGHOST", "PGHOSTADDR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("address", HERE)
def test_on_this_machine_nothing_is_asked_of_the_connection(address: str) -> None:
    assert "sslmode" not in parse_url(address).query


@pytest.mark.parametrize("address", ELSEWHERE)
def test_a_server_elsewhere_must_encrypt(address: str) -> None:
    assert parse_url(address).query["sslmode"] == "require"


@pytest.mark.parametrize("mode", ["disable", "prefer", "verify-full"])
def test_what_the_address_says_of_encryption_stands(mode: str) -> None:
    assert parse_url(f"postgresql://jane@db.example.com/meishi?sslmode={mode}").query["sslmode"] == mode


def test_what_the_environment_says_of_encryption_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert parse_url("postgresql://jane@db.example.com/meishi").query["sslmode"] == "verify-full"


def test_a_host_named_by_the_environment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.example.com")
    assert parse_url("postgresql:///meishi").query["sslmode"] == "require"


def test_workers_take_their_jobs_by_the_same_way() -> None:
    connector = worker_connector(parse_url("postgresql://jane@db.example.com/meishi"))
    assert "sslmode=require" in connector._pool_args["conninfo"]
    assert connector._pool_args["kwargs"] == {**OPTIONS, "prepare_threshold": None}


@pytest.mark.parametrize("password", ["two words", "50%", "a+b@c/d:e#f?g&h", "it's \\ that"])
def test_workers_sign_in_by_any_password(password: str) -> None:
    url = parse_url(f"postgresql://jane:{quote(password, safe='')}@db.example.com/meishi")
    assert conninfo_to_dict(worker_connector(url)._pool_args["conninfo"])["password"] == password


def test_how_long_to_wait_for_a_connection_may_be_told() -> None:
    options = connect_options(parse_url("postgresql://jane@db.example.com/meishi?connect_timeout=3"))
    assert "connect_timeout" not in options


def test_an_address_that_is_none_is_said_without_repeating_it() -> None:
    with pytest.raises(SettingsError) as wrong:
        parse_url("postgresql://jane:s3cret@db.example.com:port/meishi")
    assert "DATABASE_URL" in wrong.value.message
    assert "s3cret" not in str(wrong.value)
