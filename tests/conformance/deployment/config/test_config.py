"""``sdapi.toml``: what it may say, and how a mistake in it is reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from conformance.deployment.config.config import load_config, read_config
from conformance.errors import ConfigurationError
from conformance.runner.plan import Mode

_LIVE = '[targets.live]\nurl = "http://host"\n'


def _read(text: str, folder: Path = Path()) -> object:
    return read_config(text, "sdapi.toml", folder)


def _refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        _read(text)
    words = str(caught.value)
    assert "\n" not in words
    return words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a = ", "sdapi.toml: Invalid value", id="an end too early"),
        pytest.param("[x\n", "sdapi.toml, line 1, column 3: ", id="no TOML"),
        pytest.param("", "no target is named", id="empty"),
        pytest.param("[targets]", "no target is named", id="no target"),
        pytest.param("targets = 1", "targets: a table, as in [targets], is expected", id="number"),
        pytest.param("[targets.live]", "line 1: targets.live: the key `url` is missing", id="url"),
        pytest.param('[targets."a b"]\nurl = "h"', "a target's name consists of", id="a name"),
        pytest.param(
            "moode = 'safe'\n" + _LIVE,
            "sdapi.toml, line 1: moode: unknown key; did you mean `mode`?",
            id="an unknown key for all",
        ),
        pytest.param(
            _LIVE + "timeot = 3",
            "sdapi.toml, line 3: targets.live.timeot: unknown key; did you mean `timeout`?",
            id="an unknown key of a target",
        ),
        pytest.param(
            _LIVE + "[targets.live.expect]\nmodel = []",
            "targets.live.expect.model: unknown key; did you mean `models`?",
            id="an unknown expectation",
        ),
        pytest.param(_LIVE + "zzz = 1", "unknown key; there are url, auth,", id="nothing near"),
        pytest.param(
            _LIVE + "timeout = '30'",
            "targets.live.timeout: seconds, as a number above 0, is expected, not the text '30'",
            id="text for a number",
        ),
        pytest.param(_LIVE + "timeout = 0", "above 0, is expected, not 0", id="no time"),
        pytest.param(_LIVE + "timeout = 1e12", "as a number up to 1000000, is", id="too long"),
        pytest.param(_LIVE + "wait = nan", "from 0 on, is expected, not nan", id="no number"),
        pytest.param(_LIVE + "insecure = 1", "true or false is expected, not 1", id="a flag"),
        pytest.param(_LIVE + "only = [1]", "an array of texts", id="no words"),
        pytest.param(_LIVE + "mode = 'fast'", "there are smoke, safe, restore, full", id="mode"),
        pytest.param(_LIVE + "profile = 'comfyui'", "'comfyui' is no profile", id="profile"),
        pytest.param(_LIVE + "size = 100", "a multiple of 64", id="a size"),
        pytest.param(_LIVE + "seed = -1", "a whole number from 0 on", id="a seed"),
        pytest.param(
            _LIVE + "headers = 'X: 1'", "a table, as in [targets.live.headers]", id="head"
        ),
        pytest.param(_LIVE + "expect = 1", "a table, as in [targets.live.expect]", id="expect"),
        pytest.param("[targets.live]\nurl = 'ftp://host'", "use http:// or https://", id="scheme"),
        pytest.param("[targets.live]\nurl = ''", "not an empty text", id="an empty address"),
        pytest.param(
            "timeout = '3'\n" + _LIVE, "line 1: timeout: seconds", id="a default, where it is"
        ),
    ],
)
def test_a_mistake_is_one_line_with_its_place(text: str, words: str) -> None:
    assert words in _refusal(text)


def test_what_is_said_for_all_targets_holds_unless_a_target_says_otherwise() -> None:
    text = "mode = 'smoke'\nrate = 2\n[targets.a]\nurl = 'h'\n[targets.b]\nurl = 'h'\nmode = 'full'"
    first, second = read_config(text, "sdapi.toml", Path()).targets
    assert first.run == {"mode": Mode.SMOKE, "rate": 2.0}
    assert second.run == {"mode": Mode.FULL, "rate": 2.0}


def test_what_is_expected_of_all_targets_is_added_to_by_each() -> None:
    text = (
        "[expect]\nmodels = ['m']\nauth = true\noptions = {a = 1, b = 1}\n"
        "[targets.live]\nurl = 'h'\n[targets.live.expect]\nsamplers = 'Euler'\noptions = {b = 2}"
    )
    expect = read_config(text, "sdapi.toml", Path()).targets[0].expect
    assert expect.lists == {"models": ("m",), "samplers": ("Euler",)}
    assert expect.options == {"a": 1, "b": 2}
    assert expect.auth == "every"


def test_a_target_can_do_without_what_is_expected_of_all() -> None:
    text = (
        "[expect]\nmodels = ['m']\nauth = true\nsecrets = 'hidden'\n"
        "[targets.live]\nurl = 'h'\n[targets.live.expect]\nmodels = []\nauth = false\n"
        "secrets = 'shown'"
    )
    expect = read_config(text, "sdapi.toml", Path()).targets[0].expect
    assert (expect.lists, expect.auth, expect.secrets_hidden) == ({"models": ()}, "", False)


def test_targets_are_chosen_by_name_in_the_order_of_the_file() -> None:
    config = read_config("[targets.a]\nurl='h'\n[targets.b]\nurl='h'\n", "f.toml", Path())
    assert [target.name for target in config.chosen(["b", "a"])] == ["a", "b"]
    assert config.chosen([]) == config.targets
    with pytest.raises(ConfigurationError, match=r"f.toml: there is no target 'c'; there are a, b"):
        config.chosen(["c"])


def test_a_waiver_is_read_with_all_it_says() -> None:
    text = _LIVE + (
        "[[waivers]]\nid = 'list-018'\ntarget = 'live'\nprofile = 'a1111>=1.6'\n"
        "reason = 'known'\nlink = 'https://t/1'\nexpires = 2027-03-31"
    )
    (waiver,) = read_config(text, "sdapi.toml", Path()).waivers
    assert (waiver.id, waiver.target, waiver.expires) == ("LIST-018", "live", date(2027, 3, 31))
    assert waiver.sentence == "known (https://t/1), until 2027-03-31"
    assert str(waiver.profile) == "a1111>=1.6"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param("reason = 'r'", "the key `id` is missing", id="no id"),
        pytest.param("id = 'LIST-018'", "the key `reason` is missing", id="no reason"),
        pytest.param(
            "id = 'LIST-18'\nreason = 'r'",
            "line 4: waivers[1].id: 'LIST-18' is no requirement; did you mean `LIST-018`?",
            id="an unknown requirement",
        ),
        pytest.param(
            "id = 'LIST-018'\nreason = 'r'\ntarget = 'life'",
            "waivers[1].target: 'life' is no target; did you mean `live`?",
            id="an unknown target",
        ),
        pytest.param(
            "id = 'LIST-018'\nreason = 'r'\nprofile = 'comfyui'",
            "waivers[1].profile: 'comfyui' names no server family",
            id="an unknown profile",
        ),
        pytest.param(
            "id = 'LIST-018'\nreason = 'r'\nexpires = '2027-03-31'",
            "a date without quotes, as in 2027-03-31, is expected, not the text",
            id="a date in quotes",
        ),
        pytest.param(
            "id = 'LIST-018'\nreason = 'r'\nexpires = 2027-03-31T12:00:00",
            "a date without quotes",
            id="a date with a time",
        ),
        pytest.param(
            "id = 'LIST-018'\nreason = 'r'\nexpire = 2027-03-31",
            "unknown key; did you mean `expires`?",
            id="an unknown key",
        ),
    ],
)
def test_a_waiver_that_waives_nothing_is_refused(lines: str, words: str) -> None:
    assert words in _refusal(f"{_LIVE}[[waivers]]\n{lines}")


def test_waivers_that_are_no_tables_are_refused() -> None:
    assert "an array of tables, as in [[waivers]]," in _refusal("waivers = 'all'\n" + _LIVE)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere.toml: it cannot be read \(No such file"):
        load_config(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigurationError, match=r"it cannot be read \(Is a directory\)"):
        load_config(tmp_path)
    binary = tmp_path / "picture.toml"
    binary.write_bytes(b"\x89PNG\xff")
    with pytest.raises(ConfigurationError, match="it is no text in UTF-8"):
        load_config(binary)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sdapi.toml"
    file.write_text(_LIVE, encoding="utf-8-sig")
    assert load_config(file).targets[0].name == "live"
