"""override_settings: for one generation, or for good."""

from __future__ import annotations

from typing import Any

import pytest
from generations import txt2img

from mockserver import Config, Webui
from mockserver.core.errors import ServerError

CLIP = "CLIP_stop_at_last_layers"


def test_an_override_holds_for_one_generation() -> None:
    webui = Webui()

    assert "Clip skip: 2" in txt2img(webui, override_settings={CLIP: 2}).line
    assert "Clip skip" not in txt2img(webui).line


def test_an_override_can_be_kept() -> None:
    webui = Webui()
    fields = {"override_settings": {CLIP: 2}, "override_settings_restore_afterwards": False}

    txt2img(webui, **fields)

    assert "Clip skip: 2" in txt2img(webui).line


def test_on_a_fresh_install_an_override_of_an_option_never_stored_is_kept_too() -> None:
    webui = Webui(config=Config(fresh=True))

    txt2img(webui, override_settings={CLIP: 2})

    assert "Clip skip: 2" in txt2img(webui).line


def test_an_override_is_put_back_after_an_error() -> None:
    webui = Webui()
    with pytest.raises(ServerError):
        txt2img(webui, steps=0, override_settings={CLIP: 2})

    assert webui.options[CLIP] == 1


def test_an_unknown_option_is_a_500_and_those_before_it_are_put_back() -> None:
    webui = Webui()
    with pytest.raises(ServerError, match="KeyError: 'nope'"):
        txt2img(webui, override_settings={CLIP: 2, "nope": 1})

    assert webui.options[CLIP] == 1


@pytest.mark.parametrize("alias", ["tiny-b", "tiny-b.safetensors", "f75f886628"])
def test_a_checkpoint_is_overridden_by_any_of_its_names(alias: str) -> None:
    webui = Webui()
    made = txt2img(webui, override_settings={"sd_model_checkpoint": alias})

    assert "Model: tiny-b" in made.line
    assert "Model: tiny-a" in txt2img(webui).line


@pytest.mark.parametrize("alias", ["nope", 5, None])
def test_an_unknown_checkpoint_is_dropped(alias: Any) -> None:
    made = txt2img(override_settings={"sd_model_checkpoint": alias})

    assert "Model: tiny-a" in made.line
    assert made.parameters["override_settings"] == {"sd_model_checkpoint": alias}


def test_a_checkpoint_that_cannot_be_looked_up_is_a_500() -> None:
    with pytest.raises(ServerError, match="TypeError: unhashable type: 'list'"):
        txt2img(override_settings={"sd_model_checkpoint": []})


def test_the_format_of_the_answer_is_read_after_the_overrides_ended() -> None:
    assert txt2img(override_settings={"samples_format": "jpeg"}).files[0].format == "PNG"


def test_a_kept_format_holds_for_the_answer_itself() -> None:
    made = txt2img(
        override_settings={"samples_format": "jpeg"}, override_settings_restore_afterwards=False
    )

    assert made.files[0].format == "JPEG"


@pytest.mark.parametrize(
    ("option", "value", "gone"),
    [
        pytest.param("add_model_name_to_info", False, "Model: tiny-a", id="model"),
        pytest.param("add_model_hash_to_info", False, "Model hash", id="model hash"),
        pytest.param("add_version_to_infotext", False, "Version", id="version"),
    ],
)
def test_parts_of_the_infotext_can_be_switched_off(option: str, value: object, gone: str) -> None:
    assert gone in txt2img().line
    assert gone not in txt2img(override_settings={option: value}).line


def test_pictures_carry_no_text_where_an_option_says_so() -> None:
    made = txt2img(override_settings={"enable_pnginfo": False})

    assert made.texts == [None]
    assert made.infotexts[0].startswith("a red fox")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param({"token_merging_ratio": 0.5}, "Token merging ratio: 0.5", id="token merging"),
        pytest.param({"randn_source": "CPU"}, "RNG: CPU", id="RNG"),
        pytest.param({"tiling": True}, "Tiling: True", id="tiling"),
        pytest.param(
            {"face_restoration": True}, "Face restoration: CodeFormer", id="face restoration"
        ),
        pytest.param({"sd_vae_decode_method": "TAESD"}, "VAE Decoder: TAESD", id="VAE decoder"),
        pytest.param(
            {"sd_noise_schedule": "Zero Terminal SNR"},
            "Noise Schedule: Zero Terminal SNR",
            id="zero SNR",
        ),
        pytest.param({"pad_cond_uncond": True}, "Pad conds: True", id="padding"),
    ],
)
def test_an_option_that_changes_pictures_is_reported(options: dict[str, Any], told: str) -> None:
    long = ", ".join(["very detailed"] * 60)

    assert told in txt2img(prompt=long, override_settings=options).line


def test_a_ratio_that_cannot_be_compared_is_a_500() -> None:
    with pytest.raises(ServerError, match="'>' not supported between instances of 'str' and 'int'"):
        txt2img(override_settings={"token_merging_ratio": "much"})


def test_an_unknown_checkpoint_leaves_the_loaded_one_as_it_is() -> None:
    webui = Webui()
    webui.options.set("sd_model_checkpoint", "tiny-b")
    made = txt2img(webui, override_settings={"sd_model_checkpoint": "nope"})

    assert "Model: tiny-b" in made.line
    assert webui.checkpoints.current.model_name == "tiny-b"
