"""Contents: what a resource is made of, known by its hash. Only apply reads the bytes, right before the call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 12  # digits of a hash in a text for people, as in the short form of a plan's digest
_OF_TREE = 8  # digits of the hash of a tree
_FORMS = {
    "package": ("The name of a function that this tool has; apply builds it for the runtime.", "session_data"),
    "folder": ("The path of a folder, relative to the manifest. Its files are the archive as they are.", "../code"),
    "zip": ("The path of a zip file, relative to the manifest.", "../build/code.zip"),
}


@dataclass(frozen=True)
class Content:
    """The content of a file, as a value of a spec's field and of a call's parameter. It never has the bytes.

    A manifest writes `{file: PATH}`, relative to itself, or `{text: TEXT}`. A field holds one content, or a list of
    them, at any depth of a spec. Two contents are equal if their hashes are. `size` is in bytes; `None`: AWS returns
    the hash alone.

    A kind must return a `Content` from `read_field`, because only the kind knows where AWS keeps the hash: in a
    checksum, or in a tag. It may return it without the size. A field that AWS never returns must be write-only.

    `export` reads no bytes from AWS. It leaves out the field with a note, or the resource if the field is required.
    """

    sha256: str
    size: int | None = field(default=None, compare=False)

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        return cls(sha256(content).hexdigest(), len(content))

    @classmethod
    def of(cls, value: Any) -> Content:
        """Returns the content of a value in a plan's form. Raises `ValueError` if it is not one."""
        content = value if isinstance(value, Content) else cls.from_json(value)
        if content is None:
            raise ValueError("a content is a map with sha256 and size")
        return content

    @staticmethod
    def from_json(value: Any) -> Content | None:
        """Returns the content of a value in a plan, or `None` if the value is something else."""
        if value == Concealed().as_json:
            return Concealed()
        if isinstance(value, Mapping) and value.keys() == {"tree"}:
            tree = value["tree"]
            return Code(tree) if isinstance(tree, str) and _HASH.fullmatch(tree) else None
        if not isinstance(value, Mapping) or value.keys() != {"sha256", "size"}:
            return None
        digits, size = value["sha256"], value["size"]
        is_size = size is None or (type(size) is int and size >= 0)
        return Content(digits, size) if isinstance(digits, str) and _HASH.fullmatch(digits) and is_size else None

    @property
    def as_json(self) -> dict[str, Any]:
        """The form in plans and outcomes."""
        return {"sha256": self.sha256, "size": self.size}

    def __str__(self) -> str:
        """Returns `sha256:ab12cd34ef56…, 24 KB`."""
        size = "" if self.size is None else f", {size_text(self.size)}"
        return f"sha256:{self.sha256[:_SHOWN]}…{size}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        as_json = core_schema.plain_serializer_function_ser_schema(lambda content: content.as_json)
        return core_schema.no_info_plain_validator_function(cls.of, serialization=as_json)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Returns the schema of what an author writes. The hash is not the author's to write."""
        about = {
            "file": "The path of the file, relative to the manifest.",
            "text": "The content itself, in place of a file.",
        }
        examples = {"file": "tickets.json", "text": "{}"}
        properties = {}
        for form, text in about.items():
            # AWS has no page about it.
            described = {"description": text, "markdownDescription": text}
            properties[form] = {**described, "type": "string", "minLength": 1, "examples": [examples[form]]}
        return {
            "type": "object",
            "title": "File",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": properties,
        }


@dataclass(frozen=True)
class Code(Content):
    """The code of a function, known by its tree: the hash of its source, independent of how a zip compresses it.

    A manifest writes `{package: NAME}`, `{folder: PATH}` or `{zip: PATH}`. Apply builds the archive. Another
    writer's upload is a plain `Content` with the hash of AWS's archive, so it never equals a tree.
    """

    @property
    def as_json(self) -> dict[str, Any]:
        return {"tree": self.sha256}

    def __str__(self) -> str:
        """Returns `tree 4f1c09a2`."""
        return f"tree {self.sha256[:_OF_TREE]}"

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Returns the schema of what an author writes: one of the three forms."""
        properties = {}
        for form, (text, example) in _FORMS.items():
            properties[form] = {"description": text, "type": "string", "minLength": 1, "examples": [example]}
        return {
            "type": "object",
            "title": "Code",
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": properties,
        }


@dataclass(frozen=True)
class Concealed(Content):
    """A live value of a field that is `Unshown`: it stands in plans and outcomes in place of the value."""

    sha256: str = "0" * 64

    @property
    def as_json(self) -> dict[str, Any]:
        return {"concealed": True}

    def __str__(self) -> str:
        return "(not shown)"


class CodeForm(NamedTuple):
    """How apply builds an archive: from a `package` of this tool, a `folder` or a `zip`.

    python: the version of Python for which a package is built.
    """

    form: str
    python: str = ""


class ContentFile(NamedTuple):
    """The file of a content. `name` is for messages: relative to the folder of reconcile.yaml.

    `code`: the path is the source of a function's archive, in this form. `text`: the content, if the manifest itself
    has it; then the path is the manifest's.
    """

    path: Path
    name: str
    code: CodeForm | None = None
    text: str | None = None


class CodeMark(str):
    """The text of a tag with the tree of a code. Apply adds the hash that AWS computes of the archive."""

    __slots__ = ()


class PublishedVersion(str):
    """A text with the version that apply publishes right before the call, in place of `NUMBER` (`Publication`).

    operation: the one that publishes it.
    """

    NUMBER = "{version}"
    operation: str

    def __new__(cls, text: str, operation: str) -> Self:
        self = super().__new__(cls, text)
        self.operation = operation
        return self


class TextFile(NamedTuple):
    """The text of a file that a manifest names. `name` is for messages, as in `ContentFile`."""

    name: str
    text: str


@dataclass(frozen=True)
class ContentLimit:
    """Marks a content field with the most bytes that AWS takes, and with the remedy for a larger file."""

    size: int = 50_000_000
    remedy: str = "make the file smaller"


def size_text(size: int) -> str:
    """Returns a number of bytes as people write it: `1 byte`, `812 bytes`, `1.2 KB`, `24 KB`."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    amount, units = size / 1000, iter(("KB", "MB", "GB"))
    unit = next(units)
    # 999.5 KB would round to 1000 KB.
    while amount >= 999.5 and (larger := next(units, "")):
        amount, unit = amount / 1000, larger
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
