"""Archives of functions, in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def archive_of(files: Mapping[str, str], *, year: int = 2026) -> bytes:
    """Returns a zip file of texts. Another year makes other bytes of the same content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), text)
    return stream.getvalue()
