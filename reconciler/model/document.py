"""Documents: values of a spec that AWS takes and returns as JSON texts. Two are equal if they mean the same.

A manifest writes a document as a map, or as a JSON text. `Document.text` is what AWS gets: one line, with the keys in
their author's order.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from itertools import count as count_from
from math import isfinite
from typing import Any, ClassVar, Self
from urllib.parse import unquote

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from reconciler.model.meaning import JSON, POLICY, DocumentMeaning
from reconciler.model.names import LIKE_REFERENCE, REFERENCE, Linked

_DEEPEST = 100  # levels; more than AWS takes, and few enough for Python's stack
_NUL, _NUL_IN_JSON = "\0", r"\u0000"


class NotJsonError(ValueError):
    """A text that is not valid JSON. The message says what is wrong and where."""


@dataclass(frozen=True, eq=False)
class Document:
    """A JSON document, or any other text that AWS returns in its place. `text` is `Linked` if it has references.

    In a text with references, a plain `${Kind/` is written as `$\\u007bKind/`, which is the same JSON.
    """

    text: str

    has_file: ClassVar[bool] = False  # a manifest may write `{file: PATH}` instead, relative to itself
    meaning: ClassVar[DocumentMeaning] = JSON
    title: ClassVar[str] = "Document"
    example: ClassVar[dict[str, Any]] = {"key": "value"}

    @classmethod
    def of(cls, value: Any) -> Self:
        """Returns the document of a map, or of a text. A text that is not valid JSON stays as it is.

        Raises `ValueError` if the value is neither.
        """
        match value:
            case Document(text=text):
                return cls(text)
            case str():
                try:
                    return cls.holding(cls.read(parsed(value)))
                except NotJsonError:
                    return cls(value)
            case dict():
                try:
                    return cls.holding(cls.read(_checked(value)))
                except NotJsonError:
                    return cls(_written(value))
        raise ValueError("a document is a map or a text")

    @classmethod
    def fault(cls, value: str | dict[str, Any]) -> str:
        """Returns why a text or a map is not a JSON document, and where; empty if it is one."""
        try:
            cls.read(parsed(value) if isinstance(value, str) else _checked(value))
        except NotJsonError as error:
            return str(error)
        return ""

    @classmethod
    def from_aws(cls, answer: Any) -> Self:
        """Returns the document of an answer. IAM returns URL-encoded texts, and boto3 parses some of them."""
        is_encoded = isinstance(answer, str) and answer.startswith("%")
        return cls.of(unquote(answer) if is_encoded else answer)

    @property
    def value(self) -> Any:
        """The parsed document, with `Linked` texts; the text itself if it is not valid JSON."""
        return self._parsed[0]

    @cached_property
    def _parsed(self) -> tuple[Any, bool]:
        """The value, and whether the text is valid JSON. A document is parsed once, and only when it is needed."""
        try:
            return self.read(parsed(self.text)), True
        except NotJsonError:
            return self.text, False

    @classmethod
    def read(cls, value: Any) -> Any:
        """Returns the value that a parsed text means. Raises `NotJsonError` if it cannot be a document of this sort."""
        return value

    @classmethod
    def holding(cls, value: Any) -> Self:
        """Returns the document of a value that is read already."""
        document = cls(_written(value))
        document.__dict__["_parsed"] = value, True
        return document

    @property
    def written(self) -> Any:
        """The form that a manifest has: a map, or a text where a map could not say the same."""
        value = self.value
        return value if isinstance(value, dict) and not _has_linked_keys(value) else self.text

    @classmethod
    def sides(cls, before: Document, after: Document) -> tuple[Any, Any]:
        """Returns the two values whose differences a plan shows."""
        return before.written, after.written

    @classmethod
    def laid_out(cls, value: dict[str, Any]) -> str:
        """Returns the text of a file that holds the value."""
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

    def respelled(self, known: Document) -> Self:
        """Returns this document in the spelling of a known one, where both mean the same."""
        if not (self._is_json and known._is_json):
            return self
        return self.holding(self.meaning.respelled(self.value, known.value))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document) or type(self) is not type(other):
            return NotImplemented
        return self.text == other.text or self._meant == other._meant

    def __hash__(self) -> int:
        return hash(self._meant)

    @cached_property
    def _meant(self) -> Hashable:
        return ("json", self.meaning.of(self.value)) if self._is_json else ("text", self.text)

    @property
    def _is_json(self) -> bool:
        return self._parsed[1]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        as_text = core_schema.plain_serializer_function_ser_schema(lambda document: str(document.text))
        return core_schema.no_info_plain_validator_function(cls.of, serialization=as_text)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": ["object", "string"], "title": cls.title, "examples": [cls.example]}


class JsonDocument(Document):
    """A document that means the same if it is equal as JSON, such as a dashboard or a schedule's input."""


class PolicyDocument(Document):
    """A policy of IAM. The order of statements and of lists means nothing, nor does the case of actions."""

    meaning = POLICY
    title = "Policy"
    example: ClassVar[dict[str, Any]] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example/*"}],
    }


def parsed(text: str) -> Any:
    """Returns the value of a JSON text, with `Linked` texts for its references. Raises `NotJsonError`."""
    if not isinstance(text, Linked):
        return _loaded(text)
    # A reference is marked by more NULs than the text has. A quote in its name is escaped while it is parsed.
    marks = next(count for count in count_from(1) if _NUL_IN_JSON * count not in text)
    marked = REFERENCE.sub(lambda match: _NUL_IN_JSON * marks + json.dumps(match[0])[1:-1], text)
    return _linked(_loaded(marked, _NUL_IN_JSON * marks), _NUL * marks + "${")


def _loaded(text: str, mark: str = "") -> Any:
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refused,
            parse_float=_number,
            parse_int=_whole_number,
        )
    except json.JSONDecodeError as error:
        before = error.doc[: error.pos].replace(mark, "")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise NotJsonError(f"{error.msg} at line {line}, column {column} of the text") from error
    except RecursionError as error:
        raise NotJsonError(f"has more than {_DEEPEST} levels") from error
    return _checked(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJsonError(f"has the key {json.dumps(twice.replace(_NUL, ''))} twice in one object")
    return value


def _refused(word: str) -> float:
    raise NotJsonError(f"has {word}, which is not JSON")


def _number(text: str) -> float:
    if not isfinite(number := float(text)):
        raise NotJsonError("has a number that is too large")
    return number


def _whole_number(text: str) -> int:
    _number(text)
    return int(text)


def _checked(value: Any) -> Any:
    """Returns the value itself. Raises `NotJsonError` if it has more levels than a document may have."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise NotJsonError(f"has more than {_DEEPEST} levels")
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [item for items in inner for item in items]
    return value


def _linked(value: Any, mark: str) -> Any:
    """Returns a parsed value with `Linked` texts in place of marked ones."""
    match value:
        case str():
            return Linked(value.replace(mark, "${")) if mark in value else value
        case dict():
            return {_linked(key, mark): _linked(item, mark) for key, item in value.items()}
        case list():
            return [_linked(item, mark) for item in value]
        case _:
            return value


def _written(value: Any) -> str:
    """Returns a value as a JSON text on one line; `Linked` if it has references."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    if "${" not in text:  # most documents, and ten times as fast
        return text
    text = _json(value)
    return Linked(text) if REFERENCE.search(text) else text


def _json(value: Any) -> str:
    match value:
        case dict():
            return "{" + ",".join(f"{_json(key)}:{_json(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_json, value)) + "]"
        case Linked():
            return f'"{_with_references(value)}"'
        case str():
            return LIKE_REFERENCE.sub(lambda match: match[0].replace("${", r"$\u007b"), json.dumps(value))
        case _:
            return json.dumps(value, allow_nan=False)


def _with_references(text: str) -> str:
    """Returns the inside of a JSON text. References stay as they are, so that apply finds their names."""
    parts, last = list[str](), 0
    for match in REFERENCE.finditer(text):
        parts += (json.dumps(text[last : match.start()])[1:-1], match[0])
        last = match.end()
    return "".join((*parts, json.dumps(text[last:])[1:-1]))


def _has_linked_keys(value: Any) -> bool:
    match value:
        case dict():
            return any(isinstance(key, Linked) or _has_linked_keys(item) for key, item in value.items())
        case list():
            return any(map(_has_linked_keys, value))
        case _:
            return False
