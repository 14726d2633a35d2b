"""Users as these tests make them, and what the answers show of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .administrative import HERE

PASSWORD = "Correct-horse-1"  # noqa: S105 - the sandbox keeps no password
NAMES = {"FirstName": "Ada", "LastName": "Byron"}
PHONE = {"PhoneType": "SOFT_PHONE", "AutoAccept": True, "AfterContactWorkTimeLimit": 30, "PersistentConnection": False}


def profiles(client: Any) -> dict[str, Any]:
    """Returns the members that a user needs, with the profiles that AWS made."""
    routing = client.list_routing_profiles(**HERE)["RoutingProfileSummaryList"]
    security = client.list_security_profiles(**HERE)["SecurityProfileSummaryList"]
    return {
        "RoutingProfileId": next(row["Id"] for row in routing if row["Name"] == "Basic Routing Profile"),
        "SecurityProfileIds": [row["Id"] for row in security if row["Name"] == "Agent"],
    }


def given(client: Any, name: str = "ada", **members: Any) -> dict[str, Any]:
    return {**profiles(client), "Username": name, "IdentityInfo": NAMES, "Password": PASSWORD, **members}


def add_user(client: Any, name: str = "ada", **members: Any) -> str:
    """Creates a user; a member that is None is left out. Returns the id."""
    params = {key: value for key, value in given(client, name, **members).items() if value is not None}
    return str(client.create_user(**HERE, **params)["UserId"])


def described(client: Any, id: str) -> dict[str, Any]:
    return dict(client.describe_user(**HERE, UserId=id)["User"])


def searched(client: Any, **params: Any) -> list[dict[str, Any]]:
    return list(client.search_users(**HERE, **params)["Users"])


def limits(user: Mapping[str, Any]) -> dict[str, int]:
    """Returns the seconds of work after a contact, by channel."""
    return {
        item["Channel"]: item["AfterContactWorkConfig"]["AfterContactWorkTimeLimit"]
        for item in user["AfterContactWorkConfigs"]
    }
