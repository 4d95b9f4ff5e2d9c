"""Judge a sound v1.10.1 behind every gateway double, in every mode, and count what is unmet.

From the top of the checkout, in about three minutes::

    PYTHONPATH=.:tests:tests/support python tests/bench/behind_gateways.py [NAME...]
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from clock import SharedTime
from doubles import mock, served
from gateways import GATEWAYS
from judging import make_context
from sound import STEP_TIME

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run

if TYPE_CHECKING:
    from conformance.verdict import Result


def results_of(name: str, mode: Mode) -> tuple[list[Result], float]:
    """What a run through the gateway finds out, and the seconds it waited."""
    gateway, clock = GATEWAYS[name], SharedTime()
    events: list[Event] = []
    server = gateway.before(mock(clock=clock, step_time=STEP_TIME, api_server_stop=False), clock)
    with served(server):
        context = make_context(clock=Clock(clock, clock.sleep), **gateway.settings)
        # What a gateway cuts off is known by how long it took, on the time of the server.
        context.client._transport._clock = clock  # noqa: SLF001 - nothing else sets it
        run = Run(context, RunSettings(mode=mode, patience=None), events.append)
        run.carry_out(run.prepare(list(load_catalogue()), all_checks()))
        run.finish()
    return [e.result for e in events if isinstance(e, CheckFinished)], context.retries.waited


def main(names: list[str]) -> int:
    bad = 0
    for name in names or list(GATEWAYS):
        for mode in (Mode.SMOKE, Mode.SAFE, Mode.FULL):
            started = time.monotonic()
            results, waited = results_of(name, mode)
            unmet = [r for r in results if r.verdict.unmet or r.verdict.value == "error"]
            hidden = Counter(r.hidden_by for r in results if r.hidden_by)
            bad += len([r for r in unmet if str(r.requirement.level) != "MAY"])
            sys.stdout.write(
                f"{name}, {mode}: {sum(r.verdict.met for r in results)} met, {len(unmet)} unmet, "
                f"{sum(hidden.values())} hidden {dict(hidden)}, {waited:.0f} s waited, "
                f"{time.monotonic() - started:.1f} s\n"
            )
            for r in unmet:
                sys.stdout.write(f"   {r.id} ({r.requirement.level}): {r.actual or r.reason}\n")
    sys.stdout.write(f"{bad} MUST and SHOULD unmet or in error\n")
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
