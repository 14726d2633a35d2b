"""The base of every spec: pydantic models, and the marks that describe AWS's form of their fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from reconciler.model.canonical import canonical

T = TypeVar("T")


class Spec(BaseModel):
    """The base class of specs. A field is `time_zone` here, `timeZone` in YAML, and `TimeZone` in a call."""

    # Python's regular expressions: the default engine's `\w` matches fewer letters and digits than AWS's (`m²`).
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, regex_engine="python-re"
    )


class Resource(Spec):
    """The spec of a kind. `name` comes from the manifest's `metadata`. Here it is a field, so a rename is an update."""

    name: str


def in_order(values: Iterable[T]) -> tuple[T, ...]:
    """Returns the values sorted by their text, without duplicates."""
    values = tuple(values)
    if all(type(value) is str for value in values):
        return tuple(sorted(set(values)))  # type: ignore[type-var]
    by_text = {_text(value): value for value in values}
    return tuple(by_text[text] for text in sorted(by_text))


def _text(value: object) -> str:
    """Returns a text to sort by. For specs it is pydantic's JSON, at a tenth of the cost of `canonical`.

    That works because specs of one list have the same fields in the same order.
    """
    return value.model_dump_json() if isinstance(value, Spec) else canonical(value)


def label(key: object) -> str:
    """Returns the key of a list item as people read it."""
    return "/".join(str(value) for _, value in key if value is not None) if isinstance(key, Spec) else str(key)


# A list whose order AWS ignores: sorted and without duplicates, so that both sides and every dump are equal.
Unordered = Annotated[tuple[T, ...], AfterValidator(in_order)]


@dataclass(frozen=True)
class RefTo:
    """Marks a spec field whose value is the name of another resource.

    `by`: the identity that AWS takes. It is also the end of the parameter's name: `QueueId`, `RoleArn`, `RoleName`.
    `undeclared`: the resource may be live without a manifest.
    """

    kind: str
    by: Literal["Id", "Arn", "Name"] = "Id"
    undeclared: bool = False


@dataclass(frozen=True)
class AwsName:
    """Marks a spec field whose AWS parameter has another name than its key.

    `read` is its name in AWS's answers, if that differs again.
    """

    name: str
    read: str = ""


@dataclass(frozen=True)
class Keyed:
    """Marks a list of specs that one of their fields identifies. Overlays and diffs compare it item by item."""

    by: str = "name"


@dataclass(frozen=True)
class Each:
    """Marks a list that a manifest declares as a whole, but whose differences are shown item by item.

    `by` is the field that identifies an item; without it the whole item does.
    """

    by: str = ""


@dataclass(frozen=True)
class Partial:
    """Marks a structure of which a manifest declares the fields that it wants. The others stay as they are live."""


@dataclass(frozen=True)
class Clearable:
    """Marks a spec field that may be `null`, which clears it. A missing field stays as it is.

    `by`: the text or number that clears it in an update, for services that keep what an update leaves out.
    """

    by: str | int | None = None


@dataclass(frozen=True)
class HashInTag:
    """Marks a content field that AWS never returns. A tag of the resource keeps its hash, written after the content.

    If a run ends between both, the next one writes the content again. `tag` begins with `reconciler:`.
    """

    tag: str


@dataclass(frozen=True)
class InTag:
    """Marks a number that AWS has no place for. A tag of the resource keeps it. `tag` begins with `reconciler:`."""

    tag: str


@dataclass(frozen=True)
class TextInTag:
    """Marks a text field that AWS never returns. A tag of the resource keeps the text, written after the field.

    The text must be a valid value of a tag. `tag` begins with `reconciler:`.
    """

    tag: str


@dataclass(frozen=True)
class NumberText:
    """Marks a number that AWS takes and returns as a text, as Amazon SQS does."""


@dataclass(frozen=True)
class MapAttribute:
    """Marks a field that calls send in the map `Attributes`, and whose value AWS takes and returns as a text.

    Amazon SQS and Amazon SNS take most settings so. A number and a boolean become texts; others are texts already.
    """


@dataclass(frozen=True)
class AwsEnding:
    """Marks a text that AWS ends with `text`, as `:*` in ARNs of log groups. Manifests may leave it out."""

    text: str


@dataclass(frozen=True)
class LocalOnly:
    """Marks a spec field that is never sent to AWS."""


@dataclass(frozen=True)
class Derived:
    """Marks a spec field that follows from the name, so that manifests leave it out."""


Schema = dict[str, Any]
REMEDY = "x-remedy"  # what to write instead, for messages.
# Words of VS Code, which other tools ignore.
PATTERN_MESSAGE, MEANINGS, MARKDOWN = "patternErrorMessage", "enumDescriptions", "markdownDescription"


def expecting(what: str) -> Schema:
    """Returns the message of a pattern, as the end of a sentence that begins with the value."""
    return {PATTERN_MESSAGE: f"is not {what}"}


def meanings(**texts: str) -> Schema:
    """Returns what each value of an enum means, for editors. Every value has a text."""
    return {MEANINGS: texts}


def completing(names: tuple[str, ...]) -> Schema:
    """Returns an enum that editors complete and that allows any other text too."""
    return {"anyOf": [{"enum": list(names)}, {}]}
