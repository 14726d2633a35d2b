"""The ground: what a stranger builds from, and the rules that hold the rooms apart."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import tomllib
from importlib.metadata import metadata, requires
from pathlib import Path
from typing import Any

import grimp
import pytest

from reconciler.kinds.registry import KINDS
from scripts.locks import locked

ROOT = Path(__file__).parents[2]
TARGETS = (
    "help",
    "demo",
    "demo-pipelines",
    "wheel",
    "test",
    "test-all",
    "coverage",
    "test-elsewhere",
    "check",
    "rehearse",
    "spark-tests",
    "bench",
    "schemas",
    "docs",
    "site",
    "workflows",
    "lock",
    "clean",
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LAMBDA_LOCKS = [
    path.relative_to(ROOT) for path in ROOT.glob("reconciler/lambdas/*/requirements.txt") if "==" in path.read_text()
]
LAYERS: list[str] = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]


def normal(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


def test_the_table_of_a_kind_is_a_page() -> None:
    lengths = {name: len(inspect.getsource(type(kind)).splitlines()) for name, kind in KINDS.items()}

    assert {name: length for name, length in lengths.items() if length > 80} == {}


# The locks.


def test_every_dependency_is_locked_and_so_is_the_build_backend() -> None:
    """S0-26."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    asked = [*PROJECT["project"]["dependencies"], *(each for extra in extras for each in extra)]

    names = {each.name for each in locked((ROOT / "requirements.lock").read_text())}
    assert {normal(each) for each in [*asked, *PROJECT["build-system"]["requires"]]} <= names


def test_what_is_installed_asks_for_nothing_else_than_pyproject_does() -> None:
    runtime = {normal(each) for each in requires("reconcile-connect") or () if "extra ==" not in each}

    assert runtime == {normal(each) for each in PROJECT["project"]["dependencies"]}


@pytest.mark.parametrize("lock", ["reconciler/init/requirements.lock", *map(str, LAMBDA_LOCKS)])
def test_nothing_that_is_installed_drives_a_browser_or_rewrites_templates(lock: str) -> None:
    """S4-1: AWS's SDK makes every call; no third-party macro of CloudFormation is behind it."""
    installed = {each.name for each in locked((ROOT / lock).read_text())}

    assert installed
    assert not installed & {"selenium", "playwright", "pyppeteer", "pyee", "mechanize", "helium", "splinter"}
    assert not [name for name in installed if re.search("chrom|webdriver|puppeteer|headless|cloudformation", name)]


# The licence, and how to take part.


def test_the_licence_is_mit_in_its_file_and_in_the_metadata() -> None:
    """S0-67."""
    text = (ROOT / "LICENSE").read_text()

    assert text.startswith("MIT License\n")
    assert "Permission is hereby granted, free of charge" in text
    assert metadata("reconcile-connect")["License-Expression"] == PROJECT["project"]["license"] == "MIT"
    assert metadata("reconcile-connect")["License-File"] == "LICENSE"


def test_contributing_tells_the_way_from_a_fork_to_a_pull_request() -> None:
    """S0-66."""
    text = (ROOT / "CONTRIBUTING.md").read_text()

    first = text.split("\n\n")[1]
    assert [word for word in re.findall(r"\w+", first) if word in {"Fork", "branch", "change", "tests", "pull"}] == [
        *("Fork", "branch", "change", "tests", "pull")
    ]
    assert "git switch -c" in text
    assert "make test" in text


# make.


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_its_targets(target: str) -> None:
    assert make("--dry-run", target).returncode == 0


def test_make_says_what_there_is() -> None:
    text = make("help").stdout

    assert re.findall(r"^  make ([a-z-]+) ", text, re.MULTILINE) == list(TARGETS)


def test_make_refuses_a_python_that_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = make(f"PYTHON={old}", f"VENV={tmp_path}/venv", f"{tmp_path}/venv/locked")

    assert done.returncode == 2
    assert not (tmp_path / "venv").exists()


def test_make_clean_leaves_a_folder_that_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "precious").touch()
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())

    subprocess.run(["make", "clean", "VENV=venv"], cwd=tmp_path, check=True, capture_output=True)

    assert (tmp_path / "venv" / "precious").exists()


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


# Who may import whom.


def test_the_layers_are_those_of_the_story() -> None:
    rooms = [set(re.findall(r"\w+", layer)) for layer in LAYERS]

    place = {room: at for at, layer in enumerate(rooms) for room in layer}
    story = ("cli", "reconcile", "plan", "directory", "diff", "kinds", "model", "errors")
    assert [place[room] for room in story] == sorted(place[room] for room in story)
    assert {"desired", "live", "plan", "apply", "report", "export"} <= rooms[place["plan"]]
    assert "|" in LAYERS[place["plan"]]
    assert place["sandbox"] >= len(LAYERS) - 2


def test_no_kind_imports_another() -> None:
    graph = grimp.build_graph("reconciler", cache_dir=None)
    homes = {type(kind).__module__ for kind in KINDS.values()}

    arrows: list[Any] = [
        (one, other) for one in homes for other in homes - {one} if graph.find_shortest_chain(one, other)
    ]

    assert arrows == []
