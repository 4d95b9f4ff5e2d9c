"""The embedded mock: a program of its own, which is judged where no server is named."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from conformance.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_ADDRESS = re.compile(r"https?://\S+")
_START = 20.0
# Seconds a step of a 512x512 picture takes: with it a job of 128x128 can be watched, and small
# pictures take next to no time.
STEP_TIME = 0.02
# The same with its share of all else of a job, a third of which is no sampling.
STEP_IN_ALL = 1.5 * STEP_TIME


@contextmanager
def embedded_mock(
    *options: str,
    meanwhile: Callable[[], object] = lambda: None,
) -> Iterator[str]:
    """Start the mock on a free port of the loopback; its address, until the ``with`` ends.

    Args:
        options: further options of ``python -m mockserver``.
        meanwhile: is called while the mock starts; nothing by default.

    Raises:
        SuiteError: it did not start; its own words are repeated.
    """
    # A line for each request would cost the mock a tenth of its time, and nobody reads it.
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--quiet", *options]
    with subprocess.Popen(  # noqa: S603 - our own package, no shell
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            meanwhile()
            yield _address(process)
        finally:
            # It has nothing to finish: nobody else asks it, and it keeps nothing.
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    """The address that the process prints; the rest of its output is read and dropped."""
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    said: list[str] = []
    found: list[str] = []
    output = process.stdout

    def listen() -> None:
        for line in output:
            match = _ADDRESS.search(line)
            if match is None:
                said.append(line.strip())
                continue
            found.append(match[0].rstrip("/.,"))
            return

    reader = Thread(target=listen, daemon=True)
    reader.start()
    reader.join(_START)
    if not found:
        message = " ".join(said) or "it said nothing"
        raise SuiteError(f"the embedded mock did not start: {message}")
    Thread(target=_drain, args=(process,), daemon=True).start()
    return found[0]


def _drain(process: subprocess.Popen[str]) -> None:
    # A full pipe would make the mock wait.
    if process.stdout is not None:
        for _ in process.stdout:
            pass
