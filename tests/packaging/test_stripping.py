"""A shared library without its symbols: shorter, and as the loader reads it. The built archives run with them."""

from __future__ import annotations

import importlib.util
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.packaging.stripping import HEADER, MAGIC, PROGRAM_HEADER, strip
from tests.packaging.wheels import ELF

SEGMENT, SYMBOLS = b"code and tables of the loader", b"names that a debugger reads" * 9
START = HEADER.size + PROGRAM_HEADER.size


def library(*, sections_at: int | None = None, ident: bytes = MAGIC) -> bytes:
    """Returns a library of one segment, with symbols and one section header behind it."""
    if sections_at is None:
        sections_at = START + len(SEGMENT) + len(SYMBOLS)
    head = HEADER.pack(ident.ljust(16, b"\0"), 3, 62, 1, 0, HEADER.size, sections_at, 0, 64, 56, 1, 64, 1, 0)
    program = PROGRAM_HEADER.pack(1, 5, START, START, START, len(SEGMENT), len(SEGMENT), 4096)
    return head + program + SEGMENT + SYMBOLS + bytes(64)


def stripped(folder: Path, content: bytes) -> bytes:
    (folder / "library.so").write_bytes(content)
    strip(folder / "library.so")
    return (folder / "library.so").read_bytes()


def test_a_library_ends_with_its_last_segment_and_has_no_section_headers(tmp_path: Path) -> None:
    whole = library()

    short = stripped(tmp_path, whole)

    assert short.endswith(SEGMENT)
    assert len(short) == START + len(SEGMENT)
    sections_at, number, names_at = *struct.unpack_from("<Q", short, 40), *struct.unpack_from("<2H", short, 60)
    assert (sections_at, number, names_at) == (0, 0, 0)
    # All else of the header is as it was.
    assert (short[:40], short[48:60], short[64:START]) == (whole[:40], whole[48:60], whole[64:START])


def test_a_stripped_library_is_stripped_once(tmp_path: Path) -> None:
    once = stripped(tmp_path, library())

    assert stripped(tmp_path, once) == once


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a text that a linker reads", id="a text"),
        pytest.param(b"", id="an empty file"),
        pytest.param(ELF, id="half a header"),
        pytest.param(library(ident=b"\x7fELF\x01\x01"), id="32 bits"),
        pytest.param(library(ident=b"\x7fELF\x02\x02"), id="big-endian"),
        pytest.param(library(sections_at=START), id="a segment behind the section headers"),
    ],
)
def test_another_file_stays_as_it_is(tmp_path: Path, content: bytes) -> None:
    assert stripped(tmp_path, content) == content


def test_python_imports_a_stripped_extension_with_all_its_names(tmp_path: Path) -> None:
    found = importlib.util.find_spec("pyarrow._fs")
    assert found is not None
    assert found.origin is not None
    origin = Path(found.origin)
    copy = tmp_path / origin.name
    shutil.copy(origin, copy)
    strip(copy)
    program = (
        "import importlib.util, pyarrow\n"
        f"spec = importlib.util.spec_from_file_location('pyarrow._fs', {str(copy)!r})\n"
        "module = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(module)\n"
        "print(module.__file__, module.LocalFileSystem().type_name)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stdout.split() == [str(copy), "local"], done.stderr
    assert copy.stat().st_size < origin.stat().st_size
