"""Every version of the webui: what its document names answers, however it was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import activate, load_profile
from mockserver.profiles.loader import profile_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver import Activated

VERSIONS = [name for name in profile_names() if load_profile(name).family == "a1111"]
SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 1}
USER = ("user", "pass")
STARTS: dict[str, dict[str, Any]] = {
    "saved": {},
    "fresh": {"fresh": True},
    "nowebui": {"nowebui": True},
    "auth": {"auth": (USER,)},
}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=STARTS)
def server(version: str, request: pytest.FixtureRequest) -> Iterator[Activated]:
    with activate(profile=version, **STARTS[request.param]) as mock:
        yield mock


#: Routes of gradio 4's own page, which Forge's document names: no program of the API asks them, and
#: what they answer was not recorded.
OF_GRADIO_4 = {
    "/dev/reload",
    "/logout",
    "/queue/join",
    "/cancel",
    "/queue/data",
    "/component_server/",
    "/component_server",
    "/upload_progress",
    "/monitoring",
}


def documented(server: Activated) -> Iterator[tuple[str, str]]:
    """Methods and paths that ask for no part of the path and end no server."""
    document = requests.get(f"{server.url}/openapi.json", auth=USER, timeout=60).json()
    for path, operations in document["paths"].items():
        if "{" not in path and "/server-" not in path and path not in OF_GRADIO_4:
            yield from ((method, path) for method in operations)


def test_whatever_the_document_names_is_there(server: Activated) -> None:
    unknown = []
    for method, path in documented(server):
        body = {} if method == "post" else None
        answer = requests.request(method, server.url + path, json=body, auth=USER, timeout=60)
        if answer.status_code in {404, 405} and answer.text == '{"detail":"Not Found"}':
            unknown.append(path)
    assert unknown == []


def test_it_makes_a_picture(server: Activated) -> None:
    url = f"{server.url}/sdapi/v1/txt2img"
    assert len(requests.post(url, json=SMALL, auth=USER, timeout=60).json()["images"]) == 1


def test_what_its_document_does_not_name_is_not_there(version: str) -> None:
    with activate(profile=version) as mock:
        document = requests.get(f"{mock.url}/openapi.json", timeout=60).json()
        routes = {rule.rule for rule in mock.app.url_map.iter_rules()}

    assert {path for path in routes if path.startswith("/sdapi/")} <= set(document["paths"])
