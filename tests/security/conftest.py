"""One server: what is tested here does not differ between them."""

from tests.pages.conftest import server

__all__ = ["server"]
