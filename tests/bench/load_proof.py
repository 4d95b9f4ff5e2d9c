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
from random import Random
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
    """One case in which the capacity is measured.

    Args:
        name: for the table.
        options: of the command.
        speeds: of each mock, as times the seconds of a picture; 1 is as fast as was asked for.
        balancing: how the balancer chooses: ``least``, ``turns`` or ``random``; none for one mock.
        batch: pictures that a request asks for.
        mix: kinds of requests by steps and weights; all of them the usual one where there is none.
    """

    name: str
    options: tuple[str, ...]
    speeds: tuple[float, ...] = (1.0,)
    balancing: str = ""
    batch: int = 1
    mix: tuple[tuple[int, float], ...] = ((_STEPS, 1.0),)

    @property
    def servers(self) -> int:
        """How many mocks there are."""
        return len(self.speeds)

    def implied(self, picture: float) -> float:
        """Pictures a minute that the mocks make.

        Args:
            picture: seconds of one.
        """
        # Of each kind the encoder and the decoder take as long.
        weights = sum(weight for _, weight in self.mix)
        work = sum((steps + _BESIDE) * weight for steps, weight in self.mix) / weights
        mean = picture * work / (_STEPS + _BESIDE)
        return sum(60 / mean / speed for speed in self.speeds)


_CLOSED = ("--users", "1,2,4", "--think", "0", "--each", "3")
_OPEN = ("--rate-of-capacity", "0.7,2")
_THREE = (1.0, 1.0, 1.0)
_OF_THREE = ("--users", "3,6,12", "--think", "0", "--servers", "3")
_MANY = ("--users", "6,36", "--think", "0", "--servers", "3")
CASES = (
    Case("one server", _CLOSED),
    Case("one server, 4 s of thinking", ("--users", "1,4,8", "--think", "4s")),
    Case("one server, two workers", (*_CLOSED, "--workers", "2")),
    Case("one server, batches of 4", ("--users", "1,3", "--think", "0"), batch=4),
    Case("one server, short and long", _CLOSED, mix=((2, 2.0), (12, 1.0))),
    Case("one server, open", _OPEN),
    Case("one server, open, two workers", (*_OPEN, "--workers", "2")),
    Case("three, least connections", _OF_THREE, _THREE, "least"),
    Case("three, in turn", ("--users", "3,9,18", *_OF_THREE[2:]), _THREE, "turns"),
    Case("three, at random", _MANY, _THREE, "random"),
    Case("three, nobody says how many", _OF_THREE[:4], _THREE, "least"),
    Case("three, two workers", (*_OF_THREE, "--workers", "2"), _THREE, "least"),
    Case("three, open", (*_OPEN, "--servers", "3"), _THREE, "least"),
    Case("three, open, at random", (*_OPEN, "--servers", "3"), _THREE, "random"),
    Case("three unlike, least connections", _OF_THREE, (1.0, 1.5, 2.0), "least"),
    Case("three unlike, open", (*_OPEN, "--servers", "3"), (1.0, 1.5, 2.0), "least"),
)


def options_of(case: Case, picture: float) -> list[str]:
    """The options of the command, with rates of arrivals where shares of the capacity are given.

    Args:
        case: to be measured.
        picture: seconds of one.
    """
    kinds = (f"{_SIDE}x{_SIDE}x{steps}x{case.batch}:{weight:g}" for steps, weight in case.mix)
    given = [*case.options, "--mix", ",".join(kinds)]
    if "--rate-of-capacity" not in given:
        return given
    at = given.index("--rate-of-capacity")
    implied = case.implied(picture)
    rates = [float(share) * implied for share in given[at + 1].split(",")]
    # As many minutes as some twenty pictures take.
    each = 20 * case.servers / implied
    named = ",".join(f"{rate:g}" for rate in rates)
    return [*given[:at], "--rate", named, "--each", f"{each:g}", *given[at + 2 :]]


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
        common = ["--budget", "1000", "--poll", "300ms"]
        subprocess.run(  # noqa: S603 - our own command
            [*command, *common, *options, "--report", str(file)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found


def alone(url: str, case: Case) -> float:
    """Pictures a minute of one user who waits for nobody, as late as this machine is just now."""
    weights = sum(weight for _, weight in case.mix)
    mean = sum(weight * _taken(url, steps, case.batch) for steps, weight in case.mix) / weights
    return 60 * case.batch / mean


def _taken(url: str, steps: int, batch: int, count: int = 3) -> float:
    """Seconds of a request that waits for nobody."""
    body = {"width": _SIDE, "height": _SIDE, "steps": steps, "batch_size": batch}
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
    """What is measured in one case: its capacity, and that which single pictures show."""
    step_time = picture / (_STEPS + _BESIDE) * _UNIT / (_SIDE * _SIDE)
    with ExitStack() as stack:
        urls = [stack.enter_context(mock(speed * step_time)) for speed in case.speeds]
        chance = Random(1) if case.balancing == "random" else None  # noqa: S311 - nothing secret
        balancer = Balancer(urls, least=case.balancing == "least", chance=chance)
        url = stack.enter_context(balancer.running()) if case.balancing else urls[0]
        before = sum(alone(each, case) for each in urls)
        found: dict[str, Any] = measure(url, *options_of(case, picture))["capacity"]
        return found | {"alone": (before + sum(alone(each, case) for each in urls)) / 2}


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
@click.option("--only", multiple=True, help="Cases whose name holds this; - for none.")
@click.option("--effort", "users", default=0, help="Measure so many users of a fast mock, too.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the figures, too.")
def main(rounds: int, picture: float, only: tuple[str, ...], users: int, file: Path | None) -> None:
    """Print a table: case, implied and reported pictures a minute, their ratio."""
    figures: dict[str, Any] = {"machine": platform.machine(), "picture": picture}
    heads = f"{'implied':>8} {'reported':>9} {'ratio':>6} {'to alone':>8}"
    click.echo(f"{'case':<32} {heads}  all ratios; knee")
    for case in CASES:
        if only and not any(part in case.name for part in only):
            continue
        implied = case.implied(picture)
        found = [capacity(case, picture) for _ in range(rounds)]
        ratios = [each["rate"] / implied for each in found]
        # What a single picture took just then, without any queue, implies this much.
        to_alone = [each["rate"] / each["alone"] for each in found]
        middle, near = statistics.median(ratios), statistics.median(to_alone)
        shown = " ".join(f"{ratio:.3f}" for ratio in ratios)
        knee = statistics.median(each["knee"] for each in found)
        reached = "" if all(each["reached"] for each in found) else " (not reached)"
        click.echo(
            f"{case.name:<32} {implied:>8.1f} {middle * implied:>9.1f} {middle:>6.3f} "
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
