"""Every command that a report prints can be pasted into a shell, whatever the names in it."""

from __future__ import annotations

import html
import json
import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt

from reconciler.messages import command, flag
from reconciler.sandbox import INSTANCE_ID
from tests.cli.running import Done, Repository, Server, client, resource, table

Reconcile = Callable[..., Done]
TABLE = "O'Brien's tiers"
QUEUE = 'Gold "VIP"; echo $HOME `id` *'


@pytest.fixture
def unmanaged(repository: Repository, server: Server, reconcile: Reconcile) -> Reconcile:
    """Resources with names that a shell would split or expand: declared, live, and not managed."""
    connect = client(server)
    hours = next(
        each["Id"]
        for each in connect.list_hours_of_operations(InstanceId=INSTANCE_ID)["HoursOfOperationSummaryList"]
        if each["Name"] == "Basic Hours"
    )
    connect.create_queue(InstanceId=INSTANCE_ID, Name=QUEUE, HoursOfOperationId=hours)
    connect.create_data_table(
        InstanceId=INSTANCE_ID, Name=TABLE, TimeZone="UTC", ValueLockLevel="NONE", Status="PUBLISHED"
    )
    repository.declare(
        resource("HoursOfOperation", "Basic Hours", {"timeZone": "UTC", "config": []}),
        resource("Queue", QUEUE, {"hoursOfOperation": "Basic Hours"}),
        table(TABLE),
    )
    return reconcile


def commands(text: str) -> Iterator[list[str]]:
    """Returns each command in the text as a shell splits it."""
    for line in text.splitlines():
        for part in line.split("reconcile -e ")[1:]:
            reader = shlex.shlex(f"reconcile -e {part}", posix=True, punctuation_chars=";")
            reader.whitespace_split = True
            words = []
            for word in reader:
                if word in (";", "·"):
                    break
                words.append(word)
            yield words


def plainly(form: str, text: str) -> str:
    """Returns the text as a reader of the form sees it."""
    if form == "json":
        return "\n".join(change["reason"] for change in json.loads(text)["changes"])
    if form == "markdown":
        text = MarkdownIt("gfm-like", {"linkify": False}).disable(["linkify"]).render(text)
    if form in ("markdown", "html"):
        return html.unescape(text.replace("<li>", "\n").replace("</", "\n</"))
    return text


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_a_printed_adopt_command_adopts_its_resource(unmanaged: Reconcile, form: str) -> None:
    """M5: the remedy of a blocked change, pasted as it is printed."""
    printed = list(commands(plainly(form, unmanaged("plan", "--format", form).out)))

    assert sorted(words[-1] for words in printed) == [
        f"DataTable/{TABLE}",
        "HoursOfOperation/Basic Hours",
        f"Queue/{QUEUE}",
    ]
    for words in printed:
        assert words[:4] == ["reconcile", "-e", "lab", "adopt"]
        assert unmanaged(*words[1:], "--auto-approve").code == 0
    assert "exists, not managed" not in unmanaged("plan").out


def test_a_printed_adopt_command_names_its_environment(repository: Repository, unmanaged: Reconcile) -> None:
    """M5: with several environments, a command without -e would only ask which one."""
    repository.configure({"lab": {"sandbox": True}, "loft": {"sandbox": True}})

    printed = list(commands(unmanaged("plan", "-e", "loft").out))

    assert {words[2] for words in printed} == {"loft"}


@pytest.mark.parametrize("address", [f"DataTable/{TABLE}", "ConnectInstance/second-site"])
def test_a_printed_flag_has_its_address(
    repository: Repository, server: Server, reconcile: Reconcile, address: str
) -> None:
    """M5: --allow-delete and --allow-create with their addresses, pasted as they are printed."""
    spec: Any = {
        "identityManagementType": "CONNECT_MANAGED",
        "inboundCallsEnabled": True,
        "outboundCallsEnabled": False,
    }
    repository.declare(table(TABLE))
    reconcile("apply", "--auto-approve")
    repository.declare(resource("ConnectInstance", "second-site", spec))

    output = reconcile("plan", "--prune").out

    (flag,) = (
        part
        for part in output.split("--allow-")[1:]
        if part.split()[0] in ("delete", "create") and shlex.quote(address) in part
    )
    assert shlex.split(flag.splitlines()[0].partition(", or declare")[0])[1] == address


def test_an_adopt_command_for_a_tombstone_can_be_pasted(repository: Repository, unmanaged: Reconcile) -> None:
    """M5: the same of what is to be deleted and is not managed."""
    repository.declare({"kind": "Removed", "spec": {"addresses": [f"Queue/{QUEUE}"]}})

    (printed,) = commands(unmanaged("plan").out)

    assert printed == ["reconcile", "-e", "lab", "adopt", f"Queue/{QUEUE}"]


def test_the_command_that_writes_schemas_can_be_pasted(repository: Repository, reconcile: Reconcile) -> None:
    """M5: a folder with a space."""
    output = reconcile("schema", "--check", "--write", "my schemas").out.splitlines()

    words = shlex.split(output[0].partition("write it with: ")[2])
    assert reconcile(*words[1:]).code == 0
    assert reconcile("schema", "--check", "--write", "my schemas").code == 0


@pytest.mark.parametrize(
    "name", ["Sales", "Basic Hours", "O'Brien", 'the "best"', "$HOME `id` \\ *", "-rf", "a;b|c&d", "~", "Zürich"]
)
def test_a_shell_reads_any_name_as_one_word(name: str) -> None:
    """M5."""
    address = f"Queue/{name}"

    assert shlex.split(command("adopt", address, environment=name)) == ["reconcile", "-e", name, "adopt", address]
    assert shlex.split(flag("--allow-delete", address)) == ["--allow-delete", address]
