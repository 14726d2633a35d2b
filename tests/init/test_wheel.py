"""The wheel that `init` commits: the same bytes wherever it is built, and nothing in it by accident."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import reconciler
from reconciler.init.wheel import DATA, wheel
from tests.cli.running import environ

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from reconciler.init.wheel import wheel; sys.stdout.buffer.write(wheel().content)"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
UV = (Path(sys.executable).with_name("uv"), "--no-config", "--offline")


def built_from(place: Path) -> bytes:
    """The wheel as whatever is installed in a folder builds it."""
    return subprocess.run(
        [sys.executable, "-c", BUILD], cwd=place, env=environ(PYTHONPATH=str(place)), capture_output=True, check=True
    ).stdout


def kept(folder: Path, content: bytes) -> Path:
    folder.mkdir()
    path = folder / wheel().name
    path.write_bytes(content)
    return path


def test_the_wheel_matches_its_record() -> None:
    made = wheel()

    assert made == wheel()
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        names = archive.namelist()
        (record,) = [name for name in names if name.endswith("/RECORD")]
        assert {line.split(",")[0] for line in archive.read(record).decode().splitlines()} == set(names)
    assert "reconciler/init/templates/workflows/apply.yml" in names
    assert not [name for name in names if "__pycache__" in name]


def test_the_wheel_packs_what_pyproject_packs() -> None:
    """S-15."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())

    assert project["tool"]["setuptools"]["package-data"] == {"reconciler": list(DATA)}


def test_every_source_of_the_package_is_in_the_wheel() -> None:
    """Except `requirements.in`, which only `make lock` reads."""
    kinds = {".csv", ".json", ".lock", ".md", ".py", ".sql", ".txt", ".typed", ".yaml", ".yml"}
    settings = Path("reconciler/init/templates/settings")
    found = [path.relative_to(ROOT) for path in (ROOT / "reconciler").rglob("*") if path.is_file()]
    sources = {path.as_posix() for path in found if path.suffix in kinds or path.parent == settings}

    with zipfile.ZipFile(io.BytesIO(wheel().content)) as archive:
        assert sources == {name for name in archive.namelist() if name.startswith("reconciler/")}


@pytest.mark.slow
def test_make_wheel_writes_the_same_wheel(tmp_path: Path) -> None:
    """B3: the wheel that the README describes equals the one of `init`."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "wheel.py", tmp_path / "dist"],
        env=environ(),
        capture_output=True,
        text=True,
        check=True,
    )

    (path,) = (tmp_path / "dist").iterdir()
    assert (path.name, path.read_bytes()) == (wheel().name, wheel().content)
    assert done.stdout == f"{path}  sha256:{wheel().digest}\n"


@pytest.mark.slow
def test_stray_files_in_the_package_are_not_in_the_wheel(tmp_path: Path) -> None:
    """S-15: secrets and a desktop's leftovers must not reach the repository of a user."""
    shutil.copytree(Path(reconciler.__file__).parent, tmp_path / "reconciler")
    for name in (
        ".env",
        ".DS_Store",
        "notes.txt",
        "config.py~",
        "config.py.orig",
        ".config.py.swp",
        "config copy.py",
        ".cache/kept.py",
        "init/templates/.DS_Store",
        "init/templates/workflows/.plan.yml",
        "init/templates/workflows/plan.yml~",
        "lambdas/session_data/.aws.json",
    ):
        (tmp_path / "reconciler" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "reconciler" / name).write_text("secret")
    (tmp_path / "reconciler" / "gone.py").symlink_to("nowhere")

    assert built_from(tmp_path) == wheel().content


@pytest.mark.slow
def test_files_that_an_installation_did_not_bring_are_not_in_the_wheel(tmp_path: Path) -> None:
    """S-15: an installed wheel's RECORD says what is part of it."""
    with zipfile.ZipFile(io.BytesIO(wheel().content)) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "reconciler" / "patched.py").write_text("secret = 1\n")

    assert built_from(tmp_path) == wheel().content


@pytest.mark.slow
def test_the_wheel_of_an_installed_wheel_is_the_same_wheel(tmp_path: Path) -> None:
    """B3: a colleague who installed the committed wheel runs `init` and changes nothing."""
    with zipfile.ZipFile(io.BytesIO(wheel().content)) as archive:
        archive.extractall(tmp_path)

    assert built_from(tmp_path) == wheel().content


@pytest.mark.slow
def test_another_build_backend_does_not_change_the_wheel(tmp_path: Path) -> None:
    """B3."""
    with zipfile.ZipFile(io.BytesIO(wheel().content)) as archive:
        archive.extractall(tmp_path)
    (metadata,) = tmp_path.glob("*.dist-info/METADATA")
    text = metadata.read_text()
    for before, after in (
        ("Metadata-Version: 2.4", "Metadata-Version: 2.5"),
        ("License-File: LICENSE\n", "License-File: LICENSE\nDynamic: license-file\nAuthor: example\n"),
        ("Requires-Dist: boto3<2,>=1.43.11", "Requires-Dist: boto3 (>=1.43.11,<2)"),
        ('; extra == "sandbox"', " ; extra == 'sandbox'"),
        ("Provides-Extra: lambdas", "Provides-Extra: dev\nRequires-Dist: uv; extra == 'dev'\nProvides-Extra: lambdas"),
    ):
        assert before in text
        text = text.replace(before, after)
    metadata.write_text(f"{text}\nA description\n\nRequires-Dist: nothing\n")

    assert built_from(tmp_path) == wheel().content


@pytest.mark.slow
@pytest.mark.parametrize("installer", ["pip", "uv"])
def test_a_wheel_of_the_wheel_is_the_same(tmp_path: Path, installer: str) -> None:
    """B3: METADATA, RECORD, INSTALLER and direct_url.json differ between installers and ways to install."""
    for name in ("pyproject.toml", "README.md", "LICENSE", "reconciler"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    done = [*PIP, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", ".", "--wheel-dir", "dist"]
    subprocess.run(done, cwd=tmp_path, env=environ(), check=True)
    (path,) = (tmp_path / "dist").iterdir()
    install = [*PIP, "install", "--quiet"] if installer == "pip" else [*UV, "pip", "install", "--quiet"]
    more = ["--link-mode", "copy", "--python", sys.executable] if installer == "uv" else []

    for step in ("first", "second", "third"):
        site = tmp_path / step
        words = [*install, *more, "--no-deps", "--no-index", "--target", site, path]
        subprocess.run(words, env={**environ(), "UV_CACHE_DIR": str(tmp_path / "cache")}, check=True)
        content = built_from(site)
        assert content == wheel().content, step
        path = kept(tmp_path / f"{step}-dist", content)
