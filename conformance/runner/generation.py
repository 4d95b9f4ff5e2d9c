"""Generations that checks ask for, from recipes of payloads, and how long they last."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.client.image import DecodedImage, decode_image, encode_image
from conformance.client.info import Infotext, parse_infotext, read_info
from conformance.error_body import parse_error_body
from conformance.errors import ImageError, InfoError
from conformance.verdict import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.client.info import Info
    from conformance.exchange import Exchange


@dataclass(frozen=True)
class Generation:
    """One answer of txt2img or img2img.

    Args:
        payload: the request.
        exchange: request and answer as sent and received.
    """

    payload: Mapping[str, Any]
    exchange: Exchange

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The whole answer, of a request that succeeded."""
        if not self.exchange.ok:
            raise self._failed("200 and a picture", _refusal(self.exchange))
        try:
            value = self.exchange.json
        except ValueError as error:
            raise self._failed("an answer in JSON", f"no JSON ({error})") from error
        if not isinstance(value, dict):
            raise self._failed("a JSON object", f"a JSON {type(value).__name__}")
        return value

    @cached_property
    def images(self) -> list[str]:
        """``images``: base64 texts."""
        images = self._at("images")
        if not isinstance(images, list) or not all(isinstance(i, str) for i in images):
            raise self._failed("images as an array of text", _kind(images))
        return images

    @cached_property
    def pictures(self) -> list[DecodedImage]:
        """``images``, decoded leniently."""
        return [self._decode(number, text) for number, text in enumerate(self.images)]

    @property
    def picture(self) -> DecodedImage:
        """The first picture."""
        if not self.images:
            raise self._failed("at least one image", "images is empty")
        return self.pictures[0]

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """``parameters``: an object."""
        value = self._at("parameters")
        if not isinstance(value, dict):
            raise self._failed("parameters as an object", _kind(value))
        return value

    @cached_property
    def any_info(self) -> Info:
        """``info`` in whichever form it came."""
        try:
            return read_info(self.answer.get("info"))
        except InfoError as error:
            raise self._failed("info as text or object", str(error)) from error

    @cached_property
    def info(self) -> dict[str, Any]:
        """``info``, which has to be text that holds a JSON object."""
        text = self._at("info")
        if not isinstance(text, str):
            raise self._failed("info as text that holds a JSON object", _kind(text))
        try:
            value = json.loads(text)
        except ValueError as error:
            actual = f"text that is no JSON ({error}): {text[:80]!r}"
            raise self._failed("info as text that holds a JSON object", actual) from error
        if not isinstance(value, dict):
            raise self._failed("info as text that holds a JSON object", f"JSON of {_kind(value)}")
        return value

    @cached_property
    def infotexts(self) -> list[str]:
        """``infotexts`` of the info."""
        value = self.info.get("infotexts")
        if not isinstance(value, list) or not all(isinstance(t, str) for t in value):
            raise self._failed("info.infotexts as an array of text", _kind(value))
        return value

    @property
    def infotext(self) -> str:
        """The first infotext."""
        if not self.infotexts:
            raise self._failed("at least one infotext", "info.infotexts is empty")
        return self.infotexts[0]

    @property
    def values(self) -> Infotext:
        """The first infotext, taken apart."""
        return parse_infotext(self.infotext)

    @property
    def programs(self) -> tuple[str, ...]:
        """What the answer calls the program that made it; empty if it does not say."""
        try:
            info = self.any_info
        except Failed:
            return ()
        texts = [info.version or "", *(t.rpartition("\n")[2] for t in info.infotexts)]
        return tuple(text for text in texts if text)

    def _at(self, key: str) -> Any:
        if key not in self.answer:
            keys = ", ".join(self.answer) or "nothing"
            raise self._failed(f"the key {key} in the answer", f"it has {keys}")
        return self.answer[key]

    def _decode(self, number: int, text: str) -> DecodedImage:
        try:
            return decode_image(text)
        except ImageError as error:
            raise self._failed(f"images[{number}] to be a picture", str(error)) from error

    def _failed(self, expected: str, actual: str) -> Failed:
        return Failed(expected, actual, self.exchange)


def _refusal(exchange: Exchange) -> str:
    body = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body)
    return f"{exchange.status} {body.text}".strip()


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "a boolean"}
    if value is None:
        return "null"
    return names.get(type(value), f"the number {value}")


# Servers make pictures whose sides are multiples of this exactly as asked.
SIZE_STEP = 64
SEED = 7
PROMPT = "cat"
NEGATIVE = "bad"
# Enough to be seen at work, little enough to wait for.
WATCHED_STEPS = 20
# Of the jobs that queue behind another; far from each other, so that none counts up to another.
OTHER_SEEDS = (1101, 2202)


def one_image(size: int) -> dict[str, Any]:
    """One small picture in one step; no sampler is named, so that the default shows.

    Args:
        size: edge in pixels.
    """
    return {
        "prompt": PROMPT,
        "negative_prompt": NEGATIVE,
        "width": size,
        "height": size,
        "steps": 1,
        "seed": SEED,
        "cfg_scale": 7,
    }


def batch_of_two(size: int) -> dict[str, Any]:
    """Two pictures as a batch.

    Args:
        size: edge in pixels.
    """
    return one_image(size) | {"batch_size": 2}


def two_iterations(size: int) -> dict[str, Any]:
    """Two pictures in two iterations.

    Args:
        size: edge in pixels.
    """
    return one_image(size) | {"n_iter": 2}


def one_img2img(size: int, *, data_uri: bool = False) -> dict[str, Any]:
    """img2img in two steps, over a picture of two colours, bare or as a data URI.

    Args:
        size: edge in pixels.
        data_uri: whether the init image is a data URI; bare base64 by default.
    """
    init = encode_image(two_colours(size, size), data_uri=data_uri)
    return one_image(size) | {"steps": 2, "init_images": [init], "denoising_strength": 0.5}


def watched(size: int, steps: int, sampler: str | None, task: str) -> dict[str, Any]:
    """A job long enough to be watched; servers that know no task ids ignore its own.

    Args:
        size: edge in pixels.
        steps: sampling steps.
        sampler: name of the sampler; None for the server's default.
        task: id of the task, as ``task(name)``.
    """
    payload = one_image(size) | {"steps": steps, "force_task_id": task}
    return payload | ({"sampler_name": sampler} if sampler else {})


def other(size: int, seed: int, steps: int = 1, pictures: int = 1) -> dict[str, Any]:
    """A small job with a seed of its own, sent while another runs.

    Args:
        size: edge in pixels.
        seed: of its first picture.
        steps: sampling steps; 1 by default.
        pictures: iterations; 1 by default.
    """
    payload = one_image(size) | {"seed": seed, "steps": steps}
    return payload | ({"n_iter": pictures} if pictures > 1 else {})


def two_colours(width: int, height: int) -> Image.Image:
    """A picture whose left and right half differ, so that turning or flipping shows.

    Args:
        width: in pixels.
        height: in pixels.
    """
    image = Image.new("RGB", (width, height), (200, 60, 40))
    image.paste((40, 90, 200), (width // 2, 0, width, height))
    image.paste((240, 220, 80), (0, 0, width // 4, height // 4))
    return image


_MOST_STEPS = 150
#: A server that samples this many steps in no time is given many pictures to paint instead.
MANY = 100
#: The edge of the largest pictures; edges that every server takes are so far apart.
LARGEST, _GRID = 512, 64


@dataclass(frozen=True)
class Pace:
    """How fast the server works.

    Args:
        step: seconds for a step of a picture of this edge.
        edge: of the pictures, in pixels.
        picture: seconds for a small picture, whatever its steps; 0 where steps take the time.
    """

    step: float
    edge: int
    picture: float = 0.0

    def length(self, seconds: float, pictures: int = 1) -> tuple[int, int]:
        """Steps and iterations of a job of about so many seconds; 20 steps at least.

        Args:
            seconds: how long it should last.
            pictures: iterations that it has at least.
        """
        if self.picture:
            return 1, min(max(pictures, ceil(seconds / self.picture)), MANY)
        steps = ceil(seconds / pictures / self.step) if self.step else _MOST_STEPS
        return min(max(steps, WATCHED_STEPS), _MOST_STEPS), pictures

    def enlarged(self, seconds: float) -> Pace:
        """The pace with pictures so large that the most steps of one last for so long.

        Args:
            seconds: how long a job should last.
        """
        # A server that took no time at all would need no end of pixels.
        most = _MOST_STEPS * self.step
        wanted = self.edge * sqrt(max(seconds / most, 1.0) if most else 1.0)
        edge = min(ceil(wanted / _GRID) * _GRID, LARGEST)
        return Pace(self.step * (edge / self.edge) ** 2, edge)
