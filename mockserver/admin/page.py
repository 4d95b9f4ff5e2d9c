"""The page at /_mock/, and the events that keep it live."""

from __future__ import annotations

import base64
import json
import queue
import threading
from collections import OrderedDict
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.admin.middleware import AdminRequest, Reply
from mockserver.faults.registry import describe
from mockserver.journal.call import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.http.layers import LayeredApp
    from mockserver.journal.call import Call


#: So many pages may look at once; each takes one of the server's threads.
MOST = 8
#: Events that wait for a page which reads too slowly; older ones are dropped.
_WAITING = 500
#: How often the progress of a running job is looked at, seconds.
_PERIOD = 0.25
#: An idle stream says so often that it lives, in periods.
_KEEP_ALIVE = 60


class Events:
    """Notifies pages what happens.

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

    def send(self, name: str, value: Any) -> None:
        """Notify all pages of an event.

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


_PAGE = Path(__file__).parent / "page.html"
_CONTENT = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'"
)
#: Bytes of answers that are kept for thumbnails.
_KEPT = 8 * 2**20
#: Calls that a page shows when it opens.
_SHOWN = 100
_EDGE = 144
_PICTURES = {f"/sdapi/v1/{name}" for name in ("txt2img", "img2img", "extra-single-image")}
_LONGEST = 20_000
_GZIP = b"\x1f\x8b"


class Thumbnails:
    """Pictures of the last answers, made small when a page asks for them."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def keep(self, number: int, body: bytes) -> None:
        """Keep an answer; older ones go when together they grow too large.

        Args:
            number: of its call.
            body: its JSON.
        """
        with self._lock:
            self._bodies[number] = body
            self._size += len(body)
            while self._size > _KEPT and self._bodies:
                self._size -= len(self._bodies.popitem(last=False)[1])

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._bodies.clear()
            self._size = 0

    def names(self, number: int) -> list[str]:
        """Names of a call's pictures, for their addresses.

        Args:
            number: of the call.
        """
        return [f"{number}-{index}" for index in range(len(self._pictures(number)))]

    def small(self, name: str) -> bytes | None:
        """A picture as a WebP of at most 144 pixels; None where it is none, or not kept.

        Args:
            name: as of `names`.
        """
        from PIL import Image  # noqa: PLC0415 - start-up time

        number, _, index = name.partition("-")
        try:
            text = self._pictures(int(number))[int(index)]
            with Image.open(BytesIO(base64.b64decode(text.rpartition(",")[2]))) as picture:
                picture.thumbnail((_EDGE, _EDGE))
                target = BytesIO()
                picture.convert("RGB").save(target, "WEBP", quality=80)
        except (ValueError, IndexError, OSError):
            return None
        return target.getvalue()

    def _pictures(self, number: int) -> list[str]:
        with self._lock:
            body = self._bodies.get(number) or b"{}"
        try:
            value = json.loads(unpacked(body) if body.startswith(_GZIP) else body)
        except ValueError:
            return []
        found = value.get("images") or [value.get("image")] if isinstance(value, dict) else []
        return [item for item in found if isinstance(item, str) and item]


class Page:
    """The page of one mock.

    Args:
        app: the mock.
    """

    def __init__(self, app: LayeredApp) -> None:
        self._app = app
        self._thumbnails = Thumbnails()
        self.events = Events(self._hello, self._progress)
        app.faults.on_change(self._faults_changed)
        app.journal.on_clear(self._cleared)
        app.journal_layer.observe = self._called

    def routes(self) -> dict[str, Callable[[AdminRequest], tuple[int, Any]]]:
        """What answers below /_mock/, by name."""
        return {"": self._page, "events": self._events, "thumbnails": self._thumbnail}

    def _page(self, _: AdminRequest) -> tuple[int, Any]:
        headers = (("Content-Security-Policy", _CONTENT), ("Cache-Control", "no-store"))
        return 200, Reply("text/html; charset=utf-8", _PAGE.read_bytes(), headers)

    def _events(self, _: AdminRequest) -> tuple[int, Any]:
        stream = self.events.stream()
        if stream is None:
            return 503, {"error": "enough pages look at this mock already"}
        return 200, Reply("text/event-stream", stream, (("Cache-Control", "no-store"),))

    def _thumbnail(self, asked: AdminRequest) -> tuple[int, Any]:
        picture = self._thumbnails.small(asked.rest)
        if picture is None:
            return 404, {"error": "no such picture is kept"}
        return 200, Reply("image/webp", picture, (("Cache-Control", "max-age=3600"),))

    def _called(self, call: Call, body: bytes) -> None:
        """Keep what the page shows of an answer, and notify the pages."""
        if call.path in _PICTURES and call.status == 200:  # noqa: PLR2004 - an HTTP status
            self._thumbnails.keep(call.number, body)
        if not self.events.watched:
            return
        self.events.send("call", self._shown(call))
        if call.faults:
            self._faults_changed()

    def _shown(self, call: Call) -> dict[str, Any]:
        found = call.as_json()
        for side in ("request", "response"):
            if len(json.dumps(found[side], default=str)) > _LONGEST:
                found[side] = {"text": f"{getattr(call, side).text[:_LONGEST]}..."}
        return {**found, "thumbnails": self._thumbnails.names(call.number)}

    def _faults_changed(self) -> None:
        if self.events.watched:
            self.events.send("faults", [armed.as_json() for armed in self._app.faults])

    def _cleared(self) -> None:
        self._thumbnails.clear()
        self.events.send("cleared", {})

    def _hello(self) -> dict[str, Any]:
        calls = self._app.journal.calls()[-_SHOWN:]
        return {
            "profile": self._app.webui.profile.name,
            "catalogue": describe(),
            "calls": [self._shown(call) for call in calls],
            "faults": [armed.as_json() for armed in self._app.faults],
            "progress": self._progress(),
        }

    def _progress(self) -> dict[str, Any]:
        """The running job, read without asking the simulated server anything."""
        state = getattr(self._app.webui, "state", None)
        if state is None or not state.job:
            busy = self._app.webui.queue.held
            job = "generating" if busy and state is None else ""
            return {"job": job, "progress": 0, "step": 0, "steps": 0}
        count, steps = max(state.job_count, 1), max(state.sampling_steps, 1)
        share = state.job_no / count + state.sampling_step / (count * steps)
        shown = round(min(max(share, 0), 1), 3)
        return {"job": state.job, "progress": shown, "step": state.sampling_step, "steps": steps}
