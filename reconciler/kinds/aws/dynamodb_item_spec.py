"""The spec of an item of Amazon DynamoDB, and the key that its name has."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from reconciler.model import Partial, Ref, Resource
from reconciler.model.spec import expecting

TABLE = "DynamoDBTable"
_PART = r"[^\s=,/#:]+=[^\s,]+"
NAME = rf"^[A-Za-z0-9_.-]{{3,255}}/{_PART}(,{_PART})?$"


class DynamoDBItem(Resource):
    """An item of a table. Its declared attributes are compared one by one; other attributes stay as they are."""

    name: str = Field(
        max_length=2048,
        pattern=NAME,
        description="The table and the key, TABLE/ATTRIBUTE=VALUE, with a second ATTRIBUTE=VALUE after a comma if the "
        "table has a sort key. Keys are texts. AWS cannot change them.",
        examples=["contact-centre-prod-connectwise-tenant-services/tenant_id=harbor-dental"],
        json_schema_extra=expecting("an item: write TABLE/ATTRIBUTE=VALUE"),
    )
    attributes: Annotated[dict[str, Any], Partial()] = Field(
        description="The attributes, as texts, numbers, booleans, lists and maps. Null removes an attribute. Never put "
        "a secret into one, because plans show it.",
        examples=[{"enabled": True, "tables": ["service/tickets"]}],
    )
    when_removed: dict[str, Any] = Field(
        {},
        description="Attributes that the item gets when its manifest is deleted. The item stays in the table.",
        examples=[{"enabled": False}],
    )


def is_name(name: str) -> bool:
    return re.search(NAME, name) is not None


def table_of(name: str) -> Ref:
    return Ref(TABLE, name.partition("/")[0])


def key_of(name: str) -> dict[str, dict[str, str]]:
    """Returns the key that a name has, in DynamoDB's form."""
    pairs = (part.partition("=") for part in name.partition("/")[2].split(","))
    return {attribute: {"S": value} for attribute, _, value in pairs}
