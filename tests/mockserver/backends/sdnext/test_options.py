"""POST options, and the options that a request overrides."""

from __future__ import annotations

from typing import Any

import pytest
from sdnext import FOX, Sdn


def test_each_option_is_reported_by_whether_it_changed() -> None:
    answer = Sdn().post("options", samples_format="jpg", send_seed=False)

    assert answer == (200, {"updated": [{"samples_format": False}, {"send_seed": True}]})


def test_an_unknown_option_ends_the_request_and_keeps_those_before_it() -> None:
    server = Sdn()

    status, told = server.post("options", send_seed=False, nope=1)

    assert (status, told["error"], told["code"], told["errors"]) == (500, "KeyError", 500, "'nope'")
    assert server.get("options")[1]["send_seed"] is False


def test_numbers_are_read_as_floats_whatever_was_posted() -> None:
    server = Sdn()
    server.post("options", CLIP_stop_at_last_layers="2")

    assert repr(server.get("options")[1]["CLIP_stop_at_last_layers"]) == "2.0"


def test_a_value_of_another_type_is_stored_and_breaks_reading() -> None:
    server = Sdn()

    assert server.post("options", quicksettings_list="sd_vae")[0] == 200
    assert server.get("options")[1]["error"] == "ValidationError"


def test_an_unknown_checkpoint_is_stored_and_the_loaded_one_stays() -> None:
    server = Sdn()
    loaded = server.server.loaded_model()

    assert server.post("options", sd_model_checkpoint="nope.ckpt")[0] == 200
    assert server.get("options")[1]["sd_model_checkpoint"] == "nope.ckpt"
    assert server.server.loaded_model() == loaded


def test_putting_back_the_quality_that_was_read_breaks_lossy_pictures() -> None:
    server = Sdn()
    server.post("options", jpeg_quality=server.get("options")[1]["jpeg_quality"] - 20)

    status, told = server.post("txt2img", **FOX)

    assert (status, told["errors"]) == (500, "Invalid quality setting")
    server.post("options", samples_format="png")
    assert server.post("txt2img", **FOX)[0] == 200


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        pytest.param({}, True, id="put back unless told otherwise"),
        pytest.param({"override_settings_restore_afterwards": False}, False, id="kept on request"),
    ],
)
def test_overrides_hold_for_one_request(fields: dict[str, Any], after: bool) -> None:
    server = Sdn()

    server.txt2img(override_settings={"send_seed": False}, **fields)

    assert server.get("options")[1]["send_seed"] is after


def test_an_unknown_override_is_a_key_error_and_nothing_is_drawn() -> None:
    status, told = Sdn().post("txt2img", **FOX, override_settings={"nope": 1})

    assert (status, told["error"]) == (500, "KeyError")


def test_options_survive_in_a_state_file(tmp_path: Any) -> None:
    file = tmp_path / "options.json"
    Sdn(state_file=file).post("options", send_seed=False)

    assert Sdn(state_file=file).get("options")[1]["send_seed"] is False
