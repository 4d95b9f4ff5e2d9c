"""The table of requirements and the broken servers that each convicts, as Markdown.

From the top of the checkout, in one to two minutes::

    PYTHONPATH=tests:tests/support python -m broken.table > table.md

The exit code is 1 where a broken server gets away with what it is named for, or a requirement
convicts nobody.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from broken.registry import family, pairs

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.judge import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CHUNK = 20
Outcome = tuple[str, bool]


def convicts(server: str, requirement: str) -> bool:
    """Whether the check of a requirement finds a broken server at fault, and says how."""
    with family()[server].context() as context:
        result = judge(load_catalogue()[requirement], all_checks()[requirement].function, context)
    return result.verdict.unmet and bool(result.expected and result.actual)


def all_outcomes() -> dict[str, list[Outcome]]:
    """Requirement -> broken servers named for it, each with whether it was convicted."""
    named = [(server.name, requirement) for server, requirement in pairs()]
    with ProcessPoolExecutor() as pool:
        held = pool.map(convicts, *zip(*named, strict=True), chunksize=_CHUNK)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for (server, requirement), convicted in zip(named, held, strict=True):
        found[requirement].append((server, convicted))
    return found


def table(outcomes: Mapping[str, Iterable[Outcome]]) -> Iterator[str]:
    """The lines of the table, and the totals."""
    yield "| requirement | level | broken server | convicted |"
    yield "|---|---|---|---|"
    tried = convicted = proven = 0
    for requirement in load_catalogue():
        servers = sorted(outcomes.get(requirement.id, ())) or [("none", False)]
        for server, holds in servers:
            answer = "yes" if holds else "NO"
            yield f"| {requirement.id} | {requirement.level} | {server} | {answer} |"
        tried += sum(server != "none" for server, _ in servers)
        convicted += sum(holds for _, holds in servers)
        proven += any(holds for _, holds in servers)
    yield ""
    total = len(load_catalogue())
    yield (
        f"{proven} of {total} requirements convict somebody; {convicted} of {tried} pairs are "
        f"convictions; {len(family())} broken servers."
    )


def main() -> int:
    """Print the table; 1 where something is missing in it."""
    outcomes = all_outcomes()
    sys.stdout.writelines(f"{line}\n" for line in table(outcomes))
    whole = all(any(held for _, held in outcomes.get(name, ())) for name in load_catalogue().ids)
    return 0 if whole and all(held for found in outcomes.values() for _, held in found) else 1


if __name__ == "__main__":
    sys.exit(main())
