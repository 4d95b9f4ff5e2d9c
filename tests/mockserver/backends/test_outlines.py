"""Routes, fields and rules of programs without a document, as the command compares them."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, picture
from click.testing import CliRunner

from mockserver.backends.koboldcpp import server as koboldcpp
from mockserver.backends.koboldcpp.recipe import read_recipe as read_koboldcpp
from mockserver.backends.koboldcpp.server import Koboldcpp
from mockserver.backends.registry import simulate
from mockserver.backends.sdcpp import server as sdcpp
from mockserver.backends.sdcpp.recipe_reader import read_recipe as read_sdcpp
from mockserver.backends.sdcpp.server import Sdcpp
from mockserver.cli.main import cli

EACH = pytest.mark.parametrize(
    ("profile", "outline"),
    [
        pytest.param("koboldcpp-1.111", koboldcpp, id="KoboldCpp"),
        pytest.param("sdcpp-master-827", sdcpp, id="sd.cpp"),
    ],
)


class Noted(dict[str, Any]):
    """A request's body that notes which fields are read."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(fields)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)


def fields(outline: Any, route: str) -> set[str]:
    return {key.partition(".")[2] for key in outline.FIELDS if key.startswith(f"{route}.")}


@pytest.mark.parametrize("route", ["txt2img", "img2img"])
def test_the_fields_reported_are_those_that_koboldcpp_reads(route: str) -> None:
    body = Noted()
    read_koboldcpp(Koboldcpp("koboldcpp-1.111"), body)
    assert fields(koboldcpp, route) == body.read


@pytest.mark.parametrize("route", ["txt2img", "img2img"])
def test_the_fields_reported_are_those_that_sdcpp_reads(route: str) -> None:
    body = Noted(prompt="fox", enable_hr=True, mask=picture())
    read_sdcpp(Sdcpp("sdcpp-master-827"), body, img2img=route == "img2img")
    assert fields(sdcpp, route) == body.read


@EACH
def test_the_routes_reported_are_those_that_answer(profile: str, outline: Any) -> None:
    ask = Asker(simulate(profile))
    for route in outline.ROUTES:
        method, path = route.split()
        heard = ask(method, path.replace("{id}", "1"), b"{}")
        assert heard.status != 404 or heard.body == b'{"error":"job not found"}', route


def run(*arguments: str) -> list[str]:
    done = CliRunner().invoke(cli, ["profiles", *arguments])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


@EACH
def test_of_its_rules_the_programs_own_are_shown_alone(profile: str, outline: Any) -> None:
    del outline
    places = [line.partition(" = ")[0] for line in run("show", profile)]
    assert places[:5] == ["from: recordings", "family", "version", "fixtures", "built_in"]
    assert all(place.startswith("program.") for place in places[5:])
    assert len(places) > 5


def test_two_of_them_are_compared_by_what_they_say() -> None:
    told = run("diff", "koboldcpp-1.111", "sdcpp-master-827")
    assert "  - POST /sdapi/v1/extra-single-image" in told
    assert "  + txt2img.batch_size: integer = 1, minimum 1, maximum 8" in told
    assert "  - program.largest_square" in told
    assert "  + dpm++2m" in told


def test_and_with_the_webui() -> None:
    told = run("diff", "a1111-1.10.1", "sdcpp-master-827")
    assert "  - POST /sdapi/v1/png-info" in told
    assert "  - txt2img.alwayson_scripts: object = {}" in told
    assert not any("samples_format" in line for line in told)
