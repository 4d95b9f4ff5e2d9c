"""An answer that is given at once is the one that all layers would have given."""

from __future__ import annotations

import gzip
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.at_once import AtOnce, Head
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from mockserver.http.app import MockApp

ADDRESS = "http://127.0.0.1:7860"
LISTS = ("samplers", "upscalers", "options", "schedulers", "scripts", "sd-vae", "memory")
PICTURE = {"prompt": "a red fox", "seed": 1, "subseed": 5, "steps": 2, "width": 64, "height": 64}
#: What differs between two mocks that are asked the same: times, and what is drawn by chance.
OF_THE_MOMENT = re.compile(
    r'\\*"(job_timestamp|started|seconds|arrived|number|x-process-time|X-Process-Time)\\*": ?'
    r'(\\*"[^"\\]*\\*"|[0-9.e-]+)'
)
JSON = {"Content-Type": "application/json"}


class Asked:
    """A mock, its answers given at once, and by all layers.

    Args:
        app: the app.
    """

    def __init__(self, app: MockApp | None = None) -> None:
        self.app = app or create_app()
        self._at_once = AtOnce(self.app)

    def at_once(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """The answer given at once; None for none."""
        environ = _environ(method, path, headers or {}, body)
        ready = self._at_once.answer(Head.of(environ), body)
        return None if ready is None else (200, ready.headers, ready.body)

    def by_layers(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """The answer of the whole app."""
        return call(self.app, method, ADDRESS + path, headers or {}, body)

    def journal(self) -> str:
        """The last call that it keeps, without what belongs to the moment."""
        return OF_THE_MOMENT.sub(r"\1", json.dumps(self.app.journal.as_json()["calls"][-1]))


def _environ(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """What the app itself gets for such a request."""
    seen: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start: Any) -> list[bytes]:
        seen.append({**environ, "wsgi.input": io.BytesIO(body)})
        start("200 OK", [])
        return []

    call(app, method, ADDRESS + path, headers, body)
    return seen[0]


def plain(answer: tuple[int, list[tuple[str, str]], bytes] | None) -> Any:
    """An answer without what belongs to the moment."""
    assert answer is not None
    status, headers, body = answer
    fields = [(n, "" if n == "X-Process-Time" else v) for n, v in headers]
    if ("Content-Encoding", "gzip") in headers:
        body = gzip.decompress(body)
    return status, fields, OF_THE_MOMENT.sub(r"\1", body.decode())


HEADERS = [
    pytest.param({}, id="none"),
    pytest.param({"Accept-Encoding": "gzip, deflate", "User-Agent": "x/1"}, id="gzip"),
    pytest.param({"Authorization": "Basic eDp5", "Cookie": "a=b"}, id="secrets"),
    pytest.param({"X-Odd-Name": "a, b", "Host": "other:1"}, id="odd"),
]


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("path", [*LISTS, "samplers?a=%20b"])
def test_a_list_is_the_same_and_the_journal_too(path: str, headers: dict[str, str]) -> None:
    one, other = Asked(), Asked()

    quick = one.at_once("GET", f"/sdapi/v1/{path}", headers)
    whole = other.by_layers("GET", f"/sdapi/v1/{path}", headers)

    assert plain(quick) == plain(whole)
    assert one.journal() == other.journal()


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("more", [{}, {"batch_size": 2}, {"send_images": False}])
def test_known_pictures_are_the_same_and_what_they_leave_behind(
    headers: dict[str, str], more: dict[str, Any]
) -> None:
    one, other = Asked(), Asked()
    body = json.dumps(PICTURE | more).encode()
    for asked in (one, other):
        for _ in range(2):
            asked.by_layers("POST", "/sdapi/v1/txt2img", JSON, body)

    quick = one.at_once("POST", "/sdapi/v1/txt2img", {**JSON, **headers}, body)
    whole = other.by_layers("POST", "/sdapi/v1/txt2img", {**JSON, **headers}, body)

    assert plain(quick) == plain(whole)
    assert one.journal() == other.journal()
    progress = [asked.by_layers("GET", "/sdapi/v1/progress") for asked in (one, other)]
    assert plain(progress[0]) == plain(progress[1])


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        pytest.param("GET", "/sdapi/v1/samplers", {"Origin": "http://a"}, id="an origin"),
        pytest.param("GET", "/sdapi/v1/samplers", {"X-Sdapi-Mock": "drip"}, id="a fault"),
        pytest.param("HEAD", "/sdapi/v1/samplers", {}, id="another method"),
        pytest.param("GET", "/sdapi/v1/progress", {}, id="worked out anew"),
        pytest.param("GET", "/_mock/journal", {}, id="the mock's own"),
        pytest.param("GET", "/sdapi/v1/nothing", {}, id="no route"),
        pytest.param("POST", "/sdapi/v1/txt2img", JSON, id="not asked before"),
    ],
)
def test_what_is_not_sure_goes_the_long_way(
    method: str, path: str, headers: dict[str, str]
) -> None:
    asked = Asked()

    assert asked.at_once(method, path, headers, json.dumps(PICTURE).encode()) is None
    assert asked.app.journal.as_json()["calls"] == []


def _arm(app: MockApp) -> None:
    app.faults.add("alb-502")


def _lint(app: MockApp) -> None:
    app.journal_layer.lint_header = True


def _strict(app: MockApp) -> None:
    app.journal_layer.strict = True


def _hook(app: MockApp) -> None:
    app.after_request(lambda response: response)


@pytest.mark.parametrize("steer", [_arm, _lint, _strict, _hook])
def test_a_layer_with_a_word_in_answers_is_asked(steer: Any) -> None:
    asked = Asked()
    assert asked.at_once("GET", "/sdapi/v1/samplers") is not None

    steer(asked.app)

    assert asked.at_once("GET", "/sdapi/v1/samplers") is None


@pytest.mark.parametrize("config", [Config(no_api=True), Config(auth=(("u", "p"),))])
def test_flags_with_a_word_in_answers_are_asked(config: Config) -> None:
    asked = Asked(create_app(simulate("a1111-1.10.1", config)))

    assert asked.at_once("GET", "/sdapi/v1/samplers") is None


def test_the_console_shows_what_was_given_at_once() -> None:
    asked, shown = Asked(), list[str]()
    asked.app.journal_layer.console = lambda call: shown.append(call.path)

    asked.at_once("GET", "/sdapi/v1/samplers")

    assert shown == ["/sdapi/v1/samplers"]


def test_what_fails_on_the_short_way_is_left_to_the_long_one() -> None:
    asked = Asked()

    def fail(*_: Any) -> None:
        raise RuntimeError

    asked.app.journal_layer.observe = fail

    assert asked.at_once("GET", "/sdapi/v1/samplers") is None


def test_a_list_that_changed_is_given_as_it_is_now() -> None:
    asked = Asked()
    before = plain(asked.at_once("GET", "/sdapi/v1/options"))

    asked.by_layers("POST", "/sdapi/v1/options", JSON, b'{"jpeg_quality": 7}')

    after = plain(asked.at_once("GET", "/sdapi/v1/options"))
    assert after == plain(asked.by_layers("GET", "/sdapi/v1/options")) != before


def test_another_profile_gives_its_own_lists() -> None:
    asked = Asked()
    other = create_app(simulate("forge-neo"))

    asked.app.become(other)

    here = plain(asked.at_once("GET", "/sdapi/v1/samplers"))
    assert here == plain(Asked(other).by_layers("GET", "/sdapi/v1/samplers"))
