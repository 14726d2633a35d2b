"""The code of functions: trees that need no build, and archives that are built once."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.packaging.archive import Archive
from reconciler.packaging.code import archive_of, package_path, tree_of
from reconciler.packaging.errors import PackageError
from tests.builders.archives import archive_of as zip_of


def folder(root: Path, **files: str) -> Path:
    for name, text in {"main.py": "def handler(event, context): ...\n", **files}.items():
        path = root / "code" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "code"


def built(path: Path, into: Path) -> Archive:
    return archive_of("folder", path, "", into)


def test_the_tree_of_a_folder_changes_with_names_texts_and_modes(tmp_path: Path) -> None:
    code = folder(tmp_path)
    trees = [tree_of("folder", code, "")]

    (code / "main.py").write_text("other", encoding="utf-8")
    trees.append(tree_of("folder", code, ""))
    (code / "main.py").rename(code / "other.py")
    trees.append(tree_of("folder", code, ""))
    (code / "other.py").chmod(0o755)
    trees.append(tree_of("folder", code, ""))

    assert len(set(trees)) == 4


def test_hidden_files_and_caches_are_left_out(tmp_path: Path) -> None:
    code = folder(tmp_path)
    tree = tree_of("folder", code, "")

    folder(tmp_path, **{".env": "KEY=1", "__pycache__/main.pyc": "x"})

    assert tree_of("folder", code, "") == tree
    assert zipfile.ZipFile(built(code, tmp_path / "built").path).namelist() == ["main.py"]


def test_an_archive_is_built_once_and_keeps_what_may_be_run(tmp_path: Path) -> None:
    code = folder(tmp_path, bootstrap="#!/bin/sh\n")
    (code / "bootstrap").chmod(0o755)

    first, second = (built(code, tmp_path / "built") for _ in range(2))

    assert (first.is_new, second.is_new, first.sha256) == (True, False, second.sha256)
    modes = {it.filename: it.external_attr >> 16 & 0o777 for it in zipfile.ZipFile(first.path).infolist()}
    assert modes == {"bootstrap": 0o755, "main.py": 0o644}


def test_another_archive_at_its_place_is_not_used(tmp_path: Path) -> None:
    code = folder(tmp_path)
    own = built(code, tmp_path / "built")
    own.path.write_bytes(zip_of({"main.py": "other"}))
    note = own.path.with_suffix(".json")
    facts = json.loads(note.read_text()) | {"sha256": sha256(own.path.read_bytes()).hexdigest()}
    note.write_text(json.dumps(facts))

    again = built(code, tmp_path / "built")

    assert (again.is_new, again.sha256) == (True, own.sha256)


def test_a_link_that_leads_outside_is_refused(tmp_path: Path) -> None:
    code = folder(tmp_path)
    (tmp_path / "secret").write_text("key", encoding="utf-8")
    (code / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(PackageError, match="leads outside"):
        tree_of("folder", code, "")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(PackageError, match="has no files"):
        tree_of("folder", tmp_path / "empty", "")


def test_the_tree_of_a_zip_ignores_its_times(tmp_path: Path) -> None:
    paths = [tmp_path / f"{year}.zip" for year in (2025, 2026)]
    for path in paths:
        path.write_bytes(zip_of({"main.py": "1"}, year=int(path.stem)))
    other = tmp_path / "other.zip"
    other.write_bytes(zip_of({"main.py": "2"}))

    assert paths[0].read_bytes() != paths[1].read_bytes()
    assert tree_of("zip", paths[0], "") == tree_of("zip", paths[1], "") != tree_of("zip", other, "")


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "code.zip").write_bytes(b"text")

    with pytest.raises(PackageError, match="is not a zip file"):
        tree_of("zip", tmp_path / "code.zip", "")


def test_the_tree_of_a_package_depends_on_its_python_and_needs_no_build(tmp_path: Path) -> None:
    # contact_calls has large dependencies; its tree is there at once.
    trees = {tree_of("package", package_path("contact_calls"), python) for python in ("3.12", "3.13")}

    assert len(trees) == 2
