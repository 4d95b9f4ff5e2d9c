"""Which scripts there are, and how their arguments are laid out."""

from __future__ import annotations

from typing import Any

import pytest
from generations import txt2img

from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue, ScriptList
from mockserver.core.errors import HTTPError, ServerError

LISTED = {"txt2img": ["first", "second", "seed"], "img2img": ["second", "other"]}


def info(name: str, *values: Any, alwayson: bool = False, img2img: bool = False) -> dict[str, Any]:
    args = [{"label": f"arg {n}", "value": v, "choices": None} for n, v in enumerate(values)]
    return {"name": name, "is_alwayson": alwayson, "is_img2img": img2img, "args": args}


@pytest.fixture
def scripts() -> ScriptList:
    infos = [
        info("first", 1, 2),
        info("second", "a", "b", "c"),
        info("seed", 7, 8, alwayson=True),
        info("second", "x", img2img=True),
        info("other", img2img=True),
    ]
    return ScriptCatalogue(LISTED, infos, unlisted=("hidden",)).tab("txt2img")


def own(scripts: ScriptList, name: str, *args: Any) -> tuple[Any, ...]:
    return scripts.arguments(scripts.selectable(name), args, {}).own


def alwayson(scripts: ScriptList, **given: Any) -> list[Any]:
    return scripts.arguments(None, [], given).alwayson["seed"]


def test_a_script_is_selected_in_any_case(scripts: ScriptList) -> None:
    found = scripts.selectable("FIRST")

    assert found is not None
    assert found.name == "first"


@pytest.mark.parametrize("name", ["", None])
def test_no_name_selects_none(scripts: ScriptList, name: str | None) -> None:
    assert scripts.selectable(name) is None


@pytest.mark.parametrize("name", ["nope", "other", "seed", "hidden"])
def test_what_is_unknown_always_on_or_of_the_other_tab_is_refused(
    scripts: ScriptList, name: str
) -> None:
    with pytest.raises(HTTPError, match=f"422 Script '{name}' not found"):
        scripts.selectable(name)


def test_too_few_arguments_read_on_in_the_next_scripts(scripts: ScriptList) -> None:
    assert own(scripts, "first") == ("a", "b")
    assert own(scripts, "first", 9) == (9, "a")


def test_the_last_script_has_nothing_to_read_on_in(scripts: ScriptList) -> None:
    assert own(scripts, "second", "z") == ("z",)


def test_too_many_arguments_are_cut(scripts: ScriptList) -> None:
    assert own(scripts, "first", 9, 8, 7) == (9, 8)


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        pytest.param({"args": [1]}, [1, 8], id="fewer keep the defaults"),
        pytest.param({"args": [1, 2, 3]}, [1, 2], id="more are cut"),
        pytest.param({}, [7, 8], id="none"),
        pytest.param([], [7, 8], id="a list without args"),
        pytest.param({"args": "ab"}, ["a", "b"], id="a text letter by letter"),
    ],
)
def test_an_always_on_script_takes_arguments_over_its_defaults(
    scripts: ScriptList, given: Any, arguments: list[Any]
) -> None:
    assert alwayson(scripts, SEED=given) == arguments


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        pytest.param("seed", None, "argument of type 'NoneType' is not iterable", id="null"),
        pytest.param(
            "seed", {"args": None}, "object of type 'NoneType' has no len()", id="no args"
        ),
        pytest.param("", {}, "'tuple' object has no attribute 'alwayson'", id="no name"),
    ],
)
def test_odd_values_are_a_500(scripts: ScriptList, name: str, value: Any, error: str) -> None:
    with pytest.raises(ServerError) as caught:
        scripts.arguments(None, [], {name: value})

    assert caught.value.text == error


def test_a_selectable_script_is_refused_among_the_always_on(scripts: ScriptList) -> None:
    with pytest.raises(HTTPError) as caught:
        scripts.arguments(None, [], {"First": {}})

    assert caught.value.detail == (
        "Cannot have a selectable script in the always on scripts params"
    )


def test_the_arguments_of_seed_sampler_and_refiner_change_nothing_over_the_api() -> None:
    made = txt2img(
        alwayson_scripts={
            "Refiner": {"args": [True, "tiny-b", 0.5]},
            "Sampler": {"args": [40, "Heun", "Karras"]},
            "Seed": {"args": [99]},
        }
    )

    assert made.line == txt2img().line
