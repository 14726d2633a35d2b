"""Starts Chromium without a screen once for all tests.

Debian's packages chromium and chromium-driver have both programs.

Without them, these tests fail.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from reconciler.model import Plan
from reconciler.report import plan_html
from tests.docs.site import Site, built

PHONE, DESK = 390, 1280  # widths in CSS pixels
HEIGHT = 844
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # as root and in containers, Chromium cannot build a sandbox; the page is our own
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Show = Callable[[Plan, int], Chrome]


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    missing = [name for name, path in programs.items() if path is None]
    assert not missing, f"{' and '.join(missing)} not found; install Debian's packages chromium and chromium-driver"
    options = ChromeOptions()
    options.binary_location = str(programs["chromium"])
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = Chrome(options=options, service=Service(str(programs["chromedriver"])))
    yield driver
    driver.quit()


@pytest.fixture
def show(chromium: Chrome, tmp_path: Path) -> Show:
    """Opens the page of a plan at a width."""

    def opened(plan: Plan, width: int) -> Chrome:
        page = tmp_path / "plan.html"
        page.write_text(plan_html(plan), encoding="utf-8")
        size = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": width == PHONE}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        chromium.get_log("browser")  # type: ignore[no-untyped-call]
        chromium.get(page.as_uri())
        return chromium

    return opened


@pytest.fixture(scope="session")
def site() -> Site:
    return built()
