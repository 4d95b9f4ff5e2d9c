"""Lines end at blanks, as wide as the terminal."""

from __future__ import annotations

import io
import shlex
from typing import TYPE_CHECKING

from conformance.report.layout import command_lines, filled, fitted, width_of

if TYPE_CHECKING:
    import pytest

_URL = "http://a-very-long-name-of-a-host.example:7860/sdapi/v1/txt2img"


def test_no_word_is_broken_and_a_long_address_stays_whole() -> None:
    lines = fitted(f"the server at {_URL} answers latent-upscale-modes slowly", 40)
    assert _URL in [line.strip() for line in lines]
    assert " ".join(line.strip() for line in lines).split() == [
        *("the", "server", "at", _URL, "answers", "latent-upscale-modes", "slowly"),
    ]
    assert all(len(line) <= 40 for line in lines if _URL not in line)


def test_a_line_that_fits_stays_as_it_is() -> None:
    assert fitted("  a   table", 40) == ["  a   table"]
    assert fitted("x " * 500, None) == ["x " * 500]


def test_what_is_wrapped_stays_behind_its_indent() -> None:
    assert fitted("    one two", 8) == ["    one", "      two"]
    assert filled("", 40, "  Label: ") == ["  Label:"]


def test_a_command_on_several_lines_is_the_same_command() -> None:
    command = f"""curl -sS {_URL} -H Content-Type:x/json --data-raw '{{"prompt": "it'"'"'s"}}'"""
    lines = command_lines(command, 40, "    ")
    assert len(lines) > 2
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert shlex.split("\n".join(lines).replace("\\\n", " ")) == shlex.split(command)


def test_a_command_with_a_body_behind_it_is_left_alone() -> None:
    assert command_lines("curl <<'E'\nx y\nE", 10, "  ") == ["curl <<'E'", "x y", "E"]


def test_a_pipe_has_no_width_but_the_one_that_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert width_of(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "40")
    assert width_of(io.StringIO()) == 40
