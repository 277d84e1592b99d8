"""A place with a row in every table and an image behind every address, and what is in a place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.engine import make_url

from lib.backup.tables import NOT_DATA
from lib.settings import Settings
from tests.database.upgrades.states import FILLS, KEY, STATES, Content, _move_sequences, connect, read_content

HEAD = STATES[-1]
ADDRESS = re.compile(r"file:///srv/meishi/images/(cards/\d+|exports)/(\w+)\.(jpg|csv)")
SWEPT = "loose"
MakePlace = Callable[..., Settings]


def settings_for(url: URL | str, home: Path, **more: Any) -> Settings:
    """Return the settings of a place whose home is `home`."""
    address = url if isinstance(url, str) else url.render_as_string(hide_password=False)
    return Settings(**{"database_url": address, "meishi_home": home, "workers": 0, **more})


def key_of(folder: str, name: str, extension: str) -> str:
    """Return a key as the store gives them, always the same for a name."""
    return f"{folder}/{hashlib.md5(name.encode()).hexdigest()}.{extension}"


def fill_place(settings: Settings, state: str = HEAD, *, base: str | None = None) -> list[str]:
    """Fill every table up to `state`, and return the keys of the images that somebody can see."""
    keys: set[str] = set()

    def found(match: re.Match[str]) -> str:
        if match[2] != SWEPT:
            keys.add(key_of(*match.groups()))
        return f"{base or settings.storage}/{key_of(*match.groups())}"

    with connect(url_of(settings)) as db:
        for path in sorted(FILLS.glob("*.sql")):
            if path.stem <= state:
                db.execute(ADDRESS.sub(found, path.read_text()).encode())
        _move_sequences(db)
    if settings.storage.startswith("file:"):
        for key in keys:
            path = Path(settings.storage.removeprefix("file://")) / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(image(key))
    (settings.meishi_home / "suppression.key").write_text(KEY + "\n")
    return sorted(keys)


def image(key: str) -> bytes:
    """Return what the made-up image of this key holds."""
    return hashlib.sha512(key.encode()).digest() * 100


def url_of(settings: Settings) -> URL:
    """Return the address of the database."""
    assert settings.database_url is not None
    return make_url(settings.database_url)


def content(settings: Settings, url: URL | None = None) -> Content:
    """Return every row that is data, with the addresses of images as if they lay in `store:`."""
    found = read_content(url or url_of(settings))

    def home(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(settings.storage.rstrip("/") + "/", "store:/")
        if isinstance(value, list):
            return [home(one) for one in value]
        return {key: home(one) for key, one in value.items()} if isinstance(value, dict) else value

    return {
        table: {home(key): home(row) for key, row in rows.items()}
        for table, rows in found.items()
        if not NOT_DATA.fullmatch(table)
    }
