"""Reads the files of contents: their hashes for the plan, and the bytes of one call for apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from reconciler.documents.files import read_text
from reconciler.errors import ContentError, Mistake
from reconciler.model import Content, ContentFile, ContentLimit
from reconciler.model.content import TextFile, size_text

_CHUNK = 1 << 20  # bytes


class ContentBytes(bytes):
    """Bytes that no message can show: errors of botocore quote the parameters that they refuse."""

    def __repr__(self) -> str:
        return f"<{Content.of_bytes(self)}>"

    __str__ = __repr__


@dataclass(frozen=True)
class ContentStore:
    """The declared contents of a run. It has the files and no bytes: each call's are read when it is sent."""

    files: Mapping[Content, ContentFile] = field(default_factory=dict)

    def read(self, content: Content) -> ContentBytes:
        """Returns the bytes of a content. Raises `ContentError` if no file has them any more."""
        if not (file := self.files.get(content)):
            raise ContentError(f"no manifest names a file with {content}; declare the field with its file, plan again")
        try:
            read = ContentBytes(file.path.read_bytes())
        except OSError as error:
            raise ContentError(f"{file.name}: cannot be read: {error.strerror}; restore it, or plan again") from error
        if Content.of_bytes(read) != content:
            raise ContentError(f"{file.name}: the file changed since the plan; plan again")
        return read


def read_texts(files: Mapping[str, ContentFile]) -> dict[str, TextFile]:
    """Returns the texts of files for a message. One that cannot be read is left out."""
    texts = {}
    for key, (path, name) in files.items():
        read = read_text(path, name)
        if not isinstance(read, Mistake):
            texts[key] = TextFile(name, read.text)
    return texts


def hash_file(path: Path, limit: ContentLimit) -> Content | str:
    """Returns the content of a file, or why it cannot be used, with the remedy."""
    digest, size = sha256(), 0
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > limit.size:
                    return f"is larger than {size_text(limit.size)}; {limit.remedy}"
    except OSError as error:
        return f"cannot be read: {error.strerror}; check its permissions"
    return Content(digest.hexdigest(), size)
