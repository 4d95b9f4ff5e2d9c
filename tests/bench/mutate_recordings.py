"""Mutates the recorded answers one field at a time, and counts which mutations the judge notices.

From the top of the checkout; thirty of each area take some ten minutes::

    PYTHONPATH=tests:tests/support python tests/bench/mutate_recordings.py --sample 30 --seed 1

A mutated server is the mock with one field of one kind of answer changed, dropped, retyped,
emptied or added to, in every answer of that kind. What one may find on a sound server is left out
by ``RULES``. Only requirements whose checks ask for such answers are looked at, MUSTs first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from broken.layer import API
from clock import SharedTime
from doubles import Ask, Reply, Server, mock, served
from judging import make_context
from mutations import EVERY, LAST, TEXT, Applied, Mutation, mutations, recorded_paths

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Level
from conformance.runner.budget import Clock
from conformance.runner.plan import Mode, PlannedCheck, RunSettings
from conformance.runner.run import Run
from mockserver.fixtures.recording import read_recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.verdict import Result
    from mockserver.fixtures.recording import Case

_FIXTURES = Path(__file__).parents[2] / "fixtures"
_RECORDINGS = _FIXTURES / "recordings"
_RECORDED = ("a1111-1.10.1", "a1111-1.10.1-fresh")
#: With extensions, of which the others have none: for their list alone.
_EXTENDED, _EXTENSIONS = "a1111-1.10.1-ad-lists", f"{API}/extensions"
_PROFILE, _STEP_TIME = "a1111-1.10.1", 0.4
_API = f"{API}/"
_ERROR = 400
_LONG = frozenset({"watched", "interrupted", "skipped", "queued"})
_LISTS = """
samplers schedulers upscalers latent-upscale-modes sd-models sd-vae prompt-styles loras
hypernetworks face-restorers realesrgan-models script-info scripts extensions embeddings
"""
_AREAS = {f"{_API}{name}": "lists" for name in _LISTS.split()} | {
    f"{_API}options": "options",
    f"{_API}cmd-flags": "flags and memory",
    f"{_API}memory": "flags and memory",
    f"{_API}txt2img": "txt2img",
    f"{_API}img2img": "img2img",
    f"{_API}extra-single-image": "extras",
    f"{_API}extra-batch-images": "extras",
    f"{_API}png-info": "png-info",
    f"{_API}progress": "progress",
    "/internal/progress": "progress",
    "/internal/pending-tasks": "progress",
}


def area_of(mutation: Mutation) -> str:
    """The part of the API that a mutation belongs to."""
    if mutation.status >= _ERROR:
        return "errors"
    return _AREAS.get(mutation.route, "other")


@dataclass(frozen=True)
class Rule:
    """Mutations that are no fault.

    Args:
        reason: why.
        holds: whether a mutation is one.
    """

    reason: str
    holds: Callable[[Mutation], bool]


_OF_PLACES = {"filename", "path", "model_path", "model_url", "cmd_dir", "config", "metadata"}
_OF_PLACES |= {"sd_checkpoint", "sd_checkpoint_name", "remote", "branch", "version"}
_OF_PLACES |= {"prompt", "negative_prompt", "aliases", "alias", "options", "scale", "default_rho"}
_OF_PLACES |= {"label", "value", "minimum", "maximum", "step", "choices", "shape", "vectors"}
_OF_PLACES |= {"need_inner_model", "model_name", "sha256"}
_VALUES = {"changed", "emptied", "shortened", "reversed", "added to"}
_WORDS = {"detail", "errors", "msg", "body", "ctx", "textinfo", "job", "info", "doc", "limit_value"}
_CHOSEN = {"sd_model_checkpoint", "samples_format", "sd_checkpoint_hash"}
_OPTIONAL_LISTS = (
    "prompt-styles loras hypernetworks realesrgan-models face-restorers sd-vae extensions"
)
#: What the models of modules/api/models.py call Optional.
_NULLABLE = {"hash", "sha256", "config", "model_name", "model_path", "model_url", "scale", "path"}
_NULLABLE |= {"cmd_dir", "prompt", "negative_prompt", "step", "sd_checkpoint"}
_NULLABLE |= {"sd_checkpoint_name", "aliases", "default_rho", "need_inner_model", "label", "value"}
_NULLABLE |= {"minimum", "maximum", "choices"}
_MAY_BE_EMPTY = {f"{_API}{name}" for name in _OPTIONAL_LISTS.split()}
_FIRST_COUNTS = {f"{_API}schedulers", f"{_API}upscalers"}


@cache
def _untyped() -> frozenset[str]:
    document = json.loads((_FIXTURES / "a1111-1.10.1" / "openapi.json").read_text("utf-8"))
    options = document["components"]["schemas"]["Options"]["properties"]
    return frozenset(name for name, entry in options.items() if "type" not in entry)


def _is(mutation: Mutation, area: str, *kinds: str) -> bool:
    return area_of(mutation) == area and mutation.kind in kinds


def _last(mutation: Mutation) -> str:
    return next((part for part in reversed(mutation.path) if part not in {EVERY, LAST, TEXT}), "")


RULES = (
    Rule(
        "a document or a page that is no answer of the API; drift compares documents",
        lambda m: m.route in {"/openapi.json", "/app_id", "/docs", "/redoc"},
    ),
    Rule(
        "a further key: clients leave alone what they do not know, but for info",
        lambda m: m.kind == "added to" and TEXT not in m.path and (not m.path or not _is_list(m)),
    ),
    Rule(
        "numbers that are measured anew each time",
        lambda m: _is(m, "flags and memory", "changed") and m.route.endswith("memory"),
    ),
    Rule(
        "another setting or flag of the operator's; the model and the format are checked",
        lambda m: (
            area_of(m) in {"options", "flags and memory"}
            and m.kind in _VALUES
            and bool(m.path)
            and _last(m) not in _CHOSEN
        ),
    ),
    Rule(
        "an option to which the document gives no type: the reference tells whatever is stored",
        lambda m: _is(m, "options", "retyped", "null") and _last(m) in _untyped(),
    ),
    Rule(
        "an option or a flag may be null, as it is where nobody set it",
        lambda m: (
            area_of(m) in {"options", "flags and memory"}
            and m.kind == "null"
            and bool(m.path)
            and not m.route.endswith("memory")
        ),
    ),
    Rule(
        "times, estimates and seeds that are drawn",
        lambda m: (
            m.kind == "changed"
            and _last(m)
            in {"job_timestamp", "eta_relative", "subseed", "all_subseeds", "commit_date"}
        ),
    ),
    Rule(
        "another server's files, prompts and scripts",
        lambda m: area_of(m) == "lists" and _last(m) in _OF_PLACES and m.kind in _VALUES,
    ),
    Rule(
        "null where the models of the reference allow it",
        lambda m: _is(m, "lists", "null") and _last(m) in _NULLABLE and m.path[-1] != EVERY,
    ),
    Rule(
        "another name of a file that no other answer names",
        lambda m: _is(m, "lists", "changed") and m.route in _MAY_BE_EMPTY and _last(m) == "name",
    ),
    Rule(
        "a server may have fewer entries, in another order, and none where none is needed",
        lambda m: (
            area_of(m) == "lists"
            and (
                (m.kind == "shortened")
                or (m.kind == "reversed" and m.route not in _FIRST_COUNTS)
                or (m.kind == "emptied" and (m.route in _MAY_BE_EMPTY or "embeddings" in m.route))
            )
        ),
    ),
    Rule(
        "other words of an error or a state",
        lambda m: (
            m.kind in {"changed", "emptied"}
            and _last(m) in _WORDS
            and (
                area_of(m) in {"errors", "progress"}
                or "/train/" in m.route
                or "/create/" in m.route
            )
        ),
    ),
    Rule(
        "the details of a problem beyond its place, its words and its type",
        lambda m: area_of(m) == "errors" and "ctx" in m.path,
    ),
)


def _is_list(mutation: Mutation) -> bool:
    return mutation.path[-1] in _LIST_KEYS


_LIST_KEYS = {"images", "loras", "txt2img", "img2img"}


# The servers


class Noting:
    """A server in front of another that notes what was asked."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.asked: set[tuple[str, str, int]] = set()

    def __call__(self, ask: Ask) -> Reply:
        given = self._server(ask)
        self.asked.add((ask.method, ask.route, given.status))
        return given


def mutated(server: Server, applied: Applied) -> Server:
    """A server with one mutation in its answers."""
    mutation = applied.mutation

    def answer(ask: Ask) -> Reply:
        given = server(ask)
        place = (ask.method, ask.route, given.status)
        if place != (mutation.method, mutation.route, mutation.status):
            return given
        try:
            value = given.json
        except ValueError:
            return given
        return _packed_as(given, given.with_json(applied(value)))

    return answer


def _packed_as(before: Reply, after: Reply) -> Reply:
    """The same answer, compressed if the one before was."""
    if not before.body.startswith(b"\x1f\x8b"):
        return after
    packed = after.with_headers(content_encoding="gzip", vary="Accept-Encoding")
    return replace(packed, body=gzip.compress(after.body))


@contextmanager
def judged_by(made: Callable[[Server], Server], *extensions: str) -> Iterator[Run]:
    """A run over a mock that was changed, on a time that both share."""
    time = SharedTime()
    sound = mock(clock=time, step_time=_STEP_TIME, extensions=extensions)
    with served(made(sound)):
        context = make_context(_PROFILE, clock=Clock(time, time.sleep))
        yield Run(context, RunSettings(mode=Mode.FULL, patience=None), lambda _: None)


def planned_checks() -> list[PlannedCheck]:
    """The checks of everything that such a server promises; those that look back on others last.

    MUSTs come first, and of them the cheap ones.
    """
    with judged_by(lambda server: server) as run:
        plan = run.plan(list(load_catalogue()), all_checks())
    order = list(Level)
    return sorted(
        plan.checks, key=lambda p: (p.check.last, order.index(p.requirement.level), p.cost)
    )


def asks_of(checks: Iterable[PlannedCheck]) -> dict[str, set[tuple[str, str, int]]]:
    """Id of each check that a sound server passes -> what it asks for by itself."""
    found = {}
    for planned in checks:
        noting: list[Noting] = []

        def noted(server: Server, noting: list[Noting] = noting) -> Server:
            noting.append(Noting(server))
            return noting[0]

        with judged_by(noted) as run:
            result = run.look(planned)
        if not result.verdict.unmet:
            found[planned.requirement.id] = noting[0].asked
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of one mutation.

    Args:
        mutation: which.
        result: of the most binding requirement that noticed it; None for nobody.
        hit: whether any answer had the field at all.
    """

    mutation: Mutation
    result: Result | None
    hit: bool

    @property
    def level(self) -> str:
        """MUST, SHOULD, MAY, or how it got away."""
        if self.result is not None:
            return str(self.result.requirement.level)
        return "nobody" if self.hit else "not asked for"


def outcome_of(mutation: Mutation, checks: Iterable[PlannedCheck]) -> Outcome:
    """Judge a server with one mutation until nothing more binding can notice."""
    applied, order = Applied(mutation), list(Level)
    extensions = ["adetailer"] if mutation.route == _EXTENSIONS else []
    best: Result | None = None
    with judged_by(lambda server: mutated(server, applied), *extensions) as run:
        for planned in checks:
            rank = order.index(planned.requirement.level)
            if best is None or rank < order.index(best.requirement.level):
                result = run.look(planned)
                best = result if result.verdict.unmet else best
    return Outcome(mutation, best, applied.hit)


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The share that was noticed, by area, as Markdown."""
    levels = [*map(str, Level), "nobody", "not asked for"]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        for row in (area_of(outcome.mutation), "all"):
            counts[row][outcome.level] += 1
    yield f"| area | mutations | {' | '.join(levels)} | noticed |"
    yield "|---" * (len(levels) + 3) + "|"
    for row in sorted(counts, key=lambda name: (name == "all", name)):
        found, total = counts[row], counts[row].total()
        seen = sum(found[str(level)] for level in Level)
        cells = " | ".join(str(found[level]) for level in levels)
        yield f"| {row} | {total} | {cells} | {seen / total:.0%} |"


def chosen(area: str | None, sample: int | None, seed: int) -> list[Mutation]:
    """The mutations that are faults, of one area or of all, or a sample of each area."""
    cases = [c for name in _RECORDED for c in read_recording(_RECORDINGS / f"{name}.jsonl")]
    cases += [c for c in read_recording(_RECORDINGS / f"{_EXTENDED}.jsonl") if _is_extensions(c)]
    every = dict.fromkeys(mutations(recorded_paths(cases)))
    faults = [m for m in every if not any(rule.holds(m) for rule in RULES)]
    by_area: dict[str, list[Mutation]] = defaultdict(list)
    for mutation in faults:
        if area in {None, area_of(mutation)}:
            by_area[area_of(mutation)].append(mutation)
    dice = random.Random(seed)  # noqa: S311 - a sample, no secret
    picked = [
        mutation
        for found in by_area.values()
        for mutation in dice.sample(found, min(sample or len(found), len(found)))
    ]
    dice.shuffle(picked)
    return picked


def _is_extensions(case: Case) -> bool:
    return any(step.path == _EXTENSIONS for step in case.steps)


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and what nobody noticed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sample", type=int, help="how many of each area; all by default")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--area", help=f"one of {', '.join(sorted({*_AREAS.values(), 'errors'}))}")
    parser.add_argument("--list", action="store_true", help="list the mutations alone")
    given = parser.parse_args(arguments)
    picked = chosen(given.area, given.sample, given.seed)
    if given.list:
        sys.stdout.writelines(f"{mutation}\n" for mutation in picked)
        return 0
    checks = planned_checks()
    asks = asks_of(checks)
    outcomes = []
    for number, mutation in enumerate(picked, 1):
        place = (mutation.method, mutation.route, mutation.status)
        able = [
            p
            for p in checks
            if p.requirement.id in asks and (p.check.last or place in asks[p.requirement.id])
        ]
        if area_of(mutation) != "progress":
            able = [p for p in able if not p.check.needs & _LONG]
        outcomes.append(outcome_of(mutation, able))
        who = outcomes[-1].result.id if outcomes[-1].result else "-"
        sys.stderr.write(f"{number}/{len(picked)} {outcomes[-1].level} {who} {mutation}\n")
    sys.stdout.writelines(f"{line}\n" for line in table(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
