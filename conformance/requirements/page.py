"""All requirements as one page of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.requirements.requirement import Level

if TYPE_CHECKING:
    from conformance.requirements.catalogue import Catalogue
    from conformance.requirements.requirement import Requirement


_HEAD = """\
# Requirements

{total} requirements: {counts}. Made by `sdapi-check --list --markdown`; do not edit.

MUST: ordinary clients break without it. SHOULD: reference behaviour that some clients rely on.
MAY: a detail of the reference, reported and never failing a run. Ids never change their meaning.
"""


def render_catalogue(catalogue: Catalogue) -> str:
    """The page, by area; ``REQUIREMENTS.md`` next to this module holds it, and a test compares.

    Args:
        catalogue: of all requirements.

    Returns:
        Markdown.
    """
    levels = [requirement.level for requirement in catalogue]
    counts = ", ".join(f"{levels.count(level)} {level}" for level in Level)
    parts = [_HEAD.format(total=len(levels), counts=counts)]
    parts += [_area(catalogue, area) for area in catalogue.areas]
    return "\n".join(parts)


def _area(catalogue: Catalogue, area: str) -> str:
    blocks = [_block(catalogue, r) for r in catalogue if r.area == area]
    return f"## {area}\n\n" + "\n".join(blocks)


def _block(catalogue: Catalogue, requirement: Requirement) -> str:
    lines = [
        f"### {requirement.id} ({requirement.level})",
        "",
        requirement.sentence,
        "",
        f"- Applies to: {requirement.applies}",
        f"- Why: {requirement.why}",
        f"- Source: {requirement.source}",
        f"- Checking it: cost {requirement.cost}, effect {requirement.effect}",
    ]
    if requirement.clients:
        names = ", ".join(catalogue.clients[client] for client in requirement.clients)
        lines.append(f"- Breaks: {names}")
    return "\n".join(lines) + "\n"
