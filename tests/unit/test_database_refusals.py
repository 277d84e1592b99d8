"""What servers and poolers say, word for word, and what is made of it."""

import pytest
from psycopg import OperationalError, errors
from sqlalchemy import URL

from lib.database.refusals import as_unavailable

ADDRESS = URL.create("postgresql+psycopg", host="db.example.com", password="s3cret")
WHERE = 'connection failed: connection to server at "10.0.0.5", port 5432 failed: '
FULL, AWAY, RESTARTED = "takes no more connections", "The pooler", "just being restarted"
SAID = [
    # PostgreSQL 15, 16 and 18
    ("FATAL:  sorry, too many clients already", FULL),
    ("FATAL:  remaining connection slots are reserved for non-replication superuser connections", FULL),
    ("FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute", FULL),
    ('FATAL:  too many connections for role "meishi"', FULL),
    ('FATAL:  too many connections for database "meishi"', FULL),
    ("FATAL:  the database system is starting up", RESTARTED),
    ("FATAL:  the database system is shutting down", RESTARTED),
    # pgbouncer and Supavisor
    ("FATAL:  no more connections allowed (max_client_conn)", FULL),
    ("FATAL:  MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", FULL),
    ("FATAL:  server login has been failing, try again later (server_login_retry)", AWAY),
    ("FATAL:  pgbouncer cannot connect to server", AWAY),
    # libpq
    ("server does not support SSL, but SSL was required", "takes no encrypted connections"),
    ("FATAL:  SSL required", "encrypted connections only"),
    ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "a", database "b", no encryption', "encrypted connections only"),
    ("SSL error: certificate verify failed", "does not prove"),
    ('root certificate file "/nowhere" does not exist\nEither provide the file, or …', "does not prove"),
    ('server certificate for "a.example.com" does not match host name "db.example.com"', "does not prove"),
    ("Connection refused\n\tIs the server running on that host?", "does not answer: Connection refused"),
    ('FATAL:  password authentication failed for user "meishi"', "does not answer: FATAL:  password"),
    ('FATAL:  password authentication failed for user "meishi"\nconnection to server failed: FATAL:  no pg_hba.conf entry '
     'for host "10.0.0.9", user "a", database "b", no encryption', "does not answer: FATAL:  password"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "told"), SAID, ids=[said[:60] for said, _ in SAID])
def test_why_a_connection_was_refused_is_told(said: str, told: str) -> None:
    assert told in as_unavailable(OperationalError(WHERE + said), ADDRESS).message


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.ProtocolViolation("query_wait_timeout"), FULL),
        (errors.ProtocolViolation("server login has been failing, try again later (server_login_retry)"), AWAY),
        (
            errors.ProtocolViolation("transaction blocks not allowed in statement pooling mode"),
            "keeps no transactions",
        ),
        (errors.AdminShutdown("terminating connection due to administrator command"), RESTARTED),
        (errors.CrashShutdown("terminating connection because of crash of another server process"), RESTARTED),
        (errors.TooManyConnections("sorry, too many clients already"), FULL),
    ],
)
def test_why_a_statement_was_refused_is_told(error: Exception, told: str) -> None:
    assert told in as_unavailable(error, ADDRESS).message


def test_an_error_without_words_is_told_by_its_name() -> None:
    told = as_unavailable(OperationalError(), ADDRESS)
    assert told.message == "The database db.example.com:5432 does not answer: OperationalError"


def test_of_the_servers_own_disk_is_told_where_nobody_set_an_address() -> None:
    socket = URL.create("postgresql+psycopg", query={"host": "/home/ada/.meishi/postgres/socket"})
    told = as_unavailable(OperationalError("server closed the connection unexpectedly"), socket)
    assert told.message == "The database of this machine does not answer: server closed the connection unexpectedly"
    assert "server.log" in told.remedy
    assert "password" not in told.remedy
