"""What every spec is made of: pydantic models, and the marks on their fields that tell AWS's form of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from reconciler.canonical import canonical

T = TypeVar("T")


class Spec(BaseModel):
    """`time_zone` here, `timeZone` in YAML, `TimeZone` in a call."""

    # Python's own expressions: the default engine's `\w` knows fewer letters and numbers than AWS does (`m²`).
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, regex_engine="python-re"
    )


class Resource(Spec):
    """The spec of a kind. `name` comes from the manifest's `metadata`; here it is a field, so a rename is an update."""

    name: str


def in_order(values: Iterable[T]) -> tuple[T, ...]:
    """Sorted by what they say, each once."""
    values = tuple(values)
    if all(type(value) is str for value in values):
        return tuple(sorted(set(values)))  # type: ignore[type-var]
    by_text = {_text(value): value for value in values}
    return tuple(by_text[text] for text in sorted(by_text))


def _text(value: object) -> str:
    """Specs of one list have the same fields in the same order: pydantic's own text will do, and costs a tenth."""
    return value.model_dump_json() if isinstance(value, Spec) else canonical(value)


# A list whose order means nothing to AWS: sorted, without repeats, so that both sides and every dump are equal.
Unordered = Annotated[tuple[T, ...], AfterValidator(in_order)]


@dataclass(frozen=True)
class RefTo:
    """Marks a spec field whose value is the name of another resource."""

    kind: str


@dataclass(frozen=True)
class AwsName:
    """Marks a spec field whose AWS parameter does not follow from its key; `read` is its name in answers, where that
    is another one again."""

    name: str
    read: str = ""


@dataclass(frozen=True)
class Keyed:
    """Marks a list of specs that are told apart by one of their fields; overlays and diffs go item by item."""

    by: str = "name"


@dataclass(frozen=True)
class Each:
    """Marks a list that is declared whole, and whose differences are told item by item. `by` is the field that tells
    the items apart; without one an item is itself, all of it."""

    by: str = ""


@dataclass(frozen=True)
class Clearable:
    """Marks a spec field that may be `null`: declared to be nothing, where unsaid means left as it is."""


@dataclass(frozen=True)
class Ours:
    """Marks a spec field that AWS never hears of."""
