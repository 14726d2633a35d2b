"""Mistakes in manifests of Amazon Redshift Serverless."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.folders import reading
from tests.kinds.documents import mistakes

ROLE = "arn:aws:iam::111122223333:role/copy"


@pytest.mark.parametrize(
    ("kind", "spec", "expected"),
    [
        ("RedshiftNamespace", {"manageAdminPassword": False}, "this tool has no place for passwords"),
        ("RedshiftNamespace", {"iamRoles": [ROLE], "defaultIamRole": f"{ROLE}2"}, "must be one of iamRoles"),
        ("RedshiftNamespace", {"adminUserPassword": "x"}, 'unknown key "adminUserPassword"'),
        ("RedshiftWorkgroup", {"baseCapacity": 12}, "must be 4, or a multiple of 8 from 8 to 1,024"),
        ("RedshiftWorkgroup", {"baseCapacity": 16, "maxCapacity": 8}, "cannot be less than baseCapacity, which is 16"),
        ("RedshiftWorkgroup", {"port": 80}, "must be from 5431 to 5455"),
        ("RedshiftWorkgroup", {"configParameters": [{"parameterKey": "speed", "parameterValue": "1"}]}, "speed"),
    ],
    ids=str,
)
def test_what_aws_or_this_tool_refuses_is_a_mistake(
    tmp_path: Path, kind: str, spec: dict[str, Any], expected: str
) -> None:
    needed = {"namespace": "nnn"} if kind == "RedshiftWorkgroup" else {}
    document = json.dumps({"kind": kind, "metadata": {"name": "nnn"}, "spec": {**needed, **spec}})

    found = mistakes(tmp_path, document)

    assert any(expected in mistake for mistake in found), found


NAMESPACE = "kind: RedshiftNamespace\nmetadata: {{name: analytics}}\nspec: {spec}\n"
MEMBER = "kind: RedshiftRole\nmetadata: {name: analytics/copy}\n"


@pytest.mark.parametrize("roles", ["[]", f"[{ROLE}]"])
def test_a_role_of_a_namespace_that_declares_all_its_roles_is_a_mistake(tmp_path: Path, roles: str) -> None:
    (mistake,) = mistakes(tmp_path, NAMESPACE.format(spec=f"{{iamRoles: {roles}}}"), MEMBER)

    assert mistake == (
        "RedshiftNamespace/analytics declares iamRoles, which is the whole list, so each would undo the other; delete "
        "iamRoles there, or delete RedshiftRole/analytics/copy and name copy there"
    )


def test_a_role_of_a_namespace_that_leaves_its_roles_alone_is_right(tmp_path: Path) -> None:
    assert mistakes(tmp_path, NAMESPACE.format(spec="{logExports: [userlog]}"), MEMBER) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("kind: RedshiftRole\nmetadata: {name: analytics}\n", "is not a role of a namespace: write NAMESPACE/ROLE"),
        (f"{MEMBER}spec: {{iamRole: other}}\n", "is other, but the name ends with copy; delete it"),
    ],
)
def test_a_role_has_its_namespace_and_itself_in_its_name(tmp_path: Path, document: str, expected: str) -> None:
    (mistake,) = mistakes(tmp_path, document)

    assert expected in mistake


def test_an_overlay_changes_one_parameter_by_its_key(tmp_path: Path) -> None:
    base = [
        {"parameterKey": "require_ssl", "parameterValue": "true"},
        {"parameterKey": "auto_mv", "parameterValue": "true"},
    ]
    over = [{"parameterKey": "auto_mv", "remove": True}, {"parameterKey": "require_ssl", "parameterValue": "false"}]
    files = {
        f"manifests/{folder}/it.yaml": json.dumps(
            {"kind": "RedshiftWorkgroup", "metadata": {"name": "www"}, "spec": {"configParameters": items, **more}}
        )
        for folder, items, more in (("base", base, {"namespace": "nnn"}), ("prod", over, {}))
    }

    read = reading(tmp_path, files)

    assert read.mistakes == ()
    (manifest,) = read.desired.manifests.values() if read.desired else ()
    assert [(it.parameter_key, it.parameter_value) for it in manifest.spec.config_parameters] == [
        ("require_ssl", "false")
    ]
