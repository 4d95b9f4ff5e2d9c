"""What a picture's file says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PIL import Image

from mockserver.core.errors import ServerError
from mockserver.imaging.exif import user_comment
from mockserver.imaging.metadata import MetadataRules, read_info


def read(rules: MetadataRules | None = None, **info: Any) -> tuple[Any, dict[str, Any]]:
    image = Image.new("RGB", (16, 24))
    image.info = dict(info)
    return read_info(image, rules)


def test_parameters_are_the_text_and_no_item() -> None:
    assert read(parameters="fox", Title="x") == ("fox", {"Title": "x"})


def test_a_picture_that_says_nothing() -> None:
    assert read() == (None, {})


def test_technical_items_are_left_out() -> None:
    technical = {"dpi": (72, 72), "icc_profile": b"", "loop": 0, "background": 1, "duration": 50}

    assert read(gamma=0.4, **technical) == (None, {"gamma": 0.4})


def test_an_exif_comment_goes_before_parameters() -> None:
    text, items = read(parameters="from the text", exif=user_comment("from the comment"))

    assert (text, items) == ("from the comment", {})


def test_an_empty_exif_comment_leaves_the_parameters() -> None:
    assert read(parameters="fox", exif=user_comment(""))[0] == "fox"


def test_before_1_10_the_exif_comment_was_an_item_too() -> None:
    rules = MetadataRules(exif_comment_item=True)

    assert read(rules, exif=user_comment("fox")) == ("fox", {"exif comment": "fox"})


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        pytest.param(b"fox\xff", "fox", id="bytes, as in a GIF"),
        pytest.param("fox", "fox", id="text, as in a PNG"),
    ],
)
def test_a_comment_is_the_text_and_stays_an_item(comment: Any, text: str) -> None:
    assert read(comment=comment, parameters="other") == (text, {"comment": comment})


def test_before_1_10_a_comment_had_to_be_bytes() -> None:
    with pytest.raises(ServerError, match="'str' object has no attribute 'decode'"):
        read(MetadataRules(text_comment=False), comment="fox")


NOVELAI = {
    "Software": "NovelAI",
    "Description": "a fox",
    "Comment": json.dumps(
        {"steps": 28, "sampler": "k_euler_ancestral", "seed": 7, "scale": 11, "uc": "bad"}
    ),
}


@pytest.mark.parametrize(
    ("samplers", "name"),
    [
        pytest.param({"k_euler_ancestral": "Euler ancestral"}, "Euler ancestral", id="known"),
        pytest.param({}, "Euler a", id="unknown"),
    ],
)
def test_novelai_s_settings_become_an_infotext(samplers: dict[str, str], name: str) -> None:
    text, items = read(MetadataRules(samplers), **NOVELAI)

    assert text == (
        f"a fox\nNegative prompt: bad\nSteps: 28, Sampler: {name}, CFG scale: 11, Seed: 7, "
        "Size: 16x24, Clip skip: 2, ENSD: 31337"
    )
    assert items == NOVELAI


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("{}", id="without steps"),
        pytest.param("no JSON", id="no JSON"),
        pytest.param("[1]", id="a list"),
        pytest.param('{"sampler": []}', id="a sampler that is none"),
    ],
)
def test_novelai_s_settings_that_cannot_be_read_are_left_alone(comment: str) -> None:
    text, _ = read(**{**NOVELAI, "Comment": comment, "parameters": "fox"})

    assert text == "fox"
