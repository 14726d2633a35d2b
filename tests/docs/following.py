"""Follows a page as its reader does: writes the files that it shows, and runs its commands in order."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reconciler.cli import run
from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import SANDBOX, Server, client
from tests.docs.pages import ROOT, Block
from tests.docs.shell import Command, commands

ASKS = {"apply", "undo", "adopt", "export", "run"}
GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "A", "GIT_COMMITTER_NAME": "A"}
GIT |= {"GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_EMAIL": "a@example.com"}
Capture = Callable[[], tuple[str, str]]


@dataclass
class Reader:
    """The reader of one page. `capture` returns what was printed since it was called last."""

    root: Path
    server: Server
    move: Callable[[Path], None]
    capture: Capture
    folder: Path = field(init=False)
    table: str = ""

    def __post_init__(self) -> None:
        self.folder = self.root
        self.move(self.root)

    def follow(self, block: Block, elsewhere: Callable[[Command], bool]) -> None:
        """Writes the block's file or runs its commands, but those that are shown to work elsewhere."""
        if block.title:
            self.write(block.title, block.text)
        if block.language == "shell":
            for command in commands(block):
                if not elsewhere(command):
                    self.run(command)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(on_the_sandbox(text) if name == "reconcile.yaml" else text, encoding="utf-8")
        if name == "reconcile.yaml":
            self.use_the_server()

    def use_the_server(self) -> None:
        state = self.folder / ".reconcile"
        state.mkdir(exist_ok=True)
        noted = {"port": self.server.port, "pid": self.server.pid, "token": self.server.token}
        (state / "sandbox.json").write_text(json.dumps(noted), encoding="utf-8")

    def run(self, command: Command) -> None:
        if command.tool == "reconcile":
            self.reconcile(command)
        elif command.tool == "cd":
            self.folder = (self.folder / command.words[1]).resolve()
            self.move(self.folder)
        elif command.words[:2] == ["aws", "connect"]:
            self.ask_connect(command.words[2], command.words[3:])
        elif command.tool == "export":
            assert all("=" in word for word in command.words[1:])
        else:
            environ = {"PATH": "/usr/local/bin:/usr/bin:/bin", **GIT}
            done = subprocess.run(
                command.words,
                cwd=self.folder,
                env=environ,
                check=False,
                capture_output=True,
                text=True,
                encoding="utf-8",
            )
            assert done.returncode == command.exit_code, f"{command.place}: {command}\n{done.stdout}{done.stderr}"

    def ask_connect(self, operation: str, options: list[str]) -> None:
        """Makes the call of `aws connect`. `TABLE` is the table that was listed last."""
        given = dict(zip(options[::2], options[1::2], strict=True))
        given.pop("--endpoint-url")
        parameters = {flag.removeprefix("--").title().replace("-", ""): value for flag, value in given.items()}
        parameters = {name: self.table if value == "TABLE" else value for name, value in parameters.items()}
        answer = getattr(client(self.server), operation.replace("-", "_"))(**parameters)
        for table in answer.get("DataTableSummaryList", ()):
            self.table = table["Id"]

    def reconcile(self, command: Command) -> None:
        self.capture()
        code = run(unattended(command.words[1:]))
        out, err = self.capture()
        assert code == command.exit_code, f"{command.place}: {command} exits with {code}\n{out}{err}"
        if command.into:
            (self.folder / command.into).write_text(out, encoding="utf-8")
        if command.words[1] == "init":
            config = self.folder / "reconcile.yaml"
            self.write("reconcile.yaml", config.read_text(encoding="utf-8"))


def unattended(words: list[str]) -> list[str]:
    """Answers the questions of a command, and keeps it from GitHub."""
    named = {word for word in words if not word.startswith("-")}
    if "github" in named:
        return [*words, "--dry-run"]
    if "destroy" in named and "--dry-run" not in words:
        return [*words, "--yes"]
    if named & ASKS or not named:
        return [*words, "--auto-approve"]
    return words


def on_the_sandbox(text: str) -> str:
    """Returns a reconcile.yaml whose instances are sandboxes without a pace; JSON is YAML."""
    config: dict[str, Any] = yaml.safe_load(text)
    for environment in config["environments"].values():
        if environment.pop("instance", None):
            for key in ("account", "region"):
                environment.pop(key, None)
        environment |= SANDBOX
    return json.dumps(config, indent=1)


# States that the reader of a page starts from.


def has_nothing(reader: Reader) -> None:
    """An empty folder."""


def has_another_instance(reader: Reader) -> None:
    """An empty folder, and a second instance that has a number."""
    connect = client(reader.server)
    calls = {"InboundCallsEnabled": True, "OutboundCallsEnabled": True}
    id = connect.create_instance(**calls, IdentityManagementType="SAML", InstanceAlias="second")["Id"]
    while connect.describe_instance(InstanceId=id)["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    connect.claim_phone_number(InstanceId=id, PhoneNumber="+442079460500")


def has_the_example(reader: Reader) -> None:
    """This repository's manifests, not applied yet."""
    shutil.copytree(ROOT / "manifests", reader.root / "manifests")
    variables = {"TEAM": "contact-centre"}
    sandbox = {"sandbox": True, "overlays": ["environments/sandbox"], "variables": variables}
    environments = {"sandbox": sandbox, "prod": {"instance": INSTANCE_ARN}}
    reader.write("reconcile.yaml", json.dumps({"stack": "contact-centre", "environments": environments}))


def has_applied_the_example(reader: Reader) -> None:
    """This repository's manifests, applied to `prod`."""
    has_the_example(reader)
    assert run(["-q", "-e", "prod", "apply", "--auto-approve"]) == 0


def has_changed_a_queue(reader: Reader) -> None:
    """This repository's manifests, applied to `prod`, and one change of a queue applied after it."""
    has_applied_the_example(reader)
    queues = reader.root / "manifests" / "base" / "queues" / "queues.yaml"
    text = queues.read_text(encoding="utf-8")
    queues.write_text(text.replace("maxContacts: 40", "maxContacts: 60"), encoding="utf-8")
    assert run(["-q", "-e", "prod", "apply", "--auto-approve"]) == 0


def has_an_agent(reader: Reader) -> None:
    """A user with a password, from the console."""
    connect, here = client(reader.server), {"InstanceId": INSTANCE_ARN}
    (routing,) = connect.list_routing_profiles(**here)["RoutingProfileSummaryList"]
    security = connect.list_security_profiles(**here)["SecurityProfileSummaryList"]
    connect.create_user(
        **here,
        Username="agent-001",
        Password="Correct-horse-1",  # noqa: S106 - the sandbox keeps no password
        IdentityInfo={"FirstName": "Ada", "LastName": "Byron"},
        RoutingProfileId=routing["Id"],
        SecurityProfileIds=[profile["Id"] for profile in security if profile["Name"] == "Agent"],
    )


def has_an_instance(reader: Reader) -> None:
    """A new repository, and an instance that was set up in the console."""
    base = reader.root / "manifests" / "base"
    base.mkdir(parents=True)
    (base / ".gitkeep").touch()
    connect = client(reader.server)
    hours = connect.create_hours_of_operation(
        InstanceId=INSTANCE_ARN,
        Name="Office hours",
        TimeZone="Europe/London",
        Config=[_day("MONDAY"), _day("TUESDAY")],
    )["HoursOfOperationId"]
    connect.create_queue(InstanceId=INSTANCE_ARN, Name="Sales", HoursOfOperationId=hours)
    reader.write("reconcile.yaml", "stack: contact-centre\nenvironments: {prod: {sandbox: true}}\n")


def _day(day: str) -> dict[str, Any]:
    return {"Day": day, "StartTime": {"Hours": 9, "Minutes": 0}, "EndTime": {"Hours": 17, "Minutes": 0}}


def parsed_arguments(words: list[str]) -> list[str]:
    """Returns the words with `--help`: the command reads its options and then prints its help."""
    return [word for word in words if not re.fullmatch(r"\.\.\.|…", word)] + ["--help"]
