"""What each check samples, measured on the mock: writes conformance/runner/data/samples.toml.

Run it by hand after checks were added or changed: ``PYTHONPATH=tests:tests/support python
tests/bench/sampled.py``. What several checks share is found by its request, and is counted once
by the plan. The long jobs are left out: how long they are, a run measures.
"""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clock import SharedTime
from doubles import mock, served
from judging import make_context

from conformance.cli.session import RunOptions, planned
from conformance.runner import registry
from conformance.runner.budget import PICTURE, Clock
from conformance.runner.judge import judge
from conformance.runner.plan import Mode

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

_FILE = Path(registry.__file__).parent / "data" / "samples.toml"
_SIZE = 64
_LONG = {"watched", "interrupted", "skipped", "queued"}


class Notes:
    """What the checks of a run sample, by the checks.

    Args:
        context: of the run; its methods are watched.
    """

    def __init__(self, context: CheckContext) -> None:
        self.own: dict[str, float] = defaultdict(float)
        self.used: dict[str, list[str]] = defaultdict(list)
        self.steps: dict[str, float] = {}
        self.check = ""
        self._context = context
        self._inside = False
        self._shared = context._shared  # noqa: SLF001 - no check says what it shares
        context._shared = self._watch  # type: ignore[method-assign]  # noqa: SLF001

    def _watch(self, name: str, make: Any) -> Any:
        before = self._context.meter.spent
        outer, self._inside = self._inside, True
        try:
            return self._shared(name, make)
        finally:
            self._inside = outer
            sampled = (self._context.meter.spent - before) * PICTURE / _SIZE**2
            self.steps.setdefault(name, sampled)
            if name not in self.used[self.check]:
                self.used[self.check].append(name)


def measured() -> Notes:
    """Run every check once, mild effects first, over the mock."""
    time = SharedTime()
    with served(mock(clock=time, step_time=2.0)):
        context = make_context("a1111-1.10.1", clock=Clock(time, time.sleep))
        notes = Notes(context)
        plan = planned(context.profile, RunOptions(mode=Mode.FULL, examples=0, budget=None))
        for each in plan.checks:
            # Whatever is made for the long jobs is nobody's.
            notes.check = ""
            if each.check.needs & _LONG:
                for name in each.check.needs & _LONG:
                    getattr(context.jobs, name)
            notes.check = each.requirement.id
            known = set(notes.steps)
            before = context.meter.spent
            judge(each.requirement, each.check.function, context)
            context.options.settle()
            spent = (context.meter.spent - before) * PICTURE / _SIZE**2
            made = sum(s for name, s in notes.steps.items() if name not in known)
            notes.own[notes.check] = max(spent - made, 0.0)
        context.options.close()
    return notes


def _short(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:8] if " " in name else name


def main() -> None:
    """Measure, and write the file."""
    notes = measured()
    users = defaultdict(list)
    for check, names in notes.used.items():
        if not check:
            continue
        for name in names:
            users[name].append(check)
    shared = {name for name, checks in users.items() if len(checks) > 1 and notes.steps[name]}
    lines = [
        "# What each check samples on v1.10.1: steps x pictures of the small size.",
        "# Made by tests/bench/sampled.py; the long jobs are left out.",
        "",
        "# What several checks share.",
        "[shared]",
        *(f"{_short(name)} = {notes.steps[name]:g}" for name in notes.steps if name in shared),
        "",
        "# What a check samples alone, and what it shares.",
        "[checks]",
    ]
    for check in sorted(name for name in notes.own if name):
        names = notes.used[check]
        own = notes.own[check] + sum(notes.steps[n] for n in names if n not in shared)
        uses = ", ".join(f'"{_short(name)}"' for name in names if name in shared)
        if own or uses:
            lines.append(f"{check} = {{ own = {own:g}, shares = [{uses}] }}")
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
