"""The end of a job is told to the queue, if need be once the database is back."""

import asyncio
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from lib.jobs import reading
from lib.jobs.worker import _end_jobs_through_outages


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "OUTAGE_LOOK_S", 0.0)


def queue_that_says(*answers: Exception | None) -> Any:
    """Return a program whose queue gives these answers, one after the other."""
    left = list(answers)

    async def end_job(**about: object) -> None:
        if error := left.pop(0):
            raise ConnectorException from error

    app = SimpleNamespace(job_manager=SimpleNamespace(finish_job=end_job, retry_job=end_job), left=left)
    _end_jobs_through_outages(app)  # type: ignore[arg-type]
    return app


@pytest.mark.parametrize("how", ["finish_job", "retry_job"])
def test_a_job_ends_when_the_database_is_back(how: str) -> None:
    app = queue_that_says(psycopg.OperationalError("away"), psycopg.InterfaceError("closed"), None)
    asyncio.run(getattr(app.job_manager, how)(job=1))
    assert app.left == []


def test_a_job_whose_end_was_heard_though_the_answer_was_lost_has_ended() -> None:
    app = queue_that_says(psycopg.OperationalError("away"), psycopg.errors.RaiseException("not found"))
    asyncio.run(app.job_manager.finish_job(job=1))
    assert app.left == []


def test_a_job_that_the_queue_does_not_know_is_an_error() -> None:
    app = queue_that_says(psycopg.errors.RaiseException("not found"))
    with pytest.raises(ConnectorException):
        asyncio.run(app.job_manager.finish_job(job=1))
