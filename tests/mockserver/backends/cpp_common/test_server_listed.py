"""Lists of a simulated server, read once."""

from __future__ import annotations

import pytest

from mockserver.backends.cpp_common.server import LISTS, CppServer
from mockserver.core.errors import FixtureError

PROFILES = ("koboldcpp-1.111", "sdcpp-master-827")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_list_is_there_and_read_once(profile: str) -> None:
    server = CppServer(profile)
    for name in LISTS:
        assert server.listed(name) is server.listed(name)


@pytest.mark.parametrize(
    ("profile", "model"),
    [
        pytest.param("koboldcpp-1.111", "sd15-full-random.safetensors", id="with its folder"),
        pytest.param("sdcpp-master-827", "sd15-small-random.safetensors", id="without"),
    ],
)
def test_the_model_is_reported_by_its_file(profile: str, model: str) -> None:
    assert CppServer(profile).model == model


def test_names_are_what_an_item_calls_them() -> None:
    server = CppServer("koboldcpp-1.111")
    assert server.names("loras") == {"demo_lora"}
    assert server.names("loras", "path") == {"demo_lora.safetensors"}


def test_a_list_that_it_lacks_is_an_error_of_the_fixture_set() -> None:
    with pytest.raises(FixtureError):
        CppServer("sdcpp-master-827").listed("sd-vae")
