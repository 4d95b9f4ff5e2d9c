"""A load test from its options to its exit code."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli.options import connection_of
from conformance.cli.program import INTERRUPTED, PROGRAM
from conformance.client.connection import Pace
from conformance.deployment import FILE_NAME
from conformance.detection.probe import API
from conformance.detection.readiness import INTERVAL, when_awake
from conformance.detection.target import Target
from conformance.errors import ConformanceError, ReportError, SuiteError, TargetError
from conformance.load.console import Progress
from conformance.load.job import Place
from conformance.load.launch import Setting, run_load
from conformance.load.plan import Arrival, Habits, Limits, Plan
from conformance.load.result import Recorder
from conformance.report.document import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.deployment.connection import Connection
    from conformance.load.result import LoadResult


def connections_of(ctx: click.Context, given: dict[str, Any]) -> list[Connection]:
    """How to reach the servers: those of the command line, or the targets of a file.

    Args:
        ctx: of the command, which knows where each option came from.
        given: the options' values by name.

    Raises:
        click.UsageError: no server is named.
        ConformanceError: an address, the file or a secret cannot be used.
    """
    urls: tuple[str, ...] = given["urls"]
    if urls and (given["config"] or given["target"]):
        raise click.UsageError("name servers by their addresses or by --config, not by both")
    if urls:
        return [connection_of(ctx, url, given) for url in urls]
    if given["config"] is None and not Path(FILE_NAME).exists():
        raise click.UsageError(f"name a server: {PROGRAM} load http://127.0.0.1:7860")
    from conformance.cli.config_jobs import target_connections  # noqa: PLC0415 - only for a file

    return target_connections(ctx, {**given, "url": None})


def plan_of(ctx: click.Context, given: dict[str, Any], connections: Sequence[Connection]) -> Plan:
    """What the options ask for.

    Args:
        ctx: of the command, which knows where each option came from.
        given: the options' values by name.
        connections: to the servers.

    Raises:
        click.UsageError: options that contradict each other.
    """
    _insist(ctx, given)
    servers = tuple(connection.base for connection in connections)
    return Plan(
        servers=servers,
        habits=Habits(
            mix=given["mix"],
            think=given["think"],
            poll=given["poll"],
            interrupts=given["interrupts"],
            # Another each time, or a server with a cache would be quick for the wrong reason.
            seed=randbits(31) if given["seed"] is None else given["seed"],
            aimed=(given["servers"] or len(servers)) <= len(servers),
        ),
        arrival=Arrival.OPEN if given["rate"] else Arrival.CLOSED,
        stages=given["rate"] or given["users"],
        each=given["each"],
        longest=given["longest"],
        limits=Limits(given["p95"], given["errors"] if given["errors"] < 1 else None),
        budget=given["budget"],
        behind=given["servers"] or len(servers),
        workers=given["workers"],
    )


def _insist(ctx: click.Context, given: dict[str, Any]) -> None:
    """Refuse options that contradict each other."""
    typed = ctx.get_parameter_source("users") is ParameterSource.COMMANDLINE
    if given["rate"] and typed:
        raise click.UsageError("--users is the closed model and --rate the open one; give one")
    if given["master"] and not given["workers"]:
        raise click.UsageError("--master waits for workers: say how many with --workers")
    if given["master"] and given["worker"]:
        raise click.UsageError("one process is the --master or a --worker, not both")
    if given["interrupts"] and (given["servers"] or 0) > len(given["urls"] or ()) > 0:
        raise click.UsageError(
            "--interrupts stop whatever a server makes, and what is in front of --servers may pass "
            "them on to another one: name each server by its address"
        )
    if not given["rate"] and any(number % 1 for number in given["users"]):
        raise click.UsageError("--users are whole numbers")
    largest = max(given["mix"].jobs, key=lambda job: job.cost)
    if largest.cost > given["budget"]:
        cost = f"a picture of {largest.name} counts as {largest.cost:.3g}"
        raise click.UsageError(f"{cost}, and the --budget is {given['budget']:g}")


@dataclass(frozen=True)
class Found:
    """What is known of the servers before the load.

    Args:
        profiles: what kind each is.
        task_ids: whether all follow a request by its ``force_task_id``.
        remarks: what a reader has to know.
    """

    profiles: tuple[str, ...]
    task_ids: bool
    remarks: tuple[str, ...]


def load(plan: Plan, connections: Sequence[Connection], given: dict[str, Any]) -> int:
    """Make the load, report what it measured, and say with which code to end.

    Args:
        plan: what to do.
        connections: to the servers, in the order of the plan.
        given: the options' values by name.

    Raises:
        ConformanceError: a server was not reached, or the load could not be made.
    """
    found = look_at(connections)
    plan = replace(plan, habits=replace(plan.habits, task_ids=found.task_ids))
    click.echo("\n".join(plan.lines()))
    for remark in found.remarks:
        click.echo(remark)
    recorder = Recorder(plan, datetime.now(UTC), found.profiles, found.remarks)
    progress = Progress(plan, sys.stdout)

    def handle(event: dict[str, Any]) -> None:
        recorder.handle(event)
        progress.handle(event)

    remote = given["master"] is not None
    # Workers of this machine need a port that nobody has; those of others one that they know.
    place = given["master"] if remote else Place(port=_free_port())
    setting = Setting(place=place, remote=remote)
    try:
        interrupted = run_load(plan, connections, setting, handle, progress.interrupted)
    except SuiteError as error:
        if not recorder.samples:
            raise
        recorder.cut_off = str(error)
        interrupted = False
    if interrupted:
        recorder.cut_off = "it was interrupted"
    progress.end()
    result = recorder.result()
    _show(result)
    lost = _write(result, given["reports"])
    if interrupted:
        return INTERRUPTED
    return code_of(result, lost=lost)


def code_of(result: LoadResult, *, lost: bool) -> int:
    """With which code a load test ends.

    Args:
        result: what it measured.
        lost: whether a report could not be written.
    """
    if lost or result.lost or (result.capacity is None and not result.breached):
        return int(ExitCode.SUITE_FAILED)
    return int(ExitCode.NOT_CONFORMANT if result.breached else ExitCode.CONFORMANT)


def look_at(connections: Sequence[Connection]) -> Found:
    """Make sure that each server is one and lets us in; nothing is generated.

    Args:
        connections: to the servers.

    Raises:
        ConformanceError: one was not reached, is no server of this API, or lets us not in.
    """
    profiles: list[str] = []
    remarks: list[str] = []
    task_ids = True
    for connection in connections:
        remarks += connection.remarks
        target = _recognised(connection)
        _insist_on_pictures(target)
        with target.client as client:
            profiles.append(str(target.profile))
            task_ids = task_ids and _follows_tasks(target)
            progress = target.probe.json("/sdapi/v1/progress")
            state = progress.get("state") if isinstance(progress, dict) else None
            if isinstance(state, dict) and state.get("job_count"):
                base = client.address.base
                remarks.append(f"{base} works for somebody else already: waits are theirs too")
    return Found(tuple(profiles), task_ids, tuple(remarks))


def _recognised(connection: Connection) -> Target:
    def attempt() -> Target:
        target = Target(connection.client())
        target.recognise()
        return target

    return when_awake(attempt, Pace(interval=INTERVAL, limit=connection.wait), click.echo)


def _insist_on_pictures(target: Target) -> None:
    """Make sure that pictures can be asked for, as far as the server's document says so."""
    listed = target.openapi.paths
    ours = any(path.startswith(f"{API}/") for path in listed)
    if ours and not target.openapi.lists("POST", f"{API}/txt2img"):
        base = target.client.address.base
        raise TargetError(f"{base} makes no pictures: its openapi.json has no POST {API}/txt2img")


def _follows_tasks(target: Target) -> bool:
    """Whether the server takes ``force_task_id``, and can be asked about it."""
    if "force_task_id" not in target.openapi.fields:
        return False
    try:
        answer = target.client.internal_progress("task(load-none)", live_preview=False)
    except ConformanceError:
        return False
    return "active" in answer


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _show(result: LoadResult) -> None:
    from conformance.load.console import result_lines  # noqa: PLC0415 - at the end alone

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    head, *rest = result_lines(result)
    tone = "red" if result.breached or result.capacity is None else "green"
    click.echo("")
    click.echo(click.style(head, fg=tone) if colour else head)
    click.echo("\n".join(rest))


def _write(result: LoadResult, reports: Sequence[Path]) -> bool:
    """Write the reports; whether one could not be written."""
    from conformance.load.formats import FORMATS  # noqa: PLC0415 - the same
    from conformance.report.destination import write_whole  # noqa: PLC0415 - the same

    lost = False
    for path in reports:
        try:
            write_whole(path, FORMATS[path.suffix.lower()](result))
        except ReportError as error:
            click.echo(f"{PROGRAM}: {error}", err=True)
            lost = True
        else:
            click.echo(f"report: {path}")
    return lost
