"""The environment, read once."""

from __future__ import annotations

import os
import re
from decimal import Decimal
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

import phonenumbers
import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from lib.errors import SettingsError

ROOT = Path(__file__).parents[1]

# What each setting takes, in the words of the refusal.
REMEDIES = {
    "database_url": "Give an address such as postgresql://user:password@host:5432/name, or leave it out.",
    "notebook_database_url": "Give the address of a role that may only read, or leave it out.",
    "storage_url": "Give s3://bucket, s3://bucket/folder or file:///folder, or leave it out.",
    "aws_endpoint_url": "Give the address of an S3 server, such as https://s3.example.com, or leave it out.",
    "meishi_home": "Give the absolute path of a folder, or leave it out.",
    "ocr_engine": "Choose rapidocr, easyocr or vision.",
    "ocr_languages": "Give EasyOCR's language codes with commas between them, such as en,de.",
    "default_region": "Give a country as two letters, such as DE, GB or US.",
    "workers": "Give a whole number from 0 to 32.",
    "suppression_key": "Give the key of the opt-out list, at least 16 characters, or leave it out.",
    "openai_base_url": "Give the address of an OpenAI-compatible server, such as http://127.0.0.1:11434/v1.",
    "openai_in_flight": "Give how many e-mails may be asked for at once, from 1 to 32.",
    "openai_price_in": "Give US dollars for a million tokens sent, such as 0.25, or leave it out.",
    "openai_price_out": "Give US dollars for a million tokens answered, such as 2, or leave it out.",
    "sign_in": "Choose none, oidc or proxy.",
    "sign_in_allow": "Give e-mail addresses, or @domain for everybody of a domain, with commas between them.",
    "sign_in_header": "Give the name of the header in which the proxy tells the address, such as X-Forwarded-Email.",
    "sign_in_proxies": "Give the proxy's IP addresses or networks with commas between them, such as 127.0.0.1.",
    "backup_every_hours": "Give the hours between two backups, or 0 for none.",
    "backup_keep": "Give how many scheduled backups are kept, from 1 to 1000.",
    "backup_folder": "Give the absolute path of a folder, or leave it out.",
    "worker_health_port": "Give a free port from 1 to 65535, or leave it out.",
    "log_format": "Choose text or json.",
}


def default_home() -> Path:
    """Return the folder for data where none is set: the platform's user-data folder.

    As root it is /var/lib/meishi: the server runs under another account, to which root's home is closed.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/meishi")
    return Path(platformdirs.user_data_dir("meishi", appauthor=False))


class Settings(BaseSettings):
    """The settings; `.env` beside Home.py fills what the environment leaves out."""

    model_config = SettingsConfigDict(env_file=ROOT / ".env", extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str | None = Field(default=None, repr=False, pattern=r"^postgres(ql)?(\+psycopg)?://")
    # For the notebook, where DATABASE_URL's role may make no other role or a pooler must know it beforehand.
    notebook_database_url: str | None = Field(default=None, repr=False, pattern=r"^postgres(ql)?(\+psycopg)?://")
    storage_url: str | None = Field(default=None, pattern=r"^(s3://[\w.-]+(/[\w+=-][\w.+=-]*)*/?|file:///.+)$")
    meishi_home: Path = Field(default_factory=default_home)
    ocr_engine: Literal["rapidocr", "easyocr", "vision"] = "rapidocr"
    ocr_languages: Annotated[tuple[str, ...], NoDecode] = ("en",)
    default_region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    workers: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=0, le=32)
    openai_api_key: str | None = Field(default=None, repr=False)
    openai_base_url: str | None = Field(default=None, pattern=r"^https?://[^/]+")
    openai_model: str = "gpt-5-mini"
    openai_in_flight: int = Field(default=8, ge=1, le=32)
    openai_price_in: Decimal | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)
    openai_price_out: Decimal | None = Field(default=None, ge=0, le=100_000, allow_inf_nan=False)
    suppression_key: str | None = Field(default=None, repr=False, min_length=16)
    aws_access_key_id: str | None = Field(default=None, repr=False)
    aws_secret_access_key: str | None = Field(default=None, repr=False)
    aws_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://([\w.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?(/[\w./-]*)?$"
    )
    aws_region: str = "us-east-1"
    # Who may come in once the app listens beyond this machine.
    sign_in: Literal["none", "oidc", "proxy"] = "none"
    sign_in_allow: Annotated[tuple[str, ...], NoDecode] = ()
    sign_in_header: str = Field(default="X-Forwarded-Email", pattern=r"^[A-Za-z][A-Za-z0-9-]*$")
    sign_in_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = (
        IPv4Network("127.0.0.1/32"),
        IPv6Network("::1/128"),
    )
    backup_every_hours: float = Field(default=0, ge=0, le=24 * 366, allow_inf_nan=False)
    backup_keep: int = Field(default=7, ge=1, le=1000)
    backup_folder: Path | None = None
    worker_health_port: int | None = Field(default=None, ge=1, le=65535)
    log_format: Literal["text", "json"] = "text"

    @field_validator("ocr_languages", "sign_in_allow", "sign_in_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """Take `en,de` as two."""
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("sign_in_allow")
    @classmethod
    def _allowed_have_domains(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # ASCII alone: case folding makes letters of other scripts into those of somebody else's address.
        # A domain has a dot: @com would be nobody's, and look like everybody's.
        if not all(re.fullmatch(r"[!-?A-~]*@[\w-]+(\.[\w-]+)+", allowed, re.ASCII) for allowed in value):
            raise ValueError("not addresses")
        return tuple(allowed.casefold() for allowed in value)

    @field_validator("ocr_languages")
    @classmethod
    def _languages_are_codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(code.replace("_", "").isalnum() and code.isascii() for code in value):
            raise ValueError("not language codes")
        return value

    @field_validator("default_region")
    @classmethod
    def _region_has_numbers(cls, value: str) -> str:
        if value not in phonenumbers.SUPPORTED_REGIONS:
            raise ValueError("not a region")
        return value

    @field_validator("meishi_home", "backup_folder")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        folder = value and value.expanduser()
        if folder and not folder.is_absolute():
            raise ValueError("not an absolute path")
        return folder

    @property
    def storage(self) -> str:
        """The address of the image store: `STORAGE_URL`, or the folder `images` in the home."""
        return self.storage_url or (self.meishi_home / "images").as_uri()

    @property
    def image_folder(self) -> Path | None:
        """The folder that the image store is; None for a bucket."""
        address = urlsplit(self.storage)
        return Path(unquote(address.path)) if address.scheme == "file" else None

    @property
    def backups(self) -> Path:
        """The folder of the backups: `BACKUP_FOLDER`, or the folder `backups` in the home."""
        return self.backup_folder or self.meishi_home / "backups"

    @property
    def has_model(self) -> bool:
        """Whether a model is set: a key or a server."""
        return bool(self.openai_api_key or self.openai_base_url)


def read_settings() -> Settings:
    """Return the settings of this process's environment. Raises SettingsError naming the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).lower()
        # The value itself is not repeated: it may hold a password.
        raise SettingsError(f"The setting {name.upper()} cannot be used.", REMEDIES.get(name, "")) from None


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings, read at the first call. Raises SettingsError."""
    return read_settings()
