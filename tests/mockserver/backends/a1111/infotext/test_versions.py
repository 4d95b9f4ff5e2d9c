"""What a version in an infotext stands for."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.backends.a1111.infotext.versions import (
    RULES,
    backcompat,
    has_hires_styles,
    old_first_pass,
    parse_version,
)


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("v1.10.1", "1.10.1", id="a tag"),
        pytest.param("1.6.0", "1.6.0", id="without v"),
        pytest.param("v1.7.0-225-gabcdef0", "1.7.0.post225", id="commits after a tag"),
        pytest.param("v1.8.0-RC-12-gabc", "1.8.0rc0", id="a release candidate"),
        pytest.param("f2.0.1v1.10.1-1.10.1-rc", None, id="Forge's"),
        pytest.param("latest", None, id="a word"),
    ],
)
def test_versions_are_those_of_git_describe(text: str | None, parsed: str | None) -> None:
    found = parse_version(text)

    assert (found and str(found)) == parsed


@pytest.mark.parametrize(
    ("values", "added"),
    [
        pytest.param({"Prompt": "[a:b:0.5]"}, [], id="no version"),
        pytest.param({"Version": "v1.10.1", "Prompt": "[a]", "Refiner": "x"}, [], id="this one"),
        pytest.param(
            {"Version": "1.5.2", "Prompt": "[a:b:0.5]"},
            ["Old prompt editing timelines", "Downcast alphas_cumprod"],
            id="old timelines",
        ),
        pytest.param(
            {"Version": "v1.5.2", "Prompt": "a", "Sampler": "DDIM"},
            ["Pad conds v0", "Downcast alphas_cumprod"],
            id="old DDIM",
        ),
        pytest.param(
            {"Version": "v1.7.0-224-gabc", "Prompt": "a"}, ["Downcast alphas_cumprod"], id="before"
        ),
        pytest.param({"Version": "v1.7.0-225-gabc", "Prompt": "a"}, [], id="from then on"),
        pytest.param(
            {"Version": "1.7.0-300-gabc", "Prompt": "a", "Refiner": "x"},
            ["Refiner switch by sampling steps"],
            id="old refiner",
        ),
    ],
)
def test_an_old_version_adds_what_it_did_otherwise(
    values: dict[str, Any], added: list[str]
) -> None:
    before = list(values)

    backcompat(values, RULES)

    assert [key for key in values if key not in before] == added
    assert all(values[key] is True for key in added)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        pytest.param("v1.8.0", False, id="before"),
        pytest.param("v1.8.0-139-gabc", False, id="that commit itself"),
        pytest.param("v1.8.0-140-gabc", True, id="after"),
        pytest.param(None, True, id="unknown"),
    ],
)
def test_hires_prompts_hold_styles_after_a_commit(text: str | None, known: bool) -> None:
    assert has_hires_styles(text) is known


def test_an_old_first_pass_is_rounded_up_to_whole_sixty_fours() -> None:
    assert old_first_pass(800, 600) == (640, 448)
    assert old_first_pass(512, 512) == (512, 512)
