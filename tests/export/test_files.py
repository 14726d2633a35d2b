"""Export: the places of files."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.export import OverwriteError
from reconciler.export.file_names import stems
from tests.builders.live_tables import make
from tests.worlds.exporting import TIER, exported, table
from tests.worlds.world import World


@pytest.mark.parametrize(
    "named",
    [
        ["a b", "a-b"],
        ["Tiers", "TIERS"],
        ["x" * 101, "x" * 102],
        ["a b", "a-b", "a-b-c8687a08"],
        ["ß", "ss"],
        ["é", "e\u0301"],
    ],
)
def test_similar_names_are_different_files(named: list[str]) -> None:
    found = stems(named)

    assert set(found) == set(named)
    assert len({normalize("NFKC", stem.casefold()) for stem in found.values()}) == len(named)


@given(st.lists(st.text(min_size=1, max_size=130), unique=True, max_size=6))
def test_any_name_is_a_file_name_on_any_system(named: list[str]) -> None:
    for stem in stems(named).values():
        assert len(stem.encode()) < 200
        assert not set(stem) & set('/\\:*?"<>|\0\n ')
        assert not stem.startswith((".", "-"))
        assert not stem.endswith(".")
        assert stem.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}


@pytest.mark.parametrize(("name", "stem"), [("CON", "_CON"), ("nul.x", "_nul.x"), ("...x", "x"), ("a|b:c", "a-b-c")])
def test_a_reserved_name_is_made_safe(name: str, stem: str) -> None:
    assert stems([name]) == {name: stem}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "..", "~", "a/../../b"])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    assert "/" not in stems([name])[name]
    assert stems([name])[name].strip(".")


def test_only_changed_files_are_written(world: World, tmp_path: Path) -> None:
    make(world.connect, table("T", [TIER], [("C1", "Gold")]))
    csv, text = exported(world, tmp_path, into="copy").written
    assert exported(world, tmp_path, into="copy").unchanged == (csv, text)
    csv.write_text("Key,Tier\n")

    found = exported(world, tmp_path, into="copy", overwrite=True)

    assert (found.written, found.replaced, found.unchanged) == ((csv,), (csv,), (text,))


def test_a_changed_file_needs_overwrite(world: World, tmp_path: Path) -> None:
    make(world.connect, table("A", [TIER]))
    make(world.connect, table("T", [TIER], [("C1", "Gold")]))
    folder = tmp_path / "manifests/base/data-tables"
    folder.mkdir(parents=True)
    (folder / "T.csv").write_text("mine\n")

    with pytest.raises(
        OverwriteError, match=r"^manifests/base/data-tables/T\.csv exists with other contents; nothing was"
    ) as no:
        exported(world, tmp_path)

    assert no.value.exit_code == 1
    assert [path.name for path in folder.iterdir()] == ["T.csv"]
    assert (folder / "T.csv").read_text() == "mine\n"


def test_a_link_that_leads_out_of_the_folder_is_not_followed(world: World, tmp_path: Path) -> None:
    make(world.connect, table("T", [TIER]))
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "manifests/base").mkdir(parents=True)
    (tmp_path / "manifests/base/data-tables").symlink_to(outside)

    with pytest.raises(UsageError, match="leads out of"):
        exported(world, tmp_path)

    assert list(outside.iterdir()) == []


def test_a_link_is_replaced_and_its_target_stays(world: World, tmp_path: Path) -> None:
    make(world.connect, table("T", [TIER]))
    (path,) = exported(world, tmp_path, into="copy").written
    precious = tmp_path / "precious"
    path.replace(precious)
    path.symlink_to(precious)

    found = exported(world, tmp_path, into="copy", overwrite=True)

    assert found.replaced == (path,)
    assert not path.is_symlink()
    assert precious.read_text() == path.read_text()


def test_a_folder_in_place_of_a_file_is_an_error(world: World, tmp_path: Path) -> None:
    make(world.connect, table("T", [TIER]))
    (tmp_path / "manifests/base/data-tables/T.yaml").mkdir(parents=True)

    with pytest.raises(UsageError, match=r"T\.yaml cannot be read: Is a directory; move it away"):
        exported(world, tmp_path)
