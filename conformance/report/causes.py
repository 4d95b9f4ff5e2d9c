"""What is not met, by its causes: each is reported once, with what follows from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.proofs import decisive, proof_of, route_of, shows_same_fault, trouble_of
from conformance.requirements.assumptions import load_assumptions
from conformance.requirements.catalogue import place_of
from conformance.requirements.requirement import Level
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.report.document import Document
    from conformance.report.proofs import Key
    from conformance.requirements.assumptions import Assumption, Assumptions
    from conformance.verdict import Result


# The worst first.
_SEVERITY = (
    Verdict.FAIL,
    Verdict.WAIVED_BUT_PASSED,
    Verdict.ERROR,
    Verdict.WARN,
    Verdict.INFO,
    Verdict.WAIVED,
)


@dataclass(frozen=True)
class Cause:
    """One fault, and all that it makes unmet.

    Args:
        head: the requirement whose proof shows it best.
        follows: what is not met for the same reason, most binding first.
    """

    head: Result
    follows: tuple[Result, ...] = ()

    @property
    def results(self) -> tuple[Result, ...]:
        """All of them, the head first."""
        return (self.head, *self.follows)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict among them."""
        return min((r.verdict for r in self.results), key=_SEVERITY.index)

    @property
    def level(self) -> Level:
        """The most binding level among them."""
        order = list(Level)
        return min((r.requirement.level for r in self.results), key=order.index)

    @property
    def routes(self) -> tuple[str, ...]:
        """Method and path of the requests that show it, each once."""
        exchanges = filter(None, map(decisive, self.results))
        return tuple(dict.fromkeys(map(route_of, exchanges)))

    @property
    def sentence(self) -> str:
        """What was found, on one line."""
        return " ".join((self.head.actual or self.head.reason).split())


def causes(document: Document) -> tuple[Cause, ...]:
    """The causes of all that is not met, the worst first, and of the alike the largest.

    Args:
        document: of a run.
    """
    unmet = document.unmet
    known = {result.id for result in unmet}
    if not unmet:
        return ()
    if all(result.cause in known for result in unmet):
        return _as_reported(unmet)
    return causes_of(unmet, load_assumptions())


def _as_reported(unmet: Iterable[Result]) -> tuple[Cause, ...]:
    """As they were found when exchanges were whole, before the report was made."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in unmet:
        groups[result.cause].append(result)
    made = []
    for name, group in groups.items():
        head = next((result for result in group if result.id == name), group[0])
        made.append(Cause(head, tuple(result for result in group if result is not head)))
    return tuple(sorted(made, key=_order))


def causes_of(results: Iterable[Result], assumptions: Assumptions) -> tuple[Cause, ...]:
    """Put results together that have one cause.

    Two have one cause if their answers have the same trouble, if their proofs are the same, or
    if one takes the other for granted and both show the same fault.

    Args:
        results: to be looked at, each with a verdict that is to be looked at.
        assumptions: what the checks take for granted.
    """
    found = {result.id: result for result in results}
    groups: dict[Key, list[Result]] = defaultdict(list)
    roots: dict[str, str] = {}
    for name in sorted(found, key=assumptions.place_of):
        parent = _parent(found[name], found, assumptions)
        roots[name] = roots[parent] if parent else name
    keys = {name: key_of(result) for name, result in found.items()}
    for name, result in found.items():
        groups[keys[roots[name]]].append(result)
    made = [_cause(group, assumptions) for group in groups.values()]
    return tuple(sorted(made, key=_order))


def key_of(result: Result) -> Key:
    """What a result has in common with others of the same cause, as far as one alone shows it.

    Args:
        result: that is to be looked at.
    """
    return trouble_of(result) or proof_of(result)


def is_new(result: Result, earlier: Mapping[Key, Result]) -> bool:
    """Whether a result has another cause than all before it, as far as that can be seen by now.

    Args:
        result: that is to be looked at.
        earlier: the first result of each cause so far, by its key.
    """
    if key_of(result) in earlier:
        return False
    before = {each.id: each for each in earlier.values()}
    return not _parent(result, before, load_assumptions())


def _parent(
    result: Result,
    found: Mapping[str, Result],
    assumptions: Assumptions,
) -> str:
    """The requirement that a result follows from; empty if it follows from none."""
    if result.verdict not in _COMPARED:
        return ""
    trouble = trouble_of(result)
    alike = []
    for name in sorted(assumptions.ids_of(result.id) & found.keys(), key=place_of):
        assumed = found[name]
        if assumed.verdict not in _COMPARED:
            continue
        if trouble is not None or trouble_of(assumed) is not None:
            # Answers with trouble are one cause where the trouble is the same.
            if trouble is not None and trouble == trouble_of(assumed):
                alike.append(name)
        elif shows_same_fault(result, assumed):
            alike.append(name)
    if alike:
        return alike[0]
    return "" if trouble is not None else _without_fail(assumptions.of(result.id), found)


# A waiver is for one requirement, and an error of the suite for none.
_COMPARED = frozenset({Verdict.FAIL, Verdict.WARN, Verdict.INFO})


def _without_fail(taken: Iterable[Assumption], found: Mapping[str, Result]) -> str:
    """The first of what a check cannot do without, where none of it is met."""
    for assumed in taken:
        names = assumed.one_of
        if assumed.always and all(n in found and found[n].verdict in _COMPARED for n in names):
            return names[0]
    return ""


def _cause(group: list[Result], assumptions: Assumptions) -> Cause:
    """The head is what most of the others take for granted."""

    def place(result: Result) -> tuple[int, int, bool, tuple[int, str]]:
        carried = sum(result.id in assumptions.ids_of(other.id) for other in group)
        severity = _SEVERITY.index(result.verdict)
        return (-carried, severity, not _names_status(result), place_of(result.id))

    head = min(group, key=place)
    return Cause(head, tuple(result for result in group if result is not head))


def _names_status(result: Result) -> bool:
    exchange = decisive(result)
    return exchange is not None and str(exchange.status) in result.actual


def _order(cause: Cause) -> tuple[int, int, tuple[int, str]]:
    return (_SEVERITY.index(cause.verdict), -len(cause.follows), place_of(cause.head.id))
