"""What each stage of a load test measured: pictures a minute, waits, services, percentiles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import TYPE_CHECKING

from conformance.load.periods import Periods, crowded
from conformance.load.ramp import percentile
from conformance.load.samples import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.load.plan import Plan
    from conformance.load.ramp import Stage
    from conformance.load.samples import Sample
    from conformance.load.workload import Mix

_MINUTE = 60.0
# Times the work on a picture for which servers have to be pressed to show what they can do.
_FEW = 3.0


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
class Pressed:
    """The time of a stage in which at least as many pictures waited as were at work.

    Before and after it servers may have had nothing to do, as when users come at random; in it a
    server that was idle was so although there was work.

    Args:
        seconds: of it.
        rate: pictures of the mix a minute that the servers made in it.
        busy: how many servers were at work in it, on average.
    """

    seconds: float
    rate: float
    busy: float


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
        of_mix: the rate, had every kind come as often as the mix says.
        pressed: what the servers did while there was always more to do.
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
    of_mix: float
    pressed: Pressed

    @property
    def long_pressed(self) -> bool:
        """Whether it was pressed for the time of some pictures: in less of it chance decides."""
        return self.service is not None and self.pressed.seconds >= _FEW * self.service.mean


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


def requests(
    made: Iterable[Sample], periods: Periods, usual: Mapping[str, float]
) -> dict[str, float]:
    """How many requests were served in periods, by their kind.

    Of one at work when a period begins or ends, the part within it counts; of an interrupted one
    the part that was made.

    Args:
        made: pictures with their beginnings, as ``completed`` gives them.
        periods: in which to look.
        usual: seconds of work on a whole request, by its kind.
    """
    found: dict[str, float] = {}
    for sample in made:
        length = sample.done - _begun(sample)
        within = periods.within(_begun(sample), sample.done)
        share = within / length if length else float(periods.has(sample.done))
        whole = usual.get(sample.job, 0)
        part = min(length / whole, 1) if sample.outcome is Outcome.INTERRUPTED and whole else 1.0
        found[sample.job] = found.get(sample.job, 0.0) + share * part
    return found


def of_mix(mix: Mix, served: Mapping[str, float], usual: Mapping[str, float]) -> float:
    """How many pictures of a mix are as much work as what was served.

    Chance lets some kinds come more often than others: some more of the small ones in a minute
    are no larger capacity.

    Args:
        mix: that was asked for.
        served: requests by their kind.
        usual: seconds of work on a request, by its kind.
    """
    jobs = {job.name: job for job in mix.jobs}
    if not all(usual.get(name) for name in jobs):
        return sum(count * jobs[name].batch for name, count in served.items())
    each = sum(job.weight * usual[job.name] for job in mix.jobs) / sum(j.weight for j in mix.jobs)
    return mix.mean_batch * sum(count * usual[name] for name, count in served.items()) / each


def busy(made: Iterable[Sample], periods: Periods) -> float:
    """How many servers were at work in periods, on average.

    Args:
        made: pictures with their beginnings.
        periods: in which to look.
    """
    worked = sum(periods.within(_begun(sample), sample.done) for sample in made)
    return worked / periods.seconds if periods.seconds else 0.0


def _begun(sample: Sample) -> float:
    return sample.done if sample.started is None else sample.started


def stage_figures(
    plan: Plan, stages: Sequence[Stage], samples: Sequence[Sample]
) -> list[StageFigures]:
    """The figures of every stage that has ended.

    Args:
        plan: of the load test.
        stages: in order.
        samples: of the whole load test.
    """
    work = _Work(plan.habits.mix, samples, completed(samples), service_times(samples))
    found = [work.figures(stage, stages[0].start) for stage in stages]
    servers, at_once = 0, max(plan.behind, *(round(stage.busy) for stage in found))
    # Where nobody said how many servers there are, the number at work at once shows it.
    while at_once > servers:
        servers = at_once
        found = [
            replace(figures, pressed=work.pressed(stage, 2 * servers))
            for figures, stage in zip(found, stages, strict=True)
        ]
        at_once = max(round(stage.pressed.busy) * stage.long_pressed for stage in found)
    return found


@dataclass(frozen=True)
class _Work:
    """All pictures of a load test.

    Args:
        mix: that was asked for.
        samples: of the whole load test.
        made: those that were made, with their beginnings.
        usual: seconds of work on a whole picture, by its kind.
    """

    mix: Mix
    samples: Sequence[Sample]
    made: Sequence[Sample]
    usual: dict[str, float]

    def figures(self, stage: Stage, origin: float) -> StageFigures:
        """Counts and times of one stage.

        Args:
            stage: with its load and its time.
            origin: when the first stage began.
        """
        end = _end(stage)
        asked = [sample for sample in self.samples if stage.has(sample)]
        mine = [s for s in self.made if stage.has(s) and s.outcome is Outcome.WHOLE]
        whole = Periods([(stage.start, end)])
        served = requests(self.made, whole, self.usual)
        batches = {sample.job: sample.pictures for sample in self.made}
        return StageFigures(
            load=stage.load,
            start=stage.start - origin,
            seconds=end - stage.start,
            asked=sum(s.pictures for s in asked),
            pictures=sum(s.pictures for s in mine),
            bad=sum(s.pictures for s in asked if not s.good),
            interrupted=sum(s.pictures for s in asked if s.outcome is Outcome.INTERRUPTED),
            rate=_rate(sum(count * batches[job] for job, count in served.items()), whole),
            busy=busy(self.made, whole),
            total=Times.of([sample.total for sample in mine]),
            wait=Times.of([wait for sample in mine if (wait := sample.wait) is not None]),
            service=Times.of([work for sample in mine if (work := sample.service) is not None]),
            of_mix=_rate(of_mix(self.mix, served, self.usual), whole),
            pressed=Pressed(seconds=0.0, rate=0.0, busy=0.0),
        )

    def pressed(self, stage: Stage, least: float) -> Pressed:
        periods = crowded(self.samples, stage.start, _end(stage), least)
        served = requests(self.made, periods, self.usual)
        return Pressed(
            seconds=periods.seconds,
            rate=_rate(of_mix(self.mix, served, self.usual), periods),
            busy=busy(self.made, periods),
        )


def _rate(pictures: float, periods: Periods) -> float:
    return _MINUTE * pictures / periods.seconds if periods.seconds else 0.0


def _end(stage: Stage) -> float:
    return stage.start if stage.end is None else stage.end
