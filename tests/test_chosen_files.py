"""Files that the user has named: a link stays a link, and nothing special is replaced by a regular file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.chosen_files import must_accept, write_chosen


def test_missing_folders_are_created(tmp_path: Path) -> None:
    write_chosen(tmp_path / "a" / "b.json", "new\n")

    assert (tmp_path / "a" / "b.json").read_text() == "new\n"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "o.json"
    path.write_text("old")

    with path.open() as reader:
        write_chosen(path, "new")

        assert reader.read() == "old"
    assert path.read_text() == "new"
    assert [it.name for it in tmp_path.iterdir()] == ["o.json"]


def test_no_file_beside_it_changes(tmp_path: Path) -> None:
    (tmp_path / "o.part").write_text("mine")

    must_accept(tmp_path / "o.json")
    write_chosen(tmp_path / "o.json", "new")

    assert (tmp_path / "o.part").read_text() == "mine"


@pytest.mark.parametrize("target", ["there", "missing"])
def test_the_target_of_a_link_is_written(tmp_path: Path, target: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "there").write_text("old")
    (tmp_path / "second").symlink_to(f"folder/{target}")
    (tmp_path / "first").symlink_to("second")

    must_accept(tmp_path / "first")
    write_chosen(tmp_path / "first", "new")

    assert (tmp_path / "first").is_symlink()
    assert (tmp_path / "second").is_symlink()
    assert (tmp_path / "folder" / target).read_text() == "new"


def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    for refuse in (must_accept, lambda path: write_chosen(path, "new")):
        with pytest.raises(OSError, match="Too many levels of symbolic links"):
            refuse(tmp_path / "a")


def test_a_pipe_gets_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    must_accept(tmp_path / "pipe")
    write_chosen(tmp_path / "pipe", "new\n")

    assert os.read(reader, 100) == b"new\n"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    os.close(reader)


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to(os.devnull)

    for path in (tmp_path / "null", Path(os.devnull)):
        must_accept(path)
        write_chosen(path, "new")

    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    assert not list(Path(os.devnull).parent.glob("*null*.part"))


def test_a_folder_is_refused(tmp_path: Path) -> None:
    for refuse in (must_accept, lambda path: write_chosen(path, "new")):
        with pytest.raises(IsADirectoryError):
            refuse(tmp_path)


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    monkeypatch.chdir(tmp_path)  # the path of a socket has at most 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")

        for refuse in (must_accept, lambda path: write_chosen(path, "new")):
            with pytest.raises(OSError, match="No such device or address"):
                refuse(Path("s"))

    assert stat.S_ISSOCK(Path("s").stat().st_mode)


WRITE = """
import sys
from pathlib import Path
from reconciler.chosen_files import must_accept, write_chosen
print("report")
must_accept(Path(sys.argv[1]))
write_chosen(Path(sys.argv[1]), "outcome\\n")
print("end")
"""


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("is_file", [True, False], ids=["file", "pipe"])
def test_stdout_gets_the_text_after_what_was_printed(tmp_path: Path, name: str, is_file: bool) -> None:
    command = [sys.executable, "-c", WRITE, name]

    if is_file:
        with (tmp_path / "log").open("w") as log:
            subprocess.run(command, stdout=log, check=True)
        printed = (tmp_path / "log").read_text()
    else:
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert printed == "report\noutcome\nend\n"
    assert sorted(it.name for it in tmp_path.iterdir()) == (["log"] if is_file else [])
