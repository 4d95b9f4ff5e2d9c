"""What a good client does, judged by the journal of a mock that it asked.

Each requirement has an id that never changes its meaning, a level, and a function that looks at the
calls. What a journal does not show is not judged: a requirement that nothing was seen of is neither
kept nor broken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


_API = "/sdapi/v1/"
_GENERATIONS = {f"{_API}txt2img", f"{_API}img2img"}
_PROGRESS = f"{_API}progress"
#: Seconds between two polls: fewer are a storm, and how few a patient client takes.
_STORM, _PATIENT = 0.05, 0.2
_TOO_MANY, _UNAVAILABLE, _UNAUTHORIZED = 429, 503, 401
_GATEWAY_TIMEOUTS = {504, 524}
_FAILED, _GOOD = 400, 400
#: So often a client may send what is answered 401 before it has to give up.
_TRIES = 3
#: So many broken places are shown of one requirement.
_SHOWN = 5
#: Rules of lint that have a requirement of their own.
_OWN = {"unknown-route", "method", "invalid"}


@dataclass(frozen=True)
class Seen:
    """One call, as the journal shows it.

    Attributes:
        number: in the journal.
        method: HTTP method.
        path: without query.
        status: of the answer; None for none.
        started: when it came, in seconds of a clock that runs evenly.
        seconds: how long it took.
        body: the request's JSON value.
        headers: of the request, names in lower case.
        answered: headers of the answer, likewise.
        findings: what lint found: dicts with rule, kind and text.
        faults: names of the faults that happened to it.
    """

    number: int
    method: str
    path: str
    status: int | None
    started: float
    seconds: float
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Mapping[str, str]] = ()
    faults: Sequence[str] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> Seen:
        """A call out of ``/_mock/journal``.

        Args:
            item: an item of its ``calls``.
        """
        request, response = item.get("request", {}), item.get("response", {})
        return cls(
            item["number"],
            item["method"],
            item["path"],
            item["status"],
            item.get("arrived", item["started"]),
            item["seconds"],
            request.get("json"),
            _lower(request.get("headers", {})),
            _lower(response.get("headers", {})),
            item.get("findings", ()),
            item.get("faults", ()),
        )

    @property
    def is_generation(self) -> bool:
        """Whether it asks for a picture."""
        return self.path in _GENERATIONS

    @property
    def failed(self) -> bool:
        """Whether the client got no answer or an error."""
        return self.status is None or self.status >= _FAILED

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.path}"


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


#: What a requirement's function gives: how many calls it looked at, and the broken places.
Found = tuple[int, list[str]]


@dataclass(frozen=True)
class ClientRequirement:
    """One thing that a good client does.

    Attributes:
        id: never changes its meaning.
        level: MUST or SHOULD.
        sentence: what it does.
        why: what happens to those that do not.
        look: looks at the calls.
    """

    id: str
    level: str
    sentence: str
    why: str
    look: Callable[[Sequence[Seen]], Found]


@dataclass(frozen=True)
class Outcome:
    """What became of one requirement.

    Attributes:
        requirement: the requirement.
        looked: how many calls it was judged by.
        broken: where it was broken, as sentences.
    """

    requirement: ClientRequirement
    looked: int
    broken: Sequence[str]

    @property
    def verdict(self) -> str:
        """``pass``, ``fail`` or ``not seen``."""
        if not self.looked:
            return "not seen"
        return "fail" if self.broken else "pass"


@dataclass(frozen=True)
class Verdict:
    """The verdict on a client.

    Attributes:
        outcomes: of every requirement.
        calls: how many calls were looked at.
        dropped: how many the journal no longer had.
    """

    outcomes: Sequence[Outcome]
    calls: int
    dropped: int = 0

    @property
    def failed(self) -> list[Outcome]:
        """The broken ones, MUSTs first."""
        found = [outcome for outcome in self.outcomes if outcome.verdict == "fail"]
        return sorted(found, key=lambda outcome: outcome.requirement.level)

    @property
    def exit_code(self) -> int:
        """0: every MUST that was seen was kept; 1: one was broken; 5: nothing was asked."""
        if not self.calls:
            return 5
        return int(any(outcome.requirement.level == "MUST" for outcome in self.failed))


def judge(journal: Mapping[str, Any]) -> Verdict:
    """The verdict on the client that filled a journal.

    Args:
        journal: the answer of ``GET /_mock/journal``.
    """
    calls = [Seen.of(item) for item in journal.get("calls", ())]
    outcomes = []
    for requirement in REQUIREMENTS:
        looked, broken = requirement.look(calls)
        shown = broken[:_SHOWN]
        if len(broken) > _SHOWN:
            shown.append(f"and {len(broken) - _SHOWN} more")
        outcomes.append(Outcome(requirement, looked, tuple(shown)))
    return Verdict(tuple(outcomes), len(calls), int(journal.get("dropped", 0)))


def judge_all(journals: Sequence[Mapping[str, Any]]) -> Verdict:
    """The verdict on a client that asked several mocks, one after the other.

    Args:
        journals: the answer of ``GET /_mock/journal`` of each.
    """
    verdicts = [judge(journal) for journal in journals]
    outcomes = []
    for place, requirement in enumerate(REQUIREMENTS):
        found = [verdict.outcomes[place] for verdict in verdicts]
        broken = [message for outcome in found for message in outcome.broken][:_SHOWN]
        outcomes.append(Outcome(requirement, sum(o.looked for o in found), tuple(broken)))
    calls = sum(verdict.calls for verdict in verdicts)
    return Verdict(tuple(outcomes), calls, sum(verdict.dropped for verdict in verdicts))


def _with_findings(*, rules: Iterable[str] = (), kinds: Iterable[str] = ()) -> Any:
    """Looks for findings of lint."""
    named, of_kind = set(rules), set(kinds)

    def look(calls: Sequence[Seen]) -> Found:
        own = [call for call in calls if call.path.startswith(("/sdapi", "//"))]
        broken = [
            f"{call}: {finding['text']}"
            for call in own
            for finding in call.findings
            if finding["rule"] in named
            or (finding["kind"] in of_kind and finding["rule"] not in _OWN)
        ]
        return len(own), broken

    return look


def _exists(calls: Sequence[Seen]) -> Found:
    look: Callable[[Sequence[Seen]], Found] = _with_findings(rules=("unknown-route", "method"))
    return look(calls)


def _polls(least: float) -> Any:
    """Looks at the pauses between polls of progress."""

    def look(calls: Sequence[Seen]) -> Found:
        polls = [call for call in calls if call.path == _PROGRESS]
        broken = []
        for before, after in pairwise(polls):
            pause = after.started - before.started - before.seconds
            if pause < least:
                broken.append(f"{after} came {max(pause, 0) * 1000:.0f} ms after {before}")
        return max(len(polls) - 1, 0), broken

    return look


def _goes_on(calls: Sequence[Seen]) -> Found:
    """Whether the client asked for anything after each fault that it met."""
    met = [(place, call) for place, call in enumerate(calls) if call.faults]
    broken = [
        f"after {call} ({', '.join(call.faults)}) it asked for nothing more"
        for place, call in met
        if place == len(calls) - 1
    ]
    return len(met), broken


def _again(calls: Sequence[Seen], place: int) -> Seen | None:
    """The next call that sends the same again."""
    call = calls[place]
    same = (c for c in calls[place + 1 :] if (c.path, c.body) == (call.path, call.body))
    return next(same, None)


def _asks_before_it_repeats(calls: Sequence[Seen]) -> Found:
    looked, broken = 0, []
    for place, call in enumerate(calls):
        if not call.is_generation or call.status not in _GATEWAY_TIMEOUTS:
            continue
        looked += 1
        again = _again(calls, place)
        if again is None:
            continue
        between = calls[place + 1 : calls.index(again)]
        if not any(c.path in {_PROGRESS, f"{_API}interrupt"} for c in between):
            broken.append(f"{again} repeats {call}, which the server is still working on")
    return looked, broken


def _waits_as_asked(calls: Sequence[Seen]) -> Found:
    looked, broken = 0, []
    for place, call in enumerate(calls):
        wait = call.answered.get("retry-after", "")
        if call.status not in {_TOO_MANY, _UNAVAILABLE} or not wait.isdigit():
            continue
        again = _again(calls, place)
        looked += 1
        if again is not None and again.started - call.started < int(wait):
            broken.append(f"{again} came before the {wait} s that the answer to {call} asks for")
    return looked, broken


def _gives_up(calls: Sequence[Seen]) -> Found:
    refused = [call for call in calls if call.status == _UNAUTHORIZED]
    row, broken = 0, []
    for call in calls:
        row = row + 1 if call.status == _UNAUTHORIZED else 0
        if row == _TRIES + 1:
            broken.append(f"{call} is the {row}th in a row that is answered 401")
    return len(refused), broken


def _types(calls: Sequence[Seen]) -> Found:
    posts = [call for call in calls if call.method == "POST" and call.body is not None]
    broken = [
        f"{call} sends JSON as {call.headers.get('content-type') or 'nothing'}"
        for call in posts
        if not call.headers.get("content-type", "application/json").startswith("application/json")
    ]
    return len(posts), broken


def _settings_put_back(calls: Sequence[Seen]) -> Found:
    look: Callable[[Sequence[Seen]], Found] = _with_findings(
        rules=("overrides-stay", "override-leaks")
    )
    looked, broken = look([call for call in calls if call.is_generation])
    return looked, broken


REQUIREMENTS: tuple[ClientRequirement, ...] = (
    ClientRequirement(
        "CLIENT-001", "MUST", "Asks for routes that exist, with a method they take.",
        "The answer is 404 or 405.", _exists,
    ),
    ClientRequirement(
        "CLIENT-002", "MUST", "Sends values that pass the server's validation.",
        "The answer is 422 with a list of complaints.", _with_findings(rules=("invalid",)),
    ),
    ClientRequirement(
        "CLIENT-003", "MUST", "Sends nothing that makes the server fail.",
        "The answer is a 4xx or 500 that the payload alone explains.",
        _with_findings(kinds=("refused",)),
    ),
    ClientRequirement(
        "CLIENT-004", "SHOULD", "Sends nothing that the server ignores.",
        "Users set what has no effect.", _with_findings(kinds=("ignored",)),
    ),
    ClientRequirement(
        "CLIENT-005", "SHOULD", "Names what the server has, so that it gets what it asks for.",
        "The server takes another sampler, model or size without a word.",
        _with_findings(kinds=("changed",)),
    ),
    ClientRequirement(
        "CLIENT-006", "MUST", "Leaves 50 ms or more between two polls of progress.",
        "The webui's one process is busy with polls.", _polls(_STORM),
    ),
    ClientRequirement(
        "CLIENT-007", "SHOULD", "Leaves 200 ms or more between two polls of progress.",
        "Each poll may decode a preview.", _polls(_PATIENT),
    ),
    ClientRequirement(
        "CLIENT-008", "SHOULD", "Goes on after each failure that it meets.",
        "Looking for images in an error ends many clients with KeyError 'images'.", _goes_on,
    ),
    ClientRequirement(
        "CLIENT-009", "SHOULD", "Looks at progress before it repeats what a gateway gave up on.",
        "The server still works on the first; the queue grows.", _asks_before_it_repeats,
    ),
    ClientRequirement(
        "CLIENT-010", "MUST", "Waits as long as Retry-After says.",
        "It is refused again, or banned.", _waits_as_asked,
    ),
    ClientRequirement(
        "CLIENT-011", "MUST", "Gives up when its credentials are refused.",
        "It knocks for ever, and proxies lock it out.", _gives_up,
    ),
    ClientRequirement(
        "CLIENT-012", "MUST", "Leaves no override behind on the server.",
        "Other clients get its settings.", _settings_put_back,
    ),
    ClientRequirement(
        "CLIENT-013", "SHOULD", "Sends back only the options that it changes.",
        "Whole numbers come back as floats and break later generations.",
        _with_findings(rules=("all-options",)),
    ),
    ClientRequirement(
        "CLIENT-014", "MUST", "Sends JSON as application/json.",
        "FastAPI takes a body of any other type for no object.", _types,
    ),
)  # fmt: skip
