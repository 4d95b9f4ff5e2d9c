"""The processes of a load test, started and listened to; nothing of Locust is in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from conformance.errors import ConfigurationError, SuiteError
from conformance.load.job import EngineJob, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.deployment.connection import Connection
    from conformance.load.plan import Plan

_MODULE = "conformance.load.process"
_ROOT = Path(__file__).parents[2]
# Seconds for a process to end by itself, once nobody listens to it any more.
_END = 5.0


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Which processes there are.

    Args:
        place: where the master listens.
        remote: whether the workers come from other machines.
    """

    place: Place
    remote: bool = False


def insist_on_locust() -> None:
    """Make sure that Locust is installed.

    Raises:
        ConfigurationError: it is not; says how to install it.
    """
    if find_spec("locust") is None:
        raise ConfigurationError(
            "load tests are made by Locust, which is not installed: "
            "pip install 'sdapi-conformance[load]'",
        )


def run_load(
    plan: Plan,
    connections: Sequence[Connection],
    setting: Setting,
    handle: Callable[[dict[str, Any]], None],
    interrupted: Callable[[], None],
) -> bool:
    """Make a load, and listen to what happens until it is over.

    The first Ctrl-C ends it in order: unfinished pictures are given up, and what was measured is
    reported. The second ends it at once.

    Args:
        plan: of the load test.
        connections: to the servers, in the order of the plan.
        setting: which processes make it.
        handle: gets every event.
        interrupted: is called at the first Ctrl-C.

    Returns:
        Whether it was interrupted.

    Raises:
        SuiteError: a process ended before the load did.
    """
    role = "master" if plan.workers else "alone"
    seed = plan.habits.seed
    job = EngineJob(
        role=role, connections=tuple(connections), plan=plan, place=setting.place, seed=seed
    )
    with ExitStack() as stack:
        engine = stack.enter_context(_Process(job))
        if plan.workers and not setting.remote:
            for number in range(plan.workers):
                worker = EngineJob(
                    role="worker",
                    connections=tuple(connections),
                    place=setting.place,
                    seed=seed + 1000 * (number + 1),
                )
                stack.enter_context(_Process(worker))
        # The master ends first, and its workers with it.
        stack.callback(engine.end)
        return _listen(engine, handle, interrupted)


def run_worker(connections: Sequence[Connection], place: Place, say: Callable[[str], None]) -> None:
    """Make a part of the load, as a master on another machine says, until that ends it.

    Args:
        connections: to the servers, the same and in the same order as the master's.
        place: where the master is.
        say: gets a line for whoever watches.

    Raises:
        SuiteError: no master took it.
    """
    seed = int.from_bytes(os.urandom(4), "big")
    job = EngineJob(role="worker", connections=tuple(connections), place=place, seed=seed)
    where = f"{place.host}:{place.port}"
    joined = False

    def handle(event: dict[str, Any]) -> None:
        nonlocal joined
        joined = joined or event["event"] == "joined"
        say(f"making a part of the load for {where}")

    say(f"waiting for a master at {where}, for five minutes at most")
    with _Process(job) as worker:
        stopped = _listen(worker, handle, lambda: say("stopping"), ends=False)
    if not joined and not stopped:
        raise SuiteError(f"the master at {where} cannot be reached, or took no worker from here")


class _Process:
    """A process of Locust; leaving the ``with`` ends it."""

    def __init__(self, job: EngineJob) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        # -P: a file called locust.py in the current folder is none of it.
        self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | {"PYTHONPATH": _path()},
            # Ctrl-C is for the process that started it, which passes it on.
            start_new_session=True,
        )
        self.say(job.write())

    def say(self, line: str) -> None:
        """Write a line to the process; one that has ended hears nothing."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - a pipe was asked for
        with suppress(OSError, ValueError):
            stdin.write(line + "\n")
            stdin.flush()

    def events(self) -> Iterator[dict[str, Any]]:
        """What the process says, until it ends."""
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 - a pipe was asked for
        for line in stdout:
            # A line that Ctrl-C tore apart is lost, and the others are not.
            with suppress(ValueError):
                yield json.loads(line)

    @property
    def last_error(self) -> str:
        """The last line that it wrote to its error stream."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").split("\n")
        code = self._process.wait()
        silent = f"signal {-code}, and no word" if code < 0 else f"code {code}, and no word"
        return next((line.strip() for line in reversed(lines) if line.strip()), silent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()

    def end(self) -> None:
        """Let it give up its pictures and end; kill it where that takes too long."""
        process = self._process
        with suppress(OSError):
            # The end of its input says that nobody wants the load any more.
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _path() -> str:
    return os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))


def _listen(
    engine: _Process,
    handle: Callable[[dict[str, Any]], None],
    interrupted: Callable[[], None],
    *,
    ends: bool = True,
) -> bool:
    stopped, over = False, not ends
    while True:
        try:
            for event in engine.events():
                if event["event"] == "error":
                    raise SuiteError(f"the load could not be made: {event['problem']}")
                over = over or event["event"] == "end"
                handle(event)
        except KeyboardInterrupt:
            if stopped:
                return True
            stopped = True
            engine.say("stop")
            interrupted()
        else:
            break
    if not over and not stopped:
        raise SuiteError(f"the process that makes the load ended: {engine.last_error}")
    return stopped
