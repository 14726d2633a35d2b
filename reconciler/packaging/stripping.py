"""Cuts from a shared library what only debuggers read, as `strip` does, on any machine and with equal bytes."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

# A 64-bit library with little-endian numbers: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
MAGIC = b"\x7fELF\x02\x01"
HEADER = struct.Struct("<16s2HI3QI6H")
PROGRAM_HEADER = struct.Struct("<2I6Q")


class LibraryHeader(NamedTuple):
    """Where the program headers are, and the fields that name the section headers."""

    programs_at: int
    sections_at: int
    program_size: int
    programs: int


def strip(path: Path) -> None:
    """Cuts a library behind its last segment. A file of another kind stays as it is.

    The loader reads segments alone. Behind them follow the symbols and the section headers, of debuggers and linkers.
    """
    with path.open("r+b") as file:
        layout = _layout(file.read(HEADER.size))
        if layout is None:
            return
        end = _end_of_segments(file, layout)
        if layout.sections_at < end:
            # A tool has appended a segment behind the section headers. Nothing can be cut there.
            return
        file.seek(40)
        file.write(struct.pack("<Q", 0))
        file.seek(60)
        file.write(struct.pack("<2H", 0, 0))
        file.truncate(end)


def _layout(head: bytes) -> LibraryHeader | None:
    if len(head) < HEADER.size or not head.startswith(MAGIC):
        return None
    _, _, _, _, _, programs_at, sections_at, _, _, program_size, programs, *_ = HEADER.unpack(head)
    return LibraryHeader(programs_at, sections_at, program_size, programs)


def _end_of_segments(file: BinaryIO, layout: LibraryHeader) -> int:
    end = layout.programs_at + layout.program_size * layout.programs
    for at in range(layout.programs):
        file.seek(layout.programs_at + at * layout.program_size)
        _, _, offset, _, _, size, _, _ = PROGRAM_HEADER.unpack(file.read(PROGRAM_HEADER.size))
        end = max(end, offset + size)
    return end
