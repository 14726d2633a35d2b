"""`--allow-move`: a number of another instance is taken over only if the flag names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Done, Repository, Server, client, resource

Reconcile = Callable[..., Done]
NUMBER, ADDRESS = "+442079460500", "PhoneNumber/support-line"
ALLOWED = ("--allow-move", ADDRESS)


@pytest.fixture
def declared(repository: Repository, reconcile: Reconcile, server: Server) -> Reconcile:
    """Declared here, and in another instance."""
    connect = client(server)
    calls = {"InboundCallsEnabled": True, "OutboundCallsEnabled": True}
    id = connect.create_instance(**calls, IdentityManagementType="SAML", InstanceAlias="second")["Id"]
    while connect.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    connect.claim_phone_number(InstanceId=id, PhoneNumber=NUMBER)
    spec = {"phoneNumber": NUMBER, "contactFlow": "Default outbound"}
    repository.declare(resource("PhoneNumber", "support-line", spec))
    return reconcile


def places(server: Server) -> list[str]:
    return [row["TargetArn"] for row in client(server).list_phone_numbers_v2()["ListPhoneNumbersSummaryList"]]


@pytest.mark.slow
@pytest.mark.parametrize("command", [["apply"], []])
def test_only_the_flag_moves_a_number(declared: Reconcile, server: Server, command: list[str]) -> None:
    kept = declared(*command, "--auto-approve")
    before = places(server)
    done = declared(*command, "--auto-approve", *ALLOWED)

    assert (kept.code, before == [INSTANCE_ARN]) == (3, False)
    assert f"repeat with --allow-move {ADDRESS}" in kept.out
    assert (done.code, places(server)) == (0, [INSTANCE_ARN])
    assert declared("plan", "--detailed-exitcode").code == 0


def test_a_reviewed_plan_with_the_move_is_applied_and_another_one_refused(
    declared: Reconcile, server: Server, tmp_path: Path
) -> None:
    with_move, without = tmp_path / "with.json", tmp_path / "without.json"
    declared("plan", "--out", str(without))
    declared("plan", *ALLOWED, "--out", str(with_move))

    refused = declared("apply", "--auto-approve", *ALLOWED, "--plan", str(without))
    before = places(server)
    done = declared("apply", "--auto-approve", *ALLOWED, "--plan", str(with_move))

    (change,) = json.loads(with_move.read_text())["changes"]
    assert (change["action"], change["irreversible"], change["fields"][0]["path"]) == ("update", True, "instance")
    assert (refused.code, before == [INSTANCE_ARN]) == (4, False)
    assert (done.code, places(server)) == (0, [INSTANCE_ARN])


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("PhoneNumber/*", "patterns are not allowed; give each address in full"),
        ("Queue/Sales", "a Queue cannot move; PhoneNumber can"),
    ],
)
def test_it_accepts_only_the_address_of_a_number(declared: Reconcile, address: str, text: str) -> None:
    done = declared("plan", "--allow-move", address)

    assert (done.code, text in done.err) == (64, True)


def test_a_misspelled_address_is_a_warning(declared: Reconcile) -> None:
    done = declared("plan", "--allow-move", "PhoneNumber/suport-line")

    assert 'warning: --allow-move "PhoneNumber/suport-line" is not a declared or live address' in done.err
    assert "1 blocked" in done.last
