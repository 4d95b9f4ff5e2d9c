"""What is sound of options, and what stays behind; broken ones are in the family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Reply, Server, broken, edited, mock, reply, served
from judging import judged, make_context, settled
from recorded import Recorded

from conformance.checks import all_checks
from conformance.checks.support.settings import aliases
from conformance.errors import RestoreError
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.judge import judge
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

_NULL = reply(None)


def _real() -> Server:
    return Recorded("a1111-1.10.1")


def _shown(edit: Callable[[dict[str, Any]], Any]) -> Server:
    return broken(mock(), edited(edit), route="options", method="GET", status=200)


class _Store:
    """A small server of options whose writing can be replaced."""

    def __init__(self, write: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
        self._sound = Recorded("a1111-1.10.1")
        self._write = write
        self.options = self._sound(Ask("GET", "/sdapi/v1/options")).json

    def __call__(self, ask: Ask) -> Reply:
        if not ask.route.endswith("/options"):
            return self._sound(ask)
        if ask.method == "GET":
            return reply(self.options)
        self._write(self.options, ask.json)
        return _NULL


def test_opt_006_distinguishes_sdnext_from_upstream() -> None:
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


def test_opt_002_finds_no_current_model_in_an_empty_list() -> None:
    result = judged(broken(mock(), edited(lambda _: []), route="sd-models"), "OPT-002")
    assert result.verdict is Verdict.FAIL
    assert result.actual.endswith("and sd-models has none")


def test_the_names_of_a_model_include_those_with_its_folder() -> None:
    model = {
        "title": "sub/tiny c.ckpt [ba7a39776a]",
        "model_name": "sub_tiny c",
        "hash": "ba7a39776a",
        "sha256": "ba7a39776a030e",
        "filename": "/models/sub/tiny c.ckpt",
    }
    assert {"sub/tiny c.ckpt", "sub/tiny c", "tiny c", "sub_tiny c"} <= aliases(model)


def test_an_option_that_cannot_be_put_back_is_reported_at_the_end() -> None:
    def sticky(stored: dict[str, Any], given: dict[str, Any]) -> None:
        stored.update({name: value for name, value in given.items() if value is False})

    with served(_Store(sticky)):
        context = make_context("a1111-1.10.1")
        judge(load_catalogue()["OPT-007"], all_checks()["OPT-007"].function, context)
        with pytest.raises(RestoreError, match="was True and is False"):
            context.options.close()
