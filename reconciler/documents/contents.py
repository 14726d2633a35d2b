"""Reads the files of contents: their hashes for the plan, and the bytes of one call for apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from reconciler.documents.files import read_text
from reconciler.errors import ContentError, Mistake
from reconciler.model import Code, CodeMark, Content, ContentFile, ContentLimit
from reconciler.model.content import TextFile, size_text
from reconciler.packaging.archive import Archive
from reconciler.packaging.code import archive_of, tree_of
from reconciler.packaging.errors import PackageError

_CHUNK = 1 << 20  # bytes
ARCHIVES = Path(".reconcile", "archives")  # the folder of the built archives of functions, below that of reconcile.yaml


class ContentBytes(bytes):
    """Bytes that no message can show: errors of botocore quote the parameters that they refuse."""

    def __repr__(self) -> str:
        return f"<{Content.of_bytes(self)}>"

    __str__ = __repr__


class CodeBytes(ContentBytes):
    """The bytes of a function's archive, with the code that they were built from."""

    code: Code

    @classmethod
    def of(cls, archive: Archive, code: Code) -> CodeBytes:
        """Reads an archive. Raises `ContentError`."""
        try:
            read = cls(archive.path.read_bytes())
        except OSError as error:
            raise ContentError(f"{archive.path.name}: cannot be read: {error.strerror}; apply again") from error
        read.code = code
        return read

    def __repr__(self) -> str:
        return f"<{self.code}>"

    __str__ = __repr__


@dataclass(frozen=True)
class ContentStore:
    """The declared contents of a run. It has the files and no bytes: each call's are read when it is sent."""

    files: Mapping[Content, ContentFile] = field(default_factory=dict)
    archives: Path = ARCHIVES

    def read(self, content: Content) -> ContentBytes:
        """Returns the bytes of a content. Raises `ContentError` if no file has them any more."""
        if isinstance(content, Code):
            return CodeBytes.of(self.archive(content), content)
        if not (file := self.files.get(content)):
            raise ContentError(f"no manifest names a file with {content}; declare the field with its file, plan again")
        if file.text is not None:
            return ContentBytes(file.text.encode())
        try:
            read = ContentBytes(file.path.read_bytes())
        except OSError as error:
            raise ContentError(f"{file.name}: cannot be read: {error.strerror}; restore it, or plan again") from error
        if Content.of_bytes(read) != content:
            raise ContentError(f"{file.name}: the file changed since the plan; plan again")
        return read

    def archive(self, code: Code) -> Archive:
        """Returns the archive of a function's code, and builds it if there is none. Raises `ContentError`."""
        if not (file := self.files.get(code)) or not file.code:
            raise ContentError(f"no manifest names the code with {code}; declare it, plan again")
        form, python = file.code
        try:
            archive = archive_of(form, file.path, python, self.archives)
            is_same = tree_of(form, file.path, python) == code.sha256
        except (OSError, PackageError) as error:
            raise ContentError(f"{file.name}: {error}") from error
        if not is_same:
            raise ContentError(f"{file.name}: the code changed since the plan; plan again")
        return archive

    def tag_of(self, mark: CodeMark) -> str:
        """Returns the text of the tag that shows who uploaded a code: its tree and AWS's hash of the archive."""
        return f"{mark}:{self.archive(Code(mark)).code_sha256}"


def read_texts(files: Mapping[str, ContentFile]) -> dict[str, TextFile]:
    """Returns the texts of files for a message. One that cannot be read is left out."""
    texts = {}
    for key, file in files.items():
        read = read_text(file.path, file.name)
        if not isinstance(read, Mistake):
            texts[key] = TextFile(file.name, read.text)
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
