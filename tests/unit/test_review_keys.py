import pytest

from lib.ui.review.keys import is_phone

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONES = {
    "iPhone, Safari": f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1",
    "iPhone, Chrome": f"{MOZILLA} (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/137.0.7151.79 Mobile/15E148 Safari/604.1",
    "Android, Chrome": f"{MOZILLA} (Linux; Android 10; K) {WEBKIT} Chrome/137.0.0.0 Mobile Safari/537.36",
    "Android, Firefox": f"{MOZILLA} (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
    "Android, Samsung": f"{MOZILLA} (Linux; Android 10; K) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile "
    "Safari/537.36",
}
DESKTOPS = {
    "Windows, Chrome": f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/137.0.0.0 Safari/537.36",
    "Windows, Edge": f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
    "Mac, Safari": f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Safari/605.1.15",
    "Linux, Firefox": f"{MOZILLA} (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
    "Chromebook": f"{MOZILLA} (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/137.0.0.0 Safari/537.36",
    "nothing said": "",
}


@pytest.mark.parametrize("browser", PHONES)
def test_a_phone_is_known_by_its_browser(browser: str) -> None:
    assert is_phone(PHONES[browser])


@pytest.mark.parametrize("browser", DESKTOPS)
def test_a_desktop_is_no_phone(browser: str) -> None:
    assert not is_phone(DESKTOPS[browser])
