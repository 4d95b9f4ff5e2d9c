"""How much work answers are, counted in calls and bytes and never in seconds."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from mockserver.backends.registry import create_app
from mockserver.http.at_once import AtOnce, Head
from mockserver.http.in_process import call
from mockserver.imaging import raster

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = "http://127.0.0.1:7860"
PICTURE = {"prompt": "a red fox", "seed": 1, "steps": 20}
SIDE = 512


class Mock:
    """One mock, asked in the process."""

    def __init__(self) -> None:
        self._app = create_app()
        self.statuses: set[int] = set()

    def list(self) -> None:
        call(self._app, "GET", f"{ADDRESS}/sdapi/v1/samplers", {}, b"")

    def at_once(self, method: str, name: str, fields: Any = None) -> None:
        body = b"" if fields is None else json.dumps(fields).encode()
        environ = {"REQUEST_METHOD": method, "PATH_INFO": f"/sdapi/v1/{name}"}
        head = Head.of({**environ, "CONTENT_TYPE": "application/json"})
        assert AtOnce(self._app).answer(head, body) is not None

    def picture(self, **fields: Any) -> None:
        headers = {"Content-Type": "application/json"}
        body = json.dumps(PICTURE | fields).encode()
        status, _, _ = call(self._app, "POST", f"{ADDRESS}/sdapi/v1/txt2img", headers, body)
        self.statuses.add(status)


def calls(work: Callable[[], None]) -> int:
    """Calls of Python functions that some work takes."""
    count = 0

    def counting(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of what was put into base64 and into deflate streams."""
    found: list[int] = []
    encode, compressor = base64.b64encode, raster.zlib.compressobj

    def encoding(data: bytes, *rest: Any) -> bytes:
        found.append(len(data))
        return encode(data, *rest)

    class Counting:
        def __init__(self, *args: Any) -> None:
            self._inner = compressor(*args)

        def compress(self, data: bytes) -> bytes:
            found.append(len(data))
            return self._inner.compress(data)

        def flush(self) -> bytes:
            return self._inner.flush()

    monkeypatch.setattr("mockserver.imaging.formats.b64encode", encoding)
    monkeypatch.setattr(raster.zlib, "compressobj", Counting)
    return found


def test_a_list_that_nothing_changed_takes_few_calls() -> None:
    mock = Mock()
    for _ in range(2):
        mock.list()

    assert calls(mock.list) < 80


def test_a_request_that_was_answered_before_takes_few_calls_and_packs_nothing(
    packed: list[int],
) -> None:
    mock = Mock()
    for _ in range(3):
        mock.picture()
    packed.clear()

    assert calls(mock.picture) < 110
    assert packed == []


def test_what_lies_ready_takes_half_as_many_calls() -> None:
    mock = Mock()
    for _ in range(3):
        mock.list()
        mock.picture()
    mock.at_once("GET", "samplers")
    mock.at_once("POST", "txt2img", PICTURE)

    assert calls(lambda: mock.at_once("GET", "samplers")) < 45
    assert calls(lambda: mock.at_once("POST", "txt2img", PICTURE)) < 80


def test_known_pixels_with_a_text_of_their_own_encode_only_the_head(packed: list[int]) -> None:
    mock = Mock()
    for _ in range(3):
        mock.picture(styles=["none"])
    packed.clear()

    mock.picture(styles=["none"])

    assert 0 < sum(packed) < 2000


def test_new_pixels_are_packed_once(packed: list[int]) -> None:
    mock = Mock()
    mock.picture()
    packed.clear()

    mock.picture(seed=2)

    scanlines = SIDE * (3 * SIDE + 1)
    assert scanlines <= sum(packed) < 1.2 * scanlines


def test_the_calls_of_a_new_picture_grow_no_faster_than_its_side() -> None:
    mock = Mock()
    mock.picture()
    small, large = (
        calls(lambda side=side: mock.picture(seed=3, width=side, height=side))  # type: ignore[misc]
        for side in (256, 1024)
    )

    assert large < 4 * small


def test_a_new_picture_makes_no_image_of_pillow_s(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Image.Image) -> None:
        raise AssertionError

    monkeypatch.setattr(Image.Image, "__init__", never)
    mock = Mock()

    mock.picture(batch_size=8, width=64, height=64)
    assert mock.statuses == {200}
