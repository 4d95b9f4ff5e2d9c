"""Names as users write them, found in what servers list."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.deployment.expectations.lists import missing, read_offers

_MODEL = {
    "title": "sub/tiny c.ckpt [ba7a39776a]",
    "model_name": "sub_tiny c",
    "hash": "ba7a39776a",
    "sha256": "ba7a39776a030ef5bcc67f1f60d74bc881dd6b88d8c91d653df6cc8073b1f077",
    "filename": "C:\\models\\sub\\tiny c.ckpt",
}


def _missing(key: str, value: Any, *wanted: str) -> list[str]:
    return missing(wanted, read_offers(key, value))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("sub/tiny c.ckpt [ba7a39776a]", id="title"),
        pytest.param("sub/tiny c.ckpt", id="title without its hash"),
        pytest.param("sub_tiny c", id="model_name"),
        pytest.param("tiny c.ckpt", id="file name"),
        pytest.param("tiny c", id="file name without its suffix"),
        pytest.param("ba7a39776a", id="hash"),
        pytest.param("[ba7a39776a]", id="hash in brackets"),
        pytest.param("BA7A39776A030EF5", id="the beginning of the sha256, in capitals"),
    ],
)
def test_a_model_goes_by_many_names(name: str) -> None:
    assert _missing("models", [_MODEL], name) == []


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("tiny", id="a part of its name"),
        pytest.param("ba7a39", id="too few digits of a hash"),
        pytest.param("ffffffffff", id="another hash"),
        pytest.param("Sub_Tiny C", id="another case"),
    ],
)
def test_another_name_is_not_the_models(name: str) -> None:
    assert len(_missing("models", [_MODEL], name)) == 1


def test_a_model_that_was_never_hashed_has_no_hash() -> None:
    unhashed = _MODEL | {"hash": None, "sha256": None, "title": "tiny c.ckpt"}
    assert _missing("models", [unhashed], "tiny c.ckpt") == []
    assert _missing("models", [unhashed], "ba7a39776a") == ["'ba7a39776a' is missing"]


@pytest.mark.parametrize(
    ("key", "item", "names"),
    [
        pytest.param(
            "samplers",
            {"name": "Euler a", "aliases": ["k_euler_a"]},
            ["Euler a", "euler A", "k_euler_a"],
            id="samplers, in any case",
        ),
        pytest.param(
            "schedulers",
            {"name": "sgm_uniform", "label": "SGM Uniform", "aliases": None},
            ["sgm_uniform", "SGM Uniform"],
            id="schedulers",
        ),
        pytest.param("vaes", {"model_name": "v.pt", "filename": "/v.pt"}, ["v.pt", "v"], id="vaes"),
        pytest.param("upscalers", {"name": "Lanczos"}, ["Lanczos"], id="upscalers"),
        pytest.param(
            "extensions",
            {"name": "cn", "remote": "https://github.com/a/sd-webui-controlnet.git"},
            ["cn", "sd-webui-controlnet"],
            id="extensions",
        ),
        pytest.param(
            "loras",
            {"name": "one", "alias": "uno", "path": "/l/sub/one_v2.safetensors"},
            ["one", "uno", "one_v2", "one_v2.safetensors"],
            id="loras",
        ),
        pytest.param("styles", {"name": "anime, soft"}, ["anime, soft"], id="styles"),
    ],
)
def test_a_thing_goes_by_its_names(key: str, item: dict[str, Any], names: list[str]) -> None:
    assert _missing(key, [item], *names) == []


def test_the_nearest_name_is_reported() -> None:
    items = [{"name": "Lanczos"}, {"name": "Nearest"}]
    assert _missing("upscalers", items, "lanczos") == ["'lanczos' is missing (there is 'Lanczos')"]


def test_what_is_there_and_cannot_be_used_says_why() -> None:
    off = [{"name": "cn", "enabled": False}]
    assert _missing("extensions", off, "cn") == ["'cn' is installed, and disabled"]
    embeddings = {"loaded": {"one": {}}, "skipped": {"two": {}}}
    assert _missing("embeddings", embeddings, "one") == []
    (words,) = _missing("embeddings", embeddings, "two")
    assert "does not fit the current model" in words


def test_scripts_of_either_tab_are_there() -> None:
    scripts = {"txt2img": ["refiner"], "img2img": ["loopback", 1]}
    assert _missing("scripts", scripts, "Refiner", "loopback") == []


@pytest.mark.parametrize("value", [None, [], {}, "x", [1], [{}], {"loaded": 1}, {"txt2img": 1}])
@pytest.mark.parametrize("key", ["models", "embeddings", "scripts", "extensions"])
def test_lists_of_a_wrong_shape_offer_nothing(key: str, value: Any) -> None:
    assert _missing(key, value, "x") == ["'x' is missing"]
