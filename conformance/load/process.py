"""A process of Locust: it makes the load, or counts what others make.

Run as ``python -m conformance.load.process``. A job comes on the standard input; what
happens goes out as lines of JSON. The end of the input ends the load, so that nothing goes on
when the process that wants it is gone.
"""

# ruff: noqa: I001
from __future__ import annotations

# First, for it replaces sockets and threads by its own before anything else uses them.
import locust

import json
import logging
import os
import sys
import time
from contextlib import suppress
from threading import Event
from typing import TYPE_CHECKING, Any

import gevent
from gevent import get_hub
from locust.exception import RPCError

from conformance.errors import ConformanceError, SuiteError
from conformance.load.plan import Budget
from conformance.load.conduct import Conductor, Tools
from conformance.load.job import EngineJob
from conformance.load.distributed import Master, Worker
from conformance.load.roles import Alone

if TYPE_CHECKING:
    from conformance.load.plan import Plan

_TICK = 0.05


def main() -> None:
    """Do the job on the standard input, and end the process."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    job = EngineJob.read(sys.stdin.readline())
    stop = Event()
    gevent.spawn(_listen, stop)
    code = 0
    try:
        _work(job, stop)
    except ConformanceError as error:
        _emit({"event": "error", "problem": str(error)})
        code = 1
    # A thread still waits for the end of the input, and would wait for ever.
    os._exit(code)


def _work(job: EngineJob, stop: Event) -> None:
    if job.role == "worker":
        worker = Worker(job, _emit)
        gevent.spawn(_leave_at, stop, worker)
        worker.run()
        return
    assert job.plan is not None  # noqa: S101 - its role
    budget = Budget(job.plan.budget)
    if job.role == "alone":
        _conduct(job, Alone(job, budget), budget, stop)
        return
    try:
        master = Master(job, budget, time.monotonic)
    except RPCError as error:
        where = f"{job.place.host}:{job.place.port}"
        raise SuiteError(f"nobody can listen at {where}: {_cause(error)}") from error
    _emit({"event": "listening", "host": job.place.host, "port": job.place.port})
    if _wait_for_workers(master, job.plan, stop):
        _conduct(job, master, budget, stop)
    elif not stop.is_set():
        problem = master.refused or f"{master.ready} of {job.plan.workers} workers came"
        _emit({"event": "error", "problem": problem})
    master.quit()


def _cause(error: Exception) -> str:
    """What the system says, without what the library adds."""
    return str(error).removeprefix("Socket bind failure: ").partition(" (addr=")[0]


def _leave_at(stop: Event, worker: Worker) -> None:
    stop.wait()
    worker.leave()


def _wait_for_workers(master: Master, plan: Plan, stop: Event) -> bool:
    """Whether all workers are there; the user may end the wait for those of other machines."""
    came = -1
    while master.ready < plan.workers and not stop.is_set() and not master.refused:
        if master.ready != came:
            came = master.ready
            _emit({"event": "workers", "ready": came, "wanted": plan.workers})
        time.sleep(_TICK)
    return master.ready >= plan.workers and not stop.is_set()


def _conduct(job: EngineJob, source: Alone | Master, budget: Budget, stop: Event) -> None:
    assert job.plan is not None  # noqa: S101 - asked before
    tools = Tools(time.monotonic, time.sleep, _emit, stop.is_set)
    patience = max(connection.timeout for connection in job.connections)
    Conductor(job.plan, source, budget, tools, patience).run()
    for used in source.usage():
        _emit({"event": "usage", **used})


def _listen(stop: Event) -> None:
    """Wait for a line or the end of the input, in a thread that blocks nobody."""
    get_hub().threadpool.spawn(sys.stdin.readline).get()
    stop.set()


def _emit(event: dict[str, Any]) -> None:
    # Where nobody listens any more there is still a load to end.
    with suppress(OSError):
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _ = locust
    main()
