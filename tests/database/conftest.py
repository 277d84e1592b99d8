"""What the tests of images and of backups stand on: a bucket, what may stand before it, and places to fill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.database.embedded import EmbeddedServer
from lib.settings import Settings, get_settings
from tests.backup_data import MakePlace, fill_place
from tests.database.backup_places import places
from tests.hosting.s3 import Faulty, S3Server, faulty, s3_server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server with one bucket, which tests share."""
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture(scope="session")
def running_proxy(s3: S3Server) -> Iterator[Faulty]:
    with faulty(s3.endpoint) as proxy:
        yield proxy


@pytest.fixture
def bucket(s3: S3Server, home: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Settings that keep images in the bucket."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return monkeypatch


@pytest.fixture
def proxy(running_proxy: Faulty, bucket: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """What stands between the program and the bucket, doing no harm yet."""
    bucket.setenv("AWS_ENDPOINT_URL", running_proxy.endpoint)
    get_settings.cache_clear()
    running_proxy.heal()
    running_proxy.forget()
    yield running_proxy
    running_proxy.heal()


@pytest.fixture
def new_place(server: EmbeddedServer, tmp_path: Path) -> Iterator[MakePlace]:
    """Give what makes places on the module's server."""
    with places(server, tmp_path) as make:
        yield make


@pytest.fixture
def full(new_place: MakePlace) -> Settings:
    """A place with something of everything."""
    settings = new_place()
    fill_place(settings)
    return settings
