"""Photos that no reader got through, shown all the same: decoded in a process of their own, which may die of them.

`python -m lib.cards.apart` takes a photo from standard input and gives it as JPEG.
"""

from __future__ import annotations

import subprocess
import sys

from lib.cards.errors import PhotoUnreadable
from lib.cards.preview import preview
from lib.errors import MeishiError
from lib.settings import ROOT

TIME_LIMIT_S = 15
# Bytes of memory beside what the modules take; a photo of 60 megapixels needs half of it.
MEMORY_LIMIT = 2_000_000_000
REFUSED = 3


def preview_apart(data: bytes) -> bytes:
    """Return what `preview` does, whatever the photo does to its decoder. Raises PhotoUnreadable."""
    command = (sys.executable, "-m", "lib.cards.apart")
    try:
        shown = subprocess.run(command, input=data, capture_output=True, timeout=TIME_LIMIT_S, cwd=ROOT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_shown() from error
    if shown.returncode == REFUSED:
        raise PhotoUnreadable(shown.stderr.decode(errors="replace").strip())
    if shown.returncode != 0:
        raise _not_shown()
    return shown.stdout


def _not_shown() -> PhotoUnreadable:
    return PhotoUnreadable("This photo cannot be shown.", "Take it again, or type the contact in by hand.")


def main() -> int:
    """Write the photo of standard input as JPEG; `REFUSED` with a sentence on standard error where it is none."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_LIMIT, MEMORY_LIMIT))
    try:
        sys.stdout.buffer.write(preview(sys.stdin.buffer.read()))
    except MeishiError as error:
        print(error, file=sys.stderr)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
