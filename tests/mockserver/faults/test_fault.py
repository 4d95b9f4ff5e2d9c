"""What a fault is made of, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.faults import CATALOGUE, Fault, FaultError, Faults
from mockserver.faults.exchange import Asked
from mockserver.faults.registry import fault_of, fault_of_text

TXT2IMG = Asked("POST", "/sdapi/v1/txt2img", body=b'{"steps": 20, "override_settings": {"a": 1}}')
PROGRESS = Asked("GET", "/sdapi/v1/progress")


@pytest.mark.parametrize(
    ("route", "asked", "fits"),
    [
        ("txt2img", TXT2IMG, True),
        ("/sdapi/v1/txt2img", TXT2IMG, True),
        ("POST txt2img", TXT2IMG, True),
        ("get txt2img", TXT2IMG, False),
        ("/sdapi/v1/*", PROGRESS, True),
        ("*", PROGRESS, True),
        ("img2img", TXT2IMG, False),
        ("", TXT2IMG, True),
        ("", PROGRESS, False),
    ],
)
def test_a_route_is_a_name_a_path_or_a_pattern(route: str, asked: Asked, fits: bool) -> None:
    assert Fault("oom", route=route).fits(asked, ("txt2img",)) is fits


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"steps": 20}, True),
        ({"steps": 21}, False),
        ({"override_settings": {"a": 1}}, True),
        ({"override_settings": {"a": 2}}, False),
        ({"steps": range(10, 30)}, True),
        ({"cfg_scale": 7}, False),
    ],
)
def test_a_fault_can_depend_on_the_payload(when: dict[str, Any], fits: bool) -> None:
    assert Fault("oom", when=when).fits(TXT2IMG, ("txt2img",)) is fits


def test_a_fault_happens_from_one_call_on_so_many_times() -> None:
    faults = Faults()
    faults.add("oom", after=1, times=2)

    assert [bool(faults.choose(TXT2IMG)) for _ in range(5)] == [False, True, True, False, False]
    assert len(faults) == 0


def test_the_dice_of_a_seed_fall_alike() -> None:
    def thrown() -> list[bool]:
        faults = Faults()
        faults.add("oom", probability=0.5, seed=7)
        return [bool(faults.choose(TXT2IMG)) for _ in range(40)]

    assert thrown() == thrown()
    assert 5 < sum(thrown()) < 35


def test_a_fault_ends_with_its_block() -> None:
    faults = Faults()
    with faults.armed("oom") as armed:
        faults.choose(TXT2IMG)
        assert armed.fired == 1
    assert len(faults) == 0


@pytest.mark.parametrize(
    ("numbers", "refusing"),
    [({}, True), ({"after": 1}, False), ({"times": 1}, False), ({"probability": 0.5}, False)],
)
def test_a_server_refuses_every_connection_only_where_there_is_nothing_to_count(
    numbers: dict[str, Any], refusing: bool
) -> None:
    faults = Faults()
    assert not faults.refusing
    faults.add("refused", **numbers)
    assert faults.refusing is refusing


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("oom", Fault("oom")),
        ("oom; times=1", Fault("oom", times=1)),
        ("fault=oom; latency=2s; times=1", Fault("oom", latency=2.0, times=1)),
        ("fault=oom;latency=300ms", Fault("oom", latency=0.3)),
        ("latency=1m", Fault("slow", latency=60.0)),
        ("OOM; route=img2img; when.steps=30", Fault("oom", route="img2img", when={"steps": 30})),
        ("bad_gateway; gateway=alb", Fault("bad-gateway", options={"gateway": "alb"})),
        ("oom; probability=0.25; seed=3", Fault("oom", probability=0.25, seed=3)),
    ],
)
def test_one_grammar_serves_the_header_and_the_command_line(text: str, fault: Fault) -> None:
    assert fault_of_text(text) == fault


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("oomm", "no fault 'oomm'; did you mean 'oom'"),
        ("oom; time=1", "fault oom has no 'time'; did you mean 'times'"),
        ("oom; latency=soon", "'soon' is no duration; write 2s"),
        ("oom; times", "'times' has no value"),
        ("oom; probability=2", "probability is a number from 0 to 1"),
        ("oom; times=0", "times is a number from 1 on"),
        ("", "no fault is named"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FaultError, match=sentence):
        fault_of_text(text)


@pytest.mark.parametrize(
    "numbers", [{"after": 0}, {"latency": 0}, {"times": 1}, {"probability": 0}, {"probability": 1}]
)
def test_the_least_and_the_largest_numbers_are_taken(numbers: dict[str, Any]) -> None:
    (name,) = numbers
    assert getattr(Fault("oom", **numbers), name) == numbers[name]


@pytest.mark.parametrize(
    "numbers",
    [
        {"after": -1},
        {"latency": -0.5},
        {"times": 0.5},
        {"times": True},
        {"probability": -0.1},
        {"probability": 1.1},
        {"latency": float("inf")},
    ],
)
def test_numbers_beyond_them_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(FaultError, match="is a number from"):
        Fault("oom", **numbers)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_kind_says_what_it_does(name: str) -> None:
    kind = CATALOGUE[name]

    assert kind.summary.endswith(".")
    assert kind.routes
    assert fault_of(name, dict(kind.options)).kind == name
