"""Telling a file whose writer lives from one whose writer died."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    # The lock lies far behind any content, for Windows keeps others from reading a locked byte.
    _FAR = 0x7FFF_0000

    def hold(descriptor: int) -> bool:
        """Lock an open file until its process ends; False where another process holds it."""
        import os  # noqa: PLC0415 - needed on this system alone

        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def hold(descriptor: int) -> bool:
        """Lock an open file until its process ends; False where another process holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
