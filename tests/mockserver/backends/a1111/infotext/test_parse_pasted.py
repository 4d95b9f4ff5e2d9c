"""What the Lora extension makes of parsed infotexts."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.backends.a1111.infotext.parse import infotext_pasted

KNOWN = {"0123456789ab": "local-name"}


def pasted(**values: str) -> str:
    found: dict[str, Any] = {"Prompt": "fox", **values}
    infotext_pasted(found, KNOWN)
    return str(found["Prompt"])


def test_additional_networks_become_lora_tags_on_a_line_of_their_own() -> None:
    prompt = pasted(
        **{
            "AddNet Module 1": "LoRA", "AddNet Model 1": "ink(0123abcd)",
            "AddNet Weight A 1": "0.6",
            "AddNet Module 2": "LoRA", "AddNet Model 2": "soft",
            "AddNet Module 3": "Other", "AddNet Model 3": "none",
        }
    )  # fmt: skip

    assert prompt == "fox\n<lora:ink:0.6><lora:soft:1.0>"


@pytest.mark.parametrize(
    ("hashes", "prompt"),
    [
        pytest.param("ink: 0123456789ab", "a <lora:local-name:1>", id="a known hash"),
        pytest.param("ink: ffffffffffff", "a <lora:ink:1>", id="an unknown hash"),
        pytest.param("other: 0123456789ab", "a <lora:ink:1>", id="another name"),
        pytest.param("no colon here", "a <lora:ink:1>", id="broken"),
        pytest.param("", "a <lora:ink:1>", id="empty"),
    ],
)
def test_loras_are_renamed_by_their_hashes(hashes: str, prompt: str) -> None:
    assert pasted(**{"Prompt": "a <lora:ink:1>", "Lora hashes": hashes}) == prompt


def test_without_a_prompt_nothing_happens() -> None:
    values: dict[str, Any] = {"Lora hashes": "ink: 0123456789ab"}

    infotext_pasted(values, KNOWN)

    assert "Prompt" not in values
