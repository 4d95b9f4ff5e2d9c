"""``sdapi-mock record`` and ``sdapi-mock serve DIR``, as people type them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import ManualClock, activate
from mockserver.cli import main
from mockserver.recording.live_server import LiveServer

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.recording.live_server import Received
    from mockserver.recording.plan import Step


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    out, errors = capsys.readouterr()
    return int(str(ended.value.code or 0)), out, errors


def test_a_recording_says_what_it_did(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with activate(clock=ManualClock()) as active:
        code, out, errors = run(capsys, "record", active.url, str(tmp_path), "--budget", "1")
        again = run(capsys, "record", active.url, str(tmp_path))

    assert (code, errors) == (0, "")
    assert out.splitlines()[:3] == [
        "recorded AUTOMATIC1111 stable-diffusion-webui v1.10.1; rules of profile a1111-1.10.1",
        f"30 requests, in {tmp_path}",
        "pictures asked for: 1 at most; the budget was 1",
    ]
    assert "beyond the budget and left out: txt2img-batch, img2img, " in out
    assert "redacted:\n  1 user names (openapi.json/" in out
    assert out.endswith(f"serve it with: sdapi-mock serve {tmp_path}\n")
    assert again == (
        0,
        f"{tmp_path} holds a whole recording already; name a new folder to record anew\n",
        "",
    )


def test_the_plan_is_reported_without_a_server(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "never made"
    code, out, _ = run(
        capsys, "record", "http://127.0.0.1:1", str(folder), "--plan-only", "--budget", "2"
    )

    assert code == 0
    assert "txt2img: POST /sdapi/v1/txt2img, at most 1 picture\n" in out
    assert "txt2img-batch: left out, beyond the budget, at most 2 pictures\n" in out
    assert out.endswith("at most 2 pictures of 64x64 in 2 steps; the budget is 2\n")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("arguments", "words", "expected"),
    [
        pytest.param(["http://127.0.0.1:1"], "does not answer; start it", 3, id="nobody there"),
        pytest.param(["localhost"], "is no address; write it as", 2, id="no address"),
        pytest.param(["http://x/?a=b"], "has a query or fragment", 2, id="a query"),
        pytest.param(["http://x", "--auth", "env:NOWHERE"], "no NOWHERE; set it", 2, id="no env"),
        pytest.param(["http://x", "--auth", "file:/nope"], "cannot be read", 2, id="no file"),
        pytest.param(["http://x", "--auth", "user"], "not user:password", 2, id="auth"),
        pytest.param(["http://x", "--header", "X"], "form 'Name: value'", 2, id="no header"),
        pytest.param(["http://x", "--header", "X: \u72d0"], "not allow", 2, id="no latin"),
        pytest.param(["http://x", "--auth", "a:b", "--token", "c"], "give one", 2, id="both"),
        pytest.param(["http://x", "--timeout", "inf"], "'--timeout'", 2, id="no end of time"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: list[str],
    words: str,
    expected: int,
) -> None:
    url, *more = arguments
    code, out, errors = run(capsys, "record", url, str(tmp_path / "set"), *more)

    assert (code, out) == (expected, "")
    assert errors.startswith("sdapi-mock")
    assert words in errors
    assert errors.count("\n") == 1


def test_credentials_can_lie_in_the_environment(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDAPI_AUTH", "user:pa:ss-word")
    with activate(auth=(("user", "pa:ss-word"),)) as active:
        code, out, _ = run(
            capsys, "record", active.url, str(tmp_path), "--auth", "env:SDAPI_AUTH", "--budget", "0"
        )

    assert code == 0
    assert "pa:ss-word" not in out
    assert not [path for path in tmp_path.glob("*.json") if "pa:ss-word" in path.read_text()]


def test_a_recording_that_is_interrupted_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = LiveServer.ask

    def interrupted(server: LiveServer, step: Step) -> Received:
        if step.name == "txt2img":
            raise KeyboardInterrupt
        return ask(server, step)

    monkeypatch.setattr(LiveServer, "ask", interrupted)
    with activate() as active:
        code, _, errors = run(capsys, "record", active.url, str(tmp_path))
        monkeypatch.undo()
        again = run(capsys, "record", active.url, str(tmp_path))

    assert code == 130
    assert errors == (
        f"stopped; what is recorded stays in {tmp_path}: run the same command again,"
        " it goes on where it stopped\n"
    )
    assert again[0] == 0
    assert "16 requests, 23 from an earlier run, in" in again[1]


def test_an_unknown_command_is_reported_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, errors = run(capsys, "recrod")

    assert code == 2
    assert "no command and no folder 'recrod'; commands are in sdapi-mock --help" in errors


def test_a_folder_that_is_no_set_is_not_served(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, errors = run(capsys, "serve", str(tmp_path))

    assert code == 2
    assert "is no fixture set: it holds no manifest.json; name a folder that sdapi-mock" in errors


@pytest.mark.parametrize("server", ["threads", "granian"])
def test_a_recording_is_served(tmp_path: Path, server: str) -> None:
    with activate() as active:
        requests.post(f"{active.url}/sdapi/v1/options", json={"jpeg_quality": 33}, timeout=5)
        with pytest.raises(SystemExit):
            main(["record", active.url, str(tmp_path), "--budget", "0"])
    command = [sys.executable, "-m", "mockserver", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--server", server], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        options = requests.get(f"{url}/sdapi/v1/options", timeout=5).json()
    finally:
        process.terminate()
        process.communicate(timeout=10)

    assert options["jpeg_quality"] == 33


def test_a_change_that_was_meant_can_be_sealed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with activate() as active:
        run(capsys, "record", active.url, str(tmp_path), "--budget", "0")
    (tmp_path / "samplers.json").write_text("[]")
    refused = run(capsys, "serve", str(tmp_path))

    assert refused[0] == 2
    assert "samplers.json: is not as it was recorded; put the recorded text back, or" in refused[2]
    assert run(capsys, "seal", str(tmp_path)) == (0, "sealed: samplers.json\n", "")
    assert run(capsys, "seal", str(tmp_path)) == (0, "nothing had changed\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_the_proxy_records_until_it_is_asked_to_end(tmp_path: Path) -> None:
    mock = [sys.executable, "-m", "mockserver"]
    behind = subprocess.Popen([*mock, "--port", "0"], stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    assert behind.stdout is not None
    url = behind.stdout.readline().split()[-1]
    proxy = subprocess.Popen(  # noqa: S603 - our own command
        [*mock, "record", "--proxy", url, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert proxy.stdout is not None
        told = [proxy.stdout.readline() for _ in range(2)]
        through = told[1].split()[4]
        answer = requests.get(f"{through}/sdapi/v1/samplers", timeout=5).json()
        proxy.send_signal(signal.SIGINT)
        proxy.communicate(timeout=20)
    finally:
        for process in (proxy, behind):
            process.kill()
            process.communicate(timeout=10)

    assert proxy.returncode == 0
    assert told[0].startswith("recorded the lists of AUTOMATIC1111")
    kept = json.loads((tmp_path / "exchanges" / "00001-samplers.json").read_text())
    assert kept["response"]["json"] == answer


def test_a_token_and_headers_go_with_every_request_and_into_no_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = ("planted-token-1", "planted-key-2")
    (tmp_path / "token").write_text(f"{secrets[0]}\n")
    seen: list[tuple[str | None, str | None]] = []
    send = requests.Session.send

    def watched(
        session: requests.Session, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        seen.append((request.headers.get("Authorization"), request.headers.get("X-Key")))
        return send(session, request, **options)

    monkeypatch.setattr(requests.Session, "send", watched)
    given = ["--token", f"file:{tmp_path / 'token'}", "--header", f"X-Key: {secrets[1]}"]
    with activate() as active:
        code, out, errors = run(capsys, "record", active.url, str(tmp_path / "set"), *given)

    assert code == 0
    assert len(seen) > 30
    assert set(seen) == {(f"Bearer {secrets[0]}", secrets[1])}
    files = [path.read_text("utf-8", "replace") for path in (tmp_path / "set").rglob("*.*")]
    assert not [text for text in [*files, out, errors] if any(s in text for s in secrets)]
