"""The spec of a data table: its attributes (columns), their rules, and its rows as declared."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from reconciler.kinds.words import TAGS, TimeZone
from reconciler.model import Keyed, LocalOnly, Mode, Resource, Spec, Unordered
from reconciler.model.spec import REMEDY, expecting, meanings

# The pattern of DataTableName in the service model, for Python: letters, numbers and spaces of any script.
NAME = r"^[\w\s\-.:=@'|]+$"
_NAME_REMEDY = {
    REMEDY: "write letters, numbers, spaces and - _ . : = @ ' |",
    **expecting("made of letters, numbers, spaces and - _ . : = @ ' | alone"),
}
Name = Annotated[str, Field(min_length=1, max_length=127, pattern=NAME, json_schema_extra=_NAME_REMEDY)]
# The service trims descriptions. An untrimmed one would differ from its answer for ever.
Description = Annotated[str, Field(max_length=250, examples=["Service level by customer"]), AfterValidator(str.strip)]
_PURPOSE = "The purpose, in up to 250 characters. AWS drops white space around it, so it is ignored."
# AWS does not document how it echoes a rule that was not given. A minimum of 0 allows everything, so it means none.
AtLeast = Annotated[int | None, BeforeValidator(lambda value: value or None)]
# A cell in YAML. Its attribute decides its type: a number may be written as a text, and a list with commas.
_SCALARS = ["string", "number", "boolean"]
_CELL = {"type": [*_SCALARS, "null", "array"], "items": {"type": _SCALARS}}
_ROW = {
    "title": "Row",
    "description": "The values of one row, by the names of the attributes. A list is written as a list or with commas.",
    "type": "object",
    "additionalProperties": _CELL,
}
_KEY = {
    "title": "Key",
    "description": "The values of all primary attributes, by their names.",
    "type": "object",
    "additionalProperties": {"type": _SCALARS},
}
Row = Annotated[dict[str, Any], WithJsonSchema(_ROW)]
Key = Annotated[dict[str, Any], WithJsonSchema(_KEY)]


class Enum(Spec):
    """The values that an attribute may have. Unless the enum is strict, other values are allowed too."""

    strict: bool = Field(False, description="Refuses all other values. By default AWS allows them.")
    values: Unordered[str] = Field(
        description="The allowed values. They are texts, whatever the type of the attribute.",
        examples=[["Gold", "Silver"]],
    )


def _ruling(enum: Enum | None) -> Enum | None:
    """Drops an enum that allows everything. The service may answer with one where none was given."""
    return enum if enum and (enum.strict or enum.values) else None


class Validation(Spec):
    """Rules for the values of an attribute. AWS checks a value when it is written, never afterwards."""

    min_length: AtLeast = Field(
        None, ge=0, le=1000, description="The fewest characters of a TEXT, or of each item of a TEXT_LIST, up to 1000."
    )
    max_length: int | None = Field(
        None, ge=0, le=1000, description="The most characters of a TEXT, or of each item of a TEXT_LIST, up to 1000."
    )
    min_values: AtLeast = Field(None, ge=0, le=100, description="The fewest items of a list, up to 100.")
    max_values: int | None = Field(None, ge=0, le=100, description="The most items of a list, up to 100.")
    ignore_case: bool = Field(
        False, description="Treats texts as equal that differ only in case. It applies to TEXT keys and TEXT_LIST."
    )
    minimum: float | None = Field(None, description="The least number allowed.")
    maximum: float | None = Field(None, description="The greatest number allowed.")
    exclusive_minimum: float | None = Field(None, description="The limit that numbers must be greater than.")
    exclusive_maximum: float | None = Field(None, description="The limit that numbers must be less than.")
    multiple_of: float | None = Field(
        None, gt=0, description="The step of numbers: each must be a multiple of it.", examples=[0.5]
    )
    enum: Annotated[Enum | None, AfterValidator(_ruling)] = Field(None, description="The values that are allowed.")


class Attribute(Spec):
    """An attribute, which is a column of the table."""

    name: Name = Field(
        description="The name of the attribute, unique in its table. AWS ignores case here.", examples=["CustomerTier"]
    )
    value_type: Literal["TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST"] = Field(
        description="The type of the values.",
        json_schema_extra=meanings(
            TEXT="A text of up to 5000 characters; 1000 in a key.",
            NUMBER="A decimal number.",
            BOOLEAN="The value true or false.",
            TEXT_LIST="Up to 100 texts of up to 1000 characters.",
            NUMBER_LIST="Up to 100 decimal numbers.",
        ),
    )
    description: Description = Field("", description=_PURPOSE)
    primary: bool = Field(
        False, description="Makes the attribute part of the key of a row. A table has up to 5 such attributes."
    )
    validation: Validation = Field(
        Validation(), description="Rules for the values. An empty map, {}, removes the live rules."
    )
    ownership: Annotated[Mode, LocalOnly()] = Field(
        Mode.MANAGED,
        description="Who changes the values: this tool, this tool once, or others.",
        json_schema_extra=meanings(
            managed="Manifests decide every value.",
            seed="Manifests decide the value of a new cell. Others may change it later.",
            observed="Others decide. This tool never writes the values.",
        ),
    )
    renamed_from: Annotated[Name | None, LocalOnly()] = Field(
        None,
        description="The live name of the attribute. The next apply renames it and keeps its values.",
        examples=["Tier"],
    )

    def model_post_init(self, _: Any) -> None:
        # An attribute that does not declare `primary` is not a key; the live value does not count.
        self.__pydantic_fields_set__.add("primary")


class Values(Spec):
    """The rows of a table: from a file or inline."""

    file: str | None = Field(
        None, description="The path of a CSV file, relative to the manifest.", examples=["CustomerTypes.csv"]
    )
    rows: tuple[Row, ...] | None = Field(
        None,
        description="The rows, if there is no file.",
        examples=[[{"CustomerType": "Gold", "Priority": 1}]],
    )
    default: Row | None = Field(
        None,
        description="The default record, which AWS returns when no row matches.",
        examples=[{"Priority": 5}],
    )
    prune: bool = Field(False, description="Deletes live rows that are not declared.")


class Moved(Spec):
    """A row that gets another key and keeps its other values."""

    from_: Key = Field(alias="from", description="The live key.", examples=[{"CustomerType": "Gold"}])
    to: Key = Field(description="The new key.", examples=[{"CustomerType": "Premium"}])


class DataTable(Resource):
    """A data table of an Amazon Connect instance. Contact flows read it, and may write it."""

    name: Name = Field(
        description="The name of the table, unique in the instance. AWS ignores case here.", examples=["CustomerTypes"]
    )
    description: Description = Field("", description=_PURPOSE)
    time_zone: TimeZone = Field(description="The IANA time zone of dates in expressions, such as America/Toronto.")
    value_lock_level: Literal["NONE", "DATA_TABLE", "PRIMARY_VALUE", "ATTRIBUTE", "VALUE"] = Field(
        "NONE",
        description="The scope of the optimistic lock: which edits by others make AWS refuse a write. The default is "
        "NONE for a new table; a live table keeps its level.",
        json_schema_extra=meanings(
            NONE="No lock: the last write wins.",
            DATA_TABLE="Any edit of the table.",
            PRIMARY_VALUE="Any edit of the same row.",
            ATTRIBUTE="Any edit of the same column.",
            VALUE="Any edit of the same cell.",
        ),
    )
    tags: dict[str, str] = Field({}, description=TAGS, examples=[{"Team": "contact-centre"}])
    attributes: Annotated[tuple[Attribute, ...], Keyed()] = Field(
        (), description="The attributes (columns) of the table. The default quota is 100."
    )
    values: Annotated[Values | None, LocalOnly()] = Field(
        None, description="The rows. Without values, live rows are left alone."
    )
    moved: Annotated[tuple[Moved, ...], LocalOnly()] = Field(
        (), description="Rows that get another key and keep their other values."
    )
