"""Python, packages, settings and disks that are not as they should be, and what the doctor says to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lib.settings import Settings
from tests.database.doctor.looking import findings, only, said


def test_a_python_that_is_too_old(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lib.doctor.program.OLDEST_PYTHON", (99, 0))
    assert "remove .venv" in only("Python", alone()).remedy


def test_packages_that_are_missing_or_others(
    alone: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pinned = tmp_path / "requirements.txt"
    pinned.write_text("no-such-package==1.0\nsqlalchemy==0.1  # old\n")
    monkeypatch.setattr("lib.doctor.program.REQUIREMENTS", pinned)
    missing, other = findings("Packages", alone())
    assert said(missing)[0] == "wrong"
    assert "no-such-package" in missing.message
    assert (other.status, "sqlalchemy" in other.message, "requirements.txt" in other.remedy) == (
        "warning",
        True,
        True,
    )


def test_a_misspelt_setting_is_told_what_it_was_to_be(
    alone: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = tmp_path / ".env"
    env.write_text("DATABSE_URL=postgresql://jane:s3cret@x/y\nSTREAMLIT_SERVER_PORT=80\nWORKERS=2\n")
    env.chmod(0o644)
    monkeypatch.setitem(Settings.model_config, "env_file", env)
    monkeypatch.setenv("MEISHI_HOMR", "/x")
    misspelt, also, opened = findings("Settings", alone())
    assert "DATABSE_URL" in misspelt.message
    assert "DATABASE_URL" in misspelt.remedy
    assert "MEISHI_HOME" in also.remedy
    assert opened.remedy == f"Run: chmod 600 {env}"
    assert "s3cret" not in str((misspelt, also, opened))


def test_an_app_open_to_the_network(alone: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    status, words = said(only("Sign-in", alone()))
    assert status == "wrong"
    assert "SIGN_IN" in words


def test_a_sign_in_that_lacks_its_secrets_or_lets_others_read_them(
    alone: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("[auth]\n")
    secrets.chmod(0o600)
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(secrets))
    case = alone(sign_in="oidc", sign_in_allow="ada@example.com")
    assert "lacks" in only("Sign-in", case).message
    secrets.write_text(
        '[auth]\nredirect_uri = "https://meishi.example.com/oauth2callback"\nclient_id = "meishi"\n'
        'cookie_secret = "0123456789abcdef0123456789abcdef"\nclient_secret = "s3cret"\n'
        'server_metadata_url = "https://id.example.com/.well-known/openid-configuration"\n'
    )
    assert [found.status for found in findings("Sign-in", case)] == ["ok"]
    secrets.chmod(0o644)
    assert "chmod 600" in only("Sign-in", case).remedy


@pytest.mark.parametrize(("name", "status"), [("LITTLE_BYTES", "warning"), ("TOO_LITTLE_BYTES", "wrong")])
def test_a_disk_that_is_nearly_full(alone: Callable, monkeypatch: pytest.MonkeyPatch, name: str, status: str) -> None:
    monkeypatch.setattr(f"lib.doctor.program.{name}", 10**18)
    found = only("Disks", alone())
    assert (found.status, "Make room" in found.remedy) == (status, True)
