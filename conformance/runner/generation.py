"""One answer of txt2img or img2img, read step by step.

Each property reads a little more of the answer and raises ``Failed`` where it cannot be read,
so that a check names what it needs and the failure names what is missing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.client.image import DecodedImage, decode_image
from conformance.client.info import read_info
from conformance.client.infotext import Infotext, parse_infotext
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
    words = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body)
    return f"{exchange.status} {words.text}".strip()


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "text", bool: "a boolean"}
    if value is None:
        return "null"
    return names.get(type(value), f"the number {value}")
