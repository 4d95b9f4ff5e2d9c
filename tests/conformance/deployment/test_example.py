"""The annotated example: good as it is, good with every comment taken away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.deployment.config.config import read_config
from conformance.deployment.config.target import KEYS
from conformance.deployment.example_files import example_text, write_example
from conformance.deployment.expectations.expectations import LISTS
from conformance.deployment.waivers import KEYS as WAIVER_KEYS
from conformance.errors import ConfigurationError


def _uncommented() -> str:
    """The example with what is offered in comments switched on; prose stays a comment."""
    key = r"(?:\[\[?[\w.]+\]\]?|[\w-]+ = |    \{|\]$)"
    text = re.sub(rf"(?m)^# ?(?={key})", "", example_text())
    # Two ways to say who one is, and two ways to trust, cannot both be taken.
    return re.sub(r"(?m)^(token|insecure) = .*\n", "", text)


def test_the_example_is_good_as_it_is() -> None:
    (target,) = read_config(example_text(), "sdapi.toml", Path()).targets
    assert target.name == "local"
    assert target.expect.lists["samplers"] == ("Euler a",)


def test_everything_that_it_offers_in_comments_is_good(tmp_path: Path) -> None:
    config = read_config(_uncommented(), "sdapi.toml", tmp_path)
    live = config.chosen(["live"])[0]
    assert live.run["mode"] == "restore"
    assert live.table.text("auth") == "env:SD_AUTH"
    local = config.chosen(["local"])[0]
    assert local.expect.auth == "every"
    assert local.expect.longest[0].seconds == 30
    assert local.expect.options["samples_format"] == "png"
    assert config.waivers[0].id == "TXT2IMG-020"


def test_it_shows_every_key_that_there_is() -> None:
    text = example_text()
    rare = {"size", "seed", "examples", "expect"}
    keys = {*KEYS, *LISTS, *WAIVER_KEYS, "open", "cors", "secrets", "longest"} - rare
    assert [key for key in sorted(keys) if not re.search(rf"(?m)^(?:# )?{key} = ", text)] == []


def test_it_is_not_written_over_another_file(tmp_path: Path) -> None:
    file = tmp_path / "sdapi.toml"
    write_example(file)
    assert file.read_text(encoding="utf-8") == example_text()
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="it exists already, and is not overwritten"):
        write_example(file)
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be written \(No such file"):
        write_example(tmp_path / "nowhere" / "sdapi.toml")
