"""The outline of a fixture set, by which two servers are compared."""

from __future__ import annotations

from mockserver.fixtureset.fixture_set import FixtureSet
from mockserver.fixtureset.outline import outline


def test_routes_fields_names_and_options_are_those_of_the_server() -> None:
    found = outline(FixtureSet.packaged("a1111-1.10.1"))

    assert "GET /sdapi/v1/schedulers" in found.routes
    assert not any("/internal/" in route for route in found.routes)
    assert found.fields["txt2img.steps"] == "integer = 50"
    assert found.samplers[0] == "DPM++ 2M"
    assert "SGM Uniform" in found.schedulers
    assert "img2img: loopback" in found.scripts
    assert found.options["jpeg_quality"] == "number = 80"


def test_a_server_without_document_has_the_names_of_its_lists_alone() -> None:
    found = outline(FixtureSet.packaged("koboldcpp-1.111"))

    assert (found.routes, found.fields) == ((), {})
    assert found.samplers
    assert set(found.options) == {"samples_format", "sd_model_checkpoint"}


def test_a_derived_set_takes_from_its_base_what_it_does_not_have() -> None:
    derived = FixtureSet.packaged("a1111-2022-10")

    assert derived.base is not None
    assert derived.get("upscalers") == derived.base.get("upscalers")
    assert "GET /sdapi/v1/samplers" not in outline(derived).routes
