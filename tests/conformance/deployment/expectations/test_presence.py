"""What an operator expects in the lists of a server."""

from __future__ import annotations

import pytest
from demanding import expected
from doubles import Server, broken, edited, instead, mock, reply

from conformance.deployment.expectations.expectations import LISTS
from conformance.verdict import Verdict

_THERE = {
    "models": "['tiny-a.safetensors', 'f75f886628', 'sub_tiny c']",
    "vaes": "'tiny-vae.vae.safetensors'",
    "samplers": "['Euler a', 'k_dpmpp_2m']",
    "schedulers": "['karras', 'SGM Uniform']",
    "upscalers": "['Lanczos', 'Latent (antialiased)']",
    "scripts": "['x/y/z plot', 'loopback']",
    "controlnet_models": "['control_v11p_sd15_canny', 'control_v11p_sd15_canny [f1aa6b3f]']",
    "adetailer_models": "['face_yolov8n.pt', 'hand_yolov8n', 'mediapipe_face_full']",
    "loras": "'tiny-lora'",
    "embeddings": "'tiny-emb'",
    "styles": "'anime, soft'",
}


def _having(key: str) -> Server:
    """A mock that has such a list: the world with extensions has other models and styles."""
    extension = key.removesuffix("_models")
    return mock(extensions=(extension,)) if extension != key else mock()


def _requirement(key: str) -> str:
    return f"EXPECT-{key.upper().replace('_', '-')}"


@pytest.mark.parametrize("key", _THERE)
def test_what_the_mock_has_is_there(key: str) -> None:
    result = expected(_having(key), f"{key} = {_THERE[key]}", _requirement(key))
    assert result.verdict is Verdict.PASS
    assert result.exchanges


@pytest.mark.parametrize("key", LISTS)
def test_what_is_not_there_fails_by_its_name(key: str) -> None:
    result = expected(_having(key), f"{key} = 'zz-nothing'", _requirement(key))
    assert result.verdict is Verdict.FAIL
    assert result.expected == f"{key}: zz-nothing"
    assert result.actual.startswith("'zz-nothing' is missing; ")


def test_a_failure_shows_a_few_of_what_is_there_and_counts_the_others() -> None:
    actual = expected(mock(), "samplers = 'x'", "EXPECT-SAMPLERS").actual
    assert "there are DPM++ 2M, " in actual
    assert actual.endswith(" and 12 more")


def test_an_extension_counts_where_it_is_enabled() -> None:
    listed = [{"name": "cn", "enabled": True}, {"name": "off", "enabled": False}]
    server = broken(mock(), instead(reply(listed)), route="extensions")
    assert expected(server, "extensions = 'cn'", "EXPECT-EXTENSIONS").verdict is Verdict.PASS
    result = expected(server, "extensions = ['cn', 'off']", "EXPECT-EXTENSIONS")
    assert result.actual.startswith("'off' is installed, and disabled; ")


def test_models_of_an_extension_that_is_not_there_are_missing() -> None:
    result = expected(mock(), "controlnet_models = 'x'", "EXPECT-CONTROLNET-MODELS")
    assert result.verdict is Verdict.FAIL
    assert "absent" in result.actual


def test_an_absent_route_is_no_excuse() -> None:
    gone = broken(mock(), instead(reply({"detail": "Not Found"}, 404)), route="loras")
    result = expected(gone, "loras = 'tiny-lora'", "EXPECT-LORAS", profile="kobold")
    assert result.verdict is Verdict.FAIL
    assert "absent" in result.actual


def test_the_modules_of_forge_count_as_its_vaes() -> None:
    modules = reply([{"model_name": "ae.safetensors", "filename": "/vae/ae.safetensors"}])
    server = broken(mock(), instead(modules), route="sd-modules")
    server = broken(server, instead(reply({"detail": "Not Found"}, 404)), route="sd-vae")
    result = expected(server, "vaes = 'ae'", "EXPECT-VAES", profile="forge")
    assert result.verdict is Verdict.PASS


def test_an_answer_that_is_no_json_fails() -> None:
    server = broken(mock(), edited(lambda _: {}), route="sd-models")
    assert expected(server, "models = 'tiny-a'", "EXPECT-MODELS").verdict is Verdict.FAIL
