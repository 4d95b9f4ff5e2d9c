"""What kind of server answers, found out for every recorded one."""

from __future__ import annotations

import pytest
from doubles import Reply, broken, mock, reply, served, text
from judging import make_context
from recorded import Recorded

_KINDS = [
    pytest.param("a1111-1.10.1", "a1111 1.10", id="1.10.1"),
    pytest.param("a1111-1.9.0", "a1111 1.9", id="1.9.0"),
    pytest.param("a1111-1.7.0", "a1111 1.7", id="1.7.0"),
    pytest.param("a1111-1.6.0", "a1111 1.6", id="1.6.0"),
    pytest.param("a1111-1.3.0", "a1111 1.3", id="1.3.0"),
    pytest.param("a1111-47a44c7", "a1111 47a44c7", id="47a44c7"),
    pytest.param("sdnext-2025-03", "sdnext", id="SD.Next"),
    pytest.param("koboldcpp-1.111", "kobold", id="KoboldCpp"),
    pytest.param("sdcpp-master-827", "sdcpp", id="sd.cpp"),
]


@pytest.mark.parametrize(("name", "profile"), _KINDS)
def test_every_recorded_server_is_reported_by_its_reads_alone(name: str, profile: str) -> None:
    with served(Recorded(name)):
        assert str(make_context().profile) == profile


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        pytest.param("a1111-1.10.1", "a1111 1.10.1", id="info and infotext name it"),
        pytest.param("a1111-1.3.0", "a1111 1.3.0", id="only the infotext names it"),
        pytest.param("a1111-47a44c7", "a1111 47a44c7", id="nothing names it"),
        pytest.param("sdcpp-master-827", "sdcpp", id="it names another program"),
    ],
)
def test_the_first_picture_says_the_release(name: str, profile: str) -> None:
    with served(Recorded(name)):
        context = make_context()
        context.identify()
        assert str(context.profile) == profile


def test_the_mock_is_taken_for_what_it_imitates() -> None:
    with served(mock()):
        assert str(make_context().profile) == "a1111 1.10"


def test_the_evidence_is_kept() -> None:
    with served(Recorded("sdnext-2025-03")):
        evidence = make_context().profile.evidence
    assert "openapi-title 'SD.Next' speaks for sdnext" in evidence


@pytest.mark.parametrize(
    ("route", "instead"),
    [
        pytest.param("openapi.json", reply({"detail": "Not Found"}, 404), id="no document"),
        pytest.param("options", text("oops", 500), id="options broken"),
        pytest.param("samplers", reply([]), id="no samplers"),
        pytest.param("sd-models", reply([]), id="no models"),
        pytest.param("zz-conformance-nowhere", text("<h1>gone</h1>", 404), id="HTML errors"),
        pytest.param("schedulers", reply({"detail": "Not Found"}, 404), id="a list lost"),
    ],
)
def test_one_broken_answer_does_not_change_what_a_server_is(route: str, instead: Reply) -> None:
    with served(broken(mock(), lambda _, __: instead, route=route)):
        assert str(make_context().profile) == "a1111 1.10"


def test_what_a_picture_claims_does_not_make_a_server_older_than_its_features() -> None:
    with served(mock()):
        context = make_context()
        context.target.learn(("v1.4.0",))
        assert str(context.profile) == "a1111 1.10"


def test_a_server_of_which_nothing_is_known_has_a_profile_of_its_own() -> None:
    with served(lambda _: reply({"hello": "world"})):
        assert make_context().profile.family == "unknown"


def test_forge_and_reforge_are_distinguished_from_upstream_by_their_own_fields() -> None:
    def with_field(name: str, path: str | None = None) -> object:
        def change(_: object, given: Reply) -> Reply:
            document = given.json
            model = document["components"]["schemas"]["StableDiffusionProcessingTxt2Img"]
            model["properties"][name] = {"type": "number"}
            if path is not None:
                document["paths"][path] = {"get": {}}
            return given.with_json(document)

        return change

    forge = broken(mock(), with_field("hr_cfg", "/sdapi/v1/sd-modules"), route="openapi.json")
    reforge = broken(mock(), with_field("hr_cfg"), route="openapi.json")
    with served(forge):
        assert make_context().profile.family == "forge"
    with served(reforge):
        assert make_context().profile.family == "reforge"


def test_the_client_of_a_server_that_was_recognised_knows_its_fields() -> None:
    with served(mock(profile="reforge")):
        context = make_context()
        assert (context.profile.family, context.target.client.family) == ("reforge", "reforge")
