"""``--plan``: what a run would look at, and for how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.cli.session import planned
from conformance.engine import Mode
from conformance.target import ServerProfile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cli.session import Choices
    from conformance.engine import Plan

# What is planned for where no server is named: what the embedded mock serves.
NEWEST = ServerProfile.parse("a1111-1.10.1")


def plan_lines(
    profile: ServerProfile,
    choices: Choices,
    modes: Iterable[Mode] = tuple(Mode),
    *,
    verbose: bool = False,
) -> list[str]:
    """The cost of each mode, and what the chosen one looks at and leaves out.

    Args:
        profile: what kind of server it is.
        choices: what the user chose.
        modes: to be compared.
        verbose: name every requirement.
    """
    plan = planned(profile, choices)
    return [
        f"{profile}, mode {choices.mode}: {len(plan.checks)} checks, {plan.cost:.3f} pictures",
        "",
        "mode      checks  pictures",
        *(_mode_line(profile, choices, mode) for mode in modes),
        "",
        "A picture is one of 512x512 at 20 steps; what several checks share is counted once.",
        "A server too fast to be watched at work is given longer jobs, within --budget.",
        *_left_out_lines(plan, verbose=verbose),
        *(_check_lines(plan) if verbose else ()),
    ]


def _mode_line(profile: ServerProfile, choices: Choices, mode: Mode) -> str:
    plan = planned(profile, replace(choices, mode=mode))
    return f"{mode:<9} {len(plan.checks):6}  {plan.cost:8.3f}"


def _left_out_lines(plan: Plan, *, verbose: bool) -> list[str]:
    if not plan.left_out:
        return []
    if verbose:
        return ["", "Left out:", *(f"  {r.id:<14} {r.reason}" for r in plan.left_out)]
    reasons = Counter(str(result.verdict) for result in plan.left_out)
    parts = ", ".join(f"{count} {verdict}" for verdict, count in reasons.items())
    return ["", f"Left out: {parts} (-v tells which, and why)"]


def _check_lines(plan: Plan) -> list[str]:
    lines = [
        f"  {p.requirement.id:<14} {p.requirement.effect:<15} {p.cost:.4f}" for p in plan.checks
    ]
    return ["", "In this order, with what each samples beyond those before it:", *lines]
