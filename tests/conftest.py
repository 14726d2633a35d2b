from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest
from hypothesis import settings

from reconciler.sandbox import Control, in_process
from tests.cli.running import Server, serving
from tests.kept_between_tests import kept_between_tests
from tests.least_privilege import outside, recorded
from tests.world import World


def pytest_configure(config: pytest.Config) -> None:
    """Makes the quick tier try a quarter of Hypothesis's hundred examples, where a test names no number of its own."""
    if config.option.markexpr == "not slow":
        settings.register_profile("quick", max_examples=25)
        settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """Hides what is imported from the garbage collector, which otherwise takes a sixth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def kept() -> Iterator[None]:
    with kept_between_tests():
        yield


@pytest.fixture(scope="session", autouse=True)
def least_privilege() -> Iterator[None]:
    """No test makes our code ask AWS for what the policies do not hold."""
    with recorded() as made:
        yield
    assert outside(made) == []


@pytest.fixture(scope="session")
def one_server() -> Iterator[Server]:
    """Starts one server for all tests of a worker that reset it. Starting it takes longer than most tests."""
    with serving() as server:
        yield server


@pytest.fixture
def control() -> Iterator[Control]:
    with in_process() as control:
        yield control


@pytest.fixture
def world(control: Control, tmp_path: Path) -> Any:
    return World(control, tmp_path)
