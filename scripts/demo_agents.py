"""Runs the pipeline agent_import end to end: from a spreadsheet in a bucket to users of a local Amazon Connect.

`scripts/demo_pipelines.py` runs it.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from reconciler.sandbox import INSTANCE_ID
from scripts.demo_deployed import Stack
from scripts.demo_screen import ask, check, say, show

OWN, BUCKET = "centre-sandbox-agents", "example-centre-agents"
SECRET = "Plant3d-in-a-spreadsheet"  # noqa: S105 - of the demo
MANIFEST = """\
kind: Pipeline
metadata: {name: agents}
spec:
  type: agent_import
  bucket: {name: example-centre-agents}
"""
HEADER = (
    "first name,last name,email address,password,user login,routing profile name,"
    "security_profile_name_1|security_profile_name_2,phone type (soft/desk),phone number,"
    "soft phone auto accept (yes/no),ACW timeout (seconds)"
)
GRACE = f"Grace,Hopper,grace@example.com,{SECRET},grace,Basic Routing Profile,Agent,soft,,yes,30"
ALAN = f"Alan,Turing,alan@example.com,{SECRET},alan,Basic Routing Profile,Agent|Admin,desk,+15550100123,no,0"
LOST = f"Lost,Soul,,{SECRET},lost,Basic Routing Profil,Agent,soft,,no,0"


def agents(stack: Stack) -> None:
    """Makes users from a spreadsheet."""
    say("agent_import: agents of a spreadsheet, as users of Amazon Connect")
    stack.declare("agents", MANIFEST)
    show("manifest", f"{len(MANIFEST.splitlines())} lines")
    stack.reconcile("apply", "--auto-approve")
    check("No changes" in stack.reconcile("plan"), "a bucket, two tables and two functions are there")
    lines = _upload(stack, GRACE, ALAN, LOST)
    for line in lines:
        show(f"row {line['row']} of the result file", {key: line[key] for key in ("user login", "result", "reason")})
    check([line["result"] for line in lines] == ["created", "created", "refused"], "two users, and a row with a reason")
    alan = _user(stack, "alan")
    show("alan", {"phone": alan["PhoneConfig"], "tags": alan["Tags"]})
    check(len(alan["SecurityProfileIds"]) == 2, "the user has both security profiles")
    check(SECRET not in _everything(stack), "the password is in no table, no log and no result file")

    say("the same spreadsheet with one change")
    before = ask(stack.local, "GET", "stats")["calls"]
    lines = _upload(stack, GRACE.replace("Hopper", "Murray"), ALAN)
    calls = _new_calls(before, ask(stack.local, "GET", "stats")["calls"])
    show("results", {line["user login"]: line["result"] for line in lines})
    show("calls about users", calls)
    check(calls == {"DescribeUser": 1, "UpdateUserIdentityInfo": 1}, "one call reads the user, and one changes it")


def _upload(stack: Stack, *rows: str) -> list[dict[str, str]]:
    """Uploads a spreadsheet, waits until the functions are at rest, and returns the newest result file."""
    s3 = stack.client("s3")
    s3.put_object(Bucket=BUCKET, Key="uploads/agents.csv", Body="\n".join((HEADER, *rows)).encode())
    ask(stack.local, "POST", "clock", {"advance": "10s"})
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="results/")["Contents"]
    files = sorted((it for it in listed if it["Key"].endswith(".csv")), key=lambda it: it["LastModified"])
    text = s3.get_object(Bucket=BUCKET, Key=files[-1]["Key"])["Body"].read().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _user(stack: Stack, name: str) -> Any:
    connect = stack.client("connect")
    listed = connect.list_users(InstanceId=INSTANCE_ID)["UserSummaryList"]
    id = next(it["Id"] for it in listed if it["Username"] == name)
    return connect.describe_user(InstanceId=INSTANCE_ID, UserId=id)["User"]


def _everything(stack: Stack) -> str:
    """Returns both tables, both logs and all result files as one text."""
    s3, dynamodb = stack.client("s3"), stack.client("dynamodb")
    texts = [json.dumps(dynamodb.scan(TableName=f"{OWN}-{name}")["Items"]) for name in ("uploads", "roster")]
    texts += [json.dumps(stack.log(f"{OWN}-{part}")) for part in ("upload", "roster")]
    for it in s3.list_objects_v2(Bucket=BUCKET, Prefix="results/")["Contents"]:
        texts.append(s3.get_object(Bucket=BUCKET, Key=it["Key"])["Body"].read().decode("utf-8-sig"))
    return "".join(texts)


def _new_calls(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Returns the calls of Amazon Connect on a user since then."""
    new = {name: count - before.get(name, 0) for name, count in after.items() if name.startswith("connect:")}
    return {
        name.partition(":")[2]: count
        for name, count in new.items()
        if count and "User" in name and "Search" not in name
    }
