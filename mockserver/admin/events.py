"""Server-sent events: what happens in a mock, as it happens, to whoever looks at its page."""

from __future__ import annotations

import json
import queue
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: So many pages may look at once; each takes one of the server's threads.
MOST = 8
#: Events that wait for a page which reads too slowly; older ones are dropped.
_WAITING = 500
#: How often the progress of a running job is looked at, seconds.
_PERIOD = 0.25
#: An idle stream says so often that it lives, in periods.
_KEEP_ALIVE = 60


class Events:
    """Tells pages what happens.

    Args:
        hello: what a page gets first.
        progress: the running job, as it is now.
    """

    def __init__(
        self, hello: Callable[[], dict[str, Any]], progress: Callable[[], dict[str, Any]]
    ) -> None:
        self._hello = hello
        self._progress = progress
        self._pages: list[queue.Queue[tuple[str, Any]]] = []
        self._lock = threading.Lock()
        self.closed = threading.Event()

    @property
    def watched(self) -> bool:
        """Whether anybody looks."""
        return bool(self._pages)

    def tell(self, name: str, value: Any) -> None:
        """Tell all pages of an event.

        Args:
            name: ``call``, ``faults``, ``cleared``.
            value: JSON value.
        """
        for page in tuple(self._pages):
            try:
                page.put_nowait((name, value))
            except queue.Full:
                continue

    def stream(self) -> Iterator[bytes] | None:
        """The events for one more page; None where there are enough of them."""
        page: queue.Queue[tuple[str, Any]] = queue.Queue(_WAITING)
        with self._lock:
            if len(self._pages) >= MOST:
                return None
            self._pages.append(page)
        return self._events(page)

    def _events(self, page: queue.Queue[tuple[str, Any]]) -> Iterator[bytes]:
        try:
            yield _event("hello", self._hello())
            shown: dict[str, Any] | None = None
            quiet = 0
            while not self.closed.is_set():
                try:
                    yield _event(*page.get(timeout=_PERIOD))
                    continue
                except queue.Empty:
                    quiet += 1
                now = self._progress()
                if now != shown:
                    shown, quiet = now, 0
                    yield _event("progress", now)
                elif quiet >= _KEEP_ALIVE:
                    quiet = 0
                    yield b": still here\n\n"
        finally:
            with self._lock:
                self._pages = [other for other in self._pages if other is not page]


def _event(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value)}\n\n".encode(errors="replace")
