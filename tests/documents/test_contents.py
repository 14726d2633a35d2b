"""The files of contents: hashes for the plan, and bytes for one call."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ParamValidationError
from botocore.validate import validate_parameters

from reconciler.documents.contents import ContentBytes, ContentStore, hash_file
from reconciler.errors import ContentError
from reconciler.model import Content, ContentFile, ContentLimit
from reconciler.sandbox.shapes import operation
from tests.builders.contents import content


def stored(root: Path, text: str) -> tuple[Content, ContentFile]:
    path = root / "a.bin"
    path.write_text(text, encoding="utf-8")
    return content(text), ContentFile(path, "manifests/a.bin")


def test_a_file_is_hashed_as_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"\r\n\x00\xff" * 1_000_000)

    hashed = hash_file(path, ContentLimit())

    assert isinstance(hashed, Content)
    assert (hashed, hashed.size) == (Content.of_bytes(path.read_bytes()), 4_000_000)


@pytest.mark.parametrize(("size", "fits"), [(0, True), (1_000, True), (1_001, False)])
def test_a_file_may_be_as_large_as_the_limit(tmp_path: Path, size: int, fits: bool) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(size))

    hashed = hash_file(path, ContentLimit(1_000, "split it"))

    assert hashed == (Content.of_bytes(bytes(size)) if fits else "is larger than 1.0 KB; split it")


def test_the_store_reads_the_bytes_of_a_hash(tmp_path: Path) -> None:
    known, file = stored(tmp_path, "text")

    assert ContentStore({known: file}).read(Content(known.sha256)) == b"text"


def test_a_changed_file_is_not_read(tmp_path: Path) -> None:
    known, file = stored(tmp_path, "text")
    file.path.write_text("tex2", encoding="utf-8")

    with pytest.raises(ContentError, match=r"^manifests/a\.bin: the file changed since the plan; plan again$"):
        ContentStore({known: file}).read(known)


def test_a_deleted_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    known, file = stored(tmp_path, "text")
    file.path.unlink()

    with pytest.raises(ContentError, match=r"^manifests/a\.bin: cannot be read: No such file .*; restore it, or plan"):
        ContentStore({known: file}).read(known)


def test_a_hash_of_no_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"^no manifest names a file with sha256:[0-9a-f]{12}…, 1 byte; declare"):
        ContentStore().read(content("x"))


def test_bytes_are_never_in_a_message() -> None:
    secret = ContentBytes(b"hunter2")

    with pytest.raises(ParamValidationError) as refused:
        validate_parameters({"Bucket": "b", "Key": secret}, operation("s3", "PutObject").input_shape)

    assert "Invalid type for parameter Key, value: <sha256:" in str(refused.value)
    assert "hunter2" not in f"{refused.value} {secret} {secret!r} {[secret]}"
