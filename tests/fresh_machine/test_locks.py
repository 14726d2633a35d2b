"""The lock files of this repository, and the checker that `make check` runs on them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.locks import LOCKS, ROOT, faults_of, locked, missing_extras, requirements_in

HASH = f"--hash=sha256:{'0' * 64}"


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_has_a_fault(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert list(faults_of(text)) == []
    assert list(missing_extras(text, requirements_in(LOCKS[lock]))) == []


def test_every_lock_of_the_repository_is_checked() -> None:
    found = [*ROOT.glob("requirements*.lock"), *(ROOT / "reconciler").rglob("requirements*.lock")]
    found += (ROOT / "reconciler" / "lambdas").rglob("requirements.txt")

    assert {path.relative_to(ROOT).as_posix() for path in found} == set(LOCKS)


def test_an_extra_that_a_locked_package_requires_must_be_named() -> None:
    text = f"coverage==7.1 \\\n    {HASH}\npytest-cov==7.0 \\\n    {HASH}\n"
    requirements = {"pytest-cov": [Requirement("coverage[toml]>=7"), Requirement("moto[all]>=5")]}

    named = text.replace("coverage", "coverage[toml]")
    assert list(missing_extras(text, requirements)) == [
        "pytest-cov requires coverage[toml], and the lock names coverage without it"
    ]
    assert list(missing_extras(named, requirements)) == []


def test_a_requirement_of_an_extra_counts_only_where_the_lock_names_that_extra() -> None:
    text = f"moto==5.2 \\\n    {HASH}\npyyaml==6.0 \\\n    {HASH}\n"
    requirements = {"moto": [Requirement('pyyaml[fast]>=5; extra == "server"')]}

    assert list(missing_extras(text, requirements)) == []
    assert list(missing_extras(text.replace("moto=", "moto[server]="), requirements)) == [
        "moto requires pyyaml[fast], and the lock names pyyaml without it"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("six==1.17\n", "six has no hash"),
        (f"six>=1.17 {HASH}\n", "six is not pinned with =="),
        (f"--find-links wheels\nsix==1.17 {HASH}\n", "names an index"),
        (f"six @ file:///tmp/six.whl {HASH}\n", "names an index"),
    ],
)
def test_a_line_without_a_pin_or_hash_or_with_an_index_is_a_fault(text: str, fault: str) -> None:
    assert any(fault in each for each in faults_of(text))


def test_one_package_may_have_a_line_for_each_platform() -> None:
    text = f"networkx==3.6 ; python_full_version < '3.12' \\\n    {HASH}\nnetworkx==3.7 \\\n    {HASH}\n    {HASH}\n"

    assert [(each.name, each.version, len(each.hashes)) for each in locked(text)] == [
        ("networkx", "3.6", 1),
        ("networkx", "3.7", 2),
    ]


def test_requirements_are_read_from_the_installed_packages() -> None:
    requirements = requirements_in(Path(sys.prefix))

    assert any(each.name == "coverage" and each.extras == {"toml"} for each in requirements["pytest-cov"])
