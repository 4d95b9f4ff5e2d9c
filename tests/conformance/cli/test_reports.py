"""``--report``, ``--for``, and the commands over reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from doubles import URL, Server, broken, edited, mock, served
from listening import listening
from reports import MIXED, document, failure, result

from conformance.cli import commands, execute
from conformance.report.json_report import read_document, render_json
from conformance.requirements.client_programs import find_client, load_clients
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.report.document import Document

_FAST = ["--patience", "0", "--examples", "0"]
Shown = Callable[[], tuple[str, str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What was written to the output, and what to the error stream."""

    def read() -> tuple[str, str]:
        captured = capsys.readouterr()
        return captured.out, captured.err

    return read


def _check(server: Server, *args: str) -> int:
    with served(server):
        return execute([URL, *_FAST, *args])


def _written(path: Path, given: Document) -> str:
    path.write_text(render_json(given), encoding="utf-8")
    return str(path)


def _no_samplers() -> Server:
    return broken(mock(), edited(lambda _: []), route="samplers")


def _no_room(_: int) -> None:
    raise OSError(28, "No space left on device")


def _verdicts(path: Path) -> dict[str, Verdict]:
    return {r.id: r.verdict for r in read_document(path.read_text("utf-8"), "x").results}


def test_a_run_writes_every_report_that_is_asked_for(tmp_path: Path, shown: Shown) -> None:
    names = ["run.json", "run.html", "run.xml", "run.md", "run.svg"]
    args = [arg for name in names for arg in ("--report", str(tmp_path / name))]
    assert _check(_no_samplers(), "--only", "LIST", *args) == 1
    assert {file.name for file in tmp_path.iterdir()} == set(names)
    assert f"report: {tmp_path / 'run.html'}" in shown()[0]
    for name in names:
        assert "LIST-018" in (tmp_path / name).read_text("utf-8") or name == "run.svg"


def test_the_document_says_the_command_that_repeats_the_run(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    _check(mock(), "--only", "LIST", "--mode", "safe", "--report", str(path))
    back = read_document(path.read_text("utf-8"), "x")
    assert back.replay("LIST-001") == f"sdapi-check {URL} --mode safe --only LIST-001"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("run.pdf", "a report ends in .json", id="no format"),
        pytest.param("no/where/run.json", "there is no folder", id="no folder"),
    ],
)
def test_a_report_that_cannot_be_written_is_wrong_usage_before_the_run(
    tmp_path: Path, name: str, words: str, shown: Shown
) -> None:
    def silent(_: object) -> Any:
        raise AssertionError("the server was asked")

    with served(silent):
        assert execute([URL, "--report", str(tmp_path / name)]) == 2
    out, error = shown()
    assert out == ""
    assert words in error
    assert error.count("\n") == 1


def test_a_full_disk_ends_with_4_and_the_verdict_is_reported_all_the_same(
    tmp_path: Path, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", _no_room)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert _check(mock(), "--only", "LIST", "--report", str(tmp_path / "run.html")) == 4
    out, error = shown()
    assert "conformant" in out
    assert error.count("\n") == 1
    kept = Path(error.strip().partition("the whole result is in ")[2])
    assert _verdicts(kept)["LIST-001"] is Verdict.PASS


def test_a_run_for_a_program_looks_at_what_matters_to_it_alone(
    tmp_path: Path, shown: Shown
) -> None:
    path = tmp_path / "run.json"
    assert _check(mock(), "--for", "librechat", "--report", str(path)) == 0
    client = find_client("librechat")
    assert set(_verdicts(path)) == {*client.need_ids, *client.like_ids}
    first = shown()[0].splitlines()[0]
    assert (
        first == f"LibreChat works: all {len(client.need_ids)} requirements that it needs are met"
    )


def test_a_run_for_a_program_ends_with_1_where_a_need_is_not_met(shown: Shown) -> None:
    assert _check(_no_samplers(), "--for", "krita-cyanic", "--only", "LIST") == 1
    text = shown()[0]
    assert text.startswith("cyanic-sd-krita (Krita) breaks: ")
    assert "(LIST-018); still to be looked at: " in text.splitlines()[0]
    assert "webuiapi" not in text


def test_a_program_that_is_not_known_is_wrong_usage(shown: Shown) -> None:
    assert _check(mock(), "--for", "openwebui") == 2
    assert "did you mean open-webui?" in shown()[1]


def test_the_programs_are_listed_and_each_is_reported_in_full(shown: Shown) -> None:
    assert execute(["clients"]) == 0
    lines = shown()[0].splitlines()
    assert [line.split()[0] for line in lines] == [client.id for client in load_clients()]
    for client in load_clients():
        assert execute(["clients", client.id]) == 0
        described = shown()[0]
        assert client.source in described
        assert set(client.need_ids) <= set(described.split())
    assert execute(["clients", "nope"]) == 2


def test_a_matrix_is_written_of_several_reports(tmp_path: Path, shown: Shown) -> None:
    one = _written(tmp_path / "a.json", document(*MIXED, name="one"))
    two = _written(tmp_path / "b.json", document(result(), name="two"))
    page = tmp_path / "m.html"
    assert execute(["matrix", one, two, "-o", str(page)]) == 0
    assert "12 requirements, 2 servers, 1 requirements in which they differ" in shown()[0]
    assert "two" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        pytest.param(["a.json", "-o", "m.pdf"], "m.pdf: the file has to end in .html", id="format"),
        pytest.param(["a.json", "-o", "no/m.html"], "there is no folder", id="no folder"),
        pytest.param(["none.json"], "none.json cannot be read: No such file", id="no file"),
        pytest.param(["text.json"], "text.json is no report of sdapi-check", id="no report"),
        pytest.param(["bytes.json"], "bytes.json is no text", id="no text"),
        pytest.param([], "Missing argument", id="no reports"),
    ],
)
def test_a_matrix_that_cannot_be_made_is_one_line_and_ends_with_2(
    tmp_path: Path, args: list[str], words: str, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(Path("a.json"), document(result()))
    Path("text.json").write_text("hello")
    Path("bytes.json").write_bytes(b"\xff\xfe\x00")
    assert execute(["matrix", *args]) == 2
    error = shown()[1]
    assert words in error
    assert error.count("\n") == 1


def test_a_page_that_cannot_be_written_ends_with_4(
    tmp_path: Path, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _written(tmp_path / "a.json", document(result()))
    monkeypatch.setattr("os.fsync", _no_room)
    assert execute(["matrix", one, "-o", str(tmp_path / "m.html")]) == 4
    assert "m.html could not be written: No space left on device" in shown()[1]
    assert not (tmp_path / "m.html").exists()


def test_an_upgrade_that_broke_something_ends_with_1(tmp_path: Path, shown: Shown) -> None:
    old = _written(tmp_path / "old.json", document(result(), failure("LIST-002")))
    new = _written(tmp_path / "new.json", document(failure(), result("LIST-002")))
    assert execute(["diff", old, new]) == 1
    out = shown()[0]
    assert "newly failing (1)\n  LIST-001 (MUST) pass -> fail" in out
    assert "newly passing (1)\n  LIST-002 (MUST) fail -> pass" in out


def test_an_upgrade_that_only_mended_ends_with_0_and_the_level_can_be_chosen(
    tmp_path: Path,
) -> None:
    old = _written(tmp_path / "old.json", document(result("LIST-021")))
    new = _written(tmp_path / "new.json", document(failure("LIST-021", Verdict.WARN)))
    assert execute(["diff", new, old]) == 0
    assert execute(["diff", old, new]) == 0
    assert execute(["diff", old, new, "--fail-on", "should"]) == 1


def test_a_difference_is_reported_in_json_too(tmp_path: Path, shown: Shown) -> None:
    old = _written(tmp_path / "old.json", document(result()))
    new = _written(tmp_path / "new.json", document(failure()))
    assert execute(["diff", old, new, "--json"]) == 1
    assert json.loads(shown()[0])["changes"][0]["kind"] == "newly failing"


def test_a_report_becomes_another_format_without_a_run(tmp_path: Path) -> None:
    one = _written(tmp_path / "a.json", document(*MIXED))
    assert execute(["report", one, "-o", str(tmp_path / "b.xml")]) == 0
    assert "<failure" in (tmp_path / "b.xml").read_text("utf-8")
    assert execute(["report", one]) == 2


@pytest.mark.parametrize("name", commands.list_commands(click.Context(commands)))
def test_every_command_explains_itself(name: str, shown: Shown) -> None:
    assert execute([name, "--help"]) == 0
    assert "Usage: sdapi-check" in shown()[0]


def _two_targets(folder: Path, urls: list[str]) -> str:
    file = folder / "sdapi.toml"
    tables = [f'[targets.t{i}]\nurl = "{url}"\n' for i, url in enumerate(urls)]
    file.write_text("patience = 0\nexamples = 0\nonly = ['LIST']\n" + "".join(tables), "utf-8")
    return str(file)


def test_several_targets_get_a_file_each(tmp_path: Path) -> None:
    with listening() as one, listening("sdnext-2025-03") as two:
        config = _two_targets(tmp_path, [one, two])
        args = ["--report", str(tmp_path / "run-{target}.json")]
        execute(["--config", config, *args])
    first, second = (
        read_document((tmp_path / f"run-t{i}.json").read_text("utf-8"), "x") for i in range(2)
    )
    assert (first.name, first.profile) == ("t0", "a1111 1.10.1")
    assert (second.name, second.profile) == ("t1", "sdnext")
    assert second.replay("LIST-001") == f"sdapi-check --config {config} --target t1 --only LIST-001"


def test_several_targets_in_one_file_are_wrong_usage_before_any_run(
    tmp_path: Path, shown: Shown
) -> None:
    config = _two_targets(tmp_path, ["http://127.0.0.1:9", "http://127.0.0.1:9/sd"])
    assert execute(["--config", config, "--report", str(tmp_path / "run.json")]) == 2
    out, error = shown()
    assert "each needs a file of its own; write" in error
    assert out == ""
