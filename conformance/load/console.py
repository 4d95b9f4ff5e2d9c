"""A load test on the console: what it does while it does it, and its result as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

from conformance.load.capacity import WAITS, seats, wait_at
from conformance.load.fleet import fleet, fleet_lines
from conformance.load.plan import Arrival
from conformance.load.samples import Sample, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.load.capacity import Capacity
    from conformance.load.figures import StageFigures, Times
    from conformance.load.plan import Plan
    from conformance.load.result import LoadResult


#: Servers of the fleet for which the effort is worked out.
FLEET = 10_000
_SOME, _MANY = 10, 100
# A share of the time that is worth a word.
_IDLE = 0.1


def seconds(value: float | None) -> str:
    """Seconds with two or three digits that mean something; a dash for none.

    Args:
        value: in seconds.
    """
    if value is None:
        return "-"
    digits = 0 if value >= _MANY else 1 if value >= _SOME else 2
    return f"{value:.{digits}f}"


def amount(value: float) -> str:
    """A count or a rate with three digits that mean something, never as a power of ten.

    Args:
        value: from 0 on.
    """
    return f"{value:,.0f}" if value >= _MANY else f"{value:.3g}"


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns that are as wide as they have to be, right-aligned.

    Args:
        rows: the first of them the heads.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


HEADS = ("pictures", "a minute", "p50", "p95", "p99", "wait", "p95", "service", "p95", "bad")


def stage_row(stage: StageFigures) -> tuple[str, ...]:
    """One stage: the load, pictures, pictures a minute, times, errors.

    Args:
        stage: its figures.
    """

    def of(times: Times | None, *names: str) -> list[str]:
        return [seconds(getattr(times, name) if times else None) for name in names]

    return (
        f"{stage.load:g}",
        str(stage.pictures),
        amount(stage.rate),
        *of(stage.total, "p50", "p95", "p99"),
        *of(stage.wait, "mean", "p95"),
        *of(stage.service, "mean", "p95"),
        str(stage.bad),
    )


def result_lines(result: LoadResult) -> Iterator[str]:
    """The result, its sentence first.

    Args:
        result: of a load test.
    """
    yield headline(result)
    yield f"It ended because {result.reason}." if result.reason else ""
    yield from result.remarks
    yield ""
    yield from table([(result.plan.unit, *HEADS), *map(stage_row, result.stages)])
    yield "seconds: p50, p95, p99 until the picture is there; mean and p95 of wait and of service"
    yield ""
    for problem, count in result.problems.items():
        yield f"{count} x {problem}"
    yield from knee_lines(result)
    yield from _seat_lines(result)
    yield from _request_lines(result)
    yield from paper_lines(result)


def headline(result: LoadResult) -> str:
    """The result in one sentence.

    Args:
        result: of a load test.
    """
    names = ", ".join(result.plan.servers)
    found = result.capacity
    if found is None:
        return f"{names}: no picture was made"
    least = "" if found.reached else "at least "
    return (
        f"{names}: {least}{amount(found.rate)} pictures a minute of {result.plan.habits.mix.text}"
    )


def knee_lines(result: LoadResult) -> Iterator[str]:
    """From where on more users only wait longer, and how that is known.

    Args:
        result: of a load test.
    """
    found = result.capacity
    if found is None:
        return
    unit = result.plan.unit
    work = f"{seconds(found.service)} s on a {'picture' if found.batch == 1 else 'request'}"
    yield f"servers at work at once: {found.servers:.2g}, {work}"
    if found.reached:
        yield f"the knee is at {amount(found.knee)} {unit}: more of them only wait longer"
    elif result.breached:
        yield "the knee was not reached before a limit was not kept"
    else:
        yield f"the knee was not reached: ask for more {unit}, or for a larger budget"
    disturbed = result.breached or result.problems or result.lost
    if found.idle > _IDLE and (found.reached or not disturbed):
        yield _idle_line(found)
    seen = result.seen
    guessed = seen[Seen.NO]
    if guessed:
        all_of = sum(seen.values())
        yield (
            f"of {guessed} of {all_of} pictures nobody saw when the work on them began: "
            "they are taken to last as long as others of their kind"
        )


def _idle_line(found: Capacity) -> str:
    share = f"servers had nothing to do for {100 * found.idle:.0f} % of the time"
    if found.reached:
        share += ", though users waited: what is in front does not give work to those who are free"
    return (
        f"{share}; without that they make about {amount(found.possible)} pictures a minute, or more"
    )


def law_row(result: LoadResult, stage: StageFigures) -> float | None:
    """The wait that Little's law gives for a stage of the closed model; None elsewhere.

    Args:
        result: of a load test.
        stage: one of its stages.
    """
    if result.capacity is None or result.plan.arrival is not Arrival.CLOSED:
        return None
    return wait_at(result.capacity, result.plan.habits.think, stage.load)


def seat_rows(result: LoadResult, found: Capacity) -> list[tuple[str, ...]]:
    """How many users wait how long, on how many servers; the first row is the heads.

    Args:
        result: of a load test.
        found: its capacity.
    """
    heads = ("servers", "a minute", *(f"{wait:g} s" if wait else "no wait" for wait in WAITS))
    rows = (
        (str(seat.servers), amount(seat.rate), *(f"{users:,.0f}" for users in seat.users))
        for seat in seats(result.plan, found)
    )
    return [heads, *rows]


def _seat_lines(result: LoadResult) -> Iterator[str]:
    if result.capacity is None:
        return
    think = result.plan.habits.think
    yield ""
    yield f"users who wait so long on average, with {think:g} s between two pictures"
    yield from table(seat_rows(result, result.capacity))


def _request_lines(result: LoadResult) -> Iterator[str]:
    if not result.tallies:
        return
    yield ""
    rows = (
        (kind, str(tally.count), str(tally.failed), f"{tally.mean:.3f}", f"{tally.slowest:.3f}")
        for kind, tally in sorted(result.tallies.items())
    )
    yield from table([("requests", "count", "failed", "mean s", "slowest s"), *rows])
    budget = result.plan.budget
    yield f"{result.spent:.3g} of {budget:g} pictures of the budget, in {result.seconds:.0f} s"
    if result.unfinished:
        yield f"{_count(result.unfinished, 'unfinished ')} at the end"


def paper_lines(result: LoadResult, servers: int = FLEET) -> list[str]:
    """What a load test of a fleet needs, worked out from this one; none where it is not known.

    Args:
        result: of a load test.
        servers: of the fleet.
    """
    if result.capacity is None or result.effort is None:
        return []
    found = fleet(servers, result.plan, result.capacity, result.effort)
    if found is None:
        return []
    return ["", f"on paper, for {servers:,} such servers:", *fleet_lines(found)]


_WIDTH = 79


def _count(pictures: int, kind: str = "") -> str:
    return f"{pictures} {kind}picture{'s' if pictures != 1 else ''}"


class Progress:
    """Writes a line for each stage, and on a terminal one that changes.

    Args:
        plan: of the load test.
        out: where to write.
    """

    def __init__(self, plan: Plan, out: TextIO) -> None:
        self._plan = plan
        self._out = out
        self._live = out.isatty()
        self._stage = ""
        self._pictures = 0
        self._bad = 0
        self._waiting = False

    def handle(self, event: dict[str, Any]) -> None:
        """Write what an event is worth.

        Args:
            event: as JSON.
        """
        match event["event"]:
            case "listening" if self._plan.workers:
                self._line(f"workers connect to {event['host']}:{event['port']}")
            case "workers":
                self._change(f"{event['ready']} of {event['wanted']} workers are there")
            case "stage":
                number, count = event["number"] + 1, len(self._plan.stages)
                self._stage = f"stage {number} of {count}: {self._plan.of(event['load'])}"
                self._line(self._stage)
            case "report":
                samples = [Sample.from_json(sample) for sample in event["samples"]]
                self._pictures += sum(sample.pictures for sample in samples)
                self._bad += sum(sample.pictures for sample in samples if not sample.good)
                bad = f", {self._bad} bad" if self._bad else ""
                self._change(f"{self._stage}, {_count(self._pictures)}{bad}")
            case "waiting":
                self._wait(event["pictures"])

    def _wait(self, pictures: int) -> None:
        if not self._live and not self._waiting:
            self._line(f"waiting for {_count(pictures, 'unfinished ')}")
        self._waiting = True
        self._change(f"waiting for {_count(pictures, 'unfinished ')} (Ctrl-C: give up)")

    def interrupted(self) -> None:
        """Say what the first Ctrl-C does."""
        what = "unfinished pictures are given up"
        if not self._plan.habits.aimed:
            what = "what is unfinished cannot be interrupted behind a balancer, and has a minute"
        self._line(f"stopping: {what} (Ctrl-C again: leave at once)")

    def end(self) -> None:
        """Leave no half line behind."""
        self._change("")

    def _line(self, text: str) -> None:
        self._change("")
        self._out.write(text + "\n")
        self._out.flush()

    def _change(self, text: str) -> None:
        if self._live:
            self._out.write("\r\x1b[K" + text[:_WIDTH])
            self._out.flush()
