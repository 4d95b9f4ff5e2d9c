"""Steering a mock over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.admin import AdminRules
from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from mockserver.http.app import MockApp

JSON = {"Content-Type": "application/json"}
ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def app() -> MockApp:
    return create_app(simulate())


def steer(
    app: MockApp,
    method: str,
    path: str = "faults",
    value: Any = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, Any]:
    data = b"" if value is None else json.dumps(value).encode()
    sent = JSON if headers is None else headers
    status, _, body = call(app, method, f"{ADDRESS}/_mock/{path}", sent, data)
    return status, json.loads(body)


def works(app: MockApp) -> int:
    body = json.dumps({"steps": 1, "width": 64, "height": 64}).encode()
    return call(app, "POST", f"{ADDRESS}/sdapi/v1/txt2img", JSON, body)[0]


def test_a_fault_is_added_seen_and_removed(app: MockApp) -> None:
    status, added = steer(app, "POST", value={"fault": "oom", "latency": "1ms"})
    number = added["faults"][0]["id"]

    assert (status, works(app)) == (201, 500)
    assert steer(app, "GET")[1]["faults"][0]["fired"] == 1
    assert steer(app, "DELETE", f"faults/{number}") == (200, {})
    assert works(app) == 200


def test_several_faults_are_added_at_once_and_removed_together(app: MockApp) -> None:
    steer(app, "POST", value=[{"fault": "oom"}, {"fault": "drip", "route": "png-info"}])
    assert len(app.faults) == 2

    assert steer(app, "DELETE") == (200, {})
    assert len(app.faults) == 0


def test_the_catalogue_is_shown(app: MockApp) -> None:
    names = {item["fault"] for item in steer(app, "GET")[1]["catalogue"]}

    assert {"oom", "reset", "truncated-json", "never"} < names


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"fault": "ooom"}, "did you mean 'oom'"),
        ({"fault": "oom", "tiems": 1}, "did you mean 'times'"),
        ({"times": 1}, "name a fault"),
        ("oom", "name a fault"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(app: MockApp, value: Any, sentence: str) -> None:
    status, found = steer(app, "POST", value=value)

    assert status == 400
    assert sentence in found["error"]


def test_steering_can_be_switched_off(app: MockApp) -> None:
    app.admin_layer.rules = AdminRules(enabled=False)

    assert steer(app, "GET")[0] == 403
    status = call(
        app, "GET", f"{ADDRESS}/sdapi/v1/samplers", {"X-Sdapi-Mock": "fault=error; route=*"}, b""
    )[0]
    assert status == 200


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({**JSON, "Origin": "http://evil.example"}, id="another origin"),
        pytest.param({"Content-Type": "text/plain"}, id="a form"),
    ],
)
def test_a_page_of_another_site_may_not_steer(app: MockApp, headers: dict[str, str]) -> None:
    assert steer(app, "POST", value={"fault": "oom"}, headers=headers)[0] in {400, 403}
    assert len(app.faults) == 0


def test_other_machines_may_steer_only_where_it_was_allowed(app: MockApp) -> None:
    def from_afar(environ: dict[str, Any], start: Any) -> Any:
        return app({**environ, "REMOTE_ADDR": "192.0.2.7"}, start)

    def status() -> int:
        return call(from_afar, "GET", f"{ADDRESS}/_mock/faults", {}, b"")[0]  # type: ignore[arg-type]

    assert status() == 403
    app.admin_layer.rules = AdminRules(anywhere=True)
    assert status() == 200


def test_the_servers_credentials_guard_its_steering() -> None:
    app = create_app(simulate(config=Config(auth=(("u", "p"),))))

    assert steer(app, "GET")[0] == 401
