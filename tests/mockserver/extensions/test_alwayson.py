"""What the webui itself does with alwayson_scripts, whichever extension they are for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from extended import SMALL, Extended, encoded, picture

UNIT = {"enabled": True, "module": "invert", "model": "control_v11p_sd15_canny"}
ARGS = [{**UNIT, "image": encoded(picture())}]


@pytest.fixture(scope="module")
def webui() -> Extended:
    return Extended("controlnet", "adetailer")


def asked(webui: Extended, scripts: Any) -> tuple[int, Any]:
    body = json.dumps({**SMALL, "alwayson_scripts": scripts})
    answer = webui.client.post("/sdapi/v1/txt2img", data=body, content_type="application/json")
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("name", ["controlnet", "ControlNet", "CONTROLNET"])
def test_case_of_a_name_is_nothing(webui: Extended, name: str) -> None:
    status, told = asked(webui, {name: {"args": ARGS}})

    assert (status, len(told["images"])) == (200, 2)
    assert list(told["parameters"]["alwayson_scripts"]) == [name]


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("control net", "always on script control net not found"),
        ("controlnet m2m", "Cannot have a selectable script in the always on scripts params"),
    ],
)
def test_other_names_are_refused(webui: Extended, name: str, detail: str) -> None:
    status, told = asked(webui, {name: {"args": []}})

    assert (status, told["error"]) == (422, "HTTPException")
    assert told["detail"] in {detail, f"Script '{name}' not found"}


def test_two_spellings_fill_slots_in_their_order(webui: Extended) -> None:
    off = [{**ARGS[0], "enabled": False}]
    _, off_last = asked(webui, {"controlnet": {"args": ARGS}, "ControlNet": {"args": off}})
    _, on_last = asked(webui, {"controlnet": {"args": off}, "ControlNet": {"args": ARGS}})

    assert (len(off_last["images"]), len(on_last["images"])) == (1, 2)


@pytest.mark.parametrize("container", [{}, ARGS, {"units": ARGS}])
def test_what_has_no_args_is_ignored_and_echoed(webui: Extended, container: Any) -> None:
    status, told = asked(webui, {"controlnet": container})

    assert (status, len(told["images"])) == (200, 1)
    assert told["parameters"]["alwayson_scripts"] == {"controlnet": container}


@pytest.mark.parametrize(
    ("container", "error", "words"),
    [
        (None, "TypeError", "argument of type 'NoneType' is not iterable"),
        ({"args": None}, "TypeError", "object of type 'NoneType' has no len()"),
        ({"args": {"a": 1}}, "KeyError", "0"),
    ],
)
def test_what_is_no_list_crashes(webui: Extended, container: Any, error: str, words: str) -> None:
    status, told = asked(webui, {"controlnet": container})

    assert (status, told["error"], told["errors"]) == (500, error, words)


def test_letters_of_a_text_fill_the_slots(webui: Extended) -> None:
    status, told = asked(webui, {"controlnet": {"args": "x"}})

    assert (status, len(told["images"])) == (200, 1)


def test_an_infotext_does_not_switch_an_extension_on(webui: Extended) -> None:
    told = webui.txt2img({"controlnet": ARGS, "adetailer": [True, False]}).info["infotexts"][0]
    again = webui.txt2img(infotext=told)

    assert len(again.images) == 1
    assert again.told == {}
