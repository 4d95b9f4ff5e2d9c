"""What a server silently ignores, and what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.journal.lint import Linter

TXT2IMG = "/sdapi/v1/txt2img"


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(FixtureSet.packaged("a1111-1.10.1"))


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        pytest.param(
            TXT2IMG,
            {"sampler_nam": "Euler"},
            "'sampler_nam' is no field, it is ignored; did you mean 'sampler_name'?",
            id="a field",
        ),
        pytest.param(TXT2IMG, {"zzz": 1}, "'zzz' is no field, it is ignored", id="nothing near"),
        pytest.param(
            TXT2IMG,
            {"override_settings": {"sd_model_chekpoint": "x"}},
            "'sd_model_chekpoint' is no option in override_settings, it is ignored;"
            " did you mean 'sd_model_checkpoint'?",
            id="an overridden option",
        ),
        pytest.param(
            TXT2IMG,
            {"sampler_name": "Eulr a"},
            "'Eulr a' is no sampler; did you mean 'euler a'?",
            id="a sampler",
        ),
        pytest.param(
            "/sdapi/v1/options",
            {"jpeg_qality": 1},
            "'jpeg_qality' is no option, it is ignored; did you mean 'jpeg_quality'?",
            id="a posted option",
        ),
    ],
)
def test_what_is_ignored_is_told(linter: Linter, path: str, body: Any, words: str) -> None:
    assert linter.lint("POST", path, body) == (words,)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param(TXT2IMG, {"sampler_name": "DPM++ 2M Karras", "steps": 1}, id="a suffix"),
        pytest.param(TXT2IMG, {"sampler_name": "k_euler_a"}, id="an alias"),
        pytest.param(TXT2IMG, {"sampler_name": None, "override_settings": None}, id="null"),
        pytest.param(TXT2IMG, ["prompt"], id="no object"),
        pytest.param("/sdapi/v1/nothing", {"a": 1}, id="an unknown route"),
        pytest.param("/sdapi/v1/interrupt", {"a": 1}, id="a route without a body"),
    ],
)
def test_what_the_server_takes_is_not_told(linter: Linter, path: str, body: Any) -> None:
    assert linter.lint("POST", path, body) == ()


def test_a_server_without_a_document_is_not_linted() -> None:
    linter = Linter(FixtureSet.packaged("koboldcpp-1.111"))

    assert linter.lint("POST", TXT2IMG, {"zzz": 1}) == ()
