"""A headless Chromium, one for all tests, that nobody else's files are shown to."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from selenium import webdriver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Browser:
    """A browser, with what it asked for and what it complained of.

    Args:
        driver: of the browser.
        folder: an empty one, for pages.
    """

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver = driver
        self._folder = folder

    def open(
        self, text: str, *, width: int = 1280, theme: str = "light", scripts: bool = True
    ) -> None:
        """Show a page, with a window of some width on a system of some theme."""
        page = self._folder / "page.html"
        page.write_text(text, encoding="utf-8")
        self.show(page.as_uri(), width=width, theme=theme, scripts=scripts)

    def show(
        self, address: str, *, width: int = 1280, theme: str = "light", scripts: bool = True
    ) -> None:
        """Show what is at an address, with a window of some width on a system of some theme."""
        self._tell("Emulation.setScriptExecutionDisabled", value=not scripts)
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self._tell("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": theme}]
        self._tell("Emulation.setEmulatedMedia", features=features)
        # The page before may listen to a server that has ended meanwhile, and complain of that.
        self.driver.get("about:blank")
        self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self.driver.get(address)

    def run(self, script: str, *args: Any) -> Any:
        """The value of a script."""
        return self.driver.execute_script(script, *args)  # type: ignore[no-untyped-call]

    def asked_for(self) -> list[str]:
        """Every address that was asked for since the page was opened, but for itself and data."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(entry["message"])["message"] for entry in entries]
        urls = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        # The browser's own start page may still be busy with its icons.
        own = ("data:", "chrome://", self._folder.as_uri())
        return [url for url in urls if not url.startswith(own)]

    def complaints(self) -> list[str]:
        """What stands on the console since the page was opened."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries]

    def _tell(self, command: str, **values: Any) -> None:
        self.driver.execute_cdp_cmd(command, values)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium; tests skip where it or its driver is missing."""
    program = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    chromedriver = shutil.which("chromedriver")
    if program is None or chromedriver is None:
        missing = "chromium" if program is None else "chromedriver"
        pytest.skip(f"needs a browser: {missing} is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    folder = tmp_path_factory.mktemp("pages")
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)  # type: ignore[no-untyped-call]
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(chromedriver))
    yield Browser(driver, folder)
    driver.quit()
