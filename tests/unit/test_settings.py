from pathlib import Path

import pytest

from lib.errors import SettingsError
from lib.settings import Settings, read_settings


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DATABASE_URL", "mysql://somewhere", "postgresql://"),
        ("STORAGE_URL", "ftp://bucket", "s3://bucket"),
        ("MEISHI_HOME", "relative/folder", "absolute path"),
        ("OCR_ENGINE", "abbyy", "rapidocr, easyocr or vision"),
        ("OCR_LANGUAGES", "en,,de", "language codes"),
        ("DEFAULT_REGION", "Germany", "two letters"),
        ("DEFAULT_REGION", "UK", "GB"),
        ("WORKERS", "-1", "0 to 32"),
        ("WORKERS", "many", "0 to 32"),
        ("OPENAI_BASE_URL", "localhost:11434", "http://"),
        ("OPENAI_BASE_URL", "http://", "http://"),
        ("OPENAI_IN_FLIGHT", "33", "1 to 32"),
        ("OPENAI_PRICE_IN", "-1", "million tokens"),
        ("OPENAI_PRICE_OUT", "nan", "million tokens"),
        ("SIGN_IN", "maybe", "oidc or proxy"),
        ("SIGN_IN_ALLOW", "ada@example.com,example.com", "@domain"),
        ("SIGN_IN_PROXIES", "proxy.example.com", "IP addresses"),
        ("SIGN_IN_HEADER", "X Mail", "header"),
        ("BACKUP_EVERY_HOURS", "-1", "0 for none"),
        ("BACKUP_KEEP", "0", "1 to 1000"),
        ("BACKUP_FOLDER", "backups", "absolute path"),
        ("WORKER_HEALTH_PORT", "70000", "free port"),
        ("LOG_FORMAT", "xml", "text or json"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings()
    assert remedy in refused.value.remedy


def test_a_refusal_never_repeats_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://jane:s3cret@db.example.com/x")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "s3cret" not in str(refused.value)


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert read_settings().database_url is None


def test_images_lie_in_the_home_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MEISHI_HOME", str(tmp_path))
    assert read_settings().storage == f"{tmp_path.as_uri()}/images"
    assert read_settings().image_folder == tmp_path / "images"
    assert Settings(storage_url="s3://cards").image_folder is None


def test_languages_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_LANGUAGES", "en, de")
    assert read_settings().ocr_languages == ("en", "de")


def test_a_file_fills_what_the_environment_leaves_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DEFAULT_REGION=DE\nWORKERS=3\n")
    monkeypatch.setenv("WORKERS", "1")
    settings = Settings(_env_file=tmp_path / ".env")
    assert (settings.default_region, settings.workers) == ("DE", 1)


def test_keys_are_not_shown_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up")
    assert "sk-made-up" not in repr(read_settings())


def test_who_may_sign_in_is_given_with_commas_and_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN_ALLOW", "Ada@Example.com, @example.org")
    assert read_settings().sign_in_allow == ("ada@example.com", "@example.org")


def test_a_trusted_proxy_may_be_an_address_or_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN_PROXIES", "10.0.0.7, 172.16.0.0/12")
    assert [str(network) for network in read_settings().sign_in_proxies] == ["10.0.0.7/32", "172.16.0.0/12"]
