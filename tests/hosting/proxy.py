"""A proxy that has asked who somebody is, and names them to the app in a header."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.hosting.ports import free_port


@contextmanager
def naming_proxy(port: int, email: str, header: str = "X-Forwarded-Email") -> Iterator[str]:
    """Serve the app at `port` to one person, until the end of the block. Yields the proxy's address.

    What the browser says in the header is left out, and the name of the host is kept, as a reverse proxy is set up.
    """
    loop, own = asyncio.new_event_loop(), free_port()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
            is_stream = any(line.lower().startswith("upgrade:") for line in lines)
            dropped = (header.lower(),) if is_stream else (header.lower(), "connection")
            kept = [line for line in lines if line.split(":")[0].lower() not in dropped]
            # One request a connection, so that each has the header.
            added = [f"{header}: {email}", "X-Forwarded-For: 203.0.113.7"] + (
                [] if is_stream else ["Connection: close"]
            )
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", port)
            to_writer.write("\r\n".join([first, *kept, *added, "", ""]).encode("latin-1"))
            await asyncio.gather(pour(reader, to_writer), pour(to_reader, writer))
        writer.close()

    async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            target.close()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(carry, "127.0.0.1", own), loop).result(10)
    try:
        yield f"http://127.0.0.1:{own}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
