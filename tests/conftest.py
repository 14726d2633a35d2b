from __future__ import annotations

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import moto  # noqa: F401 - clients made before moto is imported are not answered by it
import pytest
from hypothesis import settings

from reconciler.cli import run
from reconciler.sandbox import Control, in_process
from tests.cli.running import Done, Reconcile, Server, serving
from tests.worlds.archives import keep_in_one_place
from tests.worlds.kept_between_tests import kept_between_tests
from tests.worlds.least_privilege import outside, recorded
from tests.worlds.world import World


def pytest_configure(config: pytest.Config) -> None:
    """Makes Hypothesis try the same examples in every run, however slow the machine is.

    The quick tier tries ten of the hundred examples, where a test names no number of its own.
    """
    number = 10 if config.option.markexpr == "not slow" else 100
    settings.register_profile("steady", derandomize=True, database=None, deadline=None, max_examples=number)
    settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the longest tests. At the end, one of them would keep all other workers waiting."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


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
def archives(tmp_path_factory: pytest.TempPathFactory) -> None:
    keep_in_one_place(tmp_path_factory)


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


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A new repository without any content."""
    folder = tmp_path / "contact-centre"
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.fixture
def reconcile(empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Reconcile:
    monkeypatch.chdir(empty)
    for name in ("RECONCILE_ENV", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def reconciled(*arguments: str) -> Done:
        capsys.readouterr()
        code = run(arguments)
        return Done(code, *capsys.readouterr())

    return reconciled
