"""The metrics of a watch, as Prometheus reads them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.registry import Collector

from conformance.report.document import suite_version
from conformance.watch.target_state import Availability, Grade, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client.core import Metric

    from conformance.watch.messages import Subject
    from conformance.watch.target_state import TargetState
    from conformance.watch.webhook import Outbox


_TARGET = ("target",)
# Name, what it says, and how it is read of a state; None where there is nothing to say.
_GAUGES: tuple[tuple[str, str, Callable[[TargetState], float | None]], ...] = (
    (
        "sdapi_up",
        "1 where the server answers, 0 where it is down.",
        lambda s: _flag(s.availability, Availability.UP, Availability.UNKNOWN),
    ),
    (
        "sdapi_conformant",
        "1 where no binding requirement is unmet, 0 where one is.",
        lambda s: _flag(s.grade, Grade.CONFORMANT, Grade.UNKNOWN),
    ),
    (
        "sdapi_busy",
        "1 where the last look found the server at work for somebody else, and left it alone.",
        lambda s: None if s.outcome is None else float(s.outcome is Outcome.BUSY),
    ),
    (
        "sdapi_suite_failed",
        "1 where the last look ended with a failure of the suite.",
        lambda s: None if s.outcome is None else float(s.troubled),
    ),
    (
        "sdapi_look_seconds",
        "How long the last look took.",
        lambda s: None if s.looked is None else s.seconds,
    ),
    (
        "sdapi_last_look_timestamp_seconds",
        "When the last look began.",
        lambda s: None if s.looked is None else s.looked.timestamp(),
    ),
    (
        "sdapi_last_judged_timestamp_seconds",
        "When requirements were last looked at; it grows old while a server is busy or down.",
        lambda s: None if s.judged is None else s.judged.timestamp(),
    ),
    (
        "sdapi_status_since_timestamp_seconds",
        "Since when the server has the status that it has.",
        lambda s: None if s.since is None else s.since.timestamp(),
    ),
    (
        "sdapi_drift_facets",
        "In how many facets the server differs from its last good state.",
        lambda s: None if s.good is None else float(len(s.drift)),
    ),
)


def _flag(value: str, yes: str, unknown: str) -> float | None:
    return None if value == unknown else float(value == yes)


class WatchCollector(Collector):
    """What Prometheus reads, worked out at each scrape.

    Args:
        states: returns name -> server and its state.
        outbox: the alerts that a webhook has not taken yet.
    """

    def __init__(
        self, states: Callable[[], Mapping[str, tuple[Subject, TargetState]]], outbox: Outbox
    ) -> None:
        self._states = states
        self._outbox = outbox

    def collect(self) -> Iterable[Metric]:
        """Every metric, with a sample for each server."""
        found = self._states()
        states = {name: state for name, (_, state) in found.items()}
        yield InfoMetricFamily(
            "sdapi_watch", "The suite that watches.", value={"version": suite_version()}
        )
        yield _servers(found)
        for name, description, read in _GAUGES:
            values = [([target], read(state)) for target, state in states.items()]
            yield _gauge(name, description, _TARGET, [(k, v) for k, v in values if v is not None])
        yield from _requirements(states)
        yield from _counters(states)
        yield _gauge(
            "sdapi_webhook_pending",
            "Alerts that the webhook has not taken yet.",
            (),
            [([], len(self._outbox))],
        )
        failures = CounterMetricFamily(
            "sdapi_webhook_failures", "Attempts that failed, since the start."
        )
        failures.add_metric([], self._outbox.failures)
        yield failures


def _servers(found: Mapping[str, tuple[Subject, TargetState]]) -> Metric:
    family = InfoMetricFamily("sdapi_server", "The servers.", labels=_TARGET)
    for name, (subject, state) in found.items():
        profile = state.document.profile if state.document else ""
        mode = state.document.mode if state.document else ""
        family.add_metric([name], {"url": subject.url, "profile": profile, "mode": mode})
    return family


def _requirements(states: Mapping[str, TargetState]) -> Iterator[Metric]:
    counts: list[tuple[list[str], float]] = []
    unmet: list[tuple[list[str], float]] = []
    for name, state in states.items():
        results = state.document.results if state.document else ()
        counted = Counter((str(r.requirement.level), str(r.verdict)) for r in results)
        counts += [([name, level, v], float(n)) for (level, v), n in counted.items()]
        bad = [r for r in results if r.verdict.unmet]
        unmet += [([name, r.id, str(r.requirement.level), str(r.verdict)], 1.0) for r in bad]
    labels = ("target", "level", "verdict")
    yield _gauge("sdapi_requirements", "Requirements by their last verdict.", labels, counts)
    labels = ("target", "requirement", "level", "verdict")  # type: ignore[assignment]
    yield _gauge("sdapi_requirement_unmet", "1 for each requirement not met.", labels, unmet)


def _counters(states: Mapping[str, TargetState]) -> Iterator[Metric]:
    looks = CounterMetricFamily(
        "sdapi_looks", "Looks, by how they ended.", labels=["target", "outcome"]
    )
    alerts = CounterMetricFamily(
        "sdapi_changes", "Changes that were reported, by kind.", labels=["target", "kind"]
    )
    pictures = CounterMetricFamily(
        "sdapi_pictures", "What looks sampled, in pictures of 512x512 at 20 steps.", labels=_TARGET
    )
    for name, state in states.items():
        for outcome in Outcome:
            looks.add_metric([name, str(outcome)], state.looks.get(outcome.value, 0))
        for kind, count in state.alerts.items():
            alerts.add_metric([name, kind], count)
        pictures.add_metric([name], state.pictures)
    yield from (looks, alerts, pictures)


def _gauge(
    name: str, description: str, labels: Sequence[str], samples: Iterable[tuple[list[str], float]]
) -> Metric:
    family = GaugeMetricFamily(name, description, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family
