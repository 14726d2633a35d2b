"""Passwords are in Secrets Manager and nowhere else, and a repeated call does no harm."""

from __future__ import annotations

import json
import traceback
from typing import Any

import pytest

from reconciler.lambdas.agent_upload.failures import UploadFailed
from reconciler.lambdas.agents.cells import is_password
from reconciler.sandbox import INSTANCE_ID
from tests.builders.agent_files import ADA, MANAGED, MARY, SECRET
from tests.lambdas.agent_upload.inbox import BUCKET, PREFIX, ROSTER, UPLOADS, Inbox, managed_csv, row
from tests.lambdas.repeating import Repeating

OTHER = "Another-horse-2"
NAME = f"{PREFIX}/{INSTANCE_ID}/ada/password"


def reason(inbox: Inbox, record: dict[str, Any]) -> str:
    inbox.invoke(record)
    return inbox.results(record)[0]["reason"]


def test_a_planted_password_is_in_no_log_item_answer_or_result(inbox: Inbox) -> None:
    """S4-31: good rows, refused ones, shifted ones, damaged ones, and a header that is not known."""
    shifted = dict.fromkeys(MANAGED, SECRET)
    texts = [
        managed_csv((row(), row(user_login="b", first_name=""), shifted)) + f'{SECRET},x\n"{SECRET}"{SECRET}\n',
        managed_csv().replace("user login", "user logn"),
        managed_csv((row(), row())),
    ]
    records = [inbox.put(text, f"uploads/{number}.csv") for number, text in enumerate(texts)]

    answers = [inbox.invoke(record) for record in records]
    inbox.settle("ada")
    answers.append(inbox.invoke(inbox.put(managed_csv((row(password=OTHER),)))))

    places = [*inbox.lines, json.dumps(answers), json.dumps(inbox.items(ROSTER)), json.dumps(inbox.items(UPLOADS))]
    places += [inbox.object(key).decode() for key in inbox.object_keys("results/")]
    heads = [inbox.s3.head_object(Bucket=BUCKET, Key=key) for key in inbox.object_keys()]
    places += [json.dumps([head["Metadata"] for head in heads])]
    assert len(inbox.object_keys("results/")) == 8
    assert [text for text in places if SECRET in text or OTHER in text] == []


@pytest.mark.parametrize("operation", ["create_secret", "put_secret_value"])
def test_a_password_is_in_no_trace_even_if_aws_repeats_it(inbox: Inbox, operation: str) -> None:
    """S4-31: the whole trace of the error that Lambda logs, with what caused it."""
    inbox.clients["secretsmanager"].create_secret(Name=NAME, SecretString=OTHER)
    real = inbox.clients["secretsmanager"]
    inbox.clients = {**inbox.clients, "secretsmanager": Repeating(real, operation, "ValidationException")}

    with pytest.raises(UploadFailed, match="ValidationException") as raised:
        inbox.upload(managed_csv())

    trace = "".join(traceback.format_exception(raised.value))
    assert [text for text in (trace, *inbox.lines) if SECRET in text or OTHER in text] == []


def test_an_uploaded_password_is_kept_before_its_request_is_written(inbox: Inbox) -> None:
    failing = {"every": 1, "code": "AccessDeniedException", "operations": ["dynamodb:UpdateItem"]}
    record = inbox.put(managed_csv())
    inbox.invoke(inbox.put("x", "uploads/x.txt"))

    inbox.sandbox.set_faults({"error": failing})
    with pytest.raises(Exception, match="UpdateItem"):
        inbox.invoke(record)
    inbox.sandbox.set_faults({})

    assert inbox.items(ROSTER) == []
    assert inbox.invoke(record)["pending"] == 2


def test_another_password_of_a_user_who_is_not_created_yet_replaces_the_first(inbox: Inbox) -> None:
    inbox.upload(managed_csv())
    inbox.set_attributes("ada", status="FAILED")

    inbox.upload(managed_csv((row(password=OTHER),)))

    assert inbox.secret("ada") == OTHER


def test_another_password_waits_while_the_first_request_is_in_work(inbox: Inbox) -> None:
    """The other function may have read the first one already."""
    inbox.upload(managed_csv())
    changed = managed_csv((row(password=OTHER),))

    text = reason(inbox, inbox.put(changed))
    inbox.sleep(3700)

    assert text == (
        "password: is another one than that of an upload in work; wait for its result, then upload this file again"
    )
    assert inbox.upload(changed)["pending"] == 1
    assert inbox.secret("ada") == OTHER


def test_a_password_of_an_existing_user_is_refused_because_aws_has_no_call(inbox: Inbox) -> None:
    """S4-31: rotation by an upload."""
    inbox.upload(managed_csv())
    inbox.settle("ada", "mary")

    text = reason(inbox, inbox.put(managed_csv((row(password=OTHER),))))

    assert text == (
        "password: is not the first password of this user; Amazon Connect has no call that changes a password; "
        "empty the cell, and reset the password in the console"
    )
    assert inbox.secret("ada") == SECRET


def test_an_existing_user_without_a_secret_may_have_a_password_in_the_file(inbox: Inbox) -> None:
    """Its secret may be deleted after the first sign-in, and the same file must stay valid."""
    inbox.upload(managed_csv())
    inbox.settle("ada", "mary")
    for name in inbox.secrets():
        inbox.clients["secretsmanager"].delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)

    assert inbox.upload(managed_csv())["unchanged"] == 2
    assert inbox.secrets() == []


def test_a_secret_that_is_being_deleted_is_restored(inbox: Inbox) -> None:
    inbox.clients["secretsmanager"].create_secret(Name=NAME, SecretString=OTHER)
    inbox.clients["secretsmanager"].delete_secret(SecretId=NAME)

    answer = inbox.upload(managed_csv((row(),)))

    assert answer["pending"] == 1
    assert inbox.secret("ada") == SECRET


def test_an_empty_password_is_generated_where_the_settings_say_so(inbox: Inbox) -> None:
    inbox.environ["GENERATE_PASSWORDS"] = "true"
    record = inbox.put(managed_csv((ADA, {**MARY, "password": SECRET})))

    inbox.invoke(record)

    assert is_password(inbox.secret("ada"))
    assert len(inbox.secret("ada")) == 24
    assert inbox.secret("mary") == SECRET


def test_a_generated_password_stays_when_the_row_is_tried_again(inbox: Inbox) -> None:
    inbox.environ["GENERATE_PASSWORDS"] = "true"
    inbox.upload(managed_csv((ADA,)))
    generated = inbox.secret("ada")
    inbox.set_attributes("ada", status="FAILED")

    inbox.upload(managed_csv((ADA,)))

    assert inbox.secret("ada") == generated


def test_a_lost_reply_stores_a_password_once(inbox: Inbox) -> None:
    inbox.sandbox.set_faults({"lostReply": {"every": 1, "operations": ["secretsmanager:CreateSecret"]}})

    with pytest.raises(Exception, match="CreateSecret"):
        inbox.upload(managed_csv((row(),)))
    inbox.sandbox.set_faults({})
    record = inbox.put(managed_csv((row(),)))
    inbox.invoke(record)

    versions = inbox.clients["secretsmanager"].list_secret_version_ids(SecretId=NAME, IncludeDeprecated=True)
    assert len(versions["Versions"]) == 1
    assert inbox.secret("ada") == SECRET


def test_two_instances_have_two_secrets_and_two_items(inbox: Inbox) -> None:
    """S4-30: the key is the instance and the user name."""
    connect = inbox.clients["connect"]
    created = connect.create_instance(
        InstanceAlias="second",
        IdentityManagementType="CONNECT_MANAGED",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )["Id"]
    connect.describe_instance(InstanceId=created)
    inbox.upload(managed_csv((row(),)))

    inbox.environ["INSTANCE_ID"] = created
    inbox.upload(managed_csv((row(password=OTHER),)), "uploads/second.csv")

    assert inbox.secrets() == sorted([NAME, NAME.replace(INSTANCE_ID, created)])
    assert {item["instance_id"]["S"] for item in inbox.items(ROSTER)} == {INSTANCE_ID, created}


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_generated_password_has_a_note_with_its_secret(inbox: Inbox, is_repeated: bool) -> None:
    """S4-31: the result names the place of the password, and never the password. So it does if a try failed before."""
    inbox.environ["GENERATE_PASSWORDS"] = "true"
    record = inbox.put(managed_csv((row(password=""), row(user_login="mary"))))
    if is_repeated:
        inbox.sandbox.set_faults({"error": {"every": 1, "code": "AccessDenied", "operations": ["s3:PutObject"]}})
        with pytest.raises(UploadFailed, match="s3:PutObject"):
            inbox.invoke(record)
        inbox.sandbox.set_faults({})

    inbox.invoke(record)
    inbox.settle("ada", "mary")

    ada, mary = inbox.results(record)
    assert (ada["result"], ada["column"], mary["reason"]) == ("created", "password", "")
    assert f"is the secret {NAME} of" in ada["reason"]
    assert "let the user change it at the first sign-in" in ada["reason"]
    assert inbox.secret("ada") not in ada["reason"]
