"""Log lines, as text or as JSON: one record each, that no file's name can forge and no secret gets into."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType, TracebackType
from typing import Any, TextIO

from lib.secrets import Mask, list_secrets
from lib.settings import Settings

# What a line tells beside its message, where it is known.
KNOWN = ("reference", "job_id", "contact_id", "campaign_id")

_about: ContextVar[dict[str, object] | None] = ContextVar("about", default=None)
_handler: _StandardError | None = None


@contextmanager
def about(**known: object) -> Iterator[None]:
    """Have the records inside of the block tell what they are about, of `KNOWN`."""
    token = _about.set({**(_about.get() or {}), **known})
    try:
        yield
    finally:
        _about.reset(token)


def refer(log: logging.Logger, what: str, **known: object) -> str:
    """Log the exception in hand under a new reference, and return the reference, for the person who meets it."""
    reference = uuid.uuid4().hex[:8]
    log.exception(what, extra={**known, "reference": reference})
    return reference


def set_up_logs(settings: Settings, *, whole_output: bool = False) -> None:
    """Have all records leave on standard error in the settings' format; a further call changes the format.

    With `whole_output` and JSON, what the process prints becomes records too, so that each of its lines is one.
    """
    global _handler
    mask = Mask(list_secrets(settings))
    is_json = settings.log_format == "json"
    _handler = handler = _handler or _StandardError()
    handler.setFormatter(JsonLines(mask) if is_json else TextLines(mask))
    logging.getLogger().addHandler(handler)  # once, however often it is added
    logging.getLogger("lib").setLevel(logging.INFO)
    logging.captureWarnings(True)
    if whole_output and is_json and not isinstance(sys.stderr, Printed):
        handler.hold(sys.stderr)
        sys.stdout, sys.stderr = Printed("stdout", logging.INFO), Printed("stderr", logging.WARNING)
        sys.excepthook = _log_uncaught
        threading.excepthook = lambda failed: _log_uncaught(
            failed.exc_type, failed.exc_value or failed.exc_type(), failed.exc_traceback
        )


def adopt_server(streamlits: ModuleType, uvicorns: dict[str, Any]) -> None:
    """Have Streamlit's and Uvicorn's records leave as ours do.

    Both give their loggers handlers of their own: `streamlits` is the module `streamlit.logger`, `uvicorns` the
    configuration that Uvicorn applies when it starts.
    """

    def hand_on(logger: logging.Logger) -> None:
        logger.removeHandler(getattr(logger, "streamlit_console_handler", logging.NullHandler()))
        logger.propagate = True

    streamlits.setup_formatter = hand_on  # type: ignore[attr-defined]
    streamlits.update_formatter()
    uvicorns["handlers"] = {}
    for logger in uvicorns["loggers"].values():
        logger.update(handlers=[], propagate=True, level="WARNING")


class _Lines(logging.Formatter):
    """What both formats have in common."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def _message(self, record: logging.LogRecord) -> str:
        try:
            message = record.getMessage()
        except Exception:  # a record whose arguments do not fit is told all the same
            message = f"{record.msg} {record.args}"
        return self._mask(message)

    def _known(self, record: logging.LogRecord) -> dict[str, object]:
        told = {**(_about.get() or {}), **record.__dict__}
        return {name: told[name] for name in KNOWN if told.get(name) is not None}

    def _trace(self, record: logging.LogRecord) -> str | None:
        if record.exc_info and record.exc_info[0] is not None:
            return self._mask(self.formatException(record.exc_info))
        return self._mask(record.exc_text) if record.exc_text else None


class TextLines(_Lines):
    """`time level logger: message (reference=…)`, and indented under it the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's lines; only the first begins at the margin."""
        known = ", ".join(f"{name}={value}" for name, value in self._known(record).items())
        message = self._message(record) + (f" ({known})" if known else "")
        head = f"{self.formatTime(record)} {record.levelname} {record.name}: {_escape(message)}"
        trace = (self._trace(record) or "").split("\n")
        return "\n".join([head, *("    " + _escape(line) for line in trace if line)])


class JsonLines(_Lines):
    """One object a line: time (UTC), level, logger, message, what it is about, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's line."""
        seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{seconds}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
            **self._known(record),
        }
        if trace := self._trace(record):
            line["exception"] = trace
        # In ASCII: whatever turns or hides text on a terminal comes as an escape.
        return json.dumps(line, default=str)


def _escape(text: str) -> str:
    """Return `text` on one line, with escapes for what ends lines, moves the cursor or hides."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to standard error as it is at that moment, or to the stream that it was told to hold."""

    _held: TextIO | None = None

    def hold(self, stream: TextIO) -> None:
        """Write to `stream` from now on, whatever takes the place of standard error."""
        self._held = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        self.stream = self._held or sys.stderr
        super().emit(record)


class Printed(io.TextIOBase):
    """Stands for a stream that a process prints to: each line becomes a record."""

    encoding = "utf-8"

    def __init__(self, name: str, level: int) -> None:
        self._log, self._level = logging.getLogger(name), level
        self._log.setLevel(level)
        self._begun = ""

    def writable(self) -> bool:
        """Whether it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Log the lines that end in `text`, and keep the beginning of the next."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._tell(line)
        return len(text)

    def flush(self) -> None:
        """Keep a begun line until it ends: who prints in pieces flushes between them."""

    def close(self) -> None:
        """Log what is left."""
        self._tell(self._begun)
        self._begun = ""
        super().close()

    def _tell(self, line: str) -> None:
        if line.strip():
            self._log.log(self._level, "%s", line.strip())


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logging.getLogger("lib").critical("the program ended by an error", exc_info=(kind, error, trace))
