"""Counts which mutants of both cores the tests nearest to them notice.

Run it by hand, one half at a time. First which tests run which lines, then a sample of mutants::

    python tests/bench/mutation_score.py trace judge
    python tests/bench/mutation_score.py run judge --each 4 --seed 1
    python tests/bench/mutation_score.py run judge --again

``run`` writes every mutant with its outcome to ``.mutants/HALF.json``, and shows the score of each
module and the mutants that survived. ``--again`` tries those of that file that were not killed,
wherever their lines are by now: the same sample after tests were added or code was moved.

The nearest tests are those in the folder that mirrors the module's, which run the mutated line:
those of the module's own file first, then of files that name it, then the fastest. Nothing is
written into the tree: a fork of this process imports the mutant from memory.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from dataclasses import asdict, replace
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import click
import coverage
import pytest
from mutants import CORES, HERE, Mutant, found_again, sampled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT = HERE / ".mutants"
_TRACED = {
    "mock": [
        *(f"tests/mockserver/{name}" for name in ("backends/a1111", "core", "faults", "http")),
        *(f"tests/mockserver/{name}" for name in ("imaging", "journal", "pydantic_compat")),
        "tests/mockserver/redaction",
    ],
    "judge": [
        *(f"tests/conformance/{name}" for name in ("client", "deployment", "detection")),
        *(f"tests/conformance/{name}" for name in ("load", "report", "requirements", "runner")),
        *(f"tests/conformance/{name}" for name in ("watch", "test_error_body.py")),
        "tests/conformance/test_exchange.py",
    ],
}

# Tests take less time than these imports, which no mutant changes; and the plugins of pytest.
_IMPORTED_ONCE = (
    *("flask", "h11", "hypothesis.strategies", "jinja2", "PIL.Image", "PIL.PngImagePlugin"),
    *("pydantic", "requests", "responses", "werkzeug.test", "zlib_ng.zlib_ng"),
)
# Rewritten asserts would come with modules that pytest read itself.
_QUIET = ("--assert=plain", "-n0", "-q", "-x", "-p", "no:cacheprovider", "-o", "timeout=120")
_MOST_TESTS, _FEW_TESTS, _MOST_SECONDS = 500, 60, 15.0


class Traced:
    """A plugin of pytest: coverage notes for each line which tests run it, and what they cost."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """A context of its own for each test, its fixtures included."""
        current, before = coverage.Coverage.current(), time.process_time()
        assert current is not None
        current.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - before
            current.switch_context("")


class Trace:
    """Which tests run which lines, and what each test costs."""

    def __init__(self, half: str) -> None:
        self._database = sqlite3.connect(KEPT / f"{half}.coverage")
        self._seconds: dict[str, float] = json.loads((KEPT / f"{half}.seconds.json").read_text())
        self._texts: dict[str, str] = {}
        self._lines: dict[str, dict[int, set[str]]] = {}

    def nearest(self, mutant: Mutant) -> list[str]:
        """The tests to try, the likeliest first."""
        folder = f"tests/{Path(mutant.module).parent}/"
        own = f"{folder}test_{Path(mutant.module).stem}"
        tests_of = self._tests_of(mutant.module)
        lines = range(mutant.line, mutant.last + 1)
        tests = set().union(*(tests_of[line] for line in lines))
        most = _MOST_TESTS if tests else _FEW_TESTS
        # What runs at import belongs to no test: any that runs the module may notice.
        tests = tests or set().union(*tests_of.values())
        dotted = mutant.module.removesuffix(".py").replace("/", ".")

        def names(test: str) -> bool:
            file = test.partition("::")[0]
            self._texts.setdefault(file, HERE.joinpath(file).read_text())
            return dotted in self._texts[file]

        ranked = sorted(
            (test for test in tests if test.startswith(folder)),
            key=lambda test: (not test.startswith(own), not names(test), self._seconds[test]),
        )
        chosen, cost = [], 0.0
        for test in ranked[:most]:
            cost += self._seconds[test]
            if chosen and cost > _MOST_SECONDS:
                break
            chosen.append(test)
        return chosen

    def _tests_of(self, module: str) -> dict[int, set[str]]:
        if module not in self._lines:
            found = self._lines[module] = defaultdict(set)
            rows = self._database.execute(
                "select context.context, arc.fromno, arc.tono from arc"
                " join context on context.id = arc.context_id join file on file.id = arc.file_id"
                " where file.path = ?",
                (str(HERE / module),),
            )
            for test, start, end in rows:
                if test in self._seconds:
                    for line in (start, end):
                        if line > 0:
                            found[line].add(test)
        return self._lines[module]


class _Only:
    """A plugin of pytest: some tests of the files, in their order of likelihood."""

    def __init__(self, tests: list[str]) -> None:
        self._rank = {test: rank for rank, test in enumerate(tests)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave the others out."""
        items[:] = [item for item in items if item.nodeid in self._rank]
        items.sort(key=lambda item: self._rank[item.nodeid])


class _FromMemory:
    """The mutated module, in place of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self._path, self._code = str(HERE / mutant.module), mutant.code
        self._get_code = SourceFileLoader.get_code

    def __enter__(self) -> None:
        def get_code(loader: SourceFileLoader, fullname: str) -> object:
            if loader.path == self._path:
                return compile(self._code, self._path, "exec", dont_inherit=True)
            return self._get_code(loader, fullname)

        SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]

    def __exit__(self, *_: object) -> None:
        SourceFileLoader.get_code = self._get_code  # type: ignore[method-assign]


def _try(mutant: Mutant, tests: list[str]) -> int:
    """Run tests against a mutant in this process, which is a fork, and end it."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, 70))
    with Path(os.devnull).open("w") as nowhere:
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
    code = 1
    with contextlib.suppress(BaseException), _FromMemory(mutant):
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        code = int(pytest.main([*_QUIET, *files], [_Only(tests)]))
    os._exit(code)


def _prepare() -> None:
    """Import what no mutant changes, so that each fork has it."""
    for plugin in entry_points(group="pytest11"):
        if plugin.module.partition(".")[0] not in {"conformance", "mockserver"}:
            plugin.load()
    for name in _IMPORTED_ONCE:
        importlib.import_module(name)
    sys.dont_write_bytecode = True
    os.environ["PYTHONPATH"] = str(HERE)
    sys.path.insert(0, str(HERE))


def outcomes(mutants: Iterable[Mutant], trace: Trace) -> Iterator[Mutant]:
    """Try each mutant against its nearest tests, as many at once as there are cores."""
    running: dict[int, Mutant] = {}

    def ended() -> Mutant:
        child, status = os.wait()
        code = os.waitstatus_to_exitcode(status)
        if code in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED}:
            raise click.ClickException("tests are not found any more; run trace again")
        return replace(running.pop(child), outcome="killed" if code else "survived")

    for mutant in mutants:
        tests = trace.nearest(mutant)
        if not tests:
            yield replace(mutant, outcome="untested")
            continue
        if len(running) == (os.cpu_count() or 1):
            yield ended()
        if child := os.fork():
            running[child] = mutant
        else:
            _try(mutant, tests)
    while running:
        yield ended()


def table(mutants: Iterable[Mutant]) -> Iterator[str]:
    """The score of each module, then of all."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in mutants:
        for row in (mutant.module, "all"):
            counts[row][mutant.outcome] += 1
    yield "| module | mutants | killed | survived | not run by a near test |"
    yield "|---|---|---|---|---|"
    for row in sorted(counts, key=lambda name: (name == "all", name)):
        found = counts[row]
        cells = (found.total(), found["killed"], found["survived"], found["untested"])
        yield f"| {row} | {' | '.join(map(str, cells))} |"


def _show(mutant: Mutant) -> None:
    click.echo(f"{mutant.outcome:9} {mutant.module}:{mutant.line} {mutant.operator}")
    if mutant.outcome != "killed":
        click.echo(f"  - {mutant.before}\n  + {mutant.after}")


@click.group()
def main() -> None:
    """Which mutants of a core the tests nearest to them notice."""


@main.command("trace")
@click.argument("half", type=click.Choice(sorted(CORES)))
def trace_command(half: str) -> None:
    """Note which tests run which lines of HALF."""
    KEPT.mkdir(exist_ok=True)
    measured, plugin = KEPT / f"{half}.coverage", Traced()
    measured.unlink(missing_ok=True)
    watching = coverage.Coverage(
        data_file=str(measured),
        config_file=False,
        branch=True,
        source_pkgs=["mockserver" if half == "mock" else "conformance"],
    )
    with watching.collect():
        code = pytest.main(["-n0", "-q", "-p", "no:cacheprovider", *_TRACED[half]], [plugin])
    watching.save()
    (KEPT / f"{half}.seconds.json").write_text(json.dumps(plugin.seconds))
    sys.exit(code)


@main.command("run")
@click.argument("half", type=click.Choice(sorted(CORES)))
@click.option("--each", default=4, show_default=True, help="Mutants of each module.")
@click.option("--seed", default=1, show_default=True, help="Chooses the mutants.")
@click.option("--only", default="", help="Modules with this in their path.")
@click.option("--again", is_flag=True, help="Try those of the last run that were not killed.")
def run_command(half: str, each: int, seed: int, only: str, again: bool) -> None:
    """Try a sample of mutants of HALF."""
    written = KEPT / f"{half}.json"
    tried: list[Mutant] = []
    if again:
        known = [Mutant(**kept) for kept in json.loads(written.read_text())]
        tried = [mutant for mutant in known if mutant.outcome == "killed"]
        sample = list(found_again(mutant for mutant in known if mutant.outcome != "killed"))
    else:
        sample = list(sampled(half, each, seed))
    _prepare()
    for mutant in outcomes((m for m in sample if only in m.module), Trace(half)):
        tried.append(mutant)
        _show(mutant)
        written.write_text(json.dumps([asdict(each) for each in tried], indent=1))
    click.echo("\n".join(table(tried)))


if __name__ == "__main__":
    main()
