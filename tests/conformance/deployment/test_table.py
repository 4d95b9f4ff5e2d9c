"""Where keys are in a TOML file."""

from __future__ import annotations

import pytest

from conformance.deployment.table import Path, dotted, line_of

_TEXT = """\
timeout = 3
# url = "not this one"
[targets.live]
url = "http://host"
headers = { X-Key = "env:KEY" }

[targets."two words".expect]
options.samples_format = "png"

[[waivers]]
id = "LIST-001"
[[waivers]]
id = "LIST-002"

[targets.late]
note = '''
url = "a line of a text"
mode = 3
'''
url = "http://other"
'mode' = "smoke"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param(("timeout",), 1, id="above the tables"),
        pytest.param(("targets", "live"), 3, id="a table"),
        pytest.param(("targets", "live", "url"), 4, id="a key of a table"),
        pytest.param(("targets", "live", "headers", "X-Key"), 5, id="in an inline table"),
        pytest.param(("targets", "two words", "expect", "options", "samples_format"), 8, id="dots"),
        pytest.param(("waivers", 1, "id"), 13, id="the second of an array of tables"),
        pytest.param(("targets", "live", "mode"), 3, id="a key that is not there"),
        pytest.param(("targets", "late", "url"), 20, id="below a text with the same words"),
        pytest.param(("targets", "late", "mode"), 21, id="a key in quotes"),
        pytest.param(("targets", "late", "note"), 16, id="a text of several lines"),
        pytest.param(("targets", "late", "wait"), 15, id="missing in a table after others"),
        pytest.param(("targets",), 3, id="a table without a header of its own"),
        pytest.param(("waivers", 2, "id"), 10, id="past the end of an array of tables"),
        pytest.param(("nowhere",), None, id="nothing"),
    ],
)
def test_a_key_is_found_on_its_line(path: Path, line: int | None) -> None:
    assert line_of(_TEXT, path) == line


def test_lines_may_end_as_windows_ends_them() -> None:
    assert line_of(_TEXT.replace("\n", "\r\n"), ("targets", "late", "url")) == 20


def test_a_path_reads_as_it_is_written_and_counts_from_1() -> None:
    assert dotted(("waivers", 1, "id")) == "waivers[2].id"
    assert dotted(("targets", "live", "url")) == "targets.live.url"
