"""Runs that are killed at random moments, and what it takes to repair the server.

Run it by hand: ``python tests/bench/kill_run.py --kills 50``. A run writes old values down before
it writes options; after each SIGKILL every journal that lies there is restored, and all options
are compared with those at the very start. Reads and writes of options take a while, as on a
server far away, so that kills meet options that are changed. One difference ends it with exit
code 1.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from kills import Killed, rig


@click.command()
@click.option("--kills", default=50, show_default=True, type=click.IntRange(1))
@click.option("--mode", default="full", show_default=True)
@click.option("--only", default="MUST,SHOULD,MAY", show_default=True, help="As of sdapi-check.")
@click.option("--step-time", default=0.3, show_default=True)
@click.option("--latency", default=0.04, show_default=True, help="Of the options, in seconds.")
@click.option("--fresh/--saved", default=False, help="Whether overrides leak, as at first start.")
@click.option("--seed", default=0, show_default=True)
def main(  # noqa: PLR0913, PLR0917 - one for each choice on the command line
    kills: int,
    mode: str,
    only: str,
    step_time: float,
    latency: float,
    fresh: bool,
    seed: int,
) -> None:
    """Kill runs, repair, compare."""
    dice = random.Random(seed)  # noqa: S311 - moments, not secrets
    args = ("--mode", mode, "--only", only, "--examples", "3")
    with (
        tempfile.TemporaryDirectory() as folder,
        rig(Path(folder), *args, fresh=fresh, step_time=step_time) as killed_runs,
    ):
        killed_runs.gateway.delay = lambda asked: latency if "options" in asked.path else 0.0
        whole = killed_runs.whole_run()
        outcomes = []
        for number in range(1, kills + 1):
            outcomes.append(killed_runs.kill_after(dice.uniform(0, whole)))
            click.echo(_line(number, outcomes[-1]))
    click.echo(_figures(outcomes, whole))
    sys.exit(not all(outcome.good for outcome in outcomes))


def _line(number: int, outcome: Killed) -> str:
    state = "good" if outcome.good else f"BAD {outcome.left} {outcome.repairs}"
    changed = f", {', '.join(outcome.changed)} changed" if outcome.changed else ""
    journal = ", journal left" if outcome.journals else ""
    return f"{number:3}: killed after {outcome.seconds:.2f} s{journal}{changed}: {state}"


def _figures(outcomes: list[Killed], whole: float) -> str:
    counts = {
        "kills": len(outcomes),
        "had ended before": sum(o.finished for o in outcomes),
        "left a journal": sum(bool(o.journals) for o in outcomes),
        "left options changed": sum(bool(o.changed) for o in outcomes),
        "as at the start after the repair": sum(o.good for o in outcomes),
    }
    lines = [f"a whole run takes {whole:.1f} s", *(f"{n}: {name}" for name, n in counts.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
