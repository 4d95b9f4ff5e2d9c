from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from conformance.detection.probe import OpenApi
from conformance.detection.profile import Offshoot, ServerProfile
from conformance.errors import TargetError
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Version
from mockserver.profiles.loader import profile_names

if TYPE_CHECKING:
    from conformance.detection.probe import Probe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a1111-1.9.4", "a1111 1.9.4", id="a release"),
        pytest.param("a1111", "a1111 1.10.1", id="upstream alone is its newest"),
        pytest.param("A1111-47a44c7", "a1111 47a44c7", id="a commit, in any case"),
        pytest.param(" sdnext ", "sdnext", id="a fork"),
        pytest.param("sdnext-2025-03", "sdnext", id="a fork of some month"),
        pytest.param("koboldcpp-1.111", "kobold", id="the program's own name"),
        pytest.param("a1111-2022-10", "a1111 2022-10-27", id="the first days"),
    ],
)
def test_a_profile_is_read_as_a_user_types_it(text: str, shown: str) -> None:
    assert str(ServerProfile.parse(text)) == shown


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_of_the_mock_is_one_to_judge_by(name: str) -> None:
    assert ServerProfile.parse(name).family != "unknown"


@pytest.mark.parametrize("text", ["a1112", "", "comfyui", "a1111-new"])
def test_an_unknown_profile_is_refused(text: str) -> None:
    with pytest.raises(TargetError, match="is no profile"):
        ServerProfile.parse(text)


def test_what_a_server_promises_depends_on_its_kind() -> None:
    catalogue = load_catalogue()
    promised = {
        name: sum(ServerProfile.parse(name).promises(r) for r in catalogue)
        for name in ("a1111", "a1111-1.3", "sdnext", "kobold", "unknown")
    }
    assert promised["a1111"] > promised["a1111-1.3"] > promised["sdnext"]
    assert promised["sdnext"] > promised["kobold"] > promised["unknown"] > 10


_OFFSHOOT = Offshoot("forge", Version.parse("1.0"), "offshoot", ("/gone",), ("lost",))


def _seen(document: dict[str, object], *programs: str) -> str | None:
    probe = cast("Probe", SimpleNamespace(openapi=OpenApi.read(document)))
    return _OFFSHOOT.seen(probe, programs)


def test_an_offshoot_is_known_by_its_name_or_by_all_that_its_document_lacks() -> None:
    fields = {"lost": {}, "steps": {}}
    model = {"StableDiffusionProcessingTxt2Img": {"properties": fields}}
    assert _seen({}, "webui", "my-offshoot-2") == "its pictures say version my-offshoot-2"
    assert _seen({"paths": {"/x": {"get": {}}}}) == "its document lacks /gone, lost"
    assert _seen({"paths": {"/gone": {"get": {}}}}) is None
    assert _seen({"paths": {"/x": {"get": {}}}, "components": {"schemas": model}}) is None
    assert _seen({}) is None
