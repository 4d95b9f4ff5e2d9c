"""Checks of headers, encodings and the server's own document.

HTTP-001 and HTTP-019 to HTTP-025. Source: the recorded groups ``list`` and ``http``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.checks.support import expect
from conformance.detection.probe import API, OPENAPI, absent
from conformance.detection.profile import known_routes
from conformance.gateway import names_itself
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, NotSupported, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_FOREIGN = "http://conformance.example"
_COMPRESSED_FROM = 1000
_GZIP_MAGIC = b"\x1f\x8b"
_LISTS = ("samplers", "sd-models", "options", "upscalers", "prompt-styles", "scripts", "loras")


@check("HTTP-001", last=True)
def success_is_json(context: CheckContext) -> None:
    """The lists that the server has, and every success of the run."""
    for exchange in _lists(context):
        expect.ok(exchange)
        _is_called_json(exchange)
    for exchange in context.client.log:
        if exchange.ok and exchange.error is None and exchange.path.startswith(f"{API}/"):
            _is_called_json(exchange)


@check("HTTP-019")
def process_time(context: CheckContext) -> None:
    """A number of seconds in X-Process-Time."""
    exchange = expect.ok(context.get("samplers"))
    text = exchange.header("x-process-time")
    try:
        seconds = float(text or "")
    except ValueError:
        actual = f"it is {text!r}"
        raise Failed("X-Process-Time with a number of seconds", actual, exchange) from None
    expect.that(seconds >= 0, "X-Process-Time of at least 0", f"it is {text}", exchange)


@check("HTTP-020")
def trailing_slash(context: CheckContext) -> None:
    """A POST to txt2img/ that would be refused there anyway."""
    exchange = context.send("POST", f"{API}/txt2img/", json={"steps": "conformance"})
    expect.status(exchange, 307)
    place = urlsplit(exchange.header("location") or "").path
    right = place.endswith(f"{API}/txt2img")
    expect.that(right, f"a location that ends with {API}/txt2img", place or "none", exchange)


@check("HTTP-021")
def gzip_on_request(context: CheckContext) -> None:
    """Options are long enough to be compressed."""
    exchange = context.get("options", headers={"Accept-Encoding": "gzip"})
    expect.ok(exchange)
    if len(exchange.body) < _COMPRESSED_FROM:
        raise Skip(f"the options have only {len(exchange.body)} bytes")
    expect.equal(exchange.header("content-encoding"), "gzip", "Content-Encoding", exchange)


@check("HTTP-022")
def plain_on_request(context: CheckContext) -> None:
    """Options asked for without any encoding."""
    exchange = context.get("options", headers={"Accept-Encoding": "identity"})
    expect.ok(exchange)
    coded = exchange.header("content-encoding") or "identity"
    packed = exchange.body.startswith(_GZIP_MAGIC)
    if (coded != "identity" or packed) and names_itself(exchange):
        raise Skip("a gateway is in between, and may have compressed it")
    actual = "a gzip file" if packed else f"Content-Encoding {coded}"
    expect.that(coded == "identity" and not packed, "a plain body", actual, exchange)
    expect.json_object(exchange)


@check("HTTP-023")
def openapi_is_complete(context: CheckContext) -> None:
    """Every route of the API that answers is in the document."""
    exchange = context.read(OPENAPI)
    if absent(exchange):
        raise NotSupported(f"GET {OPENAPI}", exchange)
    document = context.target.openapi
    expect.that(bool(document.paths), "paths in the document", "it has none", exchange)
    lost = [route for route in _answered(context) if not document.lists(*route)]
    named = ", ".join(f"{method} {path}" for method, path in lost)
    expect.that(not lost, "every route that answers", f"missing: {named}", exchange)


@check("HTTP-024")
def foreign_origins_are_not_let_in(context: CheckContext) -> None:
    """A list asked for as a page of another site would."""
    exchange = context.get("samplers", headers={"Origin": _FOREIGN})
    allowed = exchange.header("access-control-allow-origin")
    if allowed is None:
        return
    if names_itself(exchange):
        raise Skip(f"a gateway is in between, and may have added it: {allowed!r}")
    expected = "no Access-Control-Allow-Origin for a foreign site"
    raise Failed(expected, f"it is {allowed!r}", exchange)


@check("HTTP-025", last=True)
def json_is_strict(context: CheckContext) -> None:
    """The lists, and every JSON answer of the run, read strictly."""
    for exchange in [*_lists(context), *context.client.log]:
        whole = exchange.error is None and exchange.method != "HEAD"
        if whole and exchange.media_type == "application/json":
            _strict(exchange)


def _lists(context: CheckContext) -> Iterator[Exchange]:
    for name in _LISTS:
        try:
            yield context.read(name)
        except (NotSupported, NotApplicable):
            continue


def _answered(context: CheckContext) -> Iterator[tuple[str, str]]:
    """Method and path of the known routes that this server serves, found out with GET alone."""
    for route in known_routes():
        method, _, path = route.partition(" ")
        exchange = context.send("GET", path)
        if method == "GET" and exchange.ok:
            yield method, path
        if method == "POST" and exchange.status == 405:  # noqa: PLR2004 - GET is not its method
            yield method, path


def _is_called_json(exchange: Exchange) -> None:
    __tracebackhide__ = True
    kind = exchange.header("content-type") or "none"
    named = exchange.media_type == "application/json"
    # What has no body at all is the same fault wherever it is met.
    actual = kind if exchange.body else expect.answered(exchange)
    expect.that(named, "the media type application/json", actual, exchange)
    charset = re.search(r"charset=\"?([\w-]+)", kind, re.IGNORECASE)
    plain = charset is None or charset[1].lower() in {"utf-8", "utf8"}
    expect.that(plain, "no charset but UTF-8", kind, exchange)


def _strict(exchange: Exchange) -> None:
    __tracebackhide__ = True
    try:
        exchange.strict_json()
    except ValueError as error:
        raise Failed("JSON in UTF-8 without NaN or Infinity", str(error), exchange) from error
