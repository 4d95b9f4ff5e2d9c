"""Checks of statuses and error bodies: HTTP-002 to HTTP-005, HTTP-016 to HTTP-018.

Source: the recorded group ``http`` of every server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.registry import check
from conformance.signals import Failed
from conformance.target import API
from conformance.target.probe import NOWHERE

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

FOUR_KEYS = {"error", "detail", "body", "errors"}
_ERROR = 400


@check("HTTP-002")
def unknown_path(lab: Lab) -> None:
    """GET and POST of a path that no server has."""
    for method in ("GET", "POST"):
        expect.status(lab.send(method, NOWHERE, **_body(method)), 404)


@check("HTTP-003")
def unknown_path_body(lab: Lab) -> None:
    """The words of that 404."""
    exchange = lab.send("GET", NOWHERE)
    expect.status(exchange, 404)
    expect.equal(expect.json_of(exchange), {"detail": "Not Found"}, "the body", exchange)


@check("HTTP-004")
def get_on_a_post_route(lab: Lab) -> None:
    """GET txt2img, which generates nothing."""
    expect.status(lab.send("GET", f"{API}/txt2img"), 405)


@check("HTTP-005")
def method_not_allowed(lab: Lab) -> None:
    """Words and Allow header of a 405, for a POST and for a GET route."""
    for method, route, allowed in (("GET", "txt2img", "POST"), ("POST", "samplers", "GET")):
        exchange = lab.send(method, f"{API}/{route}", **_body(method))
        expect.status(exchange, 405)
        body = expect.json_of(exchange)
        expect.equal(body, {"detail": "Method Not Allowed"}, "the body", exchange)
        allow = exchange.header("allow") or ""
        names = [name.strip().upper() for name in allow.split(",")]
        actual = f"Allow is {allow!r}"
        expect.that(allowed in names, f"an Allow header with {allowed}", actual, exchange)


@check("HTTP-016")
def api_error_has_four_keys(lab: Lab) -> None:
    """img2img without a picture, which is refused before the queue."""
    exchange = lab.post("img2img", json={})
    expect.status(exchange, 404)
    names = set(expect.json_object(exchange))
    expected = f"exactly the keys {', '.join(sorted(FOUR_KEYS))}"
    expect.that(names == FOUR_KEYS, expected, ", ".join(sorted(names)), exchange)


@check("HTTP-017")
def api_error_is_a_detail(lab: Lab) -> None:
    """img2img without a picture, which is refused before the queue."""
    exchange = lab.post("img2img", json={})
    expect.status(exchange, 404)
    body = expect.json_object(exchange)
    plain = body.keys() == {"detail"} and isinstance(body["detail"], str)
    expect.that(plain, '{"detail": text}', expect.shown(body), exchange)


@check("HTTP-018", last=True)
def errors_are_json_objects(lab: Lab) -> None:
    """Some errors provoked on purpose, then every error of the run."""
    for method, path in (("GET", NOWHERE), ("GET", f"{API}/txt2img")):
        lab.send(method, path)
    lab.send("POST", f"{API}/txt2img", json={"steps": "conformance"})
    lab.send("POST", f"{API}/img2img", json={})
    for exchange in lab.client.log:
        if _is_api_error(exchange) and not _excused(lab, exchange):
            _tells_its_error(exchange)


def _body(method: str) -> dict[str, object]:
    return {"json": {}} if method == "POST" else {}


def _is_api_error(exchange: Exchange) -> bool:
    below = exchange.path.startswith(f"{API}/")
    # HEAD has no body, and a CORS preflight is answered before the API.
    return below and exchange.method in {"GET", "POST"} and (exchange.status or 0) >= _ERROR


def _excused(lab: Lab, exchange: Exchange) -> bool:
    family = lab.profile.family
    if family == "forge":
        return exchange.status == 500 and exchange.media_type == "text/plain"  # noqa: PLR2004
    return family == "sdnext" and exchange.body.startswith(b'"')


def _tells_its_error(exchange: Exchange) -> None:
    __tracebackhide__ = True
    body = expect.json_object(exchange)
    if not {"detail", "error"} & body.keys():
        actual = f"it has {', '.join(body) or 'no key'}"
        raise Failed("an error body with detail or error", actual, exchange)
