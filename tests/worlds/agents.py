"""Users of an instance, as manifests and as another writer sees them."""

from __future__ import annotations

from typing import Any

from reconciler.model import Manifest
from reconciler.sandbox import INSTANCE_ID
from tests.builders.manifests import manifest
from tests.worlds.world import World

HERE = {"InstanceId": INSTANCE_ID}
PASSWORD = "Correct-horse-1"  # noqa: S105 - the sandbox keeps no password
NAMES = {"firstName": "Ada", "lastName": "Byron"}
MANAGED = {"reconciler:stack": "contact-centre/test", "reconciler:address": "User/ada"}
REQUIRED = {"routingProfile": "Basic Routing Profile", "securityProfiles": ["Agent"]}


def agent(name: str = "ada", **fields: Any) -> Manifest:
    """Returns the manifest of a user with AWS's own profiles; a field that is None is left out."""
    spec = {**REQUIRED, "identityInfo": NAMES, **fields}
    return manifest("User", name, {key: value for key, value in spec.items() if value is not None})


def sign_in(world: World, way: str = "SAML", **switches: Any) -> None:
    world.control.set_faults({"switches": {"signIn": way, **switches}})


def id_of(world: World, name: str = "ada") -> str:
    users = world.connect.list_users(**HERE)["UserSummaryList"]
    return str(next(user["Id"] for user in users if user["Username"] == name))


def described(world: World, name: str = "ada") -> dict[str, Any]:
    return dict(world.connect.describe_user(**HERE, UserId=id_of(world, name))["User"])


def add_user(world: World, name: str = "ada", **members: Any) -> str:
    """Creates a user with a password in the console."""
    routing = world.connect.list_routing_profiles(**HERE)["RoutingProfileSummaryList"]
    security = world.connect.list_security_profiles(**HERE)["SecurityProfileSummaryList"]
    params = {
        "Username": name,
        "Password": PASSWORD,
        "IdentityInfo": {"FirstName": "Ada", "LastName": "Byron", "Email": "ada@example.com"},
        "RoutingProfileId": next(row["Id"] for row in routing if row["Name"] == "Basic Routing Profile"),
        "SecurityProfileIds": [row["Id"] for row in security if row["Name"] == "Agent"],
    }
    return str(world.connect.create_user(**HERE, **{**params, **members})["UserId"])


def add_quick_connect(world: World, user: str, name: str = "Ada") -> str:
    """Creates a quick connect to a user in the console."""
    flows = world.connect.list_contact_flows(**HERE, ContactFlowTypes=["AGENT_TRANSFER"])["ContactFlowSummaryList"]
    aim = {"QuickConnectType": "USER", "UserConfig": {"UserId": user, "ContactFlowId": flows[0]["Id"]}}
    answer = world.connect.create_quick_connect(**HERE, Name=name, QuickConnectConfig=aim)
    return str(answer["QuickConnectId"])
