"""Reads text files, or explains why a file cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from reconciler.errors import Mistake, Source

LARGEST = 10_000_000  # bytes
_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class FileText(NamedTuple):
    """`bom`: the file begins with a byte-order mark, which `text` no longer has."""

    text: str
    bom: bool = False


def read_text(path: Path, file: str, *, limit: int = LARGEST) -> FileText | Mistake:
    """Returns the text of a UTF-8 file, or a mistake. `file` is its name in messages."""
    try:
        if not path.is_file():
            return Mistake(Source(file), "is not a regular file" if path.exists() else "there is no such file")
        with path.open("rb") as opened:
            content = opened.read(limit + 1)
    except (OSError, ValueError) as error:
        return Mistake(Source(file), f"cannot be read: {_reason(error)}")
    if len(content) > limit:
        return Mistake(Source(file), f"is larger than {limit // 1_000_000} MB; split it")
    return _decoded(content, file)


def _decoded(content: bytes, file: str) -> FileText | Mistake:
    if kind := _binary(content):
        return Mistake(Source(file), f"is {kind}, not text; export the sheet as CSV UTF-8, and name that file")
    if name := _OTHER_BOMS.get(content[:2]):
        return Mistake(Source(file, 1, 1), f"is {name}; save it as UTF-8")
    body = content.removeprefix(_BOM)
    try:
        return FileText(body.decode(), bom=body is not content and len(body) != len(content))
    except UnicodeDecodeError as error:
        before = body[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        at = error.start + len(content) - len(body)
        message = f"byte 0x{body[error.start]:02X} (number {at + 1} of the file) is not UTF-8; save the file as UTF-8"
        return Mistake(Source(file, line, column), message)


def _binary(content: bytes) -> str:
    """Returns which program wrote a file that is not text, such as a workbook; empty if it may be text."""
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "an old Excel workbook (.xls)"
    if not content.startswith(b"PK\x03\x04"):
        return ""
    if b"opendocument.spreadsheet" in content[:200]:
        return "an OpenDocument spreadsheet (.ods)"
    return "an Excel workbook (.xlsx)" if b"xl/" in content or b"[Content_Types].xml" in content else "a ZIP archive"


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
