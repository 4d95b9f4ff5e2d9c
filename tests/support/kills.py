"""Runs over a mock on a real port that are killed, and what they leave behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import requests
from gateway import Asked, Gateway, standing_before, swallows_nothing
from listening import listening

from conformance.cli import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ROOT = Path(__file__).parents[2]
_END = 120.0
_MOMENT = 0.05


@dataclass(frozen=True)
class Killed:
    """What a killed run left, and what a repair made of it.

    Args:
        seconds: after which it was killed.
        finished: whether it had ended by then.
        changed: names of the options that differed from the start when it was dead.
        journals: how many journals lay there.
        repairs: exit codes of ``sdapi-check restore``, one for each journal.
        left: name -> (start, now) of the options that differ after the repair.
        files: how many journals are left after the repair.
    """

    seconds: float
    finished: bool
    changed: tuple[str, ...]
    journals: int
    repairs: tuple[int, ...]
    left: dict[str, tuple[Any, Any]]
    files: int

    @property
    def good(self) -> bool:
        """Whether all is as it was, and nothing lies about."""
        return not self.left and not self.files and not any(self.repairs)


@dataclass(frozen=True)
class Rig:
    """A mock to be judged, and a folder for journals.

    Args:
        url: of the mock.
        judged: at which runs reach it, through a gateway.
        gateway: stands before the mock.
        folder: stands for the user's state folder.
        args: of the runs beside the address.
        start: the options before the first run.
    """

    url: str
    judged: str
    gateway: Gateway
    folder: Path
    args: tuple[str, ...]
    start: dict[str, Any]

    def whole_run(self) -> float:
        """Seconds that a run takes which nobody kills."""
        started = time.monotonic()
        with self._run() as process:
            process.wait(_END)
        return time.monotonic() - started

    def exit_code(self) -> int:
        """How a run in this process ends, which nobody can kill."""
        return self._executed(self.judged, "--patience", "0", *self.args)

    def kill_after(self, seconds: float) -> Killed:
        """Kill a run at a moment, and repair."""
        return self._kill(lambda process: _ends_within(process, seconds))

    def kill_amid_a_change(self) -> Killed:
        """Kill a run that waits for the answer to a write, and repair."""
        return self._kill(self._writes)

    def left_amid_a_change(self) -> dict[str, tuple[Any, Any]]:
        """As ``kill_amid_a_change`` without the repair; the differences from the start."""
        with self._run() as process:
            self._writes(process)
            process.kill()
        return self.differences()

    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Name -> (start, now) of the options that are not as they were."""
        now = requests.get(f"{self.url}/sdapi/v1/options", timeout=10).json()
        names = {**self.start, **now}
        pairs = {name: (self.start.get(name), now.get(name)) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}

    @property
    def journals(self) -> list[Path]:
        """Journals that lie there."""
        return sorted(self.folder.rglob("*.undo"))

    def restore(self, journal: Path) -> int:
        """The exit code of ``sdapi-check restore``, in this process."""
        return self._executed("restore", str(journal))

    def kill_at_request(self, number: int) -> Killed:
        """Kill a run that waits for the answer to a request of this number, and repair."""
        before = len(self.gateway.seen)
        return self._kill(
            lambda process: self._waits(
                process, lambda _: len(self.gateway.seen) - before == number
            )
        )

    def end_amid_a_change(self, number: int) -> int:
        """Send a signal to a run that waits for the answer to a write; its exit code."""
        with self._run() as process:
            self._writes(process)
            process.send_signal(number)
            self.gateway.released.set()
            return process.wait(_END)

    def _writes(self, process: subprocess.Popen[str]) -> bool:
        """Wait until a write has changed an option, and its answer is kept back."""
        return self._waits(process, lambda asked: _is_write(asked) and bool(self.differences()))

    def _waits(self, process: subprocess.Popen[str], swallowed: Callable[[Asked], bool]) -> bool:
        """Wait until an answer is kept back; whether the run has ended instead."""
        self.gateway.swallowing.clear()
        self.gateway.swallowed = swallowed
        while not self.gateway.swallowing.wait(_MOMENT) and process.poll() is None:
            pass
        self.gateway.swallowed = swallows_nothing
        return process.poll() is not None

    def _executed(self, *args: str) -> int:
        with patch.dict(os.environ, self._environment()), redirect_stdout(StringIO()):
            return execute(list(args))

    def _kill(self, until: Callable[[subprocess.Popen[str]], bool]) -> Killed:
        started = time.monotonic()
        with self._run() as process:
            finished = until(process)
            process.kill()
            process.wait(_END)
        seconds = time.monotonic() - started
        changed, journals = tuple(self.differences()), self.journals
        codes = tuple(self.restore(journal) for journal in journals)
        left, files = self.differences(), len(self.journals)
        return Killed(seconds, finished, changed, len(journals), codes, left, files)

    @contextmanager
    def _run(self) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(  # noqa: S603 - our own command
            _command(self.judged, "--patience", "0", *self.args),
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            text=True,
        ) as process:
            yield process

    def _environment(self) -> dict[str, str]:
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        return os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "XDG_STATE_HOME": str(self.folder),
            "LOCALAPPDATA": str(self.folder),
        }


@contextmanager
def rig(folder: Path, *args: str, fresh: bool = False, step_time: float = 0.05) -> Iterator[Rig]:
    """A mock of its own, started so, for runs with these arguments."""
    with listening(fresh=fresh, step_time=step_time) as url:
        gateway = Gateway(url)
        with standing_before(gateway) as judged:
            start = requests.get(f"{url}/sdapi/v1/options", timeout=10).json()
            yield Rig(url, judged, gateway, folder, args, start)


def _is_write(asked: Asked) -> bool:
    return asked.method == "POST" and asked.route.endswith("/options")


def _ends_within(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _command(*args: str) -> list[str]:
    return [sys.executable, "-m", "conformance", *args]
