"""M9: AWS publishes the permissions of security profiles, and would refuse a misspelt one at apply."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.kinds.connect.permissions import PERMISSIONS
from reconciler.kinds.registry import KINDS
from reconciler.sandbox.connect.admin.built_ins import PROFILES
from reconciler.sandbox.connect.admin.security_profiles import known_permissions
from reconciler.schemas.kind import kind_schema
from tests.builders.folders import reading

SCHEMA = kind_schema(KINDS["SecurityProfile"])
GUIDE = "https://docs.aws.amazon.com/connect/latest/adminguide/security-profile-list.html"


def findings(root: Path, *permissions: str) -> list[tuple[str, int, str]]:
    document = "kind: SecurityProfile\nmetadata: {name: P}\nspec:\n  permissions:\n" + "".join(
        f"  - {json.dumps(name)}\n" for name in permissions
    )
    desired = reading(root, {"manifests/base/p.yaml": document}).desired
    assert desired
    return [(each.severity, each.source.line if each.source else 0, each.message) for each in desired.findings]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("ManagerListenin", 'did you mean "ManagerListenIn"?'),
        ("managerlistenin", 'did you mean "ManagerListenIn"?'),
        ("Queue.View", 'did you mean "Queues.View"?'),
        ("VideoContacts.Access", 'did you mean "VideoContact.Access"?'),
        ("DoEverything", f"see {GUIDE}"),
    ],
)
def test_an_unknown_permission_is_a_warning_with_its_place(tmp_path: Path, name: str, remedy: str) -> None:
    ((severity, line, message),) = findings(tmp_path, "BasicAgentAccess", name)

    assert (severity, line) == ("warning", 6)
    assert f'"{name}" is not in AWS\'s list of permissions; {remedy}' in message


def test_a_third_party_application_may_have_any_name(tmp_path: Path) -> None:
    """Admin guide: <3p app name>.Access."""
    assert findings(tmp_path, "Acme CRM.Access", "BasicAgentAccess") == []


def test_editors_complete_known_permissions_and_allow_new_ones() -> None:
    items = SCHEMA["properties"]["spec"]["properties"]["permissions"]["items"]
    document = {
        "kind": "SecurityProfile",
        "metadata": {"name": "P"},
        "spec": {"permissions": ["BasicAgentAccess", "New.View"]},
    }

    assert items["anyOf"][0]["enum"] == list(PERMISSIONS)
    jsonschema.validate(document, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "spec": {"permissions": [5]}}, SCHEMA)


def test_a_permission_that_is_not_a_text_is_one_mistake(tmp_path: Path) -> None:
    document = "kind: SecurityProfile\nmetadata: {name: P}\nspec: {permissions: [5]}\n"

    (mistake,) = reading(tmp_path, {"manifests/base/p.yaml": document}).mistakes

    assert "must be a text, is the number 5" in mistake.message


def test_the_sandbox_knows_the_same_permissions() -> None:
    assert known_permissions() == set(PERMISSIONS)
    assert len(PERMISSIONS) == len(set(PERMISSIONS)) > 300
    assert {name for names in PROFILES.values() for name in names} <= set(PERMISSIONS)
