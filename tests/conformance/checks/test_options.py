"""Servers whose options are wrong, and the requirement that convicts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Server, Told, broken, deaf, edited, instead, mock, served, told
from judging import bench, judged, settled
from recorded import Recorded

from conformance.catalogue import load_catalogue
from conformance.checks import all_checks
from conformance.checks.options import aliases
from conformance.engine import judge
from conformance.errors import NotPutBack
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

_NULL = told(None)


def _real() -> Server:
    return Recorded("a1111-1.10.1")


def _shown(edit: Callable[[dict[str, Any]], Any]) -> Server:
    return broken(mock(), edited(edit), route="options", method="GET", status=200)


def _posted(change: Any) -> Server:
    return broken(mock(), change, route="options", method="POST")


class _Store:
    """A small server of options whose writing can be replaced."""

    def __init__(self, write: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
        self._sound = Recorded("a1111-1.10.1")
        self._write = write
        self.options = self._sound(Ask("GET", "/sdapi/v1/options")).json

    def __call__(self, ask: Ask) -> Told:
        if not ask.route.endswith("/options"):
            return self._sound(ask)
        if ask.method == "GET":
            return told(self.options)
        self._write(self.options, ask.json)
        return _NULL


def _ignores(_: dict[str, Any], __: dict[str, Any]) -> None:
    """Nothing is stored."""


def _first_alone(stored: dict[str, Any], given: dict[str, Any]) -> None:
    stored.update(dict(list(given.items())[:1]))


def _clobbers(stored: dict[str, Any], given: dict[str, Any]) -> None:
    stored.update(given)
    if given:
        stored["samples_format"] = "jpg"


def _as_text(stored: dict[str, Any], given: dict[str, Any]) -> None:
    stored.update({name: str(value) for name, value in given.items()})


def _anything(stored: dict[str, Any], given: dict[str, Any]) -> None:
    stored.update(given)


class _Forgetful(_Store):
    """What is set is shown once, and forgotten."""

    def __init__(self) -> None:
        super().__init__(lambda _, given: self._seen.append(given))
        self._seen: list[dict[str, Any]] = []

    def __call__(self, ask: Ask) -> Told:
        given = super().__call__(ask)
        if ask.route.endswith("/options") and ask.method == "GET" and self._seen:
            return told(self.options | self._seen.pop())
        return given


def _growing() -> Server:
    """Options that differ with every read."""
    count = iter(range(1000))
    return _shown(lambda options: options | {"jpeg_quality": next(count)})


_CONVICTED = [
    pytest.param("OPT-001", _shown(lambda o: [o]), id="OPT-001: a list"),
    pytest.param("OPT-001", _shown(lambda o: {"saving": o}), id="OPT-001: nested"),
    pytest.param(
        "OPT-001",
        _shown(lambda o: {k: v for k, v in o.items() if k != "sd_model_checkpoint"}),
        id="OPT-001: no model",
    ),
    pytest.param(
        "OPT-002", _shown(lambda o: o | {"sd_model_checkpoint": "gone.ckpt"}), id="OPT-002: unknown"
    ),
    pytest.param("OPT-003", _growing(), id="OPT-003: different every time"),
    pytest.param(
        "OPT-004", _posted(instead(told({"detail": "no"}, 405))), id="OPT-004: nothing is taken"
    ),
    pytest.param("OPT-005", _posted(instead(told({}))), id="OPT-005: an object"),
    pytest.param("OPT-007", _Store(_ignores), id="OPT-007: ignored"),
    pytest.param("OPT-007", _Store(_first_alone), id="OPT-007: the first alone"),
    pytest.param("OPT-007", _Store(_clobbers), id="OPT-007: another is changed"),
    pytest.param("OPT-007", _Store(_as_text), id="OPT-007: stored as text"),
    pytest.param("OPT-007", _Forgetful(), id="OPT-007: forgotten after a read"),
    pytest.param(
        "OPT-008",
        broken(mock(), instead(_NULL), route="options", method="POST", status=500),
        id="OPT-008: silence",
    ),
    pytest.param(
        "OPT-008",
        broken(mock(), edited(lambda b: b | {"error": "Exception"}), status=500),
        id="OPT-008: another class",
    ),
    pytest.param(
        "OPT-009", _posted(instead(told({"error": "KeyError"}, 500))), id="OPT-009: refused"
    ),
    pytest.param(
        "OPT-010",
        broken(mock(), instead(_NULL), route="options", method="POST", status=500),
        id="OPT-010: silence",
    ),
    pytest.param("OPT-010", _Store(_anything), id="OPT-010: stored"),
    pytest.param(
        "OPT-011",
        broken(mock(), edited(lambda b: b | {"errors": "not found"}), status=500),
        id="OPT-011: no name",
    ),
    pytest.param("OPT-012", _Store(_anything), id="OPT-012: half of it applied"),
    pytest.param("OPT-013", _Store(_anything), id="OPT-013: anybody may set it"),
    pytest.param(
        "OPT-014",
        _posted(instead(told({"error": "RuntimeError"}, 500))),
        id="OPT-014: the current model refused",
    ),
    pytest.param("OPT-015", _Store(_ignores), id="OPT-015: ignored"),
    pytest.param(
        "OPT-016",
        deaf(mock(), route="options", method="POST", answer=_NULL),
        id="OPT-016: taken for an empty body",
    ),
    pytest.param("OPT-017", _Store(_anything), id="OPT-017: read back as text"),
    pytest.param("OPT-018", _Store(_clobbers), id="OPT-018: one stays changed"),
]


@pytest.mark.parametrize(("name", "server"), _CONVICTED)
def test_a_broken_server_is_convicted(name: str, server: Server) -> None:
    result = judged(server, name)
    assert result.verdict.unmet
    assert result.expected
    assert result.actual


def test_every_requirement_of_the_area_convicts_somebody() -> None:
    own = {r.id for r in load_catalogue() if r.area == "OPT"}
    # It applies to SD.Next; see below.
    assert own - {param.values[0] for param in _CONVICTED} == {"OPT-006"}


def test_opt_006_tells_sdnext_from_upstream() -> None:
    assert judged(Recorded("sdnext-2025-03"), "OPT-006", "sdnext").verdict is Verdict.PASS
    assert judged(mock(), "OPT-006", "sdnext").verdict is Verdict.WARN


@pytest.mark.parametrize("name", [r.id for r in load_catalogue() if r.area == "OPT"])
def test_checks_that_write_leave_the_options_as_they_were(name: str) -> None:
    server = mock()
    before = server(Ask("GET", "/sdapi/v1/options")).json
    settled(server, name)
    assert server(Ask("GET", "/sdapi/v1/options")).json == before


@pytest.mark.parametrize(
    "alias",
    [
        pytest.param("tiny-a", id="model_name"),
        pytest.param("tiny-a.safetensors", id="file name"),
        pytest.param("a9f628e616", id="short hash"),
        pytest.param("tiny-a [a9f628e616]", id="name and hash"),
        pytest.param("0a1b2c3d", id="a hash of the old kind"),
    ],
)
def test_opt_002_takes_every_name_of_a_model_loosely(alias: str) -> None:
    server = broken(
        _real(), edited(lambda o: o | {"sd_model_checkpoint": alias}), route="options", method="GET"
    )
    result = judged(server, "OPT-002")
    assert result.verdict is Verdict.PASS_LOOSE
    assert alias in result.reason


def test_opt_002_takes_a_server_without_a_current_model_loosely() -> None:
    assert (
        judged(_shown(lambda o: o | {"sd_model_checkpoint": None}), "OPT-002").verdict
        is Verdict.PASS_LOOSE
    )


def test_the_names_of_a_model_include_those_with_its_folder() -> None:
    model = {
        "title": "sub/tiny c.ckpt [ba7a39776a]",
        "model_name": "sub_tiny c",
        "hash": "ba7a39776a",
        "sha256": "ba7a39776a030e",
        "filename": "/models/sub/tiny c.ckpt",
    }
    assert {"sub/tiny c.ckpt", "sub/tiny c", "tiny c", "sub_tiny c"} <= aliases(model)


def test_an_option_that_cannot_be_put_back_is_told_at_the_end() -> None:
    def sticky(stored: dict[str, Any], given: dict[str, Any]) -> None:
        stored.update({name: value for name, value in given.items() if value is False})

    with served(_Store(sticky)):
        lab = bench("a1111-1.10.1")
        judge(load_catalogue()["OPT-007"], all_checks()["OPT-007"].function, lab)
        with pytest.raises(NotPutBack, match="was True and is False"):
            lab.options.close()
