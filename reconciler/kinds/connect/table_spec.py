"""The spec of a data table: its attributes (columns), their rules, and how its rows are declared."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from reconciler.kinds.draft7 import REMEDY, expecting
from reconciler.model import Keyed, LocalOnly, Mode, Resource, Spec, Unordered

# The pattern of the service model, DataTableName, in Python's words: letters, numbers and spaces of any script.
NAME = r"^[\w\s\-.:=@'|]+$"
_NAME_REMEDY = {
    REMEDY: "write letters, numbers, spaces and - _ . : = @ ' |",
    **expecting("made of letters, numbers, spaces and - _ . : = @ ' | alone"),
}
Name = Annotated[str, Field(min_length=1, max_length=127, pattern=NAME, json_schema_extra=_NAME_REMEDY)]
# The service trims descriptions; what it echoes would differ for ever.
Description = Annotated[str, Field(max_length=250), AfterValidator(str.strip)]
# How the service echoes a rule that was not given is not documented: a length or count of at least 0 rules nothing out.
AtLeast = Annotated[int | None, BeforeValidator(lambda value: value or None)]
# A cell as YAML has it. Its type comes from its attribute, so a number may be written as a text and a list with commas.
_SCALARS = ["string", "number", "boolean"]
_CELL = {"type": [*_SCALARS, "null", "array"], "items": {"type": _SCALARS}}
Row = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": _CELL})]
Key = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": {"type": _SCALARS}})]


class Enum(Spec):
    """The values an attribute may take; unless `strict`, others are allowed too."""

    strict: bool = Field(False, description="Whether other values are refused; AWS's default is that they are not.")
    values: Unordered[str] = Field(description="The values, as texts whatever the attribute's type.")


def _ruling(enum: Enum | None) -> Enum | None:
    """An enum without values that is not strict rules nothing out: it may be how the service echoes «none»."""
    return enum if enum and (enum.strict or enum.values) else None


class Validation(Spec):
    """The rules of an attribute's values; AWS checks them when a value is written, never afterwards."""

    min_length: AtLeast = Field(None, ge=0, le=1000, description="Fewest characters of a text, or of a list's texts.")
    max_length: int | None = Field(None, ge=0, le=1000, description="Most characters of a text, or of a list's texts.")
    min_values: AtLeast = Field(None, ge=0, le=100, description="Fewest items of a list.")
    max_values: int | None = Field(None, ge=0, le=100, description="Most items of a list.")
    ignore_case: bool = Field(False, description="Whether texts that differ in case alone are equal.")
    minimum: float | None = Field(None, description="Least number allowed.")
    maximum: float | None = Field(None, description="Greatest number allowed.")
    exclusive_minimum: float | None = Field(None, description="Numbers must be greater than this.")
    exclusive_maximum: float | None = Field(None, description="Numbers must be less than this.")
    multiple_of: float | None = Field(None, gt=0, description="Numbers must be whole multiples of this.")
    enum: Annotated[Enum | None, AfterValidator(_ruling)] = Field(None, description="The values allowed.")


class Attribute(Spec):
    """One column."""

    name: Name = Field(description="Unique in its table, whatever the case.")
    value_type: Literal["TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST"] = Field(
        description="What its values are."
    )
    description: Description = Field("", description="What it is for; white space around it is left out, as AWS does.")
    primary: bool = Field(False, description="Whether it is part of the row's key.")
    validation: Validation = Field(Validation(), description="Rules of its values; `{}` takes live rules away.")
    ownership: Annotated[Mode, LocalOnly()] = Field(
        Mode.MANAGED,
        description="Whose its values are: ours (`managed`), ours once (`seed`), never ours (`observed`).",
    )
    renamed_from: Annotated[Name | None, LocalOnly()] = Field(
        None, description="The name it bears live until this is applied."
    )

    def model_post_init(self, _: Any) -> None:
        # A key is a key or it is not: unsaid means no, never «as it is live».
        self.__pydantic_fields_set__.add("primary")


class Values(Spec):
    """The rows of a table."""

    file: str | None = Field(None, description="A CSV file, relative to the manifest.")
    rows: tuple[Row, ...] | None = Field(None, description="The rows themselves, where there is no file.")
    default: Row | None = Field(None, description="The default record: what a look-up without a match gets.")
    prune: bool = Field(False, description="Whether rows that are live and not declared are deleted.")


class Moved(Spec):
    """A row that gets another key and stays the same record."""

    from_: Key = Field(alias="from", description="The key it has live.")
    to: Key = Field(description="The key it shall have.")


class DataTable(Resource):
    """A table of an Amazon Connect instance that contact flows read, and may write."""

    name: Name
    description: Description = Field("", description="What it is for; white space around it is left out, as AWS does.")
    time_zone: str = Field(description="The IANA zone in which expressions see dates.")
    value_lock_level: Literal["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"] = Field(
        "NONE",
        description="How far an edit elsewhere makes AWS refuse a write of ours; unsaid it is NONE in a new table, and "
        "left as it is in one that is live.",
    )
    tags: dict[str, str] = Field({}, description="All tags but those of AWS and of this tool.")
    attributes: Annotated[tuple[Attribute, ...], Keyed()] = Field((), description="The columns.")
    values: Annotated[Values | None, LocalOnly()] = Field(None, description="The rows.")
    moved: Annotated[tuple[Moved, ...], LocalOnly()] = Field((), description="Rows that get another key.")
