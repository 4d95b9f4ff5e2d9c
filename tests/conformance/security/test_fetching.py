"""Whether a server fetches an address of this machine: tried with a listener, or read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from gateway import Asked, Gateway, Page, standing_before
from listening import listening, running

from conformance.deployment.connection import Connection
from conformance.runner.check_context import ContextSettings, open_context
from conformance.security.finding import Level
from conformance.security.look import Wish, look

if TYPE_CHECKING:
    from conformance.security.finding import Finding


def _tried(url: str, *, allowed: bool = True) -> Finding:
    connection = Connection(url=url)
    context = open_context(connection.client(), ContextSettings())
    (found,) = look(connection, context, Wish(only=("SEC-FETCH",), try_fetch=allowed))
    return found


def test_a_webui_that_may_fetch_local_addresses_does() -> None:
    with running() as active:
        active.app.webui.options["api_forbid_local_requests"] = False
        found = _tried(active.url)
        posts = active.app.journal.calls("/sdapi/v1/img2img")
    assert found.level is Level.HIGH
    assert found.details == ("POST png-info", "POST img2img (init_images)")
    # No picture was made, as none came.
    assert [call.status for call in posts] == [500]


def test_a_webui_as_it_comes_does_not() -> None:
    with listening() as url:
        found = _tried(url)
    assert found.level is Level.FINE
    assert "did not fetch" in found.sentence


def test_nothing_is_tried_unless_the_operator_allows_it() -> None:
    gateway = Gateway(None)
    with listening() as server:
        gateway.server = server
        with standing_before(gateway) as url:
            found = _tried(url, allowed=False)
    assert "--try-fetch" in found.sentence
    assert not [asked for asked in gateway.seen if asked.method == "POST"]


def test_a_page_that_fetches_by_its_route_of_files() -> None:
    def page(asked: Asked) -> Page | None:
        start, _, address = asked.path.partition("/file=")
        if start or not address.startswith("http://127.0.0.1"):
            return None
        requests.head(address, timeout=5)
        return Page(302, "", {"Location": address})

    with listening() as server, standing_before(Gateway(server, rule=page)) as url:
        found = _tried(url)
    assert (found.level, found.details) == (Level.HIGH, ("GET /file=",))
