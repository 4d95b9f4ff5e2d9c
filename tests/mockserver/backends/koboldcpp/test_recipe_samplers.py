"""Which sampler a name means."""

from __future__ import annotations

import json

import pytest

from mockserver.backends.koboldcpp.recipe import sampler_named
from mockserver.backends.registry import simulate


@pytest.mark.parametrize(
    ("name", "sampler"),
    [
        pytest.param("euler", "euler", id="its own name"),
        pytest.param("Euler", "euler", id="in any case"),
        pytest.param("Euler a", "euler_a", id="as listed"),
        pytest.param("k_dpmpp_2m", "dpm++2m", id="an alias"),
        pytest.param("DPM++ 2M Karras", "dpm++2m", id="the webui's old name"),
        pytest.param("DDIM", "ddim_trailing", id="another name"),
        pytest.param("UniPC", "lcm", id="unknown: the model's own"),
        pytest.param("", "lcm", id="none: likewise"),
    ],
)
def test_names(name: str, sampler: str) -> None:
    assert sampler_named(name, "lcm") == sampler


def test_every_listed_sampler_is_known_by_its_name_and_its_first_alias() -> None:
    listed = simulate("koboldcpp-1.111").fixtures.get("samplers")
    for item in listed:
        if item["name"] != "Default":
            names = {sampler_named(name, "none") for name in [item["name"], item["aliases"][0]]}
            assert len(names - {"none"}) == 1, json.dumps(item)
