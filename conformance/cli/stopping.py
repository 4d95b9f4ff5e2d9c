"""Ending early in good order."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPTED = 130
# A terminal that is closed hangs up; Windows knows no such thing.
_ENDINGS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
# What a shell calls the end by a signal.
_BY_SIGNAL = 128


@contextmanager
def orderly_end() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as an exit does: options are put back, children end.

    A signal that is ignored, as under nohup, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    heard = {number: old for number, old in before.items() if old is not signal.SIG_IGN}
    for number in heard:
        signal.signal(number, _ended)
    try:
        yield
    finally:
        for number, old in heard.items():
            signal.signal(number, old)


def _ended(number: int, _frame: object) -> NoReturn:
    raise SystemExit(_BY_SIGNAL + number)
