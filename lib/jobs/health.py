"""Whether this machine's workers work: they live, gave a sign of life lately, and the database answers."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sqlalchemy import URL

from lib.database import load_queries
from lib.errors import SettingsError
from lib.health import PATH, Health, Probe, look_at_database
from lib.jobs.supervisor import Supervisor
from lib.workers import SILENCE_S

SQL = load_queries("workers")
# Who watches from elsewhere asks by a command in the container or by the proxy; nobody else needs to reach it.
ADDRESS = "127.0.0.1"
CLIENT_LIMIT_S = 5


def look(supervisor: Supervisor, url: URL) -> Health:
    """Return whether as many workers as there should be are alive, by their processes and by what the queue sees.

    A process that hangs is alive as well, only gives no sign. Raises DatabaseUnavailable.
    """
    parameters = {"worker_ids": supervisor.worker_ids, "silence_s": SILENCE_S}
    alive, took_ms = look_at_database(url, SQL["count_own_workers_alive"], parameters)
    told = {"database_ms": round(took_ms, 1), "workers": supervisor.count, "workers_alive": int(alive)}
    is_ok = int(alive) >= supervisor.count
    return Health(is_ok=is_ok, told=told, reason=f"{alive} of {supervisor.count} workers are alive")


class HealthServer:
    """Answers `GET /_meishi/health` on this machine alone."""

    def __init__(self, port: int) -> None:
        try:
            self._server = _Server((ADDRESS, port), _Handler)
        except OSError as error:
            raise SettingsError(
                f"The port {port} of WORKER_HEALTH_PORT cannot be used: {error.strerror}.",
                "Give a free one, or leave it out.",
            ) from error

    def start(self, supervisor: Supervisor, url: URL) -> None:
        """Answer in the background, for as long as this process lives."""
        self._server.probe = Probe(lambda: look(supervisor, url))
        threading.Thread(target=self._server.serve_forever, daemon=True, name="health server").start()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    probe: Probe


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = CLIENT_LIMIT_S
    server_version, sys_version = "Meishi", ""

    def do_GET(self) -> None:
        if self.path != PATH:
            self.send_error(404)
            return
        health = self.server.probe.ask()
        body = health.as_json()
        self.send_response(health.status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Tell nothing: whoever watches asks every few seconds."""
