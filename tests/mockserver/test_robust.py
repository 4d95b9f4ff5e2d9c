"""A mock withstands what is thrown at it: sizes, pictures, bodies, steering, crowds."""

from __future__ import annotations

import base64
import json
import struct
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mockserver.faults import CATALOGUE
from mockserver.http.dropped import ConnectionClosed
from mockserver.http.in_process import call
from mockserver.testing import make_app, serve_in_thread

if TYPE_CHECKING:
    from mockserver.http.app import MockApp

JSON = {"Content-Type": "application/json"}
ADDRESS = "http://127.0.0.1:7860"
SMALL = {"prompt": "cat", "steps": 1, "width": 64, "height": 64}
FAILED = b"The mock failed"


def ask(app: MockApp, path: str, body: Any = None, method: str = "POST") -> tuple[int, bytes]:
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    status, _, answer = call(app, method, ADDRESS + path, JSON, data)
    return status, answer


@pytest.fixture(scope="module")
def app() -> MockApp:
    return make_app()


@pytest.mark.parametrize(
    "body",
    [
        {"width": 10**9, "height": 10**9},
        {"width": 10**9, "height": 8},
        {"n_iter": 10**9},
        {"batch_size": 10**9},
        {"batch_size": 10**5, "n_iter": 10**5},
        {"enable_hr": True, "hr_scale": 1e9, "denoising_strength": 0.5},
        {"seed": 10**30},
        {"steps": 10**9},
        {"cfg_scale": 1e308},
        {"prompt": "word " * 1_000_000},
        {"prompt": "(" * 100_000},
        {"override_settings": {str(n): n for n in range(10_000)}},
        {"styles": ["x"] * 100_000},
    ],
    ids=lambda body: str(body)[:40],
)
def test_sizes_without_measure_are_answered_as_a_webui_would(app: MockApp, body: Any) -> None:
    status, answer = ask(app, "/sdapi/v1/txt2img", {**SMALL, **body})

    assert status in {200, 500}
    assert FAILED not in answer
    assert not app.webui.queue.held


@pytest.mark.parametrize("profile", ["sdnext-2025-03", "koboldcpp-1.111", "sdcpp-master-827"])
@pytest.mark.parametrize("size", [2**31, 2**20, 10**9])
def test_no_program_makes_pictures_without_measure(profile: str, size: int) -> None:
    app = make_app(profile)
    try:
        status, answer = ask(app, "/sdapi/v1/txt2img", {**SMALL, "width": size, "height": size})
    except ConnectionClosed:
        return

    assert status in {200, 400, 500}
    assert FAILED not in answer


@pytest.mark.parametrize("depth", [100, 5_000, 500_000])
def test_json_of_any_depth_is_answered(app: MockApp, depth: int) -> None:
    status, answer = ask(app, "/sdapi/v1/txt2img", b"[" * depth + b"]" * depth)

    assert status in {400, 422}
    assert FAILED not in answer


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(*chunks: bytes, size: tuple[int, int] = (8, 8), interlace: int = 0) -> str:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, interlace))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks)).decode()


def _unpacks_to(size: int) -> bytes:
    """A zlib stream of so many letters, made without packing them all."""
    part = b"a" * 10**6
    packer = zlib.compressobj(9)
    blocks = [packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]
    count, check = size // len(part), 1
    for _ in range(count):
        check = zlib.adler32(part, check)
    # Behind a full flush the same letters give the same block; an empty one ends the stream.
    return blocks[0] + blocks[1] * (count - 1) + b"\x03\0" + check.to_bytes(4, "big")


PIXELS = _chunk(b"IDAT", zlib.compress(b"\0" * 25 * 8))
END = _chunk(b"IEND", b"")
PICTURES = {
    "no pixels": _png(END),
    "nothing behind the head": _png(),
    "interlaced and too short": _png(PIXELS, END, interlace=1),
    "end before pixels": _png(END, PIXELS),
    "two heads": _png(_chunk(b"IHDR", b"\0" * 13), PIXELS, END),
    "pixels that are none": _png(_chunk(b"IDAT", b"nonsense"), END),
    "a picture of nothing": _png(PIXELS, END, size=(0, 0)),
    "more pixels than anybody has": _png(PIXELS, END, size=(10**9, 10**9)),
    "a text that unpacks to a gigabyte": _png(
        _chunk(b"zTXt", b"parameters\0\0" + _unpacks_to(10**9)), PIXELS, END
    ),
    "an unknown critical chunk": _png(_chunk(b"ABCD", b""), PIXELS, END),
    "a palette of no colours": _png(_chunk(b"PLTE", b""), PIXELS, END),
    "a wrong checksum": base64.b64encode(
        base64.b64decode(_png(PIXELS, END)).replace(b"IDAT", b"IDAU")
    ).decode(),
}


@pytest.mark.parametrize("name", PICTURES)
def test_broken_pictures_are_answered_as_a_webui_would(app: MockApp, name: str) -> None:
    picture = PICTURES[name]
    for path, body in (
        ("png-info", {"image": picture}),
        ("extra-single-image", {"image": picture, "upscaler_1": "Lanczos"}),
        ("img2img", {**SMALL, "init_images": [picture]}),
        ("img2img", {**SMALL, "init_images": [picture], "mask": picture}),
    ):
        status, answer = ask(app, f"/sdapi/v1/{path}", body)
        assert status in {200, 500}
        assert FAILED not in answer
    assert FAILED not in ask(app, "/internal/progress", {"id_task": None})[1]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with serve_in_thread() as webui:
        port = int(webui.url.rpartition(":")[2])
        import socket  # noqa: PLC0415 - one test needs it

        with socket.create_connection(("127.0.0.1", port), timeout=10) as sock:
            sock.sendall(
                b"POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n"
            )
            assert sock.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_hundred_clients_at_once_are_answered() -> None:
    with serve_in_thread() as webui:
        found: list[int] = []

        def work(number: int) -> None:
            with requests.Session() as session:
                for _ in range(3):
                    answer = session.post(
                        f"{webui.url}/sdapi/v1/txt2img", json={**SMALL, "seed": number}, timeout=60
                    )
                    seed = json.loads(answer.json()["info"])["seed"]
                    found.append(answer.status_code if seed == number else 0)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)

    assert found == [200] * 300


class Steering(RuleBasedStateMachine):
    """Requests and steering in any order: the mock answers, and a reset makes all as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.app = make_app()
        self.start = self.seen()

    def seen(self) -> list[bytes]:
        names = ("options", "sd-models", "loras", "embeddings", "prompt-styles")
        return [ask(self.app, f"/sdapi/v1/{name}", method="GET")[1] for name in names]

    def asked(self, path: str, body: Any = None, method: str = "POST") -> int | None:
        try:
            status, answer = ask(self.app, path, body, method)
        except ConnectionClosed:
            return None
        assert FAILED not in answer
        return status

    @rule(
        name=st.sampled_from(sorted(set(CATALOGUE) - {"never", "drip"})),
        times=st.integers(1, 3),
        after=st.integers(0, 2),
        route=st.sampled_from(["", "*", "txt2img", "GET progress", "/sdapi/v1/sd-*"]),
    )
    def add_a_fault(self, name: str, times: int, after: int, route: str) -> None:
        body = {"fault": name, "times": times, "after": after, "route": route}
        assert self.asked("/_mock/faults", body) == 201

    @rule()
    def end_all_faults(self) -> None:
        assert self.asked("/_mock/faults", method="DELETE") == 200

    @rule(
        kind=st.sampled_from(["models", "loras", "embeddings", "styles"]),
        name=st.text("abc /<>&\u00e4", min_size=1, max_size=6),
    )
    def add_a_file(self, kind: str, name: str) -> None:
        assert self.asked("/_mock/world", {kind: [name]}) == 200

    @rule(quality=st.one_of(st.integers(-5, 200), st.text(max_size=3), st.none()))
    def set_an_option(self, quality: Any) -> None:
        self.asked("/sdapi/v1/options", {"jpeg_quality": quality})

    @rule(
        path=st.sampled_from(["txt2img", "img2img", "extra-single-image", "refresh-checkpoints"]),
        steps=st.integers(0, 3),
        model=st.sampled_from(["tiny-a", "tiny-b", "nope", None]),
    )
    def work(self, path: str, steps: int, model: str | None) -> None:
        body = {**SMALL, "steps": steps, "override_settings": {"sd_model_checkpoint": model}}
        self.asked(f"/sdapi/v1/{path}", body)

    @rule(flag=st.booleans())
    def switch_the_api(self, flag: bool) -> None:
        assert self.asked("/_mock/flags", {"no_api": flag}) == 200

    @rule()
    def reset(self) -> None:
        assert self.asked("/_mock/reset") == 200
        assert self.seen() == self.start

    @invariant()
    def nothing_is_left_running(self) -> None:
        assert not self.app.webui.queue.held


TestSteering = Steering.TestCase
TestSteering.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)

VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 70), st.floats(), st.text(max_size=8),
        st.sampled_from(["oom", "2s", "txt2img", "rtx-3060", 10**20]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
KEYS = st.sampled_from(
    ["fault", "times", "after", "when", "route", "latency", "probability", "gpu", "seconds",
     "models", "styles", "users", "no_api", "cors_origins", "cors_regex", "seed", "sigma"]
)  # fmt: skip


@settings(max_examples=150)
@given(
    path=st.sampled_from(
        ["faults", "latency", "world", "flags", "auth", "reset", "thumbnails/1-0"]
    ),
    body=st.one_of(VALUES, st.dictionaries(KEYS, VALUES, max_size=4)),
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT"]),
)
def test_steering_refuses_what_it_cannot_do(path: str, body: Any, method: str) -> None:
    app = make_app()
    status, answer = ask(app, f"/_mock/{path}", body, method)

    assert status < 500
    if status >= 400:
        assert json.loads(answer)["error"]


@settings(max_examples=200)
@given(text=st.one_of(st.text(max_size=40), st.text("fault=om;latcy2s.when ", max_size=40)))
def test_any_header_is_obeyed_or_refused(text: str) -> None:
    app = make_app("sdcpp-master-827")
    value = text.encode("ascii", errors="replace").decode().replace("\n", " ").replace("\r", " ")
    headers = {"X-Sdapi-Mock": value}
    try:
        status, _, answer = call(app, "GET", f"{ADDRESS}/sdapi/v1/samplers", headers, b"")
    except ConnectionClosed:
        return

    assert FAILED not in answer
    assert status in {200, 400, 401, 413, 429, 500, 502, 503, 504, 524}
