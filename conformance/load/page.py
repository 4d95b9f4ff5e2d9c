"""The result of a load test as a page that loads nothing."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from conformance.load.console import (
    FLEET,
    HEADS,
    amount,
    headline,
    knee_lines,
    law_row,
    paper_lines,
    seat_rows,
    seconds,
    stage_row,
)
from conformance.load.plan import Arrival
from conformance.load.plot import Line, Mark, Plot
from conformance.report.html_report import render_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.load.figures import StageFigures
    from conformance.load.result import LoadResult


def rate_plot(result: LoadResult) -> Plot:
    """Pictures a minute by users, with the capacity and the knee.

    Args:
        result: of a load test.
    """
    marks = []
    if result.capacity is not None:
        marks.append(Mark(f"capacity {amount(result.capacity.rate)}", result.capacity.rate))
        if result.capacity.reached:
            marks.append(
                Mark(f"knee {result.capacity.knee:.3g}", result.capacity.knee, upright=True)
            )
    line = _line(result, "pictures a minute", "info", lambda stage: stage.rate)
    title = f"Pictures a minute by {result.plan.unit}"
    return Plot(title, result.plan.unit, (line,), tuple(marks))


def times_plot(result: LoadResult) -> Plot:
    """Seconds by users: until the picture is there, in the queue, at work.

    Args:
        result: of a load test.
    """
    lines = (
        _line(result, "p95 to the picture", "bad", lambda s: s.total.p95 if s.total else None),
        _line(result, "median to the picture", "warn", lambda s: s.total.p50 if s.total else None),
        _line(result, "wait, on average", "info", lambda s: s.wait.mean if s.wait else None),
        _line(
            result, "service, on average", "good", lambda s: s.service.mean if s.service else None
        ),
    )
    limit = result.plan.limits.p95
    marks = () if limit is None else (Mark(f"limit {limit:g} s", limit),)
    return Plot(f"Seconds by {result.plan.unit}", result.plan.unit, lines, marks)


def _line(
    result: LoadResult,
    name: str,
    tone: str,
    value: Callable[[StageFigures], float | None],
) -> Line:
    points = [(s.load, y) for s in result.stages if s.pictures and (y := value(s)) is not None]
    return Line(name, tone, tuple(points))


def render_load_page(result: LoadResult) -> str:
    """The result as one page of HTML.

    Args:
        result: of a load test.
    """
    found = result.capacity
    closed = result.plan.arrival is Arrival.CLOSED
    laws = [law_row(result, stage) for stage in result.stages]
    return render_page(
        "load.html.j2",
        result=result,
        headline=headline(result),
        rate=amount(found.rate) if found else "",
        knee=list(knee_lines(result)),
        plots=[rate_plot(result), times_plot(result)] if found else [],
        heads=(result.plan.unit, *HEADS, *(("wait by the law",) if closed else ())),
        rows=[
            (*stage_row(stage), *((seconds(law),) if closed else ()))
            for stage, law in zip(result.stages, laws, strict=True)
        ],
        seats=seat_rows(result, found) if found else [],
        paper=paper_lines(result)[2:],
        fleet=FLEET,
        started=f"{result.started.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        servers=_servers(result),
        plan=result.plan.lines(),
    )


def _servers(result: LoadResult) -> list[tuple[str, str]]:
    """Each address with the kind of server that answers there, where it is known."""
    profiles = result.profiles or ("",) * len(result.plan.servers)
    return list(zip(result.plan.servers, profiles, strict=True))
