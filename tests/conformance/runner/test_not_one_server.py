"""Runs over addresses that are not one server, or whose options somebody else writes too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Reply, Server, mock, reply, served
from fleet import also_written, balanced, options, write, writes
from judging import make_context

from conformance.checks import Check, all_checks
from conformance.deployment.undo_journal.journal import UndoJournal
from conformance.report.document import Collector, Document, ExitCode
from conformance.report.summary import verdict_line
from conformance.requirements.catalogue import load_catalogue
from conformance.runner import option_guard
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Failed, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.runner.check_context import CheckContext

_WRITING = ("OPT-007", "OPT-023")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(option_guard, "_PAUSE", 0.0)


def _judged(
    server: Server,
    names: tuple[str, ...] = _WRITING,
    mode: Mode = Mode.RESTORE,
    own: dict[str, Any] | None = None,
    **settings: Any,
) -> Document:
    """The document of a run with some checks of the suite, and others of a test's own."""
    collector = Collector()
    checks = {name: all_checks()[name] for name in names}
    checks |= {name: Check(name, function) for name, function in (own or {}).items()}
    with served(server):
        run = Run(
            make_context("a1111", **settings),
            RunSettings(mode=mode, patience=None),
            collector.handle,
        )
        run.carry_out(run.prepare([load_catalogue()[name] for name in checks], checks))
        run.finish()
    return collector.document


def _verdicts(document: Document) -> dict[str, Verdict]:
    return {result.id: result.verdict for result in document.results}


def _twins(**config: Any) -> list[Server]:
    return [mock(nowebui=True, **config) for _ in range(2)]


def _counting(server: Server, posts: list[Ask]) -> Server:
    def answer(ask: Ask) -> Reply:
        posts.extend([ask] if writes(ask) else [])
        return server(ask)

    return answer


def test_two_states_are_seen_before_anything_is_written() -> None:
    servers, posts = _twins(), []
    write(servers[1], samples_format="jpg")
    before = [options(each) for each in servers]
    document = _judged(_counting(balanced(servers), posts))
    assert (posts, [options(each) for each in servers]) == ([], before)
    assert set(_verdicts(document).values()) == {Verdict.NOT_RUN}
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert "no verdict: more than one server answers at this address" in verdict_line(document)
    assert [section.key for section in document.sections_shown(urgent=True)] == ["stopped"]


def test_two_states_are_said_in_safe_mode_too() -> None:
    servers = _twins()
    write(servers[1], samples_format="jpg")
    document = _judged(balanced(servers), ("OPT-001", "OPT-003"), Mode.SAFE)
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert _verdicts(document)["OPT-001"] is Verdict.PASS


@pytest.mark.parametrize(
    "choose",
    [pytest.param(None, id="by turns"), pytest.param(lambda n: n // 3 % 2, id="in threes")],
)
def test_equal_servers_are_noticed_by_the_first_write_and_put_back_both(
    choose: Any, tmp_path: Path
) -> None:
    servers = _twins()
    before = [options(each) for each in servers]
    journal = UndoJournal(tmp_path / "one.undo", "http://judged.test:7860")
    document = _judged(
        balanced(servers, choose), (*_WRITING, "OPT-024", "OPT-025"), journal=journal
    )
    assert [options(each) for each in servers] == before
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert _verdicts(document)["OPT-025"] is Verdict.NOT_RUN
    assert (document.not_put_back, list(tmp_path.glob("*.undo"))) == ("", [])


def test_what_stays_on_one_of_two_is_named_with_the_command_that_repairs_it(
    tmp_path: Path,
) -> None:
    def stubborn(server: Server) -> Server:
        """It takes one write, and no other."""
        changed: list[Ask] = []

        def answer(ask: Ask) -> Reply:
            if writes(ask) and ask.json and changed:
                return reply(None)
            changed.extend([ask] if writes(ask) and ask.json else [])
            return server(ask)

        return answer

    path = tmp_path / "one.undo"
    journal = UndoJournal(path, "http://judged.test:7860")
    document = _judged(balanced([stubborn(each) for each in _twins()]), journal=journal)
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert f"sdapi-check restore {path}" in document.not_put_back
    assert path.exists()


def test_an_option_that_stays_ends_all_writing_whatever_else_failed() -> None:
    server, posts = mock(), []

    def deaf_after_the_first(ask: Ask) -> Reply:
        posts.extend([ask] if writes(ask) and ask.json else [])
        return reply(None) if writes(ask) and len(posts) > 1 else server(ask)

    def fails(_: CheckContext) -> None:
        raise Failed("this", "that")

    document = _judged(deaf_after_the_first, own={"LIST-001": fails})
    assert _verdicts(document) == {
        "LIST-001": Verdict.FAIL,
        "OPT-007": Verdict.FAIL,
        "OPT-023": Verdict.NOT_RUN,
    }
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert document.stopped.startswith("options could not be put back: ")


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(lambda ask: writes(ask) and bool(ask.json), id="as we write"),
        pytest.param(lambda ask: ask.route.endswith("/samplers"), id="in between"),
    ],
)
def test_what_another_program_writes_meanwhile_stays(when: Any) -> None:
    server = mock()
    before = options(server)
    names = ("OPT-019", "OPT-023", "OPT-024")
    document = _judged(also_written(server, when, n_rows=3), names)
    assert options(server) == before | {"n_rows": 3.0}
    assert document.exit_code() is ExitCode.SUITE_FAILED
    assert document.stopped.startswith("another program changed options meanwhile")
    assert "n_rows was -1.0 and is 3.0" in document.stopped
    assert _verdicts(document)["OPT-024"] is Verdict.NOT_RUN
    assert Verdict.FAIL not in _verdicts(document).values()


def test_an_option_that_both_write_stays_as_the_other_program_wrote_it() -> None:
    server = mock()
    ours = []

    def once_we_wrote(ask: Ask) -> bool:
        ours.extend([ask] if writes(ask) and "gallery_height" in (ask.json or {}) else [])
        return bool(ours) and not writes(ask)

    document = _judged(also_written(server, once_we_wrote, gallery_height="77"), ("OPT-025",))
    assert options(server)["gallery_height"] == "77"
    assert document.exit_code() is ExitCode.SUITE_FAILED


def test_what_the_server_changes_along_with_a_write_is_put_back() -> None:
    server = mock()
    before = options(server)

    def careless(ask: Ask) -> Reply:
        """Every write of something else resets n_rows."""
        given = server(ask)
        if writes(ask) and ask.json and "n_rows" not in ask.json:
            write(server, n_rows=7)
        return given

    document = _judged(careless, ("OPT-020", "OPT-023"))
    assert options(server) == before
    assert _verdicts(document)["OPT-020"] is Verdict.FAIL
    assert document.exit_code() is ExitCode.NOT_CONFORMANT


@pytest.mark.parametrize(
    "profile", ["a1111-1.10.1", "forge", "sdnext-2025-03", "koboldcpp-1.115.1"]
)
def test_a_server_of_its_own_is_written_to_and_put_back(profile: str) -> None:
    server = mock(profile=profile)
    before = options(server)
    document = _judged(server)
    assert (document.stopped, options(server)) == ("", before)


def test_a_checkpoint_that_somebody_else_chooses_disturbs_nothing_and_stays() -> None:
    server = mock()
    titles = [model["title"] for model in server(Ask("GET", "/sdapi/v1/sd-models")).json]
    document = _judged(
        also_written(server, writes, sd_model_checkpoint=titles[-1]), (*_WRITING, "OPT-010")
    )
    assert document.stopped == ""
    assert options(server)["sd_model_checkpoint"] == titles[-1]
