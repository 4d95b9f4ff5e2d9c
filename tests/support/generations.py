"""Generations for tests: asked for in short, answered without HTTP, watched step by step."""

from __future__ import annotations

import base64
import io
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver import Config, Webui
from mockserver.backends.a1111.generation import pipeline
from mockserver.backends.a1111.progress import progress
from mockserver.core.clock import ManualClock
from mockserver.extensions import ExtensibleWebui

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.backends.a1111.generation.pipeline import Generated

#: A small request; tests add what they are about.
FOX = {"prompt": "a red fox", "width": 64, "height": 64, "steps": 2, "seed": 1234}
_MODEL = "StableDiffusionProcessing"


def _nothing(_: dict[str, Any]) -> bool:
    return False


@dataclass(frozen=True)
class Made:
    """The answer of a generation, its info parsed and its pictures decoded."""

    generated: Generated

    @property
    def parameters(self) -> dict[str, Any]:
        return self.generated.parameters

    @cached_property
    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.generated.info)
        return found

    @property
    def infotexts(self) -> list[str]:
        found: list[str] = self.info["infotexts"]
        return found

    @property
    def line(self) -> str:
        """The parameter line of the first picture."""
        return self.infotexts[0].splitlines()[-1]

    @cached_property
    def files(self) -> list[Image.Image]:
        return [opened(image.base64()) for image in self.generated.images]

    @property
    def sizes(self) -> list[tuple[int, int]]:
        return [image.size for image in self.files]

    @property
    def texts(self) -> list[str | None]:
        """What each picture's file says."""
        return [image.info.get("parameters") for image in self.files]

    @property
    def pixels(self) -> list[bytes]:
        return [image.convert("RGB").tobytes() for image in self.files]


def opened(picture: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    image.load()
    return image


def in_base64(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def txt2img(webui: Webui | None = None, /, **fields: Any) -> Made:
    webui = webui or Webui()
    valid = webui.models.get(f"{_MODEL}Txt2Img").validate({**FOX, **fields})
    return Made(pipeline.txt2img(webui, valid))


def img2img(webui: Webui | None = None, /, **fields: Any) -> Made:
    webui = webui or Webui()
    valid = webui.models.get(f"{_MODEL}Img2Img").validate({**FOX, **fields})
    return Made(pipeline.img2img(webui, valid))


def slow(step_time: float = 64.0, **config: Any) -> Webui:
    """A server on a clock that tests move; a step of a 64x64 picture takes a second."""
    return ExtensibleWebui(config=Config(step_time=step_time, **config), clock=ManualClock())


class Watched:
    """Generations that run on a hand-moved clock, and what progress says of them.

    Attributes:
        polls: what progress reported each time the clock stood still.
        made: what was answered, in that order.
        errors: what was raised.
    """

    def __init__(self, webui: Webui) -> None:
        assert isinstance(webui.clock, ManualClock)
        self.webui, self.clock = webui, webui.clock
        self.polls: list[dict[str, Any]] = []
        self.made: list[Made] = []
        self.errors: list[Exception] = []
        self._threads: list[threading.Thread] = []

    @property
    def running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def poll(self) -> dict[str, Any]:
        found = progress(self.webui)
        self.polls.append(found)
        return found

    def start(self, **fields: Any) -> None:
        """Run a generation in a thread, up to where it waits for time or for its turn."""

        def run() -> None:
            try:
                ask = img2img if "init_images" in fields else txt2img
                self.made.append(ask(self.webui, **fields))
            except Exception as error:  # noqa: BLE001 - reported to the test
                self.errors.append(error)

        queue = self.webui.queue
        there = queue.held + queue.waiting
        thread = threading.Thread(target=run, daemon=True)
        self._threads.append(thread)
        thread.start()
        while thread.is_alive() and queue.held + queue.waiting <= there:
            pass
        self._settle()

    def _settle(self) -> bool:
        """Wait until the running one sleeps; False when nobody runs any more."""
        while self.running:
            if self.clock.wait_for_sleepers(timeout=0.001):
                return True
        return False

    def step(self, times: int = 1) -> None:
        """Let that many things happen."""
        for _ in range(times):
            if self._settle():
                self.clock.advance_to_next()
        self._settle()

    def finish(self, act: Callable[[dict[str, Any]], bool] = _nothing) -> None:
        """Poll and step until all have ended; after what `act` does it polls again."""
        while self._settle():
            if act(self.poll()):
                self.poll()
            self.clock.advance_to_next()
        self.poll()


@contextmanager
def running(webui: Webui, **fields: Any) -> Iterator[Watched]:
    """A generation that stands at its first wait; it is let run to its end afterwards."""
    watched = Watched(webui)
    watched.start(**fields)
    try:
        yield watched
    finally:
        webui.state.interrupt()
        watched.finish()
