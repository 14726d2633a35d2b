"""The columns of the console's agent CSV as fields of a manifest. Their names and cells are rules of `lambdas.agents`.

The functions that import such files use the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.lambdas.agents.headers import Column

# The path of each field of an agent in a manifest of a User.
PATHS: Mapping[str, tuple[str, ...]] = {
    "username": ("name",),
    "first_name": ("identityInfo", "firstName"),
    "last_name": ("identityInfo", "lastName"),
    "email": ("identityInfo", "email"),
    "secondary_email": ("identityInfo", "secondaryEmail"),
    "mobile": ("identityInfo", "mobile"),
    "routing_profile": ("routingProfile",),
    "security_profiles": ("securityProfiles",),
    "hierarchy_group": ("hierarchyGroup",),
    "phone_type": ("phoneConfig", "phoneType"),
    "desk_phone_number": ("phoneConfig", "deskPhoneNumber"),
    "auto_accept": ("phoneConfig", "autoAccept"),
    "after_contact_work_seconds": ("phoneConfig", "afterContactWorkTimeLimit"),
    "tags": ("tags",),
}


def read_cell(column: Column, cell: str) -> Any:
    """Returns the value of a cell as a manifest has it. Raises `ValueError` without the cell."""
    value = column.read(cell)
    if column.field == "tags":
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
