"""Models of a document: defaults, unknown keys, queries."""

from __future__ import annotations

import pytest

from mockserver.core.errors import RequestValidationError
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.profiles.loader import load_profile
from mockserver.pydantic_compat.models import Models

PROFILE = load_profile("a1111-1.10.1")
MODELS = Models(FixtureSet.packaged(PROFILE.fixtures).get("openapi"), PROFILE.requests)
TXT2IMG = MODELS.get("StableDiffusionProcessingTxt2Img")


def test_an_empty_body_has_all_fields_in_the_models_order() -> None:
    valid = TXT2IMG.validate({})

    assert list(valid.values)[:3] == ["prompt", "negative_prompt", "styles"]
    assert (valid.values["steps"], valid.values["cfg_scale"]) == (50, 7.0)
    assert valid.values["denoising_strength"] is None
    assert valid.fields_set == set()


def test_unknown_fields_are_dropped() -> None:
    valid = TXT2IMG.validate({"unknown_field": 1, "steps": 2})

    assert "unknown_field" not in valid.values
    assert valid.fields_set == {"steps"}


def test_defaults_are_not_shared_between_requests() -> None:
    TXT2IMG.validate({}).values["alwayson_scripts"]["seed"] = {}

    assert TXT2IMG.validate({}).values["alwayson_scripts"] == {}


def test_complaints_come_in_the_models_order() -> None:
    with pytest.raises(RequestValidationError) as caught:
        TXT2IMG.validate({"width": "w", "prompt": [], "save_images": None})

    assert [error["loc"][-1] for error in caught.value.errors] == ["prompt", "width", "save_images"]


def test_query_parameters_are_a_model_too() -> None:
    query = MODELS.query("/sdapi/v1/progress")

    assert query.validate({"skip_current_image": "yes"}, ("query",)).values == {
        "skip_current_image": True
    }
    with pytest.raises(RequestValidationError) as caught:
        query.validate({"skip_current_image": ""}, ("query",))
    assert caught.value.errors[0]["loc"] == ["query", "skip_current_image"]
