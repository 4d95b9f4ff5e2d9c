"""The map of the known programs, and what it says of a server."""

from __future__ import annotations

import pytest

from conformance.errors import CatalogueError, SelectionError
from conformance.report.summary import Prospect, outlooks
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.client_programs import (
    ClientProgram,
    find_client,
    load_clients,
    needed_by,
    read_client,
)
from conformance.requirements.requirement import Level
from conformance.verdict import Result, Verdict

_CLIENTS = pytest.mark.parametrize(
    "client", [pytest.param(client, id=client.id) for client in load_clients()]
)
_OPEN_WEBUI = find_client("open-webui")


def _results(client: ClientProgram, **other: Verdict) -> list[Result]:
    """Everything the client relies on is met, but for some."""
    changed = {name.replace("_", "-"): verdict for name, verdict in other.items()}
    return [
        Result(requirement=load_catalogue()[name], verdict=changed.get(name, Verdict.PASS))
        for name in (*client.need_ids, *client.like_ids)
    ]


def _prospect(results: list[Result]) -> Prospect:
    return outlooks([_OPEN_WEBUI], results)[0].prospect


@_CLIENTS
def test_every_id_that_a_program_relies_on_exists(client: ClientProgram) -> None:
    ids = {*client.need_ids, *client.like_ids, *client.mishandled_ids}
    assert ids <= set(load_catalogue().ids)


@_CLIENTS
def test_every_program_says_its_source_how_it_talks_and_what_it_needs(
    client: ClientProgram,
) -> None:
    assert client.source
    assert client.note.endswith(".")
    assert client.needs
    assert all(
        r.ids and r.consequence.endswith(".")
        for r in (*client.needs, *client.likes, *client.mishandles)
    )


@_CLIENTS
def test_what_the_catalogue_says_of_a_program_is_in_its_map(client: ClientProgram) -> None:
    named = {r.id for r in load_catalogue() if client.id in r.clients}
    assert named <= {*client.need_ids, *client.like_ids, *client.mishandled_ids}


@_CLIENTS
def test_what_a_program_breaks_on_is_a_must_where_it_can_be_asked_for(
    client: ClientProgram,
) -> None:
    needs = [load_catalogue()[name] for name in client.need_ids]
    assert [r.id for r in needs if r.level is not Level.MUST and r.must_for is None] == []


def test_a_program_all_of_whose_needs_are_met_works() -> None:
    assert _prospect(_results(_OPEN_WEBUI)) is Prospect.WORKS


@pytest.mark.parametrize(
    "verdict",
    [Verdict.FAIL, Verdict.WARN, Verdict.INFO, Verdict.WAIVED, Verdict.UNSUPPORTED],
)
def test_a_need_that_is_not_met_breaks_it_whatever_the_report_forgives(verdict: Verdict) -> None:
    results = _results(_OPEN_WEBUI, OPT_001=verdict, TXT2IMG_001=Verdict.NOT_RUN)
    (outlook,) = outlooks([_OPEN_WEBUI], results)
    assert (outlook.prospect, outlook.breaks_on) == (Prospect.BREAKS, ("OPT-001",))


def test_something_liked_that_is_not_met_is_a_loss() -> None:
    (outlook,) = outlooks([_OPEN_WEBUI], _results(_OPEN_WEBUI, QUEUE_001=Verdict.FAIL))
    assert (outlook.prospect, outlook.loses) == (Prospect.LOSS, ("QUEUE-001",))
    (reason,) = outlook.client.reasons(outlook.loses)
    assert reason.consequence == "Two users at once disturb each other."
    assert reason.ids == ("QUEUE-001",)


def test_a_program_loses_by_a_fault_of_its_own_where_a_server_does_as_it_should() -> None:
    client = find_client("stable-diffusion-api")
    refusing = Result(requirement=load_catalogue()["TXT2IMG-055"], verdict=Verdict.PASS)
    assert outlooks([client], _results(client))[0].prospect is Prospect.WORKS
    (outlook,) = outlooks([client], [*_results(client), refusing])
    assert (outlook.prospect, outlook.loses) == (Prospect.LOSS, ("TXT2IMG-055",))
    chosen = {r.id: r.level for r in needed_by([client], load_catalogue())}
    assert chosen["TXT2IMG-055"] is Level.MAY


@pytest.mark.parametrize(
    "verdict", [Verdict.NOT_RUN, Verdict.SKIPPED, Verdict.ERROR, Verdict.NOT_APPLICABLE]
)
def test_a_need_that_was_not_looked_at_leaves_it_unknown(verdict: Verdict) -> None:
    (outlook,) = outlooks([_OPEN_WEBUI], _results(_OPEN_WEBUI, OPT_020=verdict))
    assert (outlook.prospect, outlook.not_looked_at) == (Prospect.UNKNOWN, ("OPT-020",))


def test_a_run_without_its_requirements_says_nothing_of_it() -> None:
    assert _prospect([]) is Prospect.UNKNOWN


def test_a_run_for_a_program_makes_its_needs_the_musts_and_leaves_out_the_rest() -> None:
    chosen = needed_by([_OPEN_WEBUI], load_catalogue())
    musts = {r.id for r in chosen if r.level is Level.MUST}
    assert musts == set(_OPEN_WEBUI.need_ids)
    assert {r.id for r in chosen} - musts == set(_OPEN_WEBUI.like_ids)
    assert {r.level for r in chosen} == {Level.MUST, Level.SHOULD}


def test_what_one_of_several_programs_needs_is_a_must_though_another_only_likes_it() -> None:
    both = needed_by([_OPEN_WEBUI, find_client("aiyabot")], load_catalogue())
    levels = {r.id: r.level for r in both}
    assert "TXT2IMG-018" in _OPEN_WEBUI.like_ids
    assert "TXT2IMG-018" in find_client("aiyabot").need_ids
    assert levels["TXT2IMG-018"] is Level.MUST
    assert set(_OPEN_WEBUI.need_ids) < {name for name, level in levels.items() if level == "MUST"}


def test_a_need_binds_every_kind_of_server() -> None:
    chosen = needed_by([_OPEN_WEBUI], load_catalogue())
    assert all(r.applies.matches("unknown", None) for r in chosen if r.level is Level.MUST)


def test_a_program_is_found_in_any_case_and_a_wrong_name_gets_a_hint() -> None:
    assert find_client(" SillyTavern ").id == "sillytavern"
    with pytest.raises(SelectionError, match="did you mean open-webui"):
        find_client("openwebui")
    with pytest.raises(SelectionError, match="sdapi-check clients lists them"):
        find_client("zzz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"wants": []}, "unknown key wants", id="a key nobody reads"),
        pytest.param({"source": None}, "'source' is missing", id="no source"),
        pytest.param({"needs": [{"ids": ["A"]}]}, "'consequence' is missing", id="no consequence"),
        pytest.param(
            {"likes": [{"ids": ["A", "A"], "consequence": "x"}]}, "A occurs twice", id="twice"
        ),
    ],
)
def test_a_damaged_map_names_its_file_and_its_fault(change: dict[str, object], words: str) -> None:
    table = {"source": "s", "note": "n", "needs": []} | change
    table = {name: value for name, value in table.items() if value is not None}
    with pytest.raises(CatalogueError, match=f"some.toml: {words}"):
        read_client("some", "Some", table)


def test_a_need_without_its_route_is_known_to_be_missing() -> None:
    results = _results(_OPEN_WEBUI, OPT_001=Verdict.UNSUPPORTED)
    (outlook,) = outlooks([_OPEN_WEBUI], results)
    assert (outlook.breaks_on, outlook.not_looked_at) == (("OPT-001",), ())
