"""What limits a server and its gateways have: measured, expected, and as facts in a report."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import requests
from demanding import configured, expected
from doubles import Ask, Reply, Server, mock, reply, served, text
from judging import make_context

from conformance.cli.run_command import jobs_from
from conformance.deployment.expectations.checks import Demands
from conformance.deployment.limits.facts import (
    at_once_entry,
    body_entry,
    largest_edge,
    look_at_limits,
    needed,
    request_entry,
)
from conformance.deployment.limits.long_request import lengthened, long_request
from conformance.deployment.limits.probing import (
    MIB,
    Longest,
    burst,
    bursts,
    longest,
    uploads,
)
from conformance.errors import ConfigurationError
from conformance.exchange import Exchange
from conformance.requirements.catalogue import whole_catalogue
from conformance.runner import generation
from conformance.runner.budget import Clock, pixel_steps
from conformance.runner.judge import judge
from conformance.runner.retries import RateLimit
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.verdict import Result

_CLOCK = Clock(sleep=lambda _: None)
_PATH = "/sdapi/v1/png-info"
_TOO_LARGE = text("<html><center>413 Request Entity Too Large</center>nginx</html>", 413)


def _nginx(server: Server, most: int) -> Server:
    """A gateway that refuses larger bodies."""
    return lambda ask: _TOO_LARGE if len(ask.body or b"") > most else server(ask)


def _crowded(server: Server, most: int, **headers: str) -> Server:
    """A gateway that lets so many reads of samplers through, and then no more."""
    numbers = count(1)

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith("samplers") and next(numbers) > most:
            return reply({"message": "slow down"}, 429, **headers)
        return server(ask)

    return answer


def _sent(seconds: float, status: int = 200, path: str = "/sdapi/v1/txt2img") -> Exchange:
    return Exchange(method="POST", path=path, url=path, status=status, elapsed=seconds)


@pytest.mark.parametrize(("most", "sizes"), [(MIB, [2]), (100, [1]), (5 * MIB, [1, 2, 4, 8])])
def test_bodies_grow_until_one_is_refused(most: int, sizes: list[int]) -> None:
    tried = [size * MIB for size in (sizes if most != MIB else [1, 2, 4])]
    with served(_nginx(mock(), most)):
        made = uploads(make_context("a1111-1.10.1"), _PATH, tried)
    assert made[-1].refusal == "it is answered 413"
    assert made[-1].size == next((s for s in tried if s > most), 0)


def test_nothing_is_made_of_a_large_body_and_no_report_holds_it() -> None:
    seen: list[Reply] = []
    inner = mock()

    def watched(ask: Ask) -> Reply:
        seen.append(inner(ask))
        return seen[-1]

    with served(watched):
        (made,) = uploads(make_context("a1111-1.10.1"), _PATH, [MIB])
    assert {answer.status for answer in seen} == {422}
    assert made.refusal == ""
    assert made.exchange is not None
    assert made.exchange.request_body is None


@pytest.mark.parametrize(
    ("size", "verdict"),
    [("900 KiB", Verdict.PASS), ("2 MiB", Verdict.FAIL), ("2 MB", Verdict.FAIL)],
)
def test_a_body_that_the_operator_expects(size: str, verdict: Verdict) -> None:
    result = expected(_nginx(mock(), MIB), f'limits = {{ body = "{size}" }}', "EXPECT-BODY")
    assert result.verdict is verdict
    if verdict is Verdict.FAIL:
        assert result.actual == f"it is answered 413 ({_PATH})"


def test_where_no_route_takes_a_body_unread_nothing_is_sent() -> None:
    server = mock(profile="koboldcpp-1.111")
    result = expected(server, 'limits = { body = "2 MiB" }', "EXPECT-BODY", profile="koboldcpp")
    assert result.verdict is Verdict.SKIPPED


@pytest.mark.parametrize(("most", "verdict"), [(8, Verdict.PASS), (5, Verdict.FAIL)])
def test_requests_at_once_that_the_operator_expects(most: int, verdict: Verdict) -> None:
    # One alone is read first.
    server = _crowded(mock(), most + 1, **{"retry-after": "30"})
    result = expected(server, "limits = { at_once = 8 }", "EXPECT-AT-ONCE", clock=_CLOCK)
    assert result.verdict is verdict
    if verdict is Verdict.FAIL:
        assert result.actual == "5 are served, 3 answered 429 (Retry-After 30)"


def test_a_rate_keeps_requests_apart_so_that_nothing_is_found_out() -> None:
    result = expected(mock(), "limits = { at_once = 8 }", "EXPECT-AT-ONCE", rate=RateLimit(50.0))
    assert result.verdict is Verdict.SKIPPED


def test_bursts_grow_until_one_is_not_served_whole() -> None:
    waited: list[float] = []
    with served(_crowded(mock(), 9)):
        made = bursts(make_context("a1111-1.10.1"), (4, 8, 16), waited.append)
    assert [each.count for each in made] == [4, 8]
    assert made[-1].endings == "3 answered 429"
    assert len(waited) == 2


def _long(server: Server, seconds: float, seen: Exchange | None = None, **more: Any) -> Result:
    """The result of a request that is expected to be answered, after what the run has seen."""
    demands = Demands(configured(f'limits = {{ request = "{seconds} s" }}').targets[0].expect)
    with served(server):
        context = make_context("a1111-1.10.1", **more)
        if seen is not None:
            context.client.log.add(seen)
        function = demands.checks["EXPECT-REQUEST"].function
        return judge(whole_catalogue()["EXPECT-REQUEST"], function, context)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [(_sent(61.0, 504), Verdict.FAIL), (_sent(700.0), Verdict.PASS)],
)
def test_what_the_run_has_seen_is_enough(seen: Exchange, verdict: Verdict) -> None:
    result = _long(mock(), 600, seen)
    assert result.verdict is verdict
    if verdict is Verdict.FAIL:
        assert result.actual == "it was given up after 61.0 s (504)"


def test_a_job_of_that_length_is_made_only_within_the_budget() -> None:
    result = _long(mock(), 600, budget=0.01)
    assert result.verdict is Verdict.NOT_RUN
    assert "pictures" in result.reason


def test_a_gateway_that_gives_up_on_the_job_is_found() -> None:
    inner = mock()
    tired = text("<h1>504 Gateway Time-out</h1> nginx", 504)

    def gateway(ask: Ask) -> Reply:
        return tired if ask.route.endswith("txt2img") and ask.json["steps"] > 20 else inner(ask)

    result = _long(gateway, 600, clock=_CLOCK)
    assert result.verdict is Verdict.FAIL
    assert result.actual.endswith("(504)")


def test_a_gateway_that_closes_the_connection_of_the_job_is_found() -> None:
    inner = mock()

    def gateway(ask: Ask) -> Reply:
        if ask.route.endswith("txt2img") and ask.json["steps"] > 20:
            raise requests.ConnectionError("Connection aborted.")
        return inner(ask)

    result = _long(gateway, 600, clock=_CLOCK)
    assert result.verdict is Verdict.FAIL
    assert "it was given up after" in result.actual


def _machine(speed: float, patience: float) -> Callable[[Mapping[str, Any]], Exchange]:
    """A server that samples so many pixel-steps a second, behind a gateway."""

    def send(payload: Mapping[str, Any]) -> Exchange:
        seconds = 0.02 + pixel_steps(payload) / speed
        return _sent(patience, 504) if seconds > patience else _sent(seconds)

    return send


@pytest.mark.parametrize("speed", [1e6, 3e7, 1e9])
def test_a_job_is_made_longer_until_it_lasts(speed: float) -> None:
    first = generation.watched(64, 20, None, "t")
    made = long_request(_machine(speed, 1000.0), first, 90.0)
    assert made is not None
    assert (made.ok, 90 <= made.elapsed < 400) == (True, True)
    cut = long_request(_machine(speed, 60.0), first, 90.0)
    assert cut is not None
    assert (cut.ok, cut.elapsed) == (False, 60.0)


def test_a_server_that_does_not_sample_is_given_up_on() -> None:
    first = generation.watched(64, 20, None, "t")
    assert long_request(lambda _: _sent(0.001), first, 1e9) is None


@pytest.mark.parametrize("factor", [1.0, 7.0, 80.0, 5000.0])
def test_a_longer_request_samples_so_many_times_as_much(factor: float) -> None:
    first = generation.watched(64, 20, None, "t")
    longer = lengthened(first, factor)
    assert pixel_steps(longer) >= factor * pixel_steps(first) * 0.999
    assert (longer["steps"] <= 150, longer["width"] <= 512) == (True, True)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('body = "32"', "a number and a unit"),
        ('body = "32 min"', "units are kb, kib, mb, mib, gb, gib"),
        ('request = "0 s"', "a number and a unit"),
        ('body = "1 GiB"', "at most 256 MiB"),
        ("at_once = 1000", "at most 64 requests"),
        ("at_onse = 4", "at_once"),
    ],
)
def test_a_limit_that_makes_no_sense_names_its_line(written: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match="line 4") as caught:
        configured(f"limits = {{ {written} }}")
    assert said in str(caught.value)


def test_facts_say_what_does_not_fit_and_who_sends_it() -> None:
    with served(_nginx(mock(), MIB)):
        made = uploads(make_context("a1111-1.10.1"), _PATH, [MIB // 2, 2 * MIB])
    entry = body_entry(made)
    assert entry.level == "short"
    assert entry.sentence == "A body of 0.5 MiB is taken, and of one of 2 MiB it is answered 413."
    assert entry.details[0].startswith("An img2img of 2048x2048 sends some 10.7 MiB")
    assert "open-webui" in entry.details[1] or "krita" in entry.details[1]
    assert (largest_edge(MIB), needed(2048) > 10 * MIB) == (576, True)


def test_facts_of_requests_at_once() -> None:
    with served(_crowded(mock(), 2)):
        entry = at_once_entry([burst(make_context("a1111-1.10.1"), 4, lambda _: None)])
    assert entry.sentence == "Of 4 requests at once 2 are served; 2 answered 429."
    assert at_once_entry([]).level == "unknown"


def test_facts_of_the_longest_request() -> None:
    context = make_context("a1111-1.10.1")
    for each in (_sent(3.0), _sent(59.9), _sent(60.1, 504), _sent(61.0, 504)):
        context.client.log.add(each)
    took = longest(context)
    entry = request_entry(took)
    assert entry.sentence.startswith("The longest request took 59.9 s (POST /sdapi/v1/txt2img)")
    assert entry.details == ("A gateway gave up on one after 60.1 s (504).",)
    assert request_entry(Longest(None, None)).sentence == "No request was answered."


@pytest.mark.parametrize(("args", "there"), [(["--mode", "full"], True), ([], False)])
def test_a_whole_run_in_mode_full_looks_at_limits(args: list[str], there: bool) -> None:
    (job,) = jobs_from(["http://judged.test:7860", *args])
    names = [look.__name__ for look in job.run_options.looks]
    assert ("limits" in names) is there


def test_the_section_of_a_sound_server_is_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    _sleepless(monkeypatch.setattr)
    with served(mock()):
        section = look_at_limits(make_context("a1111-1.10.1"))
    assert (section.tone, [e.id for e in section.entries]) == (
        "info",
        ["LIMIT-BODY", "LIMIT-AT-ONCE", "LIMIT-REQUEST"],
    )
    assert section.lines[0] == "A body of 16 MiB is taken; larger ones were not tried."


def _sleepless(replace: Callable[..., None]) -> None:
    replace("conformance.deployment.limits.probing._PAUSE", 0.0)


def test_a_server_that_refuses_everything_has_no_limits_to_find() -> None:
    server = mock(auth=(("user", "planted"),))

    def gate(ask: Ask) -> Reply:
        # Its document is open, as behind many proxies.
        return server(ask) if ask.path == "/openapi.json" else text("<h1>401</h1> nginx", 401)

    body = expected(gate, 'limits = { body = "2 MiB" }', "EXPECT-BODY")
    assert (body.verdict, "refused too" in body.reason) == (Verdict.SKIPPED, True)
    reads = expected(gate, "limits = { at_once = 4 }", "EXPECT-AT-ONCE")
    assert (reads.verdict, reads.reason) == (Verdict.SKIPPED, "one alone answered 401")


def test_what_fails_now_and_then_is_no_limit() -> None:
    numbers = count(1)
    inner = mock()

    def shaky(ask: Ask) -> Reply:
        large = len(ask.body or b"") > MIB
        if large and next(numbers) == 1:
            return text("<h1>502 Bad Gateway</h1> nginx", 502)
        return inner(ask)

    result = expected(shaky, 'limits = { body = "2 MiB" }', "EXPECT-BODY")
    assert result.verdict is Verdict.PASS


def test_reads_that_fail_now_and_then_are_read_once_more() -> None:
    numbers = count(1)
    inner = mock()

    def shaky(ask: Ask) -> Reply:
        failing = ask.route.endswith("samplers") and next(numbers) == 3
        return text("<h1>502 Bad Gateway</h1> nginx", 502) if failing else inner(ask)

    result = expected(shaky, "limits = { at_once = 4 }", "EXPECT-AT-ONCE", clock=_CLOCK)
    assert result.verdict is Verdict.PASS
