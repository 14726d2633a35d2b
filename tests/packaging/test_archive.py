"""An archive: its content, the same bytes for the same input, and no second build."""

from __future__ import annotations

import os
import shutil
import zipfile
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from reconciler.packaging import archive
from reconciler.packaging.building import package, place_of
from reconciler.packaging.errors import PackageError
from reconciler.packaging.source import LAMBDAS, names, read_source
from tests.packaging.wheels import a_lambda
from tests.worlds.archives import built

MEGABYTE = 10**6
LARGE = {
    "connectwise_load": "DuckDB merges many files of changes, and cuts texts that are too long",
    "connectwise_transform": "DuckDB merges the histories of records",
    "connectwise_ingest": "pyarrow writes raw Parquet files",
    "contact_calls": "pyarrow writes the Parquet files that COPY loads",
}
# Megabytes of the unpacked code, which a cold start reads; 1 for the others.
UNPACKED = {"connectwise_ingest": 90, "connectwise_load": 80, "connectwise_transform": 75, "contact_calls": 95}


def test_every_lambda_has_a_name() -> None:
    assert "session_data" in names()
    assert "shared" not in names()


def test_builds_in_two_places_have_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for place in ("one", "two"):
        copy = tmp_path / place / "reconciler"
        shutil.copytree(LAMBDAS, copy / "lambdas", ignore=shutil.ignore_patterns("contact_calls"))
        shutil.copy(LAMBDAS.parent / "__init__.py", copy)
        for number, path in enumerate(sorted(copy.rglob("*.py"))):
            os.utime(path, (number, number))
            path.chmod(0o600 if place == "one" else 0o755)
        (copy / "lambdas" / "session_data" / "__pycache__").mkdir(exist_ok=True)
        (copy / "lambdas" / "session_data" / "__pycache__" / f"{place}.pyc").write_text(place)
        made.append(package("session_data", into=tmp_path / place, lambdas=copy / "lambdas"))

    one, two = made
    assert one.path.name == two.path.name
    assert one.path.read_bytes() == two.path.read_bytes()
    assert (one.sha256, one.tree, one.unzipped) == (two.sha256, two.tree, two.unzipped)


def test_the_hashes_have_lambdas_form(tmp_path: Path) -> None:
    made = package("session_data", into=tmp_path)

    content = made.path.read_bytes()
    assert made.sha256 == sha256(content).hexdigest()
    assert b64decode(made.code_sha256) == sha256(content).digest()
    assert made.zipped == len(content)


def test_it_has_the_lambda_and_shared_code_without_declarations(tmp_path: Path) -> None:
    made = package("session_data", into=tmp_path)

    with zipfile.ZipFile(made.path) as held:
        entries = held.infolist()
    found = [entry.filename for entry in entries]
    assert found == sorted(found)
    assert {name.split("/")[2] for name in found if name.count("/") > 2 or name.endswith("y/")} <= {
        "session_data",
        "shared",
    }
    assert "reconciler/lambdas/session_data/handler.py" in found
    assert not [name for name in found if not name.endswith(".py")]
    assert {(entry.date_time, entry.external_attr >> 16) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 0o100644)}
    assert made.unzipped == sum(entry.file_size for entry in entries)


def test_an_archive_with_unchanged_inputs_is_not_rebuilt(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    first = package("small", into=tmp_path / "out", lambdas=lambdas)
    written = first.path.stat().st_mtime_ns

    second = package("small", into=tmp_path / "out", lambdas=lambdas)

    assert (first.is_new, second.is_new) == (True, False)
    assert (second.sha256, second.tree, second.zipped, second.unzipped) == (
        first.sha256,
        first.tree,
        first.zipped,
        first.unzipped,
    )
    assert second.path.stat().st_mtime_ns == written


def test_a_changed_archive_is_rebuilt(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    first = package("small", into=tmp_path, lambdas=lambdas)
    first.path.write_bytes(b"half of it")

    second = package("small", into=tmp_path, lambdas=lambdas)

    assert second.is_new
    assert second.sha256 == first.sha256


@pytest.mark.parametrize("change", ["code", "shared", "requirements", "python"])
def test_a_changed_input_gives_another_archive(tmp_path: Path, change: str) -> None:
    lambdas = a_lambda(tmp_path)
    before = place_of("small", into=tmp_path, lambdas=lambdas)
    files = {"code": "small/more.py", "shared": "shared/more.py", "requirements": "small/requirements.txt"}
    if change in files:
        (lambdas / files[change]).write_text("x==1 --hash=sha256:0\n")

    after = place_of("small", into=tmp_path, lambdas=lambdas, python="3.12" if change == "python" else "3.13")

    assert before != after


def test_declarations_and_comments_do_not_change_the_archive(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    before = place_of("small", into=tmp_path, lambdas=lambdas)
    (lambdas / "small" / "policy.json").write_text("{}")
    (lambdas / "small" / "requirements.txt").write_text("# nothing\n\n")

    assert place_of("small", into=tmp_path, lambdas=lambdas) == before


def test_a_too_large_archive_is_refused_with_its_largest_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 2 * 2**20)
    lambdas = a_lambda(tmp_path, extra={"big.py": "#" * 3 * 2**20})

    with pytest.raises(PackageError, match=r"3 MB unpacked; Lambda allows 2 MB. The largest: reconciler 3 MB"):
        package("small", into=tmp_path / "out", lambdas=lambdas)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_an_archive_keeps_its_budget(tmp_path: Path, name: str) -> None:
    """S4-13: 10 MB, or up to 50 MB where a reason is listed. AWS takes larger ones through S3 alone."""
    made = package(name, into=built())

    assert made.zipped < (50 if name in LARGE else 10) * MEGABYTE
    assert made.unzipped < UNPACKED.get(name, 1) * MEGABYTE


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="no Lambda 'smal'; there is small"):
        package("smal", into=tmp_path, lambdas=a_lambda(tmp_path))


def test_a_room_is_in_the_archives_of_the_lambdas_that_import_it(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    for room in ("rules", "deeper", "unused"):
        (lambdas / room).mkdir()
        (lambdas / room / "__init__.py").write_text("")
    (lambdas / "small" / "more.py").write_text(f"from {lambdas.parent.name}.lambdas.rules import one\n")
    (lambdas / "rules" / "one.py").write_text(f"import {lambdas.parent.name}.lambdas.deeper\n")

    files = read_source("small", lambdas).files

    assert "reconciler/lambdas/rules/one.py" in files
    assert "reconciler/lambdas/deeper/__init__.py" in files
    assert "reconciler/lambdas/unused/__init__.py" not in files


def test_data_in_a_folder_of_a_room_is_in_the_archive_and_declarations_are_not(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    (lambdas / "small" / "tables").mkdir()
    (lambdas / "small" / "tables" / "sizes.json").write_text("{}")
    (lambdas / "small" / "policy.json").write_text("{}")

    made = package("small", into=tmp_path / "out", lambdas=lambdas)

    with zipfile.ZipFile(made.path) as held:
        data = [name for name in held.namelist() if name.endswith(".json")]
    assert data == ["reconciler/lambdas/small/tables/sizes.json"]
