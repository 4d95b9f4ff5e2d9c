"""The catalogue as it ships: what must hold for all of it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from conformance.checks import all_checks
from conformance.errors import CatalogueError
from conformance.requirements.catalogue import AREAS, Catalogue, load_catalogue, read_requirement
from conformance.requirements.requirement import Cost, Effect, Level

_ENTRY = {
    "id": "HTTP-001",
    "level": "MUST",
    "sentence": "It holds.",
    "applies": "all",
    "source": "a file",
    "cost": "free",
    "effect": "reads",
    "why": "Because.",
    "clients": [],
}


def test_no_requirement_is_lost() -> None:
    levels = Counter(requirement.level for requirement in load_catalogue())
    least = {Level.MUST: 54, Level.SHOULD: 148, Level.MAY: 62}
    assert {level: count for level, count in least.items() if levels[level] < count} == {}


def test_ids_count_up_without_a_gap_in_every_area() -> None:
    for area in AREAS:
        ids = [requirement.id for requirement in load_catalogue() if requirement.area == area]
        assert ids == [f"{area}-{number:03}" for number in range(1, len(ids) + 1)]


@pytest.mark.parametrize("requirement", load_catalogue(), ids=lambda r: r.id)
def test_a_requirement_says_what_why_and_where(requirement: object) -> None:
    for text in (requirement.sentence, requirement.why):
        assert re.fullmatch(r"\S.{15,}\.\)?", text)
    assert requirement.source


def test_a_source_is_a_file_of_upstream_or_a_recording() -> None:
    named = re.compile(r"(modules|extensions-builtin|launch|webui)\S*\.py|recorded|README|openapi")
    assert [r.id for r in load_catalogue() if not named.search(r.source)] == []


def test_a_must_names_a_client_that_breaks_without_it() -> None:
    musts = [r for r in load_catalogue() if r.level is Level.MUST]
    assert [r.id for r in musts if not r.clients] == []


def test_what_is_a_must_for_some_servers_applies_to_them_and_names_a_client() -> None:
    partly = [r for r in load_catalogue() if r.must_for is not None]
    applied = [{term.family for term in r.applies.terms} for r in partly]
    bound = [{term.family for term in r.must_for.terms} for r in partly if r.must_for]
    assert partly
    assert all(some <= others for some, others in zip(bound, applied, strict=True))
    assert [r.id for r in partly if not r.clients or r.level is Level.MUST] == []


def test_what_reads_does_not_sample() -> None:
    reads = [r for r in load_catalogue() if r.effect is Effect.READS]
    assert [r.id for r in reads if r.cost is Cost.GENERATES] == []


def test_a_readiness_probe_writes_nothing_and_covers_the_picture() -> None:
    smoke = [r for r in load_catalogue() if r.smoke]
    assert {r.effect for r in smoke} <= {Effect.READS, Effect.GENERATES}
    assert {r.area for r in smoke} >= {"OPT", "LIST", "TXT2IMG", "PROGRESS"}


def test_each_id_has_exactly_one_check() -> None:
    assert set(load_catalogue().ids) <= all_checks().keys()


def test_each_check_has_an_id() -> None:
    assert all_checks().keys() <= set(load_catalogue().ids)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"level": "OUGHT"}, "OUGHT", id="level"),
        pytest.param({"applies": "nobody"}, "nobody", id="applies"),
        pytest.param({"cost": "dear"}, "dear", id="cost"),
        pytest.param({"must_for": "nobody"}, "nobody", id="for whom it is a must"),
        pytest.param({"colour": "red"}, "colour", id="an unknown key"),
        pytest.param({"id": "LIST-001"}, "does not belong", id="the wrong file"),
    ],
)
def test_a_malformed_entry_is_refused_by_its_name(change: dict[str, str], words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        read_requirement("HTTP", _ENTRY | change)


def test_an_id_cannot_occur_twice() -> None:
    one = read_requirement("HTTP", _ENTRY)
    with pytest.raises(CatalogueError, match="occurs twice"):
        Catalogue([one, one], {})


def test_a_client_has_to_be_known() -> None:
    one = read_requirement("HTTP", _ENTRY | {"clients": ["somebody"]})
    with pytest.raises(CatalogueError, match="unknown client somebody"):
        Catalogue([one], {})
