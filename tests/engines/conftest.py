"""Readers need no second database server."""

from tests.pages.conftest import server

__all__ = ["server"]
