"""Runs of the judge over sound servers with other settings, under load, amid others' jobs.

Run it by hand. Nothing that a run calls unmet is a fault of these servers, but for what the
profile's own program breaks, which is unmet in each run:

``python tests/bench/settings_run.py --each-option`` gives every option every other value, one
full run each, on a time that is shared with the server, so that a run takes seconds.

``python tests/bench/settings_run.py --random 50 --at-once 12`` changes options together.

``python tests/bench/settings_run.py --served --times 20 --load 4 --others`` runs over a served
mock in real time, while so many processes are busy and somebody else asks for pictures too.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import requests

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from broken.generation import set_options
from clock import SharedTime
from doubles import mock, served
from judging import make_context
from profiles import DETECTED
from settings import each_option, some_options

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator


Unmet = dict[str, str]
_PATIENCE = 300.0


def shared_run(profile: str, values: dict[str, Any]) -> Unmet:
    """What a full run in this process finds unmet, on a time of its own."""
    time_of_both, events = SharedTime(), list[Event]()
    server = mock(clock=time_of_both, profile=profile, step_time=0.4)
    if values:
        set_options(server, values)
    with served(server):
        context = make_context(None, clock=Clock(time_of_both, time_of_both.sleep))
        run = Run(context, RunSettings(mode=Mode.FULL, patience=None), events.append)
        run.carry_out(run.prepare(list(load_catalogue()), all_checks()))
        run.finish()
    results = (event.result for event in events if isinstance(event, CheckFinished))
    wrong = (r for r in results if r.verdict.unmet or r.verdict is Verdict.ERROR)
    return {f"{r.requirement.level.name} {r.id}": r.actual or r.reason for r in wrong}


def served_run(profile: str, values: dict[str, Any], chosen: dict[str, Any]) -> Unmet:
    """What a full run of the command finds unmet on a mock that is served."""
    others = chosen["others"]
    with _served_mock(profile, chosen["step_time"]) as url, tempfile.TemporaryDirectory() as folder:
        if values:
            requests.post(f"{url}/sdapi/v1/options", json=values, timeout=_PATIENCE)
        report = Path(folder) / "report.json"
        with _jobs_of_others(url) if others else _nothing():
            only = ("--only", chosen["only"]) if chosen["only"] else ()
            command = ("sdapi-check", url, "--mode", "full", "--report", str(report), *only)
            run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        if not report.exists():
            return {"no report": run.stdout[-200:] + run.stderr[-200:]}
        results = json.loads(report.read_text(encoding="utf-8"))["results"]
    wrong = (r for r in results if r["verdict"] in {"fail", "warn", "info", "error"})
    return {f"{r['level']} {r['id']}": r.get("actual") or r.get("reason") or "" for r in wrong}


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _served_mock(profile: str, step_time: float) -> Iterator[str]:
    options = ("--profile", profile, "--port", "0", "--step-time", str(step_time), "--quiet")
    command = ("sdapi-mock", *options)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _jobs_of_others(url: str) -> Iterator[None]:
    """Somebody else asks for a picture every few seconds, which takes a second or two."""
    over, dice = threading.Event(), random.Random(1)  # noqa: S311 - moments, not secrets

    def work() -> None:
        while not over.wait(dice.uniform(0.5, 5)):
            body = {"prompt": "theirs", "steps": dice.randint(1, 6), "width": 512, "height": 512}
            requests.post(f"{url}/sdapi/v1/txt2img", json=body, timeout=_PATIENCE)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join()


def _burn() -> None:
    while True:
        pass


@contextmanager
def _loaded(processes: int) -> Iterator[None]:
    """So many processes keep the machine busy."""
    burning = [multiprocessing.Process(target=_burn, daemon=True) for _ in range(processes)]
    for process in burning:
        process.start()
    try:
        yield
    finally:
        for process in burning:
            process.terminate()


def _options_of(profile: str) -> dict[str, Any]:
    with served(mock(profile=profile)) as url:
        found: dict[str, Any] = requests.get(f"{url}/sdapi/v1/options", timeout=9).json()
    return found


def _settings(
    profile: str, each: bool, count: int, at_once: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Saved settings, one run each; none of them at first."""
    yield {}
    if each:
        yield from each_option(_options_of(profile))
    dice = random.Random(seed)  # noqa: S311 - settings, not secrets
    options = _options_of(profile) if count else {}
    yield from (some_options(options, dice, at_once) for _ in range(count))


@click.command()
@click.option("--profile", "profiles", multiple=True, help="Default: all.")
@click.option("--times", default=1, show_default=True, help="Runs for each of the settings.")
@click.option("--each-option", is_flag=True, help="Every other value of every option.")
@click.option("--random", "count", default=0, show_default=True, help="Settings at random.")
@click.option("--at-once", default=8, show_default=True, help="Options of these that are changed.")
@click.option("--option", "given", multiple=True, metavar="NAME=JSON", help="Saved in each run.")
@click.option("--served", "real", is_flag=True, help="Over a port, in real time.")
@click.option("--step-time", default=0.3, show_default=True, help="Of the served mock.")
@click.option("--load", default=0, show_default=True, help="Busy processes meanwhile.")
@click.option("--others", is_flag=True, help="Somebody else's jobs meanwhile, where served.")
@click.option("--only", default="", help="As of sdapi-check, where served.")
@click.option("--seed", default=0, show_default=True)
def main(**chosen: Any) -> None:
    """Run, and count what is unmet in some runs and not in all."""
    saved = {n: json.loads(v) for n, _, v in (text.partition("=") for text in chosen["given"])}
    wrong = 0
    for profile in chosen["profiles"] or DETECTED:
        how = chosen["each_option"], chosen["count"], chosen["at_once"], chosen["seed"]
        found, runs, first = Counter[str](), 0, Unmet()
        with _loaded(chosen["load"]):
            for values in _settings(profile, *how):
                for _ in range(chosen["times"]):
                    runs += 1
                    unmet = _one(profile, saved | values, chosen)
                    found.update(unmet.keys())
                    first = unmet if runs == 1 else first
                    _show(profile, saved | values, unmet, first)
        sometimes = {name: times for name, times in found.items() if times < runs}
        always = sorted(name for name, times in found.items() if times == runs)
        click.echo(f"{profile}: {runs} runs; in some of them: {sometimes}; in all: {always}")
        wrong += sum(sometimes.values())
    sys.exit(bool(wrong))


def _one(profile: str, values: dict[str, Any], chosen: dict[str, Any]) -> Unmet:
    if chosen["real"]:
        return served_run(profile, values, chosen)
    return shared_run(profile, values)


def _show(profile: str, values: dict[str, Any], unmet: Unmet, first: Unmet) -> None:
    """A line for a run, and one for each that the first run did not have."""
    shown = json.dumps(values)[:2000]
    click.echo(f"{profile} {shown}: {len(unmet)} unmet")
    for name in unmet if unmet is first else unmet.keys() - first.keys():
        actual = unmet[name]
        click.echo(f"    {name}: {actual[:120]}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
