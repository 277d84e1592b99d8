"""Readers loaded once, and the cards they read."""

from __future__ import annotations

import pytest

from lib.cards import Engine, open_engine
from lib.demo.drawing import Person
from tests.pages.conftest import server  # readers need no second database server

__all__ = ["server"]

JANE = Person(
    full_name="Jane Miller",
    email="jane.miller@example.com",
    company="Example Robotics Inc.",
    title="Head of Marketing",
    phone="+1 212 555 0123",
    website="www.example.com",
    linkedin_url="linkedin.com/in/jane-miller",
    address="12 Harbour Street, Springfield",
)


@pytest.fixture(scope="session")
def rapid(tmp_path_factory) -> Engine:
    return open_engine("rapidocr", threads=2, folder=tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def jane() -> Person:
    return JANE
