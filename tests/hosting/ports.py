"""Ports of 127.0.0.1 that nobody uses, and that nobody else who asks here is given."""

from __future__ import annotations

import random
import socket

# Below those that the kernel gives to whoever names none, from 32768 on: such a one could be taken before the server
# that it was chosen for has started.
PORTS = range(20_000, 32_000)
# Held until this process ends, in the place of the ports themselves, which are for the servers.
_marks: list[socket.socket] = []


def free_port() -> int:
    """Return one; no process is given the same as long as this one lives."""
    for port in random.sample(PORTS, len(PORTS)):
        # The same number for UDP, which no server here speaks: of two processes that choose at once one is refused.
        mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
        else:
            _marks.append(mark)
            return port
    raise AssertionError("all ports are taken")
