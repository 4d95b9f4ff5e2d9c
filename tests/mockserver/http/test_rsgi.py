"""What granian's event loop gets is what the WSGI app answers."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.backends.registry import create_app
from mockserver.http.dropped import ConnectionClosed
from mockserver.http.in_process import call
from mockserver.http.rsgi import RsgiApp

if TYPE_CHECKING:
    from mockserver.http.app import MockApp

PICTURE = {"prompt": "a red fox", "seed": 1, "subseed": 5, "steps": 2, "width": 64, "height": 64}
BODY = json.dumps(PICTURE).encode()
OF_THE_MOMENT = re.compile(
    rb'\\*"(job_timestamp|task_id|id_task)\\*": ?\\*"[^"\\]*\\*"|task\([^)]*\)'
)


@dataclass
class Scope:
    """One request, as RSGI has it."""

    method: str
    path: str
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    proto: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:7860"
    client: str = "127.0.0.1:50000"
    scheme: str = "http"


class Protocol:
    """Takes an answer, as granian does.

    Args:
        body: of the request.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.status, self.headers, self.parts = 0, list[tuple[str, str]](), list[bytes]()
        self.streamed = False

    async def __call__(self) -> bytes:
        return self._body

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.parts = status, headers, [body]

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Protocol:
        self.status, self.headers, self.streamed = status, headers, True
        return self

    async def send_bytes(self, part: bytes) -> None:
        self.parts.append(part)


async def _ask(app: RsgiApp, *asked: tuple[Scope, bytes]) -> list[Protocol]:
    """The answers to requests that come at the same time."""
    protocols = [Protocol(body) for _, body in asked]
    calls = [
        app.__rsgi__(scope, protocol) for (scope, _), protocol in zip(asked, protocols, strict=True)
    ]
    await asyncio.gather(*calls)
    return protocols


def ask(app: MockApp, *asked: tuple[Scope, bytes]) -> list[Protocol]:
    return asyncio.run(_ask(RsgiApp(app), *asked))


def posted(**headers: str) -> dict[str, str]:
    return {"content-type": "application/json", "content-length": str(len(BODY)), **headers}


def plain(status: int, headers: list[tuple[str, str]], body: bytes) -> Any:
    fields = {name.lower(): value for name, value in headers}
    fields.pop("x-process-time", None)
    return status, fields, OF_THE_MOMENT.sub(b"", body)


@pytest.mark.parametrize(
    ("scope", "body"),
    [
        pytest.param(Scope("GET", "/sdapi/v1/samplers"), b"", id="a list"),
        pytest.param(
            Scope("GET", "/sdapi/v1/progress", "skip_current_image=true"), b"", id="query"
        ),
        pytest.param(Scope("GET", "/sdapi/v1/nothing"), b"", id="no route"),
        pytest.param(Scope("HEAD", "/sdapi/v1/samplers"), b"", id="head"),
        pytest.param(Scope("POST", "/sdapi/v1/txt2img", headers=posted()), BODY, id="a picture"),
        pytest.param(Scope("POST", "/sdapi/v1/txt2img", headers=posted()), b"{", id="no JSON"),
        pytest.param(
            Scope("GET", "/sdapi/v1/samplers", headers={"origin": "http://a"}), b"", id="origin"
        ),
        pytest.param(
            Scope("GET", "/sdapi/v1/samplers", headers={"x-sdapi-mock": "alb-502"}), b"", id="fault"
        ),
    ],
)
def test_an_answer_is_that_of_the_app(scope: Scope, body: bytes) -> None:
    query = f"?{scope.query_string}" if scope.query_string else ""
    url = f"http://127.0.0.1:7860{scope.path}{query}"
    whole = call(create_app(), scope.method, url, scope.headers, body)

    (got,) = ask(create_app(), (scope, body))

    assert plain(got.status, got.headers, b"".join(got.parts)) == plain(*whole)


def test_what_drips_is_sent_part_by_part() -> None:
    app = create_app()
    app.faults.add("drip", pause=0)

    (got,) = ask(app, (Scope("GET", "/sdapi/v1/samplers"), b""))

    assert got.streamed
    assert len(got.parts) > 2
    assert json.loads(b"".join(got.parts))


def test_a_connection_that_breaks_is_an_error_of_the_call() -> None:
    app = create_app()
    app.faults.add("closed")

    with pytest.raises(ConnectionClosed):
        ask(app, (Scope("GET", "/sdapi/v1/samplers"), b""))


def test_what_lies_ready_is_answered_while_others_work() -> None:
    app = create_app()
    samplers = Scope("GET", "/sdapi/v1/samplers")
    picture = Scope("POST", "/sdapi/v1/txt2img", headers=posted())

    async def both() -> tuple[Protocol, Protocol]:
        loop = RsgiApp(app)
        waiting, ready = Protocol(BODY), Protocol(b"")
        with app.webui.queue:
            working = asyncio.create_task(loop.__rsgi__(picture, waiting))
            await loop.__rsgi__(samplers, ready)
            assert not working.done()
        await working
        return waiting, ready

    waiting, ready = asyncio.run(both())

    assert (waiting.status, ready.status) == (200, 200)


def test_a_websocket_is_closed() -> None:
    closed: list[Any] = []

    class Socket:
        def close(self, code: Any) -> None:
            closed.append(code)

    app = RsgiApp(create_app())
    asyncio.run(app.__rsgi__(Scope("GET", "/queue/join", proto="ws"), Socket()))

    assert closed == [None]
