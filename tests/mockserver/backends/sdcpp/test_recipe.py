"""Which sampler and which scheduler a name means."""

from __future__ import annotations

import pytest

from mockserver.backends.sdcpp.recipe import sampler_named, scheduler_named
from mockserver.backends.sdcpp.server import Sdcpp

SERVER = Sdcpp("sdcpp-master-827")


def test_every_listed_name_means_itself() -> None:
    for name in SERVER.names("samplers") - {"default"}:
        assert sampler_named(SERVER, name) == name
    for name in SERVER.names("schedulers") - {"default", "normal"}:
        assert scheduler_named(SERVER, name) == name


@pytest.mark.parametrize(
    ("name", "sampler"),
    [
        pytest.param("Euler a", "euler_a", id="the webui's name"),
        pytest.param("K_EULER", "euler", id="an alias in any case"),
        pytest.param("DDIM", "ddim_trailing", id="another name"),
        pytest.param("IPNDM", "", id="its own name in another case"),
        pytest.param("DPM++ 2M Karras", "", id="with a scheduler"),
        pytest.param("default", "", id="the default"),
        pytest.param("", "", id="none"),
    ],
)
def test_samplers(name: str, sampler: str) -> None:
    assert sampler_named(SERVER, name) == sampler


@pytest.mark.parametrize(
    ("name", "scheduler"),
    [
        pytest.param("Karras", "", id="in another case"),
        pytest.param("normal", "discrete", id="two names for one"),
        pytest.param("default", "", id="the default"),
    ],
)
def test_schedulers(name: str, scheduler: str) -> None:
    assert scheduler_named(SERVER, name) == scheduler
