"""Servers that break one promise of HTTP each, and the requirement that convicts them."""

from __future__ import annotations

import json

import pytest
from doubles import Ask, Server, Told, broken, deaf, edited, instead, mock, text, told
from judging import judged
from recorded import Recorded

from conformance.catalogue import load_catalogue
from conformance.verdict import Verdict

_HTML = text("<html><title>Oops</title></html>", 500)
_NOT_FOUND = told({"detail": "Not Found"}, 404)


def _four_oh_four(answer: Told) -> Server:
    return broken(mock(), instead(answer), status=404)


def _refusals(change: object) -> Server:
    return broken(mock(), change, status=422)


def _first_problem(**values: object) -> object:
    def edit(body: dict[str, list[dict[str, object]]]) -> object:
        body["detail"][0].update(values)
        return body

    return edited(edit)


def _shuffled(body: dict[str, list[object]]) -> object:
    return {"detail": body["detail"][::-1]}


def _accepts_plain_text(ask: Ask, given: Told) -> Told:
    plain = ask.headers.get("Content-Type") == "text/plain"
    problem = {"loc": ["body", "steps"], "msg": "value is not a valid integer", "type": "x"}
    return told({"detail": [problem]}, 422) if plain else given


def _zipped_anyway(_: Ask, given: Told) -> Told:
    return Told(200, given.headers | {"content-type": "application/json"}, b"\x1f\x8b junk")


def _without_loras(document: dict[str, dict[str, object]]) -> object:
    document["paths"].pop("/sdapi/v1/loras")
    return document


def _with_nan(_: Ask, given: Told) -> Told:
    body = json.dumps([*given.json, {"name": "x", "scale": float("nan")}]).encode()
    return Told(200, {"content-type": "application/json"}, body)


_CONVICTED = [
    pytest.param(
        "HTTP-001",
        broken(mock(), lambda _, t: t.with_headers(content_type="text/plain"), route="samplers"),
        id="HTTP-001: a list as text",
    ),
    pytest.param(
        "HTTP-001", broken(mock(), instead(told({}, 503)), route="upscalers"), id="HTTP-001: a 503"
    ),
    pytest.param(
        "HTTP-001",
        broken(
            mock(),
            lambda _, t: t.with_headers(content_type="application/json; charset=latin-1"),
            route="sd-models",
        ),
        id="HTTP-001: another charset",
    ),
    pytest.param(
        "HTTP-002", _four_oh_four(text("<h1>Welcome</h1>", 200)), id="HTTP-002: a page for all"
    ),
    pytest.param("HTTP-003", _four_oh_four(text("<h1>gone</h1>", 404)), id="HTTP-003: HTML"),
    pytest.param("HTTP-003", _four_oh_four(told({"error": "no"}, 404)), id="HTTP-003: words"),
    pytest.param(
        "HTTP-004",
        deaf(mock(), route="txt2img", method="GET", answer=_NOT_FOUND),
        id="HTTP-004: 404 for a wrong method",
    ),
    pytest.param(
        "HTTP-005",
        broken(mock(), lambda _, t: t.with_headers(allow=None), status=405),
        id="HTTP-005: no Allow",
    ),
    pytest.param(
        "HTTP-006", _refusals(instead(told({"detail": "bad"}, 400))), id="HTTP-006: a 400"
    ),
    pytest.param("HTTP-006", _refusals(instead(_HTML)), id="HTTP-006: an HTML page"),
    pytest.param("HTTP-007", _refusals(_first_problem(loc=["body"])), id="HTTP-007: no place"),
    pytest.param("HTTP-007", _refusals(_first_problem(ctx=None)), id="HTTP-007: no context"),
    pytest.param(
        "HTTP-008", _refusals(_first_problem(loc=["request"])), id="HTTP-008: another place"
    ),
    pytest.param("HTTP-009", _refusals(_first_problem(msg="null")), id="HTTP-009: other words"),
    pytest.param(
        "HTTP-010", _refusals(instead(told({"images": []}))), id="HTTP-010: text taken for a body"
    ),
    pytest.param("HTTP-011", _refusals(_first_problem(msg="a list")), id="HTTP-011: other words"),
    pytest.param(
        "HTTP-012",
        broken(mock(), _accepts_plain_text, route="txt2img"),
        id="HTTP-012: plain text decoded",
    ),
    pytest.param(
        "HTTP-013", _refusals(_first_problem(loc=["steps"])), id="HTTP-013: the body not named"
    ),
    pytest.param(
        "HTTP-013",
        broken(mock(), instead(told({"detail": "Internal"}, 500)), status=422),
        id="HTTP-013: a 500",
    ),
    pytest.param(
        "HTTP-014",
        _refusals(edited(lambda body: {"detail": body["detail"][:1]})),
        id="HTTP-014: the first problem alone",
    ),
    pytest.param("HTTP-015", _refusals(edited(_shuffled)), id="HTTP-015: turned round"),
    pytest.param(
        "HTTP-016",
        broken(mock(), edited(lambda b: {"detail": b["detail"]}), route="img2img", status=404),
        id="HTTP-016: the detail alone",
    ),
    pytest.param(
        "HTTP-018",
        broken(mock(), instead(text("<h1>404</h1>", 404)), route="img2img", status=404),
        id="HTTP-018: an HTML error",
    ),
    pytest.param(
        "HTTP-018",
        broken(mock(), edited(lambda _: {"message": "no"}), status=422),
        id="HTTP-018: another key",
    ),
    pytest.param(
        "HTTP-019",
        broken(mock(), lambda _, t: t.with_headers(x_process_time=None)),
        id="HTTP-019: no header",
    ),
    pytest.param(
        "HTTP-019",
        broken(mock(), lambda _, t: t.with_headers(x_process_time="soon")),
        id="HTTP-019: no number",
    ),
    pytest.param("HTTP-020", broken(mock(), instead(_NOT_FOUND), status=307), id="HTTP-020: a 404"),
    pytest.param(
        "HTTP-020",
        broken(mock(), lambda _, t: t.with_headers(location="/"), status=307),
        id="HTTP-020: elsewhere",
    ),
    pytest.param(
        "HTTP-021",
        broken(mock(), lambda _, t: t.with_json(t.json), route="options"),
        id="HTTP-021: never compressed",
    ),
    pytest.param(
        "HTTP-022",
        broken(mock(), _zipped_anyway, route="options"),
        id="HTTP-022: compressed unasked",
    ),
    pytest.param(
        "HTTP-023",
        broken(mock(), edited(_without_loras), route="openapi.json"),
        id="HTTP-023: a route unlisted",
    ),
    pytest.param(
        "HTTP-024",
        broken(mock(), lambda _, t: t.with_headers(access_control_allow_origin="*")),
        id="HTTP-024: open to every page",
    ),
    pytest.param(
        "HTTP-025", broken(mock(), _with_nan, route="upscalers"), id="HTTP-025: a NaN in a list"
    ),
    pytest.param(
        "HTTP-025",
        broken(
            mock(),
            instead(Told(200, {"content-type": "application/json"}, b'[{"name": "\xe9"}]')),
            route="samplers",
        ),
        id="HTTP-025: Latin-1",
    ),
]


@pytest.mark.parametrize(("name", "server"), _CONVICTED)
def test_a_broken_server_is_convicted(name: str, server: Server) -> None:
    result = judged(server, name)
    assert result.verdict.unmet
    assert result.expected
    assert result.actual
    assert result.exchanges


def test_every_requirement_of_the_area_convicts_somebody() -> None:
    convicts = {param.values[0] for param in _CONVICTED}
    own = {r.id for r in load_catalogue() if r.area == "HTTP"}
    # It applies to servers whose own error handler is off; see below.
    assert own - convicts == {"HTTP-017"}


def test_http_017_convicts_a_forge_that_answers_with_four_keys() -> None:
    assert judged(mock(), "HTTP-017", "forge").verdict is Verdict.WARN


def test_http_017_acquits_a_server_that_answers_with_the_detail_alone() -> None:
    assert judged(Recorded("a1111-47a44c7"), "HTTP-017", "a1111-47a44c7").verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("profile", "answer"),
    [
        pytest.param("forge", text("Internal Server Error", 500, "text/plain"), id="forge"),
        pytest.param("sdnext", told("TypeError: no", 500), id="sdnext"),
    ],
)
def test_http_018_knows_what_forks_may_write(profile: str, answer: Told) -> None:
    server = broken(mock(), instead(answer), route="img2img", status=404)
    assert judged(server, "HTTP-018", profile).verdict is Verdict.PASS
    assert judged(server, "HTTP-018").verdict is Verdict.FAIL


def test_http_023_is_not_looked_at_where_there_is_no_document() -> None:
    server = deaf(mock(), route="openapi.json", method="GET", answer=_NOT_FOUND)
    result = judged(server, "HTTP-023")
    assert (result.verdict, result.reason) == (Verdict.UNSUPPORTED, "GET /openapi.json is absent")
