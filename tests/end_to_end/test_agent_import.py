"""Agents from a spreadsheet, on the local AWS: from an empty stack to users who can work, by the deployed functions."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ID
from scripts.demo_deployed import Stack, deployed
from scripts.demo_screen import ask
from tests.worlds.archives import built

pytestmark = pytest.mark.slow

OWN, BUCKET = "centre-sandbox-agents", "example-agents"
MANIFEST = """\
kind: Pipeline
metadata: {name: agents}
spec:
  type: agent_import
  bucket: {name: example-agents}
"""
# Planted: it must be nowhere but in Secrets Manager, and in the spreadsheet itself.
SECRET = "Plant3d-and-nowhere-else"  # noqa: S105
HEADER = (
    "first name,last name,email address,password,user login,routing profile name,"
    "security_profile_name_1|security_profile_name_2,phone type (soft/desk),phone number,"
    "soft phone auto accept (yes/no),ACW timeout (seconds)"
)
GRACE = f"Grace,Hopper,desk@example.com,{SECRET},grace,Basic Routing Profile,Agent,soft,,yes,30"
ALAN = f"Alan,Turing,desk@example.com,{SECRET},alan,Basic Routing Profile,Agent|Admin,desk,+15550100123,no,0"
LOST = f"Lost,Soul,,{SECRET},lost,Basic Routing Profil,Agent,soft,,no,0"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One document, applied to an empty account, and one file, uploaded and processed."""
    with deployed(tmp_path_factory.mktemp("agents"), built()) as stack:
        stack.declare("agents", MANIFEST)
        assert run(["-C", str(stack.folder), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
        upload(stack, GRACE, ALAN, LOST)
        yield stack


def upload(stack: Stack, *rows: str, key: str = "uploads/agents.csv") -> None:
    """Uploads a spreadsheet, and waits until the functions are at rest."""
    body = "\r\n".join((HEADER, *rows)).encode()
    stack.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    ask(stack.local, "POST", "clock", {"advance": "10s"})


def objects(stack: Stack) -> dict[str, bytes]:
    """Returns the contents of every object, by key, the oldest first."""
    s3 = stack.client("s3")
    listed = sorted(s3.list_objects_v2(Bucket=BUCKET).get("Contents", []), key=lambda it: it["LastModified"])
    return {it["Key"]: s3.get_object(Bucket=BUCKET, Key=it["Key"])["Body"].read() for it in listed}


def results(stack: Stack) -> dict[str, dict[str, str]]:
    """Returns the lines of the newest result file, by user."""
    files = [body for key, body in objects(stack).items() if key.startswith("results/") and key.endswith(".csv")]
    lines = csv.DictReader(io.StringIO(files[-1].decode("utf-8-sig")))
    return {line["user login"]: line for line in lines}


def users(stack: Stack) -> dict[str, Any]:
    connect = stack.client("connect")
    listed = connect.list_users(InstanceId=INSTANCE_ID)["UserSummaryList"]
    return {it["Username"]: connect.describe_user(InstanceId=INSTANCE_ID, UserId=it["Id"])["User"] for it in listed}


def calls_of_connect(stack: Stack) -> dict[str, int]:
    calls: dict[str, int] = ask(stack.local, "GET", "stats")["calls"]
    return {name: count for name, count in calls.items() if name.startswith("connect:")}


def test_one_document_and_one_file_make_working_users(stack: Stack) -> None:
    """S4-4, S4-23, S4-29, S4-33, S4-36: by the built archives, with no step by hand."""
    found = users(stack)

    grace, alan = found["grace"], found["alan"]
    assert grace["IdentityInfo"] == {"FirstName": "Grace", "LastName": "Hopper", "Email": "desk@example.com"}
    assert (grace["PhoneConfig"]["AutoAccept"], grace["PhoneConfig"]["AfterContactWorkTimeLimit"]) == (True, 30)
    assert alan["PhoneConfig"]["DeskPhoneNumber"] == "+15550100123"
    assert len(alan["SecurityProfileIds"]) == 2
    assert grace["Tags"]["reconciler:stack"] == "centre/sandbox:Pipeline/agents"


def test_the_result_file_says_for_every_row_what_happened_and_why(stack: Stack) -> None:
    lines = results(stack)

    assert {name: (line["row"], line["result"]) for name, line in lines.items()} == {
        "grace": ("2", "created"),
        "alan": ("3", "created"),
        "lost": ("4", "refused"),
    }
    assert lines["lost"]["column"] == "routing profile name"
    assert '"Basic Routing Profile"' in lines["lost"]["reason"]


def test_the_tables_have_status_result_and_counts(stack: Stack) -> None:
    """S4-30."""
    dynamodb = stack.client("dynamodb")
    agents = {it["username"]["S"]: it for it in dynamodb.scan(TableName=f"{OWN}-roster")["Items"]}
    rows = dynamodb.scan(TableName=f"{OWN}-uploads")["Items"]

    (upload,) = [it for it in rows if "status" in it and it["key"]["S"] == "uploads/agents.csv"]
    assert {name: it["status"]["S"] for name, it in agents.items()} == {"grace": "ACTIVE", "alan": "ACTIVE"}
    assert agents["grace"]["user_id"]["S"] == users(stack)["grace"]["Id"]
    assert upload["status"]["S"] == "done"


def test_the_password_is_nowhere_but_in_secrets_manager(stack: Stack) -> None:
    """S4-31: logs, items, results, plans and outcomes; the spreadsheet itself is in quarantine."""
    places = {key: body.decode("utf-8-sig", "replace") for key, body in objects(stack).items()}
    sheets = [key for key in places if key.startswith("quarantine/")]
    kept = "".join(text for key, text in places.items() if key not in sheets)
    dynamodb, logs = stack.client("dynamodb"), stack.client("logs")
    for name in ("roster", "uploads"):
        kept += json.dumps(dynamodb.scan(TableName=f"{OWN}-{name}")["Items"])
    for part in ("upload", "roster"):
        kept += json.dumps(logs.filter_log_events(logGroupName=f"/aws/lambda/{OWN}-{part}")["events"])
    kept += "".join(
        path.read_text("utf-8", "replace") for path in (stack.folder / ".reconcile").rglob("*.json") if path.is_file()
    )
    kept += stack.reconcile("plan")

    assert SECRET not in kept
    assert [key for key in places if key.startswith("uploads/")] == []
    assert len(sheets) == 1
    secrets = stack.client("secretsmanager")
    names = [it["Name"] for it in secrets.list_secrets()["SecretList"]]
    assert sorted(names) == [f"{OWN}/passwords/{INSTANCE_ID}/{name}/password" for name in ("alan", "grace")]


def test_the_same_rows_again_make_no_call_about_users(stack: Stack) -> None:
    """S4-29: at most the instance and its names are read, by which rows are checked."""
    before = calls_of_connect(stack)

    upload(stack, GRACE, ALAN, key="uploads/agents again.csv")

    after = calls_of_connect(stack)
    made = {name.partition(":")[2] for name in after if after[name] > before.get(name, 0)}
    assert made <= {"DescribeInstance", "ListRoutingProfiles", "ListSecurityProfiles", "SearchUserHierarchyGroups"}
    assert {line["result"] for line in results(stack).values()} == {"unchanged"}


def test_a_changed_row_changes_its_user_alone(stack: Stack) -> None:
    """S4-33."""
    moved = GRACE.replace("Hopper", "Murray").replace("soft,,yes", "desk,+15550100199,no")

    upload(stack, moved, ALAN)

    assert {name: line["result"] for name, line in results(stack).items()} == {"grace": "changed", "alan": "unchanged"}
    grace = users(stack)["grace"]
    assert (grace["IdentityInfo"]["LastName"], grace["PhoneConfig"]["PhoneType"]) == ("Murray", "DESK_PHONE")


def test_a_function_that_is_killed_at_its_first_calls_is_started_again(stack: Stack) -> None:
    """S4-33: Lambda repeats the batch, and no user is made twice."""
    for calls in (3, 5):
        ask(stack.local, "POST", "functions", {"kill": {"function": f"{OWN}-roster", "afterCalls": calls}})
        name = f"killed{calls}"
        row = GRACE.replace("Grace", name).replace(",grace,", f",{name},")

        upload(stack, row, key=f"uploads/{name}.csv")
        ask(stack.local, "POST", "clock", {"advance": "10m"})

        assert {name: line["result"] for name, line in results(stack).items()} == {name: "created"}
    assert list(users(stack)).count("killed3") == 1


def test_a_file_of_git_is_uploaded_once_and_again_when_it_changes(stack: Stack) -> None:
    """S4-8: an apply of the same files uploads nothing, and plans show the hash."""
    generating = "  agents: {generatePasswords: true}\n  uploads: agents\n"
    folder = stack.folder / "manifests" / "base" / "agents"
    folder.mkdir()
    row = "Mary,Jackson,mary@example.com,,mary,Basic Routing Profile,Agent,soft,,no,0"
    (folder / "agents.csv").write_text(f"{HEADER}\n{row}\n", encoding="utf-8")
    stack.declare("agents", MANIFEST + generating)

    def deploy() -> None:
        assert run(["-C", str(stack.folder), "-e", "sandbox", "-q", "apply", "--auto-approve"]) == 0
        ask(stack.local, "POST", "clock", {"advance": "10s"})

    deploy()
    first = results(stack)
    files = [key for key in objects(stack) if key.startswith("results/")]
    deploy()

    assert {name: line["result"] for name, line in first.items()} == {"mary": "created"}
    assert "uploads/declared/agents.csv" in objects(stack)
    assert [key for key in objects(stack) if key.startswith("results/")] == files
    assert "No changes" in stack.reconcile("plan")

    (folder / "agents.csv").write_text(f"{HEADER}\n{row.replace('Jackson', 'Winston')}\n", encoding="utf-8")
    deploy()

    assert {name: line["result"] for name, line in results(stack).items()} == {"mary": "changed"}
