"""What a good client does: each requirement is broken by one client and kept by another."""

from __future__ import annotations

import json
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest
import requests

import mockserver
from mockserver.cli.main import cli
from mockserver.clients import REQUIREMENTS, Verdict, judge
from mockserver.clients.report import as_html, as_junit, as_text, summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mockserver.activated import Activated

SMALL = {"prompt": "cat", "steps": 1, "width": 64, "height": 64}


def post(webui: Activated, name: str, body: Any = SMALL, **more: Any) -> requests.Response:
    return requests.post(f"{webui.url}/sdapi/v1/{name}", json=body, timeout=5, **more)


def get(webui: Activated, name: str, **more: Any) -> requests.Response:
    return requests.get(f"{webui.url}/sdapi/v1/{name}", timeout=5, **more)


def good(webui: Activated) -> None:
    """A client that does all that can be asked of it."""
    get(webui, "samplers")
    post(webui, "txt2img", {**SMALL, "sampler_name": "Euler a"})
    for _ in range(2):
        get(webui, "progress")
        time.sleep(0.21)
    with webui.fault("oom", times=1):
        post(webui, "txt2img")
    with webui.fault("gateway-timeout", times=1):
        post(webui, "txt2img")
    get(webui, "progress")
    post(webui, "txt2img")
    with webui.fault("loading", retry_after=1, times=1):
        get(webui, "options")
    time.sleep(1.01)
    get(webui, "options")
    with webui.fault("unauthorized", times=1):
        get(webui, "sd-vae")
    post(webui, "options", {"jpeg_quality": 80})


def wrong_route(webui: Activated) -> None:
    get(webui, "sd-model")


def wrong_type(webui: Activated) -> None:
    post(webui, "txt2img", {"steps": "many"})


def wrong_upscaler(webui: Activated) -> None:
    post(webui, "extra-single-image", {"image": "aGk=", "upscaler_1": "lanczos"})


def ignored_field(webui: Activated) -> None:
    post(webui, "txt2img", {**SMALL, "negativePrompt": "x"})


def unknown_sampler(webui: Activated) -> None:
    post(webui, "txt2img", {**SMALL, "sampler_name": "euler a"})


def storm(webui: Activated) -> None:
    get(webui, "progress")
    get(webui, "progress")


def impatient(webui: Activated) -> None:
    get(webui, "progress")
    time.sleep(0.06)
    get(webui, "progress")


def falls_over(webui: Activated) -> None:
    with webui.fault("oom"):
        post(webui, "txt2img")


def repeats(webui: Activated) -> None:
    with webui.fault("gateway-timeout"):
        post(webui, "txt2img")
        post(webui, "txt2img")


def does_not_wait(webui: Activated) -> None:
    with webui.fault("too-many-requests", retry_after=5):
        get(webui, "options")
        get(webui, "options")


def knocks(webui: Activated) -> None:
    with webui.fault("unauthorized"):
        for _ in range(5):
            get(webui, "options")


def leaves_overrides(webui: Activated) -> None:
    keep = {"override_settings_restore_afterwards": False, "override_settings": {"eta_ddim": 0.1}}
    post(webui, "txt2img", {**SMALL, **keep})


def sends_all_options(webui: Activated) -> None:
    post(webui, "options", get(webui, "options").json())


def wrong_content_type(webui: Activated) -> None:
    url = f"{webui.url}/sdapi/v1/txt2img"
    requests.post(url, data=json.dumps(SMALL), headers={"Content-Type": "text/plain"}, timeout=5)


BROKEN: dict[str, Callable[[Activated], None]] = {
    "CLIENT-001": wrong_route,
    "CLIENT-002": wrong_type,
    "CLIENT-003": wrong_upscaler,
    "CLIENT-004": ignored_field,
    "CLIENT-005": unknown_sampler,
    "CLIENT-006": storm,
    "CLIENT-007": impatient,
    "CLIENT-008": falls_over,
    "CLIENT-009": repeats,
    "CLIENT-010": does_not_wait,
    "CLIENT-011": knocks,
    "CLIENT-012": leaves_overrides,
    "CLIENT-013": sends_all_options,
    "CLIENT-014": wrong_content_type,
}


def judged(client: Callable[[Activated], None]) -> Verdict:
    with mockserver.activate("http://webui.test:7860") as webui:
        client(webui)
        return judge(webui.journal.as_json())


@pytest.fixture(scope="module")
def sound() -> Verdict:
    return judged(good)


def test_ids_are_never_given_twice() -> None:
    ids = [requirement.id for requirement in REQUIREMENTS]

    assert len(set(ids)) == len(ids)
    assert sorted(BROKEN) == ids


@pytest.mark.parametrize("name", BROKEN)
def test_a_client_that_breaks_it_is_convicted(name: str) -> None:
    broken = [outcome.requirement.id for outcome in judged(BROKEN[name]).failed]

    assert name in broken


def test_a_good_client_keeps_every_requirement(sound: Verdict) -> None:
    assert [outcome.broken for outcome in sound.failed] == []
    assert {outcome.verdict for outcome in sound.outcomes} == {"pass"}
    assert sound.exit_code == 0


def test_a_client_that_asks_for_nothing_is_not_judged() -> None:
    verdict = judged(lambda _: None)

    assert verdict.exit_code == 5
    assert "nothing was asked" in summary(verdict)


def test_a_broken_must_is_exit_code_one_and_a_should_is_none() -> None:
    assert judged(wrong_route).exit_code == 1
    assert judged(impatient).exit_code == 0


def test_junit_says_failures_and_what_was_not_seen() -> None:
    suite = ET.fromstring(as_junit(judged(wrong_route)))[0]  # noqa: S314 - our own

    assert suite.attrib["failures"] == "1"
    assert int(suite.attrib["skipped"]) == len(suite.findall("testcase/skipped")) > 5
    (failure,) = suite.findall("testcase/failure")
    assert "did you mean /sdapi/v1/sd-models?" in (failure.text or "")


def test_the_page_escapes_what_a_client_sent() -> None:
    verdict = judged(lambda webui: post(webui, "txt2img", {**SMALL, "<script>": 1}) and None)

    assert "<script>" not in as_html(verdict)
    assert "&lt;script&gt;" in as_html(verdict)


def test_the_command_reads_a_file_and_writes_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with mockserver.activate("http://webui.test:7860") as webui:
        wrong_route(webui)
        (tmp_path / "journal.json").write_text(json.dumps(webui.journal.as_json()))
    files = [str(tmp_path / f"client.{suffix}") for suffix in ("html", "xml", "json", "txt")]
    options = [word for file in files for word in ("-o", file)]
    arguments = ["report", str(tmp_path / "journal.json"), *options]
    code = cli.main(arguments, standalone_mode=False)

    assert code == 1
    assert "FAIL  CLIENT-001 MUST" in capsys.readouterr().out
    assert as_text(judge({})).splitlines()[-1].startswith("nothing was asked")
    assert all((tmp_path / f"client.{s}").stat().st_size for s in ("html", "xml", "json", "txt"))
