"""The mock's own page, opened in a browser while a client works."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
import requests
from page_scripts import CONTRAST, TOO_WIDE
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from mockserver.testing import serve_in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Browser

    from mockserver.activated import Activated

_PATIENCE = 15
SMALL = {"prompt": "a fox", "steps": 2, "width": 64, "height": 64}


@pytest.fixture
def webui() -> Iterator[Activated]:
    with serve_in_thread() as active:
        yield active


def see(browser: Browser, holds: Callable[[], object]) -> None:
    WebDriverWait(browser.driver, _PATIENCE).until(lambda _: holds())


def text(browser: Browser, name: str) -> str:
    return browser.driver.find_element(By.ID, name).text


def show(browser: Browser, webui: Activated, width: int = 1280, theme: str = "light") -> None:
    browser.show(f"{webui.url}/_mock/", width=width, theme=theme)
    see(browser, lambda: text(browser, "live") == "live")


def post(webui: Activated, name: str, body: object) -> None:
    requests.post(f"{webui.url}/sdapi/v1/{name}", json=body, timeout=10)


def test_requests_appear_as_they_are_answered(browser: Browser, webui: Activated) -> None:
    post(webui, "txt2img", SMALL)
    show(browser, webui)
    see(browser, lambda: "/sdapi/v1/txt2img" in text(browser, "calls"))
    post(webui, "txt2img", {**SMALL, "sampler_name": "euler a", "batch_size": 2})

    see(browser, lambda: "did you mean 'Euler a'?" in text(browser, "calls"))
    count = "return [...document.images].filter(i => i.complete && i.naturalWidth).length"
    see(browser, lambda: browser.run(count) == 3)


def test_faults_are_switched_by_keyboard(browser: Browser, webui: Activated) -> None:
    show(browser, webui)
    kind = browser.driver.find_element(By.ID, "kind")
    Select(kind).select_by_visible_text("bad-gateway")  # type: ignore[no-untyped-call]
    route = browser.driver.find_element(By.ID, "route")
    route.send_keys("txt2img", Keys.ENTER)  # type: ignore[no-untyped-call]
    see(browser, lambda: "bad-gateway" in text(browser, "armed"))
    post(webui, "txt2img", SMALL)
    see(browser, lambda: "happened 1 of any" in text(browser, "armed"))

    assert webui.requests[0].status == 502
    browser.driver.find_element(By.CSS_SELECTOR, "#armed button").click()
    see(browser, lambda: text(browser, "armed") == "")
    assert len(webui.faults) == 0


def test_a_fault_that_cannot_be_is_explained(browser: Browser, webui: Activated) -> None:
    show(browser, webui)
    browser.driver.find_element(By.ID, "latency").send_keys("soon", Keys.ENTER)  # type: ignore[no-untyped-call]

    see(browser, lambda: "is no duration" in text(browser, "problem"))


def test_the_running_job_is_shown(browser: Browser, webui: Activated) -> None:
    show(browser, webui)
    webui.other_job(4)
    see(browser, lambda: "step" in text(browser, "job"))
    requests.post(f"{webui.url}/sdapi/v1/interrupt", timeout=5)

    see(browser, lambda: text(browser, "job") == "idle")


def test_the_filter_and_the_reset(browser: Browser, webui: Activated) -> None:
    requests.get(f"{webui.url}/sdapi/v1/samplers", timeout=5)
    post(webui, "txt2img", SMALL)
    webui.faults.add("oom")
    show(browser, webui)
    see(browser, lambda: "samplers" in text(browser, "calls"))
    browser.driver.find_element(By.TAG_NAME, "body").send_keys("/")  # type: ignore[no-untyped-call]
    browser.driver.switch_to.active_element.send_keys("fox")  # type: ignore[no-untyped-call]
    see(browser, lambda: "samplers" not in text(browser, "calls"))
    assert "txt2img" in text(browser, "calls")

    browser.driver.find_element(By.ID, "reset").click()
    see(browser, lambda: text(browser, "calls") == "")
    see(browser, lambda: text(browser, "armed") == "")
    assert webui.requests == []


def test_files_are_put_on_the_machine(browser: Browser, webui: Activated) -> None:
    show(browser, webui)
    browser.driver.find_element(By.ID, "name").send_keys("my-model", Keys.ENTER)  # type: ignore[no-untyped-call]

    see(browser, lambda: "my-model" in webui.models)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_stands_out_and_asks_nobody_else(
    browser: Browser, webui: Activated, width: int, theme: str
) -> None:
    with webui.fault("oom"):
        post(webui, "txt2img", {**SMALL, "zzz": 1})
    show(browser, webui, width, theme)
    see(browser, lambda: "fault: oom" in text(browser, "calls"))

    assert browser.run(TOO_WIDE) == []
    assert browser.run(CONTRAST) == {}
    assert browser.complaints() == []
    assert all(url.startswith(webui.url) for url in browser.asked_for())


def test_a_page_that_looks_does_not_ask_again_and_again(browser: Browser, webui: Activated) -> None:
    show(browser, webui)
    threads = [threading.Thread(target=post, args=(webui, "txt2img", SMALL)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    see(browser, lambda: text(browser, "calls").count("txt2img") >= 5)

    own = [url for url in browser.asked_for() if "thumbnails" not in url]
    assert len(own) <= 2
