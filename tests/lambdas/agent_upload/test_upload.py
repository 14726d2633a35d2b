"""A file of agents, from the event of S3 to requests in the roster, secrets and a result file."""

from __future__ import annotations

from tests.builders.agent_files import SECRET
from tests.lambdas.agent_upload.inbox import Inbox, managed_csv, row


def test_a_file_of_agents_becomes_requests_secrets_and_a_draft_of_the_result(inbox: Inbox) -> None:
    """S4-4, S4-16, S4-24."""
    record = inbox.put(managed_csv())

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "rosters": 1, "rows": 2, "pending": 2}
    assert [(item.username, item.status) for item in inbox.roster().values()] == [
        ("ada", "PENDING"),
        ("mary", "PENDING"),
    ]
    assert inbox.secret("ada") == SECRET
    assert [line["result"] for line in inbox.results(record)] == ["pending", "pending"]


def test_the_last_settled_row_completes_the_result(inbox: Inbox) -> None:
    record = inbox.put(managed_csv((row(), row(user_login="b c"), row(user_login="mary"))))
    inbox.invoke(record)

    inbox.settle("ada", "mary")

    assert [(line["row"], line["user login"], line["result"]) for line in inbox.results(record)] == [
        ("2", "ada", "created"),
        ("3", "", "refused"),
        ("4", "mary", "created"),
    ]
    kept = inbox.record(record)
    assert (kept["status"], kept["rows"], kept["refused"], kept["created"], kept["settled"]) == ("done", 3, 1, 2, 2)
