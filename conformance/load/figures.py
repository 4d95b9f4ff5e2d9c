"""What each stage of a load test measured: pictures a minute, waits, services, percentiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import TYPE_CHECKING

from conformance.load.ramp import percentile
from conformance.load.samples import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.load.ramp import Stage
    from conformance.load.samples import Sample

_MINUTE = 60.0


@dataclass(frozen=True)
class Times:
    """How long something took, in seconds.

    Args:
        mean: on average.
        p50: what half of them did not exceed.
        p95: what 95 % did not exceed.
        p99: what 99 % did not exceed.
    """

    mean: float
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Times | None:
        """The times of at least one value; None without any.

        Args:
            values: in seconds.
        """
        if not values:
            return None
        return cls(fmean(values), *(percentile(values, share) for share in (0.5, 0.95, 0.99)))


@dataclass(frozen=True, kw_only=True)
class StageFigures:
    """What a stage measured.

    Args:
        load: users, or arrivals a minute.
        start: when it began, in seconds since the first did.
        seconds: how long it lasted.
        asked: pictures asked for.
        pictures: pictures that came whole.
        bad: pictures that failed or were wrong.
        interrupted: pictures that their users gave up.
        rate: pictures a minute that the servers made.
        busy: how many servers were at work, on average.
        total: from the request to the picture; None without a picture.
        wait: in the queue.
        service: the work itself.
    """

    load: float
    start: float
    seconds: float
    asked: int
    pictures: int
    bad: int
    interrupted: int
    rate: float
    busy: float
    total: Times | None
    wait: Times | None
    service: Times | None


def service_times(samples: Iterable[Sample]) -> dict[str, float]:
    """Seconds that a whole picture of each kind takes to make.

    The median of those whose beginning was seen; else the fastest of the kind, which waited
    the least.

    Args:
        samples: of the whole load test.
    """
    seen: dict[str, list[float]] = {}
    fastest: dict[str, float] = {}
    for sample in samples:
        if sample.outcome is not Outcome.WHOLE:
            continue
        fastest[sample.job] = min(fastest.get(sample.job, sample.total), sample.total)
        if sample.service is not None:
            seen.setdefault(sample.job, []).append(sample.service)
    return {job: median(seen[job]) if job in seen else least for job, least in fastest.items()}


def completed(samples: Iterable[Sample]) -> list[Sample]:
    """The pictures that were made, each with a beginning of the work on it.

    Where nobody saw it, it is as long before the end as the work on such a picture takes.

    Args:
        samples: of the whole load test.
    """
    samples = list(samples)
    usual = service_times(samples)
    made = []
    for sample in samples:
        if not sample.good or (sample.outcome is Outcome.INTERRUPTED and sample.started is None):
            continue
        if sample.started is None:
            started = max(sample.sent, sample.done - usual[sample.job])
            made.append(replace(sample, started=started))
        else:
            made.append(sample)
    return made


def rate(made: Iterable[Sample], start: float, end: float, usual: dict[str, float]) -> float:
    """Pictures a minute that were made in a period.

    Of a picture at work when the period begins or ends, the part within it counts; of an
    interrupted one the part that was made.

    Args:
        made: pictures with their beginnings, as ``completed`` gives them.
        start: of the period.
        end: of the period, later.
        usual: seconds of work on a whole picture, by its kind.
    """
    pictures = 0.0
    for sample in made:
        length = sample.done - _begun(sample)
        share = (
            _overlap(sample, start, end) / length if length else float(start < sample.done <= end)
        )
        whole = usual.get(sample.job, 0)
        part = min(length / whole, 1) if sample.outcome is Outcome.INTERRUPTED and whole else 1.0
        pictures += share * part
    return _MINUTE * pictures / (end - start) if end > start else 0.0


def busy(made: Iterable[Sample], start: float, end: float) -> float:
    """How many servers were at work in a period, on average.

    Args:
        made: pictures with their beginnings.
        start: of the period.
        end: of the period, later.
    """
    worked = sum(_overlap(sample, start, end) for sample in made)
    return worked / (end - start) if end > start else 0.0


def _overlap(sample: Sample, start: float, end: float) -> float:
    return max(min(sample.done, end) - max(_begun(sample), start), 0.0)


def _begun(sample: Sample) -> float:
    return sample.done if sample.started is None else sample.started


def stage_figures(stages: Sequence[Stage], samples: Sequence[Sample]) -> list[StageFigures]:
    """The figures of every stage that has ended.

    Args:
        stages: in order.
        samples: of the whole load test.
    """
    made, usual = completed(samples), service_times(samples)
    return [_figures(stage, stages[0].start, samples, made, usual) for stage in stages]


def _figures(
    stage: Stage,
    origin: float,
    samples: Sequence[Sample],
    made: Sequence[Sample],
    usual: dict[str, float],
) -> StageFigures:
    end = stage.start if stage.end is None else stage.end
    asked = [sample for sample in samples if stage.has(sample)]
    mine = [s for s in made if stage.has(s) and s.outcome is Outcome.WHOLE]
    return StageFigures(
        load=stage.load,
        start=stage.start - origin,
        seconds=end - stage.start,
        asked=len(asked),
        pictures=len(mine),
        bad=sum(not sample.good for sample in asked),
        interrupted=sum(sample.outcome is Outcome.INTERRUPTED for sample in asked),
        rate=rate(made, stage.start, end, usual),
        busy=busy(made, stage.start, end),
        total=Times.of([sample.total for sample in mine]),
        wait=Times.of([wait for sample in mine if (wait := sample.wait) is not None]),
        service=Times.of([work for sample in mine if (work := sample.service) is not None]),
    )
