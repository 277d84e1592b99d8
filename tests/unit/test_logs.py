"""What the log's lines look like, and what never gets into one."""

import json
import logging
import logging.config
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from lib import logs
from lib.logs import JsonLines, Printed, TextLines, about, adopt_server, refer, set_up_logs
from lib.secrets import Mask, list_secrets
from lib.settings import Settings

FORGED = "card.jpg\n2026-01-01 00:00:00,000 ERROR lib.ui: forged"


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What a process of its own would have written to standard error."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    # A test before this one may have begun as a program does, in this very process.
    if logs._handler is not None:
        root.removeHandler(logs._handler)
    before = list(root.handlers)
    monkeypatch.setattr(logs, "_handler", None)
    ours = logging.getLogger("lib")
    level = ours.level
    ours.setLevel(logging.NOTSET)
    yield lambda: capsys.readouterr().err
    # By its method: loggers remember what is enabled.
    ours.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(False)
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)


def lines(out: Callable[[], str]) -> list[dict]:
    return [json.loads(line) for line in out().splitlines()]


def one_line(record_of: str, formatter: logging.Formatter, *arguments: object) -> str:
    record = logging.LogRecord("lib.test", logging.WARNING, "", 0, record_of, arguments, None)
    return formatter.format(record)


def test_a_json_line_tells_time_level_logger_message_reference_and_exception(out: Callable[[], str]) -> None:
    set_up_logs(Settings(log_format="json"))
    try:
        raise ValueError("no such row")
    except ValueError:
        reference = refer(logging.getLogger("lib.ui.page"), "page failed")
    (line,) = lines(out)
    assert line["time"].endswith("Z")
    assert (line["level"], line["logger"], line["message"]) == ("error", "lib.ui.page", "page failed")
    assert line["reference"] == reference
    assert line["exception"].endswith("ValueError: no such row")


def test_a_text_line_tells_the_same_to_a_person(out: Callable[[], str]) -> None:
    set_up_logs(Settings())
    try:
        raise ValueError("no such row")
    except ValueError:
        reference = refer(logging.getLogger("lib.ui.page"), "page failed", job_id=3)
    head, *trace = out().splitlines()
    assert head.endswith(f"ERROR lib.ui.page: page failed (reference={reference}, job_id=3)")
    assert trace[-1] == "    ValueError: no such row"


def test_what_went_well_is_told_of_our_own_work_alone(out: Callable[[], str]) -> None:
    """A backup that was made, and how many made way for it."""
    set_up_logs(Settings(log_format="json"))
    logging.getLogger("lib.backup").info("backup made")
    logging.getLogger("some_library").info("chatter")
    assert [line["message"] for line in lines(out)] == ["backup made"]


def test_what_is_known_of_a_job_stands_in_its_records_and_in_no_others(out: Callable[[], str]) -> None:
    set_up_logs(Settings(log_format="json"))
    log = logging.getLogger("lib.jobs")
    with about(job_id=7):
        log.warning("slow")
        with about(contact_id=9):
            log.warning("slower")
    log.warning("idle")
    assert [(line.get("job_id"), line.get("contact_id")) for line in lines(out)] == [(7, None), (7, 9), (None, None)]


@pytest.mark.parametrize("formatter", [TextLines(Mask(())), JsonLines(Mask(()))])
@pytest.mark.parametrize(
    "name",
    [FORGED, "a\rb", "a\x1b[2Jb", "a\x9b2Jb", "a\u2028b", "a\u202eb", "a\x00b", "a\x85b", "a\x0bb", "a\ud800b"],
)
def test_a_files_name_forges_no_line_and_moves_no_cursor(formatter: logging.Formatter, name: str) -> None:
    line = one_line("%s cannot be read", formatter, name)
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_an_exceptions_text_never_begins_at_the_margin() -> None:
    try:
        raise ValueError(FORGED)
    except ValueError:
        record = logging.LogRecord("lib.test", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    head, *trace = TextLines(Mask(())).format(record).splitlines()
    assert head.endswith("failed")
    assert trace
    assert all(line.startswith("    ") for line in trace)


SECRETS = Settings(
    database_url="postgresql://jane:p%40ss%2Fword@db.example.com/meishi",
    notebook_database_url="postgresql://db.example.com/meishi?user=reader&password=r3ader%21pw",
    openai_api_key="sk-abcdef",
    suppression_key='quoted "key" of the list',
    aws_secret_access_key="aws/secret+key",
)


@pytest.mark.parametrize("formatter", [TextLines, JsonLines])
@pytest.mark.parametrize(
    "secret",
    [
        "p%40ss%2Fword",
        "p@ss/word",
        "r3ader!pw",
        "r3ader%21pw",
        "sk-abcdef",
        'quoted "key" of the list',
        "aws/secret+key",
    ],
)
def test_no_secret_of_the_settings_is_told_also_in_a_traceback(
    formatter: type[TextLines | JsonLines], secret: str
) -> None:
    try:
        raise ValueError(f"refused for {secret} and {secret!r}")
    except ValueError:
        trace = sys.exc_info()
    record = logging.LogRecord("lib.test", logging.ERROR, "", 0, "with %s", (secret,), trace)
    line = formatter(Mask(list_secrets(SECRETS))).format(record)
    assert secret not in line
    assert json.dumps(secret)[1:-1] not in line
    assert line.count("***") >= 3


def test_streamlits_own_secrets_are_not_told_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secrets.toml"
    file.write_text(
        '[auth]\nredirect_uri = "http://meishi.example.com"\ncookie_secret = "c00kie"\n[auth.x]\nclient_secret = "cl1ent"\n'
    )
    monkeypatch.setattr("lib.secrets.SECRETS_FILES", (file,))
    assert list_secrets(Settings()) == {"c00kie", "cl1ent"}
    other = tmp_path / "in another place.toml"
    other.write_text('[auth]\ncookie_secret = "an0ther"\n')
    monkeypatch.setenv("STREAMLIT_SECRETS_FILES", str(other))
    assert list_secrets(Settings()) == {"an0ther"}


def test_a_short_word_is_no_secret() -> None:
    assert Mask({"a", "ab"})("a cab") == "a cab"


def test_a_record_whose_arguments_do_not_fit_is_told_all_the_same() -> None:
    assert "cards (3,)" in one_line("no cards", TextLines(Mask(())), 3)


def test_what_the_process_prints_and_dies_of_is_json_too(
    out: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))  # put back at the end
    set_up_logs(Settings(log_format="json"), whole_output=True)
    print("You can now view your app", end="")
    print(" in your browser.\n\n")
    print("The store is away.", file=sys.stderr)
    sys.excepthook(ValueError, ValueError("unforeseen"), None)
    assert [(line["level"], line["logger"], line["message"]) for line in lines(out)] == [
        ("info", "stdout", "You can now view your app in your browser."),
        ("warning", "stderr", "The store is away."),
        ("critical", "lib", "the program ended by an error"),
    ]
    assert isinstance(sys.stdout, Printed)


def test_records_of_the_server_leave_as_ours_do(out: Callable[[], str]) -> None:
    theirs = logging.getLogger("test.streamlit")
    theirs.propagate = False
    theirs.streamlit_console_handler = logging.StreamHandler()
    theirs.addHandler(theirs.streamlit_console_handler)
    module = SimpleNamespace(setup_formatter=None)
    module.update_formatter = lambda: module.setup_formatter(theirs)
    uvicorns = {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"default": {"class": "logging.StreamHandler"}},
        "loggers": {"test.uvicorn": {"handlers": ["default"], "level": "INFO", "propagate": False}},
    }
    set_up_logs(Settings(log_format="json"))
    adopt_server(module, uvicorns)
    logging.config.dictConfig(uvicorns)
    theirs.warning("a script failed")
    logging.getLogger("test.uvicorn").error("refused")
    assert [line["message"] for line in lines(out)] == ["a script failed", "refused"]


def test_the_reference_on_the_page_is_that_of_the_record(caplog: pytest.LogCaptureFixture) -> None:
    def broken_page() -> None:
        from lib.ui.page import error_boundary

        with error_boundary():
            raise RuntimeError("unforeseen")

    (shown,) = AppTest.from_function(broken_page).run().error
    (record,) = [record for record in caplog.records if hasattr(record, "reference")]
    assert f"reference {record.reference} in the log" in shown.value
    assert "unforeseen" not in shown.value
    assert "unforeseen" in str(record.exc_info)
