"""The report and the matrix, opened in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_scripts import CONTRAST, TOO_WIDE
from reports import MIXED, document, failure, result
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from conformance.report.html_report import render_html
from conformance.report.matrix import render_matrix
from conformance.requirements.catalogue import load_catalogue

if TYPE_CHECKING:
    from conftest import Browser

# Seconds that a page may take to hear of something.
_PATIENCE = 10
_SOME = dict.fromkeys([*load_catalogue().ids[:60], *(r.id for r in MIXED)])
_SOUND = document(*[result(name) for name in _SOME], name="sound")
_BROKEN = document(*MIXED, name="staging")
_REPORT = render_html(_BROKEN)
_MATRIX = render_matrix([_SOUND, _BROKEN, document(failure(), name="a" * 40)])

_PAGES = pytest.mark.parametrize(
    "page", [pytest.param(_REPORT, id="report"), pytest.param(_MATRIX, id="matrix")]
)

_REMEMBER_FOCUS = """
window.seen = [];
addEventListener("focusin", (event) => {
  const e = event.target;
  window.seen.push(e.name || e.id || e.textContent.trim());
});
"""


def _shown(browser: Browser) -> list[str]:
    """Ids of the requirements that the table shows."""
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "[data-row]")
    return [
        row.find_element(By.TAG_NAME, "th").text.split()[0] for row in rows if row.is_displayed()
    ]


def _choose(browser: Browser, name: str, value: str) -> None:
    Select(browser.driver.find_element(By.NAME, name)).select_by_value(value)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@_PAGES
def test_a_page_loads_nothing_complains_of_nothing_and_fits(
    browser: Browser, page: str, width: int, theme: str
) -> None:
    browser.open(page, width=width, theme=theme)
    assert browser.asked_for() == []
    assert browser.complaints() == []
    assert browser.run(TOO_WIDE) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@_PAGES
def test_every_text_stands_out_from_its_ground(browser: Browser, page: str, theme: str) -> None:
    browser.open(page, theme=theme)
    for details in browser.driver.find_elements(By.TAG_NAME, "details"):
        browser.run("arguments[0].open = true", details)
    assert browser.run(CONTRAST) == {}


def test_the_table_is_filtered_by_verdict_level_area_and_words(browser: Browser) -> None:
    browser.open(_REPORT)
    count = browser.driver.find_element(By.ID, "count")
    everything = [r.id for r in _BROKEN.results]
    assert _shown(browser) == everything
    assert count.text == "12 requirements"
    _choose(browser, "verdict", "fail")
    assert _shown(browser) == ["LIST-001"]
    assert count.text == "1 of 12 requirements"
    _choose(browser, "verdict", "unmet")
    _choose(browser, "level", "MUST")
    assert _shown(browser) == ["LIST-001", "IMG-001", "QUEUE-001"]
    _choose(browser, "area", "IMG")
    assert _shown(browser) == ["IMG-001"]
    browser.driver.find_element(By.CSS_SELECTOR, "button[type=reset]").click()
    browser.driver.find_element(By.NAME, "text").send_keys("samplers ARRAY")
    assert _shown(browser) == ["LIST-001"]


def test_the_matrix_shows_differences_only_when_asked(browser: Browser) -> None:
    browser.open(_MATRIX)
    browser.driver.find_element(By.NAME, "differs").click()
    shown = _shown(browser)
    assert "LIST-001" in shown
    assert "LIST-002" not in shown
    _choose(browser, "verdict", "waived")
    assert _shown(browser) == ["IMG-001"]


def test_heads_of_the_matrix_stay_in_sight(browser: Browser) -> None:
    browser.open(_MATRIX, width=390)
    place = """
      const box = document.querySelector(".wide"); box.scrollTo(150, 900);
      const edge = box.getBoundingClientRect();
      const head = box.querySelector("thead th").getBoundingClientRect();
      const row = [...box.querySelectorAll("tbody th")].map((e) => e.getBoundingClientRect())
        .find((r) => r.top > edge.top + 80);
      return [head.top - edge.top, row.left - edge.left, box.scrollTop];
    """
    top, left, scrolled = browser.run(place)
    assert (round(top), round(left), scrolled) == (1, 1, 900)


def test_the_theme_can_be_changed_and_is_remembered(browser: Browser) -> None:
    browser.open(_REPORT, theme="light")
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = browser.run(ground)
    button = browser.driver.find_element(By.ID, "theme")
    button.click()
    assert (button.text, browser.run(ground)) == ("Theme: light", light)
    button.click()
    assert button.text == "Theme: dark"
    assert browser.run(ground) != light
    browser.driver.refresh()
    assert browser.driver.find_element(By.ID, "theme").text == "Theme: dark"
    browser.driver.find_element(By.ID, "theme").click()
    assert browser.run(ground) == light


def test_a_link_to_a_failure_opens_it(browser: Browser) -> None:
    browser.open(_REPORT)
    details = browser.driver.find_element(By.ID, "failure-IMG-001")
    assert details.get_attribute("open") is None
    browser.driver.find_element(By.CSS_SELECTOR, '#row-IMG-001 a[href="#failure-IMG-001"]').click()
    # The page hears of the new address a moment after the click has returned.
    opened = WebDriverWait(browser.driver, _PATIENCE).until(lambda _: details.get_attribute("open"))
    assert opened is not None


def test_everything_can_be_reached_by_the_keyboard(browser: Browser) -> None:
    browser.open(_REPORT)
    browser.run(_REMEMBER_FOCUS)
    ActionChains(browser.driver).send_keys(Keys.TAB * 150).perform()
    seen = browser.run("return window.seen")
    assert seen[0] == "Skip to the content"
    assert {"theme", "text", "verdict", "level", "area"} <= set(seen)


def test_every_control_and_picture_has_a_name(browser: Browser) -> None:
    browser.open(_REPORT)
    for selector in ("select", "input", "button", "img", "nav", "[role=region]", "form"):
        for element in browser.driver.find_elements(By.CSS_SELECTOR, selector):
            browser.run("for (const d of document.querySelectorAll('details')) d.open = true;")
            assert element.accessible_name, element.get_attribute("outerHTML")


def test_without_javascript_everything_is_shown_and_nothing_that_would_not_work(
    browser: Browser,
) -> None:
    browser.open(_REPORT, scripts=False)
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "[data-row]")
    assert len(rows) == len(_BROKEN.results)
    assert all(row.is_displayed() for row in rows)
    assert not browser.driver.find_element(By.ID, "filters").is_displayed()
    assert not browser.driver.find_element(By.ID, "theme").is_displayed()
