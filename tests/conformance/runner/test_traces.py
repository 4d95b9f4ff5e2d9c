"""What a run leaves on a server: nothing that it can avoid, and the rest by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Reply, Server, mock, served
from fleet import options, write, writes
from judging import make_context

from conformance.checks import Check, all_checks
from conformance.checks.misc import _LEFT
from conformance.cli.job import NEWEST, plan_lines
from conformance.cli.session import RunOptions
from conformance.deployment.undo_journal.journal import UndoJournal
from conformance.report.document import Collector, Document, ExitCode
from conformance.report.summary import verdict_line
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.own_job import ROUTE
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.runner.check_context import CheckContext

_TINY = {"width": 64, "height": 64, "steps": 1}


def _judged(
    server: Server,
    checks: dict[str, Any],
    mode: Mode = Mode.FULL,
    **settings: Any,
) -> Document:
    """The document of a run with these checks, a function or None for the suite's own."""
    collector = Collector()
    wanted = {
        name: Check(name, function) if function else all_checks()[name]
        for name, function in checks.items()
    }
    with served(server):
        context = make_context("a1111", **settings)
        run = Run(context, RunSettings(mode=mode, patience=None), collector.handle)
        plan = run.prepare([load_catalogue()[name] for name in wanted], wanted)
        try:
            run.carry_out(plan)
        except KeyboardInterrupt:
            run.cancel()
        run.finish()
    return collector.document


def _waiting(server: Server) -> list[str]:
    found: list[str] = server(Ask("GET", ROUTE)).json["tasks"]
    return found


def _refused(context: CheckContext) -> None:
    """An img2img that fails once its task is in the list."""
    exchange = context.post("img2img", json=_TINY | {"init_images": ["zzz"]})
    assert exchange.status == 500


def test_task_ids_of_refused_requests_do_not_stay() -> None:
    server = mock()
    left: list[list[str]] = []

    def refused(context: CheckContext) -> None:
        _refused(context)
        left.append(_waiting(server))

    document = _judged(server, {"IMG2IMG-001": refused}, Mode.SAFE)
    assert (len(left[0]), _waiting(server), document.notes) == (1, [], ())


def test_task_ids_that_waited_before_are_left_alone() -> None:
    server = mock()
    with served(server):
        _refused(make_context("a1111"))
    before = _waiting(server)
    _judged(server, {"IMG2IMG-001": _refused}, Mode.SAFE)
    assert _waiting(server) == before != []


def test_the_safe_mode_saves_no_settings_on_a_fresh_install(tmp_path: Path) -> None:
    file, posts = tmp_path / "config.json", []
    server = mock(fresh=True, state_file=file)
    before = options(server)

    def counting(ask: Ask) -> Reply:
        posts.extend([ask] if writes(ask) else [])
        return server(ask)

    document = _judged(counting, {"IMG2IMG-057": None, "TXT2IMG-104": None}, Mode.SAFE)
    assert Verdict.PASS_LOOSE in {result.verdict for result in document.results}
    assert (posts, file.exists(), options(server)) == ([], False, before)


def test_pictures_and_grids_are_kept_off_the_disk() -> None:
    server, sent = mock(), []

    def watching(ask: Ask) -> Reply:
        sent.extend([ask.json] if ask.route.endswith("/txt2img") else [])
        return server(ask)

    document = _judged(watching, {"TXT2IMG-064": None})
    assert [result.verdict for result in document.results] == [Verdict.PASS]
    saving = [body for body in sent if body.get("save_images")]
    assert [body["override_settings"] for body in saving] == [
        {"samples_save": False, "grid_save": False}
    ]


def test_what_stays_on_the_disk_is_named_at_the_end_and_in_the_plan(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "one.undo", "http://judged.test:7860")
    document = _judged(mock(), {"MISC-019": None, "MISC-020": None}, journal=journal)
    (section,) = [s for s in document.sections if s.key == "leftovers"]
    assert section.lines == (f"{_LEFT[0].upper()}{_LEFT[1:]} (MISC-019, MISC-020).",)
    lines = plan_lines(NEWEST, RunOptions(mode=Mode.FULL))
    assert f"  {_LEFT} (MISC-019, MISC-020)" in lines
    assert not any(_LEFT in line for line in plan_lines(NEWEST, RunOptions(mode=Mode.SAFE)))


@pytest.mark.parametrize(
    "value", [0.0, 2.0, 3, 2**60, None, "0", [1, 2.0, []], [{"a": {"b": 0.0}}]]
)
def test_options_get_back_the_type_that_they_had(value: Any) -> None:
    server = mock()
    write(server, gallery_height=value)
    before = options(server)["gallery_height"]

    def changes(context: CheckContext) -> None:
        with context.options.changed(gallery_height="77px", send_seed=False):
            pass

    _judged(server, {"OPT-004": changes})
    after = options(server)["gallery_height"]
    assert (after, repr(after)) == (before, repr(before))


def test_an_interrupted_run_says_how_far_it_came_and_puts_everything_back(tmp_path: Path) -> None:
    server = mock()
    before = options(server)

    def interrupted(context: CheckContext) -> None:
        context.options.post({"send_seed": False})
        raise KeyboardInterrupt

    journal = UndoJournal(tmp_path / "one.undo", "http://judged.test:7860")
    document = _judged(
        server,
        {"LIST-001": lambda _: None, "OPT-004": interrupted, "OPT-007": None},
        journal=journal,
    )
    assert document.interrupted == "interrupted after 1 of 3"
    assert "interrupted after 1 of 3" in verdict_line(document)
    assert "conformant" not in verdict_line(document)
    assert document.exit_code() is ExitCode.INTERRUPTED
    verdicts = {result.id: result.verdict for result in document.results}
    assert verdicts == {
        "LIST-001": Verdict.PASS,
        "OPT-004": Verdict.NOT_RUN,
        "OPT-007": Verdict.NOT_RUN,
    }
    assert (options(server), list(tmp_path.iterdir())) == (before, [])


def test_a_run_that_is_interrupted_twice_keeps_the_way_to_repair_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(context: CheckContext) -> None:
        context.options.post({"send_seed": False})
        monkeypatch.setattr(context.options, "settle", _again)
        raise KeyboardInterrupt

    def _again() -> None:
        raise KeyboardInterrupt

    path = tmp_path / "one.undo"
    journal = UndoJournal(path, "http://judged.test:7860")
    document = _judged(mock(), {"OPT-004": interrupted}, journal=journal)
    assert f"sdapi-check restore {path}" in document.not_put_back
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert list(tmp_path.iterdir()) == [path]
