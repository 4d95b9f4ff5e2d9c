"""Checks of how request bodies are validated: HTTP-006 to HTTP-015.

None of the requests is valid, so that none starts a generation.
Source: the recorded group ``http`` and the 422s of ``t2i-field``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.registry import check

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_JSON = {"Content-Type": "application/json"}
_MALFORMED = "{bad"
_NUMBERS = ("steps", "width", "height", "seed", "cfg_scale", "batch_size", "n_iter")


@check("HTTP-006")
def malformed_json(lab: Lab) -> None:
    """A body that is no JSON."""
    expect.problems(_raw(lab, _MALFORMED))


@check("HTTP-007")
def malformed_json_names_its_place(lab: Lab) -> None:
    """The character at which ``{bad`` stops being JSON."""
    exchange = _raw(lab, _MALFORMED)
    problem = _only(exchange)
    expect.equal(problem.get("loc"), ["body", 1], "loc", exchange)
    expect.equal(problem.get("type"), "value_error.jsondecode", "type", exchange)
    details = problem.get("ctx")
    place = details.get("pos") if isinstance(details, dict) else None
    expect.equal(place, 1, "ctx.pos", exchange)


@check("HTTP-008")
def missing_body(lab: Lab) -> None:
    """A POST with nothing in it."""
    exchange = lab.post("txt2img")
    expect.equal(expect.problems(exchange)[0].get("loc"), ["body"], "loc", exchange)


@check("HTTP-009")
def null_body(lab: Lab) -> None:
    """A body of JSON null."""
    exchange = lab.post("txt2img", json=None)
    expect.equal(_only(exchange).get("msg"), "field required", "msg", exchange)


@check("HTTP-010")
def scalar_body(lab: Lab) -> None:
    """A body that is a JSON string, and one that is a number."""
    for body in ("conformance", 5):
        expect.problems(lab.post("txt2img", json=body))


@check("HTTP-011")
def list_body(lab: Lab) -> None:
    """A body that is a list of a number."""
    exchange = lab.post("txt2img", json=[1])
    expect.equal(_only(exchange).get("msg"), "value is not a valid dict", "msg", exchange)


@check("HTTP-012")
def json_as_plain_text(lab: Lab) -> None:
    """JSON sent as text/plain; were it decoded, the problem would be that of a field."""
    headers = {"Content-Type": "text/plain"}
    exchange = _raw(lab, '{"steps": "conformance"}', headers)
    expect.equal(_only(exchange).get("loc"), ["body"], "loc", exchange)


@check("HTTP-013")
def wrong_type(lab: Lab) -> None:
    """Words where a number should be, in several fields, for txt2img and img2img."""
    for route, field in ((r, f) for r in ("txt2img", "img2img") for f in _NUMBERS):
        exchange = lab.post(route, json={field: "conformance"})
        loc = expect.problems(exchange)[0].get("loc")
        ends = [loc[0], loc[-1]] if isinstance(loc, list) and loc else loc
        expect.equal(ends, ["body", field], "first and last of loc", exchange)


@check("HTTP-014")
def all_wrong_fields_are_told(lab: Lab) -> None:
    """Two wrong values in one request."""
    exchange = lab.post("txt2img", json={"steps": "conformance", "cfg_scale": "x"})
    named = set(_fields(expect.problems(exchange)))
    expect.equal(sorted(named), ["cfg_scale", "steps"], "fields complained of", exchange)


@check("HTTP-015")
def problems_follow_the_model(lab: Lab) -> None:
    """Two wrong values, sent against the order of the model."""
    exchange = lab.post("txt2img", json={"cfg_scale": "x", "steps": "conformance"})
    named = list(_fields(expect.problems(exchange)))
    expect.equal(named, ["steps", "cfg_scale"], "fields in order", exchange)


def _raw(lab: Lab, body: str, headers: dict[str, str] | None = None) -> Exchange:
    return lab.post("txt2img", data=body, headers=headers or _JSON)


def _only(exchange: Exchange) -> dict[str, Any]:
    __tracebackhide__ = True
    problems = expect.problems(exchange)
    expect.equal(len(problems), 1, "number of problems", exchange)
    return problems[0]


def _fields(problems: list[dict[str, Any]]) -> list[str]:
    return [str((problem.get("loc") or [""])[-1]) for problem in problems]
