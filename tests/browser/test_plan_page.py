"""The page of a plan, on a phone and on a desk: m18 of the review by a new user."""

from __future__ import annotations

from dataclasses import replace

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from reconciler.model import Action, Change, FieldChange, Plan, Ref
from tests.browser.conftest import DESK, PHONE, Show
from tests.builders.plans import full_plan
from tests.builders.values import cell, plan_of

pytestmark = pytest.mark.slow

WIDTHS = pytest.mark.parametrize("width", [PHONE, DESK])
# Every text that has a value of the plan: its place on the screen.
OUTSIDE = """
return [...document.querySelectorAll("summary, p, li, h1, h2, code, del, ins, .text, label")].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && (box.left < 0 || box.right > document.documentElement.clientWidth + 1);
}).map(element => element.textContent.slice(0, 80));
"""
BEFORE, AFTER = "Hello from Example. Fees are 2 pounds.", "Hello from Sample. Fees are 9 pounds."


@WIDTHS
def test_the_page_needs_no_scrolling_sideways(show: Show, width: int) -> None:
    driver = show(full_plan(), width)

    assert driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_on_a_phone_every_value_is_within_the_screen(show: Show) -> None:
    driver = show(full_plan(), PHONE)

    assert driver.execute_script(OUTSIDE) == []


@WIDTHS
def test_the_page_runs_without_errors_or_requests(show: Show, width: int) -> None:
    driver = show(full_plan(), width)

    assert driver.get_log("browser") == []  # type: ignore[no-untyped-call]
    assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0


@WIDTHS
def test_a_deleted_row_is_red_and_an_added_value_green(show: Show, width: int) -> None:
    rows = (cell({"K": "gone"}, "A", "old", None), cell({"K": "new"}, "A", None, "fresh"))
    driver = show(plan_of(*rows), width)

    red, green = (
        driver.find_element(By.CSS_SELECTOR, f"tr.{name} {tag}")
        for name, tag in (
            ("delete", "del"),
            ("create", "ins"),
        )
    )
    assert red.text == "old"
    assert is_mostly("red", red.value_of_css_property("color"))
    assert "line-through" in red.value_of_css_property("text-decoration")
    assert green.text == "fresh"
    assert is_mostly("green", green.value_of_css_property("color"))


def test_deleted_rows_come_first(show: Show) -> None:
    cells = (cell({"K": "1"}, "A", None, "x"), cell({"K": "2"}, "A", "x", "y"), cell({"K": "3"}, "A", "y", None))
    driver = show(plan_of(*cells), DESK)

    names = [each.get_attribute("class") for each in driver.find_elements(By.CSS_SELECTOR, "tbody tr")]
    assert names == ["delete", "update", "create"]


@WIDTHS
def test_only_differing_words_are_marked(show: Show, width: int) -> None:
    driver = show(plan_of(cell({"K": "en"}, "Greeting", BEFORE, AFTER)), width)

    assert texts(driver, "td del") == ["Example", "2"]
    assert texts(driver, "td ins") == ["Sample", "9"]
    whole = driver.find_element(By.CSS_SELECTOR, "td .text").text
    assert whole == "Hello from ExampleSample. Fees are 29 pounds."


@WIDTHS
def test_the_search_keeps_rows_with_its_text(show: Show, width: int) -> None:
    driver = show(plan_of(*(cell({"K": f"key-{at}"}, "A", "x", f"value-{at}") for at in range(300))), width)

    search(driver, "VALUE-277")

    rows = [each for each in driver.find_elements(By.CSS_SELECTOR, "tbody tr") if each.is_displayed()]
    assert ["key-277" in each.text for each in rows] == [True]


def test_the_search_hides_changes_without_its_text_and_counts_the_others(show: Show) -> None:
    plan = named("Alpha", "Beta")
    driver = show(plan, DESK)

    search(driver, "beta")
    assert visible(driver) == ["Queue/Beta"]
    assert driver.find_element(By.ID, "found").text == "1 of 2"

    search(driver, "")
    assert visible(driver) == ["Queue/Alpha", "Queue/Beta"]
    assert driver.find_element(By.ID, "found").text == ""


def test_a_click_on_a_count_hides_the_changes_of_that_action(show: Show) -> None:
    plan = named("Kept", "Gone")
    gone = replace(plan.changes[1], action=Action.DELETE)
    driver = show(replace(plan, changes=(plan.changes[0], gone)), DESK)

    driver.find_element(By.ID, "show-update").click()

    assert visible(driver) == ["Queue/Gone"]


def test_on_a_phone_each_cell_shows_its_column(show: Show) -> None:
    driver = show(plan_of(cell({"CustomerID": "C-1"}, "Tier", "Basic", "Gold")), PHONE)

    before = "return getComputedStyle(document.querySelector('td[data-name=\"Tier\"]'), '::before').content"
    assert driver.execute_script(before) == '"Tier: "' or "Tier" in driver.execute_script(before)
    assert not driver.find_element(By.CSS_SELECTOR, "thead").is_displayed()


def named(*names: str) -> Plan:
    fields = (FieldChange("maxContacts", 1, 2),)
    changes = (Change(Action.UPDATE, Ref("Queue", name), fields=fields) for name in names)
    return replace(full_plan(), changes=tuple(changes))


def search(driver: Chrome, text: str) -> None:
    box = driver.find_element(By.ID, "search")
    driver.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", box, text
    )


def visible(driver: Chrome) -> list[str]:
    found = driver.find_elements(By.CSS_SELECTOR, ".change summary code")
    return [each.text for each in found if each.is_displayed()]


def texts(driver: Chrome, selector: str) -> list[str]:
    return [each.text for each in driver.find_elements(By.CSS_SELECTOR, selector)]


def is_mostly(colour: str, value: str) -> bool:
    """Returns whether one channel of a computed colour, `rgba(179, 38, 30, 1)`, exceeds the two others."""
    red, green, blue = (
        float(part) for part in value.removeprefix("rgba(").removeprefix("rgb(").rstrip(")").split(",")[:3]
    )
    most, *others = (red, green, blue) if colour == "red" else (green, red, blue)
    return most > max(others)
