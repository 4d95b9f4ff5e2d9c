"""Whether ``sdapi-check load`` reports the capacity that a mock's step time implies.

Run it by hand: ``python tests/bench/load_proof.py``. A mock makes one picture at a time, and takes
the time of 1.75 steps besides for the text encoder and the decoder, so that one server makes
60 / ((steps + 1.75) x seconds a step) pictures a minute, and three behind a balancer three times as
many. What this machine adds makes them a little slower: the busier it is, the more; so the capacity
is also compared with what a picture took that was asked for alone, just before and after.
``--effort`` measures what the load itself costs: CPU of a picture, memory of a user.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from balancer import Balancer

if TYPE_CHECKING:
    from collections.abc import Iterator

# The mock's step time is that of 512x512; smaller pictures cost this machine less to draw.
# Few steps wake it seldom, for a busy machine is late each time.
_SIDE, _STEPS, _UNIT = 64, 4, 512 * 512
_BESIDE = 1.75


@dataclass(frozen=True)
class Case:
    """One way in which the capacity is measured.

    Args:
        name: for the table.
        servers: mocks behind the address.
        options: of the command.
        least: whether the balancer counts requests under way; else it takes turns.
        direct: without a balancer.
    """

    name: str
    servers: int
    options: tuple[str, ...]
    least: bool = True
    direct: bool = False


_CLOSED = ("--users", "1,2,4", "--think", "0", "--each", "3")
_OF_THREE = ("--users", "3,6,12", "--think", "0", "--servers", "3")
CASES = (
    Case("one server", 1, _CLOSED, direct=True),
    Case("one server, 4 s of thinking", 1, ("--users", "1,4,8", "--think", "4s"), direct=True),
    Case("one server, two workers", 1, (*_CLOSED, "--workers", "2"), direct=True),
    Case("one server, open model", 1, ("--rate", "10,30", "--each", "1.5"), direct=True),
    Case("three, least connections", 3, _OF_THREE),
    Case("three, in turn", 3, ("--users", "3,9,18", "--think", "0", "--servers", "3"), least=False),
    Case("three, two workers", 3, (*_OF_THREE, "--workers", "2")),
)


@contextmanager
def mock(step_time: float) -> Iterator[str]:
    """The address of a mock of its own."""
    command = [sys.executable, "-m", "mockserver", "--port", "0", "--step-time", str(step_time)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=quiet, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rpartition(" ")[2]
        process.terminate()


def measure(url: str, *options: str) -> dict[str, Any]:
    """The result of a load test in JSON."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "load.json"
        command = [sys.executable, "-m", "conformance", "load", url]
        common = ["--mix", f"{_SIDE}x{_SIDE}x{_STEPS}", "--budget", "1000", "--poll", "300ms"]
        subprocess.run(  # noqa: S603 - our own command
            [*command, *common, *options, "--report", str(file)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def alone(url: str, count: int = 3) -> float:
    """Seconds of a picture that waits for nobody, so late as this machine is just now."""
    body = {"width": _SIDE, "height": _SIDE, "steps": _STEPS}
    taken = []
    for seed in range(count):
        # A prompt that is known costs no text encoder.
        data = json.dumps(body | {"seed": seed, "prompt": f"fox {time.time()}"}).encode()
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{url}/sdapi/v1/txt2img", data, kind)  # noqa: S310 - ours
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            answer.read()
        taken.append(time.monotonic() - began)
    return statistics.mean(taken)


def capacity(case: Case, picture: float) -> dict[str, Any]:
    """What is measured in one case: its capacity, and seconds of a picture alone."""
    step_time = picture / (_STEPS + _BESIDE) * _UNIT / (_SIDE * _SIDE)
    with ExitStack() as stack:
        urls = [stack.enter_context(mock(step_time)) for _ in range(case.servers)]
        balancer = Balancer(urls, least=case.least)
        url = urls[0] if case.direct else stack.enter_context(balancer.running())
        before = alone(urls[0])
        found: dict[str, Any] = measure(url, *case.options)["capacity"]
        return found | {"alone": (before + alone(urls[0])) / 2}


def effort(users: int, workers: int = 0) -> dict[str, Any]:
    """What many users of a fast mock cost the processes that make the load and count."""
    count = ("--workers", str(workers))
    many = ("--users", str(users), "--each", "3", "--think", "20s")
    with mock(0.0) as url:
        found = measure(url, *many, *count, "--mix", "512x512x20", "--poll", "1s")
    used: dict[str, Any] = found["effort"]
    return used | {
        "ms_each": 1000 * used["cpu"] / used["pictures"],
        "mb_each": (used["memory"] - used["base"]) / used["users"],
        "counting_ms": 1000 * used["counting"] / used["pictures"],
    }


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Of which the median counts.")
@click.option("--picture", default=4.0, show_default=True, help="Seconds of a picture.")
@click.option("--only", default="", help="Cases whose name holds this.")
@click.option("--effort", "users", default=0, help="Measure so many users of a fast mock, too.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures, too.")
def main(rounds: int, picture: float, only: str, users: int, file: Path | None) -> None:
    """Print a table: case, implied and reported pictures a minute, their ratio."""
    figures: dict[str, Any] = {"machine": platform.machine(), "picture": picture}
    heads = f"{'implied':>8} {'reported':>9} {'ratio':>6} {'to alone':>8}"
    click.echo(f"{'case':<30} {heads}  all ratios; knee")
    for case in CASES if only != "-" else ():
        if only not in case.name:
            continue
        implied = 60 * case.servers / picture
        found = [capacity(case, picture) for _ in range(rounds)]
        ratios = [each["rate"] / implied for each in found]
        # What a single picture took just then, without any queue, implies this much.
        to_alone = [each["rate"] * each["alone"] / 60 / case.servers for each in found]
        middle, near = statistics.median(ratios), statistics.median(to_alone)
        shown = " ".join(f"{ratio:.3f}" for ratio in ratios)
        knee = statistics.median(each["knee"] for each in found)
        reached = "" if all(each["reached"] for each in found) else " (not reached)"
        click.echo(
            f"{case.name:<30} {implied:>8.1f} {middle * implied:>9.1f} {middle:>6.3f} "
            f"{near:>8.3f}  {shown}; {knee:.2f}{reached}"
        )
        row = {"implied": implied, "ratios": ratios, "to_alone": to_alone, "knee": knee}
        figures[case.name] = row
    for workers in (0, 2) if users else ():
        figures[f"effort of {workers} workers"] = used = effort(users, workers)
        click.echo(
            f"{users} users, {workers} workers, {used['pictures']} pictures, {used['requests']} "
            f"requests: {used['ms_each']:.1f} ms of CPU a picture, {used['counting_ms']:.2f} ms to "
            f"count it, {used['mb_each']:.3f} MB a user, {used['base']:.0f} MB without any"
        )
    if file is not None:
        file.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
