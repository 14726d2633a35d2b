"""A file of agents, from the event of S3 to requests in the roster, secrets and a result file."""

from __future__ import annotations

import json

import pytest

from reconciler.lambdas.agent_upload.failures import Failed, NoTime, WrongEvent, WrongSettings
from reconciler.lambdas.agents.item import sequencer_text
from reconciler.sandbox import INSTANCE_ID
from tests.builders.agent_files import ADA, HEADERS, MARY, NEWEST, SAML, SECRET, agent_csv
from tests.lambdas.agent_upload.inbox import BUCKET, ROSTER, UPLOADS, Inbox, managed_csv, row
from tests.lambdas.invocations import Context

WRITES = ("dynamodb:UpdateItem", "secretsmanager:CreateSecret", "secretsmanager:PutSecretValue")


def test_a_file_of_agents_becomes_requests_secrets_and_a_draft_of_the_result(inbox: Inbox) -> None:
    """S4-4, S4-16, S4-24."""
    record = inbox.put(managed_csv())

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "rosters": 1, "rows": 2, "pending": 2}
    assert {name: item.status for name, item in inbox.roster().items()} == {"ada": "PENDING", "mary": "PENDING"}
    request = inbox.roster()["ada"].request
    assert request is not None
    assert (request.key, request.row, request.password_secret) == ("uploads/agents.csv", 2, inbox.secrets()[0])
    assert inbox.secret("ada") == SECRET
    assert [line["result"] for line in inbox.results(record)] == ["pending", "pending"]


def test_the_last_settled_row_completes_the_result(inbox: Inbox) -> None:
    record = inbox.put(managed_csv((row(), row(user_login="b c"), row(user_login="mary"))))
    inbox.invoke(record)

    inbox.settle("ada")
    assert inbox.record(record)["status"] == "running"
    inbox.settle("mary")

    assert [(line["row"], line["user login"], line["result"]) for line in inbox.results(record)] == [
        ("2", "ada", "created"),
        ("3", "", "refused"),
        ("4", "mary", "created"),
    ]
    kept = inbox.record(record)
    assert (kept["status"], kept["rows"], kept["refused"], kept["created"], kept["settled"]) == ("done", 3, 1, 2, 2)
    assert kept["result_key"] == f"{inbox.result_stem(record)}.csv"
    assert inbox.result_json(record)["counts"]["created"] == 2


@pytest.mark.parametrize("header", [name for name in HEADERS if name != "saml"])
def test_every_header_of_the_console_is_imported(inbox: Inbox, header: str) -> None:
    """S4-28."""
    answer = inbox.upload(managed_csv(header=HEADERS[header]))

    assert answer["pending"] == 2


def test_a_saml_file_needs_no_password_and_makes_no_secret(inbox: Inbox) -> None:
    """S4-28."""
    inbox.environ["IDENTITY_TYPE"] = "SAML"

    answer = inbox.upload(agent_csv(SAML))

    assert answer["pending"] == 2
    assert inbox.secrets() == []
    assert "connect:DescribeInstance" not in inbox.calls()


def test_a_record_has_a_pointer_and_never_the_content(inbox: Inbox) -> None:
    """S4-19: key and sequencer are the keys of the table."""
    record = inbox.put(managed_csv(), "uploads/our agents+new.csv", ContentType="text/csv")

    inbox.invoke(record)

    kept = inbox.uploads().read("uploads/our agents+new.csv", sequencer_text(record["s3"]["object"]["sequencer"]))
    assert (kept["bucket"], kept["kind"], kept["content_type"]) == (BUCKET, "roster", "text/csv")
    assert kept["version_id"] == record["s3"]["object"]["versionId"]
    assert len(kept["sha256"]) == 64
    assert SECRET not in json.dumps(inbox.items(UPLOADS))


def test_the_upload_moves_to_quarantine_and_no_version_stays(inbox: Inbox) -> None:
    record = inbox.put(managed_csv())

    inbox.invoke(record)

    (moved,) = inbox.object_keys("quarantine/")
    assert inbox.versions("uploads/") == []
    assert inbox.record(record)["moved_to"] == moved
    assert inbox.object(moved).decode() == managed_csv()
    assert inbox.s3.head_object(Bucket=BUCKET, Key=moved)["ServerSideEncryption"] == "AES256"


def test_a_key_encrypts_quarantine_results_and_secrets(inbox: Inbox) -> None:
    """S4-31."""
    key = "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000001"
    inbox.environ |= {"KMS_KEY_ARN": key, "OWNER": "contact-centre/prod:Pipeline/agents"}
    record = inbox.put(managed_csv())

    inbox.invoke(record)

    for name in (*inbox.object_keys("quarantine/"), *inbox.object_keys("results/")):
        assert inbox.s3.head_object(Bucket=BUCKET, Key=name)["SSEKMSKeyId"] == key
    secret = inbox.clients["secretsmanager"].describe_secret(SecretId=inbox.secrets()[0])
    assert secret["KmsKeyId"] == key
    assert {"Key": "reconciler:stack", "Value": "contact-centre/prod:Pipeline/agents"} in secret["Tags"]


def test_the_same_file_again_writes_nothing_for_settled_agents(inbox: Inbox) -> None:
    """S4-29: after a re-run no call is left."""
    inbox.upload(managed_csv())
    inbox.settle("ada", "mary")
    before = inbox.items(ROSTER)
    inbox.sandbox.reset_stats()
    record = inbox.put(managed_csv())

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "rosters": 1, "rows": 2, "unchanged": 2}
    assert inbox.record(record)["status"] == "done"
    assert inbox.items(ROSTER) == before
    assert "secretsmanager:PutSecretValue" not in inbox.calls()


def test_a_changed_row_of_a_known_agent_needs_no_password(inbox: Inbox) -> None:
    inbox.upload(managed_csv())
    inbox.settle("ada", "mary")

    answer = inbox.upload(managed_csv((row(last_name="King", password=""), {**MARY, "password": ""})))

    assert (answer["pending"], answer["unchanged"]) == (1, 1)


def test_a_row_that_failed_is_requested_again(inbox: Inbox) -> None:
    inbox.upload(managed_csv())
    inbox.set_attributes("ada", status="FAILED", last_error="the routing profile was deleted")

    answer = inbox.upload(managed_csv())

    assert answer["pending"] == 2
    assert inbox.roster()["ada"].status == "PENDING"


def test_bad_rows_are_reported_with_their_row_and_good_rows_go_on(inbox: Inbox) -> None:
    """S4-29, S4-35."""
    rows = (row(), row(user_login="b", routing_profile_name="Basic Routing Profil"), row(user_login="c", mobile="x"))
    record = inbox.put(managed_csv(rows, NEWEST))

    answer = inbox.invoke(record)

    assert (answer["pending"], answer["refused"]) == (1, 2)
    assert [(line["row"], line["column"], line["reason"]) for line in inbox.results(record)[1:]] == [
        (
            "3",
            "routing profile name",
            'routing profile name: is not known in the instance; did you mean "Basic Routing Profile"?',
        ),
        (
            "4",
            "mobile",
            "mobile: is not a phone number in E.164 format; "
            "write one such as +15550100123, with + and the country code",
        ),
    ]


def test_a_new_user_without_a_password_is_refused(inbox: Inbox) -> None:
    record = inbox.put(managed_csv((row(password=""),)))

    inbox.invoke(record)

    assert inbox.results(record)[0]["reason"].startswith("password: is empty, and a new user needs one")


def test_names_are_read_page_by_page_and_kept_for_the_next_event(inbox: Inbox) -> None:
    """S4-35."""
    inbox.sandbox.set_faults({"pageCap": 1})

    answers = [inbox.upload(managed_csv((row(user_login=f"u{number}"),))) for number in range(2)]

    assert [answer["pending"] for answer in answers] == [1, 1]
    calls = inbox.calls()
    assert calls["connect:ListSecurityProfiles"] > 2
    assert calls["connect:ListRoutingProfiles"] == 1
    assert calls["connect:DescribeInstance"] == 1


def test_a_profile_that_was_created_since_is_found(inbox: Inbox) -> None:
    inbox.upload(managed_csv())
    inbox.clients["connect"].create_security_profile(InstanceId=INSTANCE_ID, SecurityProfileName="Night")
    inbox.sleep(6)

    answer = inbox.upload(
        managed_csv((row(user_login="n", **{"security_profile_name_1|security_profile_name_2": "Night"}),))
    )

    assert answer == {"objects": 1, "rosters": 1, "rows": 1, "pending": 1}


def test_groups_are_known_by_their_path(inbox: Inbox) -> None:
    """S4-35."""
    connect, here = inbox.clients["connect"], {"InstanceId": INSTANCE_ID}
    levels = {"LevelOne": {"Name": "City"}, "LevelTwo": {"Name": "Team"}}
    connect.update_user_hierarchy_structure(**here, HierarchyStructure=levels)
    london = connect.create_user_hierarchy_group(**here, Name="London")["HierarchyGroupId"]
    connect.create_user_hierarchy_group(**here, Name="Sales", ParentGroupId=london)
    rows = (row(agent_hierarchy="/London/Sales"), row(user_login="b", agent_hierarchy="Sales"))
    record = inbox.put(managed_csv(rows, NEWEST))

    answer = inbox.invoke(record)

    assert (answer["pending"], answer["refused"]) == (1, 1)
    assert '"London/Sales" ends so' in inbox.results(record)[1]["reason"]


def test_a_missing_group_is_no_mistake_where_groups_are_created(inbox: Inbox) -> None:
    inbox.environ["CREATE_HIERARCHY_GROUPS"] = "true"

    assert inbox.upload(managed_csv((row(agent_hierarchy="Paris"),), NEWEST))["pending"] == 1


def test_a_file_with_too_many_rows_is_refused_with_the_reason(inbox: Inbox) -> None:
    rows = [row(user_login=f"u{number}") for number in range(5001)]
    record = inbox.put(managed_csv(rows))

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "rosters": 1, "rows": 5001, "refused": 5001}
    assert inbox.results(record)[0]["reason"] == (
        "the file has 5,001 rows, and one upload takes 5,000; split the file, and upload each part"
    )
    assert inbox.items(ROSTER) == []


def test_an_invocation_without_time_says_so_and_the_next_one_goes_on(inbox: Inbox) -> None:
    record = inbox.put(managed_csv())

    with pytest.raises(NoTime, match="the next try continues"):
        inbox.invoke(record, seconds=5)

    assert inbox.invoke(record)["pending"] == 2


def test_another_bucket_or_wrong_settings_stop_it_before_any_call(inbox: Inbox) -> None:
    record = inbox.put(managed_csv())
    inbox.sandbox.reset_stats()

    record["s3"]["bucket"]["name"] = "elsewhere"
    with pytest.raises(WrongEvent, match="of another bucket"):
        inbox.invoke(record)
    inbox.environ["ROSTER_TABLE"] = ""
    with pytest.raises(WrongSettings, match="ROSTER_TABLE is missing"):
        inbox.invoke(record)
    assert inbox.calls() == {}


def test_an_unforeseen_error_has_no_word_of_the_event_in_the_log(inbox: Inbox) -> None:
    inbox.clients = {**inbox.clients, "s3": object()}
    record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": "2026-01-05T12:00:00.000Z"}
    held = {"key": "uploads/x", "sequencer": "1"}

    with pytest.raises(Failed, match="unforeseen AttributeError; the log says where"):
        inbox.function.answer(
            {"Records": [{**record, "s3": {"bucket": {"name": BUCKET}, "object": held}}]}, Context("agents-upload")
        )

    assert json.loads(inbox.lines[0])["where"]


def test_a_key_with_a_name_that_a_spreadsheet_computes_is_harmless(inbox: Inbox) -> None:
    record = inbox.put(managed_csv((row(user_login="-1"), {**ADA, "first name": "=1+1", "password": SECRET})))

    inbox.invoke(record)

    assert [line["user login"] for line in inbox.results(record)] == ["'-1", "ada"]


def test_a_file_that_git_declares_stays_where_it_is(inbox: Inbox) -> None:
    """S4-8: otherwise the next apply would upload it again."""
    inbox.environ["KEPT_PREFIX"] = "uploads/declared/"
    inbox.function = inbox.container()

    inbox.upload(managed_csv(), "uploads/declared/agents.csv")
    inbox.upload(managed_csv(), "uploads/agents.csv")

    assert inbox.object_keys("uploads/") == ["uploads/declared/agents.csv"]
    assert len(inbox.object_keys("quarantine/")) == 1
