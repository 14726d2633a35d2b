"""Any other file: its record and a pointer with a hash, and never its content."""

from __future__ import annotations

from hashlib import sha256

import pytest

from reconciler.lambdas.agent_upload import objects
from reconciler.lambdas.agent_upload.objects import Objects
from reconciler.lambdas.agents.item import sequencer_text
from tests.builders.agent_files import agent_csv
from tests.lambdas.agent_upload.inbox import UPLOADS, Inbox, managed_csv

CONTACTS = "first name,last name,email address,phone number\nAda,Byron,ada@example.com,+15550100123\n"


@pytest.mark.parametrize(
    "content",
    [b"", b"a line\n", CONTACTS.encode(), bytes(range(256)) * 4, b"x" * 2**20, b"\x89PNG\r\n\0" + b"\xff" * 2**20],
    ids=["0 bytes", "text", "another CSV", "binary", "1 MB", "1 MB binary"],
)
def test_a_file_is_stored_as_a_record_with_its_hash(inbox: Inbox, content: bytes) -> None:
    """S4-3, S4-28: a file with the ending .csv is not one of agents because of its name."""
    record = inbox.put(content, "uploads/file.csv", ContentType="application/x-thing")

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "files": 1}
    kept = inbox.record(record)
    assert (kept["kind"], kept["status"], kept["size"]) == ("file", "stored", len(content))
    assert kept["sha256"] == sha256(content).hexdigest()
    assert kept["e_tag"] == record["s3"]["object"]["eTag"]
    assert kept["content_type"] == "application/x-thing"
    assert kept["received_at"] == record["eventTime"]
    assert set(kept) == {
        *("key", "sequencer", "bucket", "size", "e_tag", "version_id", "content_type", "sha256", "kind"),
        *("received_at", "status"),
    }


def test_a_file_stays_where_its_pointer_leads(inbox: Inbox) -> None:
    """S4-3."""
    record = inbox.put("a line\n", "uploads/notes.txt")

    inbox.invoke(record)
    inbox.invoke(record)

    assert inbox.object_keys() == ["uploads/notes.txt"]
    assert len(inbox.items(UPLOADS)) == 1


def test_a_file_of_agents_needs_no_ending(inbox: Inbox) -> None:
    """S4-28: it is recognised by its header."""
    assert inbox.upload(managed_csv(), "uploads/agents")["rosters"] == 1


def test_a_large_file_is_read_piece_by_piece(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "PIECE", 1000)
    content = b"first name,x\n" + b"y" * 9999
    created = _created(inbox, content)

    read = Objects(inbox.s3, inbox.calls_within(900)).read(created)

    assert read is not None
    assert (read.size, read.sha256, read.table) == (len(content), sha256(content).hexdigest(), None)


@pytest.mark.parametrize("limits", [{"LARGEST": 3000}, {"MOST_RECORDS": 1}], ids=["bytes", "rows"])
def test_a_file_of_agents_that_is_too_large_is_refused_as_a_whole(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    """S4-29: short rows take more memory than their bytes, so both are limited."""
    for name, limit in {"PIECE": 1000, **limits}.items():
        monkeypatch.setattr(objects, name, limit)
    record = inbox.put(agent_csv() + "\n" * 5000)

    answer = inbox.invoke(record)

    assert answer == {"objects": 1, "rosters": 1}
    assert inbox.result_json(record)["notes"] == [
        "the file has more than 10 MB or 20,000 rows; split it, and upload each part"
    ]
    assert inbox.record(record)["status"] == "done"
    assert len(inbox.object_keys("quarantine/")) == 1


def _created(inbox: Inbox, content: bytes) -> objects.Created:
    held = inbox.put(content)["s3"]["object"]
    sequencer = sequencer_text(held["sequencer"])
    return objects.Created("agents-111122223333", held["key"], 0, held["eTag"], held["versionId"], sequencer, "")
