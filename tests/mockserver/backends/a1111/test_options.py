"""Options as they are stored, answered and posted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import Config, Webui
from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path


def post(webui: Webui, **values: Any) -> None:
    webui.options.post(values, webui.knows_model)


@pytest.fixture
def saved() -> Webui:
    return Webui()


@pytest.fixture
def fresh() -> Webui:
    return Webui(config=Config(fresh=True))


@pytest.mark.parametrize(
    ("config", "recorded"),
    [
        pytest.param(Config(), "options", id="everything saved"),
        pytest.param(Config(fresh=True), "options-fresh", id="nothing saved"),
        pytest.param(Config(nowebui=True), "options-nowebui", id="without the web UI"),
    ],
)
def test_a_started_server_answers_as_recorded(config: Config, recorded: str) -> None:
    webui = Webui(config=config)

    assert json.dumps(webui.options.answer()) == json.dumps(webui.fixtures.get(recorded))


def test_a_stored_integer_is_answered_as_a_float_and_a_default_is_not(fresh: Webui) -> None:
    assert repr(fresh.options.answer()["jpeg_quality"]) == "80"

    post(fresh, jpeg_quality=70)

    assert repr(fresh.options.answer()["jpeg_quality"]) == "70.0"
    assert repr(fresh.options["jpeg_quality"]) == "70"


def test_options_with_a_falsy_default_are_answered_as_they_came(saved: Webui) -> None:
    post(saved, samples_filename_pattern=5, eta_noise_seed_delta="x", grid_save=0)

    answer = saved.options.answer()
    assert (answer["samples_filename_pattern"], answer["eta_noise_seed_delta"]) == (5, "x")
    assert answer["grid_save"] is False


def test_values_that_do_not_fit_are_all_named_when_options_are_asked_for(saved: Webui) -> None:
    post(saved, quicksettings_list="sd_vae", jpeg_quality="abc")

    with pytest.raises(ServerError) as caught:
        saved.options.answer()

    assert caught.value.name == "ValidationError"
    assert caught.value.text == (
        "2 validation errors for Options\n"
        "response -> jpeg_quality\n"
        "  value is not a valid float (type=type_error.float)\n"
        "response -> quicksettings_list\n"
        "  value is not a valid list (type=type_error.list)"
    )


def test_a_repaired_option_answers_again(saved: Webui) -> None:
    post(saved, jpeg_quality="abc")
    post(saved, jpeg_quality=80)

    assert saved.options.answer()["jpeg_quality"] == 80.0


def test_options_of_the_web_ui_are_stored_without_it_and_cannot_be_set() -> None:
    webui = Webui(config=Config(nowebui=True))

    assert webui.options["hypertile_enable_unet"] is False
    with pytest.raises(ServerError, match="hypertile_enable_unet"):
        post(webui, hypertile_enable_unet=True)
    with pytest.raises(ServerError, match="no attribute 'hypertile_enable_unet'"):
        Webui(config=Config(nowebui=True, fresh=True)).options["hypertile_enable_unet"]


def test_null_is_stored_and_answered(saved: Webui) -> None:
    post(saved, jpeg_quality=None)

    assert saved.options.answer()["jpeg_quality"] is None


def test_keys_before_an_unknown_one_stay_set(saved: Webui) -> None:
    with pytest.raises(ServerError) as caught:
        post(saved, send_seed=False, nope_option=1, send_size=False)

    assert (caught.value.name, caught.value.text) == ("KeyError", "'nope_option'")
    assert saved.options["send_seed"] is False
    assert saved.options["send_size"] is True


def test_an_unknown_key_with_null_is_ignored(saved: Webui) -> None:
    post(saved, nope_option=None)

    assert "nope_option" not in saved.options.stored


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("api_enable_requests", id="closed to the API"),
        pytest.param("api_useragent", id="closed to the API, empty"),
        pytest.param("settings_in_ui", id="no option but a text"),
        pytest.param("hypertile_explanation", id="no option but an extension's text"),
    ],
)
def test_some_names_are_taken_and_nothing_changes(saved: Webui, name: str) -> None:
    before = saved.options[name]

    post(saved, **{name: "x"})

    assert saved.options[name] == before


def test_an_equal_value_is_no_change(saved: Webui) -> None:
    post(saved, send_seed=1)

    assert saved.options["send_seed"] is True


@pytest.mark.parametrize(
    ("wanted", "error", "text"),
    [
        pytest.param("nope", "RuntimeError", "model 'nope' not found", id="unknown"),
        pytest.param("", "RuntimeError", "model '' not found", id="empty"),
        pytest.param(5, "RuntimeError", "model 5 not found", id="a number"),
        pytest.param(["tiny-b"], "TypeError", "unhashable type: 'list'", id="a list"),
        pytest.param({}, "TypeError", "unhashable type: 'dict'", id="an object"),
    ],
)
def test_an_unknown_checkpoint_is_refused_before_anything_is_set(
    saved: Webui, wanted: Any, error: str, text: str
) -> None:
    with pytest.raises(ServerError) as caught:
        post(saved, send_seed=False, sd_model_checkpoint=wanted)

    assert (caught.value.name, caught.value.text) == (error, text)
    assert saved.options["send_seed"] is True


def test_an_unknown_option_cannot_be_read(saved: Webui) -> None:
    with pytest.raises(ServerError) as caught:
        saved.options["nope"]

    assert (caught.value.name, caught.value.text) == (
        "AttributeError",
        "'Options' object has no attribute 'nope'",
    )


def test_a_snapshot_holds_only_what_is_stored(fresh: Webui) -> None:
    names = ["jpeg_quality", "hypertile_enable_unet", "nope"]

    assert fresh.options.snapshot(names) == {"hypertile_enable_unet": False}


def test_what_was_restored_is_answered(saved: Webui) -> None:
    before = saved.options.snapshot(["jpeg_quality"])
    saved.options.set("jpeg_quality", 5)
    saved.options.restore(before)

    assert saved.options.answer()["jpeg_quality"] == 80.0


def stored_in(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


class TestStateFile:
    """Options that survive restarts."""

    def test_options_survive_a_restart(self, tmp_path: Path) -> None:
        config = Config(state_file=tmp_path / "state.json")
        post(Webui(config=config), jpeg_quality=7, sd_model_checkpoint="tiny-b")

        again = Webui(config=config)

        assert again.options["jpeg_quality"] == 7
        assert again.checkpoints.current.model_name == "tiny-b"

    def test_a_refused_post_saves_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "state.json"
        webui = Webui(config=Config(state_file=path))
        post(webui, jpeg_quality=7)

        with pytest.raises(ServerError):
            post(webui, jpeg_quality=8, nope=1)

        assert stored_in(path)["jpeg_quality"] == 7

    def test_a_fresh_server_saves_what_is_stored_and_is_fresh_no_more(self, tmp_path: Path) -> None:
        config = Config(fresh=True, state_file=tmp_path / "state.json")
        post(Webui(config=config), jpeg_quality=80)

        answer = Webui(config=config).options.answer()

        assert repr(answer["jpeg_quality"]) == "80.0"
        assert repr(answer["n_rows"]) == "-1"


def test_options_that_are_renewed_have_their_defaults_but_where_something_is_stored() -> None:
    webui = Webui()
    webui.options.set("samples_format", "jpg")
    before = dict(webui.options)

    webui.options.renew(webui.models.get("Options"))

    assert before["samples_format"] == "jpg"
    assert dict(webui.options) == before
