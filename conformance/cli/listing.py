"""``--list`` and ``--explain``: the catalogue on a terminal."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from conformance.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.catalogue import Requirement

_WIDTH = 96


def list_lines(requirements: Iterable[Requirement]) -> list[str]:
    """One line a requirement: id, level, cost, effect, sentence; tabs in no place, to be cut."""
    shown = list(requirements)
    width = max((len(r.id) for r in shown), default=0)
    return [f"{r.id:<{width}} {r.level:<6} {r.cost:<9} {r.effect:<15} {r.sentence}" for r in shown]


def explain_lines(requirement: Requirement) -> list[str]:
    """All about one requirement."""
    clients = load_catalogue().clients
    lines = [f"{requirement.id} ({requirement.level})", "", _filled(requirement.sentence), ""]
    lines.append(_filled(requirement.why))
    names = ", ".join(clients[client] for client in requirement.clients)
    lines.append(_filled(f"Breaks without it: {names or 'none of the programs known here'}."))
    lines += [
        "",
        f"Applies to: {requirement.applies}",
        f"Source:     {requirement.source}",
        f"Checking:   cost {requirement.cost}, effect {requirement.effect}",
    ]
    return lines


def _filled(text: str) -> str:
    return fill(text, _WIDTH)
