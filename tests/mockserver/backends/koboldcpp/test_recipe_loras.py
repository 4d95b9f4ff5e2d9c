"""LoRAs of a request to KoboldCpp."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker

from mockserver.backends.koboldcpp.recipe import lora_tags
from mockserver.backends.koboldcpp.server import Koboldcpp
from mockserver.backends.registry import simulate
from mockserver.core.errors import ServerError

SERVER = Koboldcpp("koboldcpp-1.111")
PATH = "demo_lora.safetensors"


@pytest.mark.parametrize(
    ("asked", "tags"),
    [
        pytest.param([{"path": PATH, "multiplier": 0.5}], "<lora:demo_lora:0.5>", id="one"),
        pytest.param(
            [{"path": PATH, "multiplier": 0.5}, {"path": PATH, "multiplier": "1"}],
            "<lora:demo_lora:1.5>",
            id="twice: the sum",
        ),
        pytest.param([{"path": PATH}], "", id="without a weight"),
        pytest.param([{"path": "x", "multiplier": 1}], "", id="not listed"),
        pytest.param([5, "x", None], "", id="no objects"),
        pytest.param("text", "", id="a text"),
    ],
)
def test_those_that_are_used_are_reported(asked: Any, tags: str) -> None:
    assert lora_tags(SERVER, asked) == tags


@pytest.mark.parametrize("asked", [5, None, True], ids=["number", "null", "flag"])
def test_what_has_no_members_trips_it(asked: Any) -> None:
    with pytest.raises(ServerError):
        lora_tags(SERVER, asked)


def test_the_tags_follow_the_prompt() -> None:
    ask = Asker(simulate("koboldcpp-1.111"))
    heard = ask.draw(lora=[{"path": PATH, "multiplier": 1}])
    assert heard.info["prompt"] == "a red fox<lora:demo_lora:1>"
    assert heard.info["all_prompts"] == ["a red fox"]
    assert heard.image.info["parameters"].startswith("Prompt: a red fox<lora:demo_lora:1> |")
    assert heard.image.tobytes() != ask.draw().image.tobytes()
