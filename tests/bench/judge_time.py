"""How long the judge takes: by itself, beside what a server needs, and over several servers.

Run it by hand, on an idle machine: ``python tests/bench/judge_time.py --targets 12``.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ADDRESS = re.compile(r"http://\S+\d")
_OPTIONS = ("--port", "0", "--quiet", "--keep-journal", "64")


@contextmanager
def mock(*options: str) -> Iterator[str]:
    """A mock on a free port; its address.

    Args:
        options: of ``python -m mockserver``.
    """
    command = [sys.executable, "-m", "mockserver", *_OPTIONS, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        assert process.stdout is not None
        found = next(m[0] for line in process.stdout if (m := _ADDRESS.search(line)))
        try:
            yield found
        finally:
            process.terminate()


def judged(folder: str, *arguments: str) -> tuple[float, float, str]:
    """Seconds from the prompt to the verdict, seconds of CPU of all programs, the last line.

    Args:
        folder: an empty one, where nothing is found and where undo journals go.
        arguments: of ``sdapi-check``.
    """
    environment = os.environ | {"XDG_STATE_HOME": folder}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "conformance", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, done.stdout.strip().rpartition("\n")[2]


def busy(url: str) -> float:
    """Seconds in which a mock answered at least one request, by its journal.

    Args:
        url: of the mock.
    """
    with urllib.request.urlopen(f"{url}/_mock/journal") as answer:  # noqa: S310 - our own mock
        calls: list[dict[str, Any]] = json.load(answer)["calls"]
    return union((call["arrived"], call["arrived"] + call["seconds"]) for call in calls)


def union(spans: Iterable[tuple[float, float]]) -> float:
    """The length of what the spans cover.

    Args:
        spans: start and end of each.
    """
    covered, end = 0.0, 0.0
    for start, stop in sorted(spans):
        covered += max(stop - max(start, end), 0.0)
        end = max(end, stop)
    return covered


def by_itself(mode: str, rounds: int) -> dict[str, Any]:
    """The embedded mock in a mode; medians.

    Args:
        mode: ``full``, ``smoke``.
        rounds: how often.
    """
    with TemporaryDirectory() as folder:
        found = [judged(folder, "--mode", mode) for _ in range(rounds)]
    return {
        "wall": round(median(each[0] for each in found), 2),
        "cpu": round(median(each[1] for each in found), 2),
        "verdict": found[-1][2],
    }


def beside_a_server(step_time: float, mode: str) -> dict[str, Any]:
    """What a run adds to the time in which the server works.

    Args:
        step_time: seconds of a step of 512x512.
        mode: how far the run goes.
    """
    with TemporaryDirectory() as folder, mock("--step-time", str(step_time)) as url:
        wall, cpu, verdict = judged(folder, url, "--mode", mode)
        server = busy(url)
    added = round((wall - server) / server, 3)
    return {"wall": wall, "server": server, "added": added, "cpu": cpu, "verdict": verdict}


def side_by_side(count: int, step_time: float, mode: str) -> dict[str, Any]:
    """Several targets in one run, and the slowest of them alone.

    Args:
        count: how many mocks.
        step_time: seconds of a step of 512x512.
        mode: how far the run goes.
    """
    with TemporaryDirectory() as folder, ExitStack() as stack:
        urls = [stack.enter_context(mock("--step-time", str(step_time))) for _ in range(count)]
        alone = max(judged(folder, url, "--mode", mode)[0] for url in urls[:2])
        targets = [f'[targets.t{n}]\nurl = "{url}"\n' for n, url in enumerate(urls)]
        file = Path(folder) / "sdapi.toml"
        file.write_text("\n".join(targets))
        wall, cpu, _ = judged(folder, "--mode", mode, "--jobs", str(count), "--config", str(file))
    return {"alone": alone, "wall": wall, "ratio": round(wall / alone, 2), "cpu": cpu}


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Of the embedded mock.")
@click.option("--step-time", default=0.14, show_default=True, help="Of the live servers, seconds.")
@click.option("--targets", default=0, help="Also judge so many servers side by side.")
def main(rounds: int, step_time: float, targets: int) -> None:
    """Print the times as JSON."""
    found: dict[str, Any] = {f"embedded {m}": by_itself(m, rounds) for m in ("full", "smoke")}
    for mode in ("safe", "full"):
        found[f"live {mode}, {step_time} s a step"] = beside_a_server(step_time, mode)
    if targets:
        found[f"{targets} side by side, safe"] = side_by_side(targets, 4 * step_time, "safe")
    click.echo(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
