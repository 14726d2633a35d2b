"""An install next year: every locked package has a newer, incompatible release, and pip takes the locked one.

The releases to come are empty wheels in a folder that pip searches beside its index. pip fetches the locked files, as
an install does, and nothing else: what it downloaded once is in its cache.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from scripts.locks import LOCKS, ROOT, locked
from tests.packaging.wheels import wheel

pytestmark = pytest.mark.slow

FUTURE = "9999"
HERE = Path(__file__).parent
PYTEST_COV = {"pytest-cov", "coverage", "pytest", "pluggy", "iniconfig", "packaging", "pygments"}
# Published as source alone, in 430 MB: the install of `make spark-tests` is its test.
SOURCE_ONLY = {"pyspark"}
# A Lambda's packages are for the runtime's Python and platform, as `reconcile package` asks pip for them.
LAMBDA = ("--python-version", "3.13", "--platform", "manylinux_2_28_x86_64", "--platform", "manylinux2014_x86_64")


@pytest.fixture(scope="session")
def future(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a release 9999 of each locked package: it has no code, no extras and no dependencies."""
    folder = tmp_path_factory.mktemp("future")
    for lock in LOCKS:
        for package in locked((ROOT / lock).read_text(encoding="utf-8")):
            wheel(folder, package.name.replace("-", "_"), version=FUTURE)
    return folder


@pytest.fixture(scope="session")
def pips(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[str, ...]]:
    """Returns the command of a pip of one age, which is fetched once."""
    return cache(lambda age: pip_of(age, tmp_path_factory.mktemp(f"pip-{age}")))


# The oldest pip is that of Python 3.11's and 3.12's first releases; the newest is that of the day this was written. All
# locks have one form, so the newest pip takes one of them.
CASES = [
    *(("oldest", lock) for lock in LOCKS if locked((ROOT / lock).read_text(encoding="utf-8"))),
    ("newest", "requirements.lock"),
]


@pytest.mark.parametrize(("age", "lock"), CASES)
def test_next_year_pip_still_takes_what_the_lock_names(
    age: str, lock: str, pips: Callable[[str], tuple[str, ...]], future: Path, tmp_path: Path
) -> None:
    target = (*LAMBDA, "--target", str(tmp_path / "lambda")) if "lambdas" in lock else ()

    wheels = tmp_path / "wheels.lock"
    wheels.write_text(blocks_of(lock, lambda name: name not in SOURCE_ONLY), encoding="utf-8")

    taken = dict(planned(pips(age), wheels, future, tmp_path / "report.json", target))

    names: dict[str, set[str]] = {}
    for package in locked(wheels.read_text(encoding="utf-8")):
        names.setdefault(package.name, set()).add(package.version)
    assert FUTURE not in taken.values()
    assert taken
    assert {name: version for name, version in taken.items() if version not in names[name]} == {}


def test_a_lock_without_extras_fails_next_year_with_the_oldest_pip(future: Path, tmp_path: Path) -> None:
    """The fault that this guards against: the lock named coverage, and pytest-cov requires coverage[toml]."""
    bare = tmp_path / "bare.lock"
    blocks = blocks_of("requirements.lock", PYTEST_COV.__contains__)
    bare.write_text(blocks.replace("coverage[toml]", "coverage"), encoding="utf-8")

    ended = installed(pip_of("oldest", tmp_path), bare, future, tmp_path / "report.json", ())

    assert ended.returncode == 1
    assert "coverage[toml]" in ended.stderr


def blocks_of(lock: str, wanted: Callable[[str], bool]) -> str:
    """Returns the part of a lock that holds the wanted packages."""
    blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
    return "\n".join(block for block in blocks if wanted(re.split(r"==|\[", block)[0])) + "\n"


def pip_of(age: str, folder: Path) -> tuple[str, ...]:
    """Returns the command of a pip of one age, run from its wheel on an environment that holds nothing."""
    lock = str(HERE / f"pip-{age}.lock")
    ran("-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--dest", str(folder), "-r", lock)
    ran("-m", "venv", "--without-pip", str(folder / "venv"))
    (found,) = folder.glob("pip-*.whl")
    return (str(folder / "venv" / "bin" / "python"), f"{found}/pip")


def planned(
    pip: tuple[str, ...], lock: Path, future: Path, report: Path, target: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yields each package and version that pip would install."""
    ended = installed(pip, lock, future, report, target)
    assert ended.returncode == 0, ended.stderr[-4000:]
    for each in json.loads(report.read_text(encoding="utf-8"))["install"]:
        yield each["metadata"]["name"].lower().replace("_", "-").replace(".", "-"), each["metadata"]["version"]


def installed(
    pip: tuple[str, ...], lock: Path, future: Path, report: Path, target: tuple[str, ...]
) -> subprocess.CompletedProcess[str]:
    """Resolves, downloads and checks all that a lock names, as an install does, and installs nothing."""
    options = ("--dry-run", "--ignore-installed", "--no-input", "--quiet", "--disable-pip-version-check")
    return subprocess.run(
        [
            *(*pip, "install", *options, "--only-binary", ":all:", "--require-hashes", "--find-links", str(future)),
            *("--report", str(report), *target, "--requirement", str(lock)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def ran(*words: str) -> None:
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
