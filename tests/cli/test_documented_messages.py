"""Provokes each message that the page on troubleshooting lists, and compares it with what the product prints (M12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Done, Repository, Server, client, resource, rows, table, write_cell

Reconcile = Callable[..., Done]
Provoke = Callable[[Repository, Reconcile, Server], str]
PAGE = (Path(__file__).parents[2] / "docs" / "guides" / "troubleshooting.md").read_text(encoding="utf-8")


def documented() -> list[str]:
    """Returns the code spans of the first column."""
    section = PAGE.split("## Messages")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return [span for cell in cells for span in re.findall(r"`([^`]+)`", cell)]


def pattern(message: str) -> str:
    """Returns the message as a regular expression.

    `…` matches anything within a line; `file`, `line` and `column` are a place.
    """
    if message.startswith("file:line:column"):
        return r"^\S+\.yaml:\d+:\d+: "
    return ".*".join(map(re.escape, message.split("…")))


def of_validate(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    attributes = [
        {"name": "id", "valueType": "TEXT", "primary": True},
        {"name": "step", "valueType": "NUMBER", "validation": {"multipleOf": 0.5, "minimum": 0}},
        {"name": "list", "valueType": "TEXT_LIST"},
        {"name": "code", "valueType": "TEXT", "validation": {"minLength": 6}},
    ]
    wrong = [{"id": str(number), "code": "1"} for number in range(9)]
    broken = [{"id": "a", "step": 8.3}, {"id": "b", "step": -1}, {"id": "c", "list": "[a"}]
    repository.declare(table(rows=[*wrong, *broken], attributes=attributes))
    (repository.root / "manifests" / "stray.yaml").touch()
    return reconcile("validate").out


def of_an_unmanaged_resource(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    client(server).create_data_table(
        InstanceId=INSTANCE_ARN, Name="Tiers", TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
    )
    return reconcile("plan").out


def of_a_missing_permission(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchDataTables"]})
    return reconcile("plan").err


def of_another_writer(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(3, "Gold")))
    reconcile("plan", "--out", "plan.json")
    write_cell(server, "C001", "Mine")
    return reconcile("apply", "--auto-approve", "--plan", "plan.json").out


def of_the_policy(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    repository.declare(table(rows=rows(20), prune=True))
    reconcile("apply", "--auto-approve")
    repository.declare(table(rows=rows(2), prune=True))
    done = reconcile("apply", "--auto-approve")
    return done.out + done.err


def of_the_windows(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    # Windows that are never open together refuse at any time.
    window = {"from": "01:00", "to": "02:00", "timeZone": "UTC"}
    repository.configure({"lab": {**SANDBOX, "policy": {"windows": [window]}}})
    repository.declare(resource("HoursOfOperation", "Office", {"timeZone": "UTC", "config": []}))
    done = reconcile("apply", "--auto-approve", "--window", "02:00-03:00 UTC")
    return done.out + done.err


def of_no_credentials(repository: Repository, reconcile: Reconcile, server: Server) -> str:
    repository.configure({"prod": {"instance": INSTANCE_ARN}})
    return reconcile("plan", AWS_ENDPOINT_URL=server.endpoint, AWS_SHARED_CREDENTIALS_FILE="/dev/null").err


PROVOKED: Mapping[str, Provoke] = {
    "file:line:column: …": of_validate,
    "column …: … values … (first: line …": of_validate,
    "multipleOf …: … is not a multiple of it": of_validate,
    "minimum …: … is less": of_validate,
    '… is not a valid list of texts such as ["a", "b"]': of_validate,
    "warning: is not read…": of_validate,
    "exists, not managed; adopt it with: …": of_an_unmanaged_resource,
    "the role needs the action connect:…": of_a_missing_permission,
    "Conflict: …; it is left alone": of_another_writer,
    "policy.maxDelete": of_the_policy,
    "no change window … is open for …": of_the_windows,
    "no AWS credentials": of_no_credentials,
}


def test_every_documented_message_is_provoked_here() -> None:
    """M12: a new line of the table needs a line of `PROVOKED`."""
    assert set(documented()) == set(PROVOKED)


@pytest.mark.parametrize("message", PROVOKED)
def test_a_documented_message_is_the_real_one(
    message: str, repository: Repository, as_user: Reconcile, server: Server
) -> None:
    """M12."""
    shown = PROVOKED[message](repository, as_user, server)

    assert re.search(pattern(message), shown, re.MULTILINE), shown
