"""``sdapi-mock drift``, as people type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from mockserver import ManualClock, activate
from mockserver.cli import main
from mockserver.profiles.loader import profile_names

if TYPE_CHECKING:
    from pathlib import Path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, errors = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, errors


@pytest.mark.parametrize("profile", profile_names())
def test_a_mock_does_not_drift_from_the_set_of_its_profile(
    capsys: pytest.CaptureFixture[str], profile: str
) -> None:
    with activate(profile=profile, clock=ManualClock()) as active:
        code, out, errors = run(capsys, "drift", active.url)

    assert (code, errors) == (0, "")
    assert f"rules of profile {profile}\n" in out
    assert out.endswith("no drift\n")


def test_an_upgrade_is_reported_field_by_field(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with activate(profile="a1111-1.9.0", clock=ManualClock()) as active:
        run(capsys, "record", active.url, str(tmp_path), "--budget", "0")
    with activate(clock=ManualClock()) as active:
        code, out, _ = run(capsys, "drift", active.url, str(tmp_path))
        as_json = run(capsys, "drift", active.url, str(tmp_path), "--json")

    assert code == as_json[0] == 1
    assert f"compared with: {tmp_path.name}, recorded at v1.9.0\n" in out
    assert '  schedulers.json\n    + (the whole list) added: "a list"\n' in out
    assert "    + /DDIM CFG++ added: " in out
    told = json.loads(as_json[1])
    assert (told["version"], told["drift"]) == ("v1.10.1", True)
    assert {
        "file": "cmd-flags.json",
        "place": "/models_dir",
        "change": "added",
        "weight": "api",
        "before": None,
        "after": None,
    } in told["differences"]


def test_settings_count_for_the_own_set_and_not_for_the_api(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with activate(clock=ManualClock()) as active:
        run(capsys, "record", active.url, str(tmp_path), "--budget", "0")
        requests.post(f"{active.url}/sdapi/v1/options", json={"jpeg_quality": 33}, timeout=5)
        own = run(capsys, "drift", active.url, str(tmp_path))
        api = run(capsys, "drift", active.url, str(tmp_path), "--api-only")
        packaged = run(capsys, "drift", active.url)

    assert (own[0], api[0], packaged[0]) == (1, 0, 0)
    assert "    ~ /jpeg_quality changed: 80.0 -> 33.0\n" in own[1]
    assert "not counted: 1 in this installation: its models, settings and folders\n" in api[1]


def test_a_server_that_is_not_reached_is_no_drift(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, errors = run(capsys, "drift", "http://127.0.0.1:1")

    assert (code, out) == (3, "")
    assert errors == (
        "sdapi-mock drift: http://127.0.0.1:1 does not answer; start it, or name another address\n"
    )


def test_a_set_that_is_not_whole_is_reported_before_the_server_is_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, errors = run(capsys, "drift", "http://127.0.0.1:1", str(tmp_path))

    assert code == 2
    assert "is no fixture set" in errors


@pytest.mark.parametrize(
    ("arguments", "expected", "words"),
    [
        pytest.param(["nowhere"], 2, "is no address", id="no address"),
        pytest.param(["http://127.0.0.1:7860", "--auth", "x"], 2, "user:password", id="auth"),
        pytest.param(["http://127.0.0.1:7860/elsewhere"], 3, "but not as", id="no sdapi"),
    ],
)
def test_what_cannot_be_compared_is_never_called_drift(
    capsys: pytest.CaptureFixture[str], arguments: list[str], expected: int, words: str
) -> None:
    with activate("http://127.0.0.1:7860"):
        code, out, errors = run(capsys, "drift", *arguments)

    assert (code, out) == (expected, "")
    assert errors.startswith("sdapi-mock drift: ")
    assert words in errors
    assert errors.count("\n") == 1


def test_what_was_not_looked_at_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with activate(clock=ManualClock()) as active:
        run(capsys, "record", active.url, str(tmp_path))
        _, without_pictures, _ = run(capsys, "drift", active.url, str(tmp_path))
        _, with_pictures, _ = run(capsys, "drift", active.url, str(tmp_path), "--budget", "12")
        as_json = run(capsys, "drift", active.url, str(tmp_path), "--json")[1]

    *_, left_out, verdict = without_pictures.splitlines()
    assert left_out.startswith("not looked at, as they cost pictures (--budget): error-")
    assert left_out.endswith("txt2img-batch, txt2img-networks, txt2img")
    assert verdict == "no drift in what was looked at"
    assert with_pictures.endswith("\nno drift\n")
    assert "txt2img" in json.loads(as_json)["not_asked"]
