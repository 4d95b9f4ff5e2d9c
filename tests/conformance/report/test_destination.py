"""Where reports go."""

from __future__ import annotations

import errno
import os
from io import StringIO
from pathlib import Path

import pytest
from reports import document, result

from conformance.errors import ConfigurationError, ReportError
from conformance.report.destination import (
    Destination,
    check_destination,
    insist_on_names,
    target_name,
    write_reports,
    write_whole,
)
from conformance.report.json_report import read_document

_DOCUMENT = document(result())


def _no_room(_: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _write(*names: Path) -> tuple[list[str], list[str]]:
    said: list[str] = []
    destinations = [Destination.parse(str(name)) for name in names]
    return write_reports(destinations, _DOCUMENT, said.append), said


def test_each_report_is_written_and_reported(tmp_path: Path) -> None:
    problems, said = _write(tmp_path / "a.json", tmp_path / "a.svg")
    assert problems == []
    assert said == [f"report: {tmp_path / 'a.json'}", f"report: {tmp_path / 'a.svg'}"]
    assert read_document((tmp_path / "a.json").read_text("utf-8"), "a").url == _DOCUMENT.url


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("a.pdf", "a report ends in", id="no format"),
        pytest.param("missing/a.json", "there is no folder", id="no folder"),
        pytest.param("folder.json", "is a folder", id="a folder"),
        pytest.param("{target}/a.json", "not in the folder's", id="target in the folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ReportError, match=words):
        Destination.parse(str(tmp_path / name))


def test_a_folder_that_cannot_be_written_to_is_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # A chmod would not stop tests that run as root.
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    with pytest.raises(ReportError, match="cannot be written to: Permission denied"):
        Destination.parse(str(tmp_path / "a.json"))


def test_a_full_disk_leaves_the_old_report_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_text("old")
    monkeypatch.setattr("os.fsync", _no_room)
    problems, said = _write(tmp_path / "a.html", tmp_path / "a.xml")
    assert said == []
    assert problems[0] == f"{tmp_path / 'a.html'} could not be written: No space left on device"
    assert (tmp_path / "a.html").read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]
    kept = Path(problems[1].partition("the whole result is in ")[2])
    assert read_document(kept.read_text("utf-8"), "kept").results[0].id == "LIST-001"
    kept.unlink()


def test_where_nothing_can_be_written_the_result_is_on_the_error_stream(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    destination = Destination.parse(str(tmp_path / "a.html"))
    monkeypatch.setattr("os.fsync", _no_room)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    (problem,) = write_reports([destination], _DOCUMENT, lambda _: None)
    assert problem.endswith("the whole result is above, as JSON")
    assert read_document(capsys.readouterr().err, "stderr").url == _DOCUMENT.url


def test_a_report_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", "long long long")
    write_whole(tmp_path / "a", "short")
    assert (tmp_path / "a").read_text() == "short"


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        pytest.param("live", "http://x", "live", id="its name"),
        pytest.param("", "https://host:7860/sd", "host-7860", id="its host"),
        pytest.param("../../etc/x y", "http://x", "etc-x-y", id="no way out of the folder"),
        pytest.param("..", "http://x", "target", id="nothing left"),
        pytest.param("", "http://[::1]:7860", "1-7860", id="IPv6"),
    ],
)
def test_the_name_of_a_target_is_fit_for_a_file(name: str, url: str, expected: str) -> None:
    assert target_name(document(name=name, url=url)) == expected


def test_the_target_is_in_the_name(tmp_path: Path) -> None:
    destination = Destination.parse(str(tmp_path / "run-{target}.svg"))
    assert destination.write(document(name="live")) == tmp_path / "run-live.svg"


def test_several_targets_need_several_files(tmp_path: Path) -> None:
    one = Destination.parse(str(tmp_path / "run.svg"))
    many = Destination.parse(str(tmp_path / "run-{target}.svg"))
    insist_on_names([one], 1)
    insist_on_names([many], 3)
    with pytest.raises(ConfigurationError, match=r"write .*run-\{target\}\.svg"):
        insist_on_names([many, one], 3)


@pytest.mark.parametrize(
    ("name", "begins"),
    [pytest.param("-", "{", id="as JSON"), pytest.param("-.md", "## ", id="as Markdown")],
)
def test_a_report_goes_to_the_output_in_the_form_that_is_named(
    name: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    destination = Destination.parse(name)
    assert write_reports([destination], _DOCUMENT, lambda _: None) == []
    assert capsys.readouterr().out.startswith(begins)
    with pytest.raises(ConfigurationError, match="there are 2 targets, and - is the output of one"):
        insist_on_names([destination], 2)


def test_an_output_that_takes_nothing_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(StringIO):
        def flush(self) -> None:
            _no_room(0)

    monkeypatch.setattr("sys.stdout", Full())
    with pytest.raises(ReportError, match="cannot be written to the output: No space left"):
        Destination.parse("-").write(_DOCUMENT)


def test_a_file_that_a_command_writes_has_one_of_its_suffixes(tmp_path: Path) -> None:
    check_destination(str(tmp_path / "a.CSV"), (".csv", ".json"))
    with pytest.raises(ConfigurationError, match=r"the file has to end in \.csv or \.json"):
        check_destination(str(tmp_path / "a.txt"), (".csv", ".json"))
    with pytest.raises(ConfigurationError, match="there is no folder"):
        check_destination(str(tmp_path / "none" / "a.csv"), (".csv",))
