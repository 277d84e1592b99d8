"""The account the embedded server runs under, and what that account can reach.

PostgreSQL refuses to run as root. As root it runs as `nobody`, to which root's home and the checkout may be closed:
then its data, and a copy of its programs where needed, lie under /var/lib/meishi.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOTS_FOLDER = Path("/var/lib/meishi")


@dataclass(frozen=True, kw_only=True)
class Account:
    """Who the server runs as; `is_other` when that is not who we are."""

    uid: int
    gid: int
    is_other: bool

    @classmethod
    def for_server(cls) -> Account:
        """Return our own account, or nobody's where we are root."""
        if os.geteuid() != 0:
            return cls(uid=os.geteuid(), gid=os.getegid(), is_other=False)
        nobody = pwd.getpwnam("nobody")
        return cls(uid=nobody.pw_uid, gid=nobody.pw_gid, is_other=True)

    def as_popen(self) -> dict[str, Any]:
        """Return the arguments that make subprocess run a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def take(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can pass through `folder`, tried rather than reckoned from mode bits."""
        if not self.is_other:
            return True
        tried = subprocess.run(["test", "-x", folder], check=False, cwd="/", **self.as_popen())
        return tried.returncode == 0

    def reachable_folder(self, home: Path) -> Path:
        """Return `home`, or the folder that stands for it where this account cannot enter `home`."""
        home.mkdir(parents=True, exist_ok=True)
        if self.can_enter(home):
            return home
        stand_in = ROOTS_FOLDER / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        for folder in (ROOTS_FOLDER, stand_in):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)  # whatever the umask
        return stand_in

    def reachable_binaries(self, binaries: Path) -> Path:
        """Return `binaries`, or the same folder in a copy of the installation where they are out of reach."""
        if self.can_enter(binaries):
            return binaries
        # The libraries lie in a sibling of the package and are found by relative paths: both are copied.
        package = binaries.parents[1]
        newest = (binaries / "postgres").stat().st_mtime_ns
        copy = ROOTS_FOLDER / f"server-{newest:x}"
        if not copy.exists():
            partial = copy.with_name(f"{copy.name}.{os.getpid()}")
            for part in package.parent.glob(f"{package.name}*"):
                if not part.name.endswith(".dist-info"):
                    shutil.copytree(part, partial / part.name, symlinks=True)
            try:
                partial.rename(copy)
            except OSError:
                if not copy.exists():
                    raise
                shutil.rmtree(partial)  # another process was quicker
        return copy / package.name / binaries.relative_to(package)
