"""The documentation's site, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.conftest import DESK, HEIGHT, PHONE
from tests.browser.site import served
from tests.docs.site import Site

pytestmark = pytest.mark.slow

PAGES = ("index.html", "reference/kinds/DataTable.html", "reference/json.html")
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESK])
RESOURCES = "return performance.getEntriesByType('resource').map(entry => entry.name)"
PATIENCE = 60  # seconds; a machine that runs other tests too is slow
Open = Callable[[str, int], Chrome]


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with served(site.folder) as address:
        yield address


@pytest.fixture
def opened(chromium: Chrome, address: str) -> Open:
    def at(page: str, width: int) -> Chrome:
        size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width == PHONE}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        chromium.get_log("browser")  # type: ignore[no-untyped-call]
        chromium.get(f"{address}{page}")
        return chromium

    return at


@WIDTHS
@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_scrolling_sideways(opened: Open, page: str, width: int) -> None:
    driver = opened(page, width)

    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


@WIDTHS
def test_the_name_of_a_field_is_on_one_line(opened: Open, width: int) -> None:
    driver = opened("reference/kinds/DataTable.html", width)

    names = driver.find_elements(By.CSS_SELECTOR, "td:first-child code")
    assert names
    assert {driver.execute_script("return arguments[0].getClientRects().length", name) for name in names} == {1}


@WIDTHS
@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_without_an_error_and_loads_nothing_from_elsewhere(
    opened: Open, address: str, page: str, width: int
) -> None:
    driver = opened(page, width)

    assert driver.get_log("browser") == []  # type: ignore[no-untyped-call]
    loaded = driver.execute_script(RESOURCES)
    assert loaded
    assert [name for name in loaded if not name.startswith((address, "data:"))] == []


def test_on_a_phone_the_navigation_opens(opened: Open) -> None:
    driver = opened("index.html", PHONE)
    link = driver.find_element(By.CSS_SELECTOR, ".md-nav--primary .md-nav__link[href*='getting-started']")
    assert not is_within(driver, link)

    driver.find_element(By.CSS_SELECTOR, "label.md-header__button[for='__drawer']").click()

    wait(driver, lambda: is_within(driver, link))


def test_on_a_desk_the_navigation_leads_to_a_kind(opened: Open) -> None:
    driver = opened("reference/index.html", DESK)

    driver.find_element(By.CSS_SELECTOR, "article a[href='kinds/Queue.html']").click()

    wait(driver, lambda: driver.find_element(By.TAG_NAME, "h1").text.startswith("Queue"))
    assert driver.find_elements(By.CSS_SELECTOR, ".md-nav--primary .md-nav__link--active")


@WIDTHS
def test_the_search_finds_a_word(opened: Open, address: str, width: int) -> None:
    driver = opened("index.html", width)
    if width == PHONE:
        driver.find_element(By.CSS_SELECTOR, "label.md-header__button[for='__search']").click()
    box = driver.find_element(By.CSS_SELECTOR, "input.md-search__input")
    wait(driver, box.is_displayed)
    box.click()
    box.send_keys("orphan")

    wait(driver, lambda: bool(driver.find_elements(By.CSS_SELECTOR, ".md-search-result__item a")))
    found = [link.get_attribute("href") for link in driver.find_elements(By.CSS_SELECTOR, ".md-search-result__item a")]
    assert any(str(link).startswith(f"{address}concepts.html") for link in found)
    marked = driver.find_element(By.CSS_SELECTOR, ".md-search-result__item mark")
    assert str(marked.get_attribute("textContent")).lower().startswith("orphan")


def is_within(driver: Chrome, element: object) -> bool:
    """Returns whether an element is on the screen, and not beside it."""
    script = "const box = arguments[0].getBoundingClientRect(); return box.width > 0 && box.left >= 0 && box.right > 0"
    return bool(driver.execute_script(script, element))


def wait(driver: Chrome, until: Callable[[], bool]) -> None:
    WebDriverWait(driver, PATIENCE).until(lambda _: until())
