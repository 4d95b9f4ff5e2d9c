"""Checks of errors: malformed bodies, wrong types, unknown paths and methods."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.detection.probe import API, NOWHERE
from conformance.gateway import turned_away
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_JSON = {"Content-Type": "application/json"}
_MALFORMED = "{bad"
_NUMBERS = ("steps", "width", "height", "seed", "cfg_scale", "batch_size", "n_iter")


@check("HTTP-006")
def malformed_json(context: CheckContext) -> None:
    """A body that is no JSON."""
    expect.problems(_raw(context, _MALFORMED))


@check("HTTP-007")
def malformed_json_names_its_place(context: CheckContext) -> None:
    """The character at which ``{bad`` stops being JSON."""
    exchange = _raw(context, _MALFORMED)
    problem = _only(exchange)
    expect.equal(problem.get("loc"), ["body", 1], "loc", exchange)
    expect.equal(problem.get("type"), "value_error.jsondecode", "type", exchange)
    details = problem.get("ctx")
    place = details.get("pos") if isinstance(details, dict) else None
    expect.equal(place, 1, "ctx.pos", exchange)


@check("HTTP-008")
def missing_body(context: CheckContext) -> None:
    """A POST with nothing in it."""
    exchange = context.post("txt2img")
    expect.equal(expect.problems(exchange)[0].get("loc"), ["body"], "loc", exchange)


@check("HTTP-009")
def null_body(context: CheckContext) -> None:
    """A body of JSON null."""
    exchange = context.post("txt2img", json=None)
    expect.equal(_only(exchange).get("msg"), "field required", "msg", exchange)


@check("HTTP-010")
def scalar_body(context: CheckContext) -> None:
    """A body that is a JSON string, and one that is a number."""
    for body in ("conformance", 5):
        expect.problems(context.post("txt2img", json=body))


@check("HTTP-011")
def list_body(context: CheckContext) -> None:
    """A body that is a list of a number."""
    exchange = context.post("txt2img", json=[1])
    expect.equal(_only(exchange).get("msg"), "value is not a valid dict", "msg", exchange)


@check("HTTP-012")
def json_as_plain_text(context: CheckContext) -> None:
    """JSON sent as text/plain; were it decoded, the problem would be that of a field."""
    headers = {"Content-Type": "text/plain"}
    exchange = _raw(context, '{"steps": "conformance"}', headers)
    expect.equal(_only(exchange).get("loc"), ["body"], "loc", exchange)


@check("HTTP-013")
def wrong_type(context: CheckContext) -> None:
    """Words where a number should be, in several fields, for txt2img and img2img."""
    for route, field in ((r, f) for r in ("txt2img", "img2img") for f in _NUMBERS):
        exchange = context.post(route, json={field: "conformance"})
        loc = expect.problems(exchange)[0].get("loc")
        ends = [loc[0], loc[-1]] if isinstance(loc, list) and loc else loc
        expect.equal(ends, ["body", field], "first and last of loc", exchange)


@check("HTTP-014")
def all_wrong_fields_are_reported(context: CheckContext) -> None:
    """Two wrong values in one request."""
    exchange = context.post("txt2img", json={"steps": "conformance", "cfg_scale": "x"})
    named = set(_fields(expect.problems(exchange)))
    expect.equal(sorted(named), ["cfg_scale", "steps"], "fields complained of", exchange)


@check("HTTP-015")
def problems_follow_the_model(context: CheckContext) -> None:
    """Two wrong values, sent against the order of the model."""
    exchange = context.post("txt2img", json={"cfg_scale": "x", "steps": "conformance"})
    named = list(_fields(expect.problems(exchange)))
    expect.equal(named, ["steps", "cfg_scale"], "fields in order", exchange)


def _raw(context: CheckContext, body: str, headers: dict[str, str] | None = None) -> Exchange:
    return context.post("txt2img", data=body, headers=headers or _JSON)


def _only(exchange: Exchange) -> dict[str, Any]:
    __tracebackhide__ = True
    problems = expect.problems(exchange)
    expect.equal(len(problems), 1, "number of problems", exchange)
    return problems[0]


def _fields(problems: list[dict[str, Any]]) -> list[str]:
    return [str((problem.get("loc") or [""])[-1]) for problem in problems]


FOUR_KEYS = {"error", "detail", "body", "errors"}
_ERROR = 400


@check("HTTP-002")
def unknown_path(context: CheckContext) -> None:
    """GET and POST of a path that no server has."""
    for method in ("GET", "POST"):
        expect.status(context.send(method, NOWHERE, **_body(method)), 404)


@check("HTTP-003")
def unknown_path_body(context: CheckContext) -> None:
    """The words of that 404."""
    exchange = context.send("GET", NOWHERE)
    expect.status(exchange, 404)
    expect.equal(expect.json_of(exchange), {"detail": "Not Found"}, "the body", exchange)


@check("HTTP-004")
def get_on_a_post_route(context: CheckContext) -> None:
    """GET txt2img, which generates nothing."""
    expect.status(context.send("GET", f"{API}/txt2img"), 405)


@check("HTTP-005")
def method_not_allowed(context: CheckContext) -> None:
    """Words and Allow header of a 405, for a POST and for a GET route."""
    for method, route, allowed in (("GET", "txt2img", "POST"), ("POST", "samplers", "GET")):
        exchange = context.send(method, f"{API}/{route}", **_body(method))
        expect.status(exchange, 405)
        body = expect.json_of(exchange)
        expect.equal(body, {"detail": "Method Not Allowed"}, "the body", exchange)
        allow = exchange.header("allow") or ""
        names = [name.strip().upper() for name in allow.split(",")]
        actual = f"Allow is {allow!r}"
        expect.that(allowed in names, f"an Allow header with {allowed}", actual, exchange)


@check("HTTP-016", last=True)
def api_error_has_four_keys(context: CheckContext) -> None:
    """img2img without a picture, what is no picture, and every such error of the run."""
    refused = context.post("img2img", json={})
    expect.status(refused, 404)
    _has_four_keys(refused)
    context.post("png-info", json={"image": "zzz"})
    for exchange in context.client.log:
        judged = _is_api_error(exchange) and turned_away(exchange) is None
        # Those of FastAPI itself have a detail alone.
        if judged and _holds_json(exchange) and exchange.json.keys() != {"detail"}:
            _has_four_keys(exchange)


def _has_four_keys(exchange: Exchange) -> None:
    __tracebackhide__ = True
    body = expect.json_object(exchange)
    expected = f"exactly the keys {', '.join(sorted(FOUR_KEYS))}"
    expect.that(body.keys() == FOUR_KEYS, expected, ", ".join(sorted(body)), exchange)
    for name in ("error", "body", "errors"):
        actual = f"it is {expect.shown(body[name])}"
        expect.that(isinstance(body[name], str), f"{name} to be text", actual, exchange)
    expect.that(bool(body["error"]), "error to name its class", "it is empty", exchange)


@check("HTTP-017")
def api_error_is_a_detail(context: CheckContext) -> None:
    """img2img without a picture, which is refused before the queue."""
    exchange = context.post("img2img", json={})
    expect.status(exchange, 404)
    body = expect.json_object(exchange)
    plain = body.keys() == {"detail"} and isinstance(body["detail"], str)
    expect.that(plain, '{"detail": text}', expect.shown(body), exchange)


@check("HTTP-018", last=True)
def errors_are_json_objects(context: CheckContext) -> None:
    """Some errors provoked on purpose, then every error of the run that the server itself gave."""
    for method, path in (("GET", NOWHERE), ("GET", f"{API}/txt2img")):
        context.exchange(method, path)
    context.exchange("POST", f"{API}/txt2img", json={"steps": "conformance"})
    context.exchange("POST", f"{API}/img2img", json={})
    for exchange in context.client.log:
        if _is_api_error(exchange) and not _excused(context, exchange):
            _names_its_error(exchange)


@check("HTTP-026")
def charset_of_a_request(context: CheckContext) -> None:
    """A picture for png-info, with a charset in two spellings and without one."""
    body = json.dumps({"image": pictures.text_of(pictures.png_with({"parameters": "a cat"}))})
    plain = expect.json_of(expect.ok(context.post("png-info", data=body, headers=_JSON)))
    for charset in ("utf-8", "UTF-8"):
        headers = {"Content-Type": f"application/json; charset={charset}"}
        exchange = context.post("png-info", data=body, headers=headers)
        found = expect.json_of(expect.ok(exchange))
        expect.equal(found, plain, f"the answer with charset={charset}", exchange)


@check("HTTP-027", last=True)
def errors_are_called_json(context: CheckContext) -> None:
    """Some errors provoked on purpose, then every error of the run that holds JSON."""
    for method, path in (("GET", NOWHERE), ("GET", f"{API}/txt2img")):
        context.exchange(method, path)
    context.exchange("POST", f"{API}/txt2img", json={"steps": "conformance"})
    for exchange in context.client.log:
        if _is_api_error(exchange) and turned_away(exchange) is None and _holds_json(exchange):
            kind = (exchange.header("content-type") or "none").partition(";")[0].strip().lower()
            expected = "application/json for an error in JSON"
            expect.that(kind.endswith("json"), expected, f"it is {kind}", exchange)


def _holds_json(exchange: Exchange) -> bool:
    try:
        return isinstance(exchange.json, dict)
    except ValueError:
        return False


def _body(method: str) -> dict[str, object]:
    return {"json": {}} if method == "POST" else {}


def _is_api_error(exchange: Exchange) -> bool:
    below = exchange.path.startswith(f"{API}/")
    # HEAD has no body, and a CORS preflight is answered before the API.
    return below and exchange.method in {"GET", "POST"} and (exchange.status or 0) >= _ERROR


def _excused(context: CheckContext, exchange: Exchange) -> bool:
    if turned_away(exchange) is not None:
        return True
    return context.profile.family == "sdnext" and exchange.body.startswith(b'"')


def _names_its_error(exchange: Exchange) -> None:
    __tracebackhide__ = True
    body = expect.json_object(exchange)
    if not {"detail", "error"} & body.keys():
        actual = f"it has {', '.join(body) or 'no key'}"
        raise Failed("an error body with detail or error", actual, exchange)
