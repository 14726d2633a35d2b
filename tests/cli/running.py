"""Runs the command as these tests need it: a repository in a folder, a sandbox server, and the result."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from reconciler.sandbox import INSTANCE_ARN, REGION
from reconciler.sandbox.guard import TOKEN_HEADER, TOKEN_VARIABLE
from tests.worlds.archives import collect_from

TOKEN = "the token of these tests"  # noqa: S105 - of our own server
SANDBOX = {"sandbox": True, "rates": {"default": "unlimited"}}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.rstrip("\n").rpartition("\n")[2]


Reconcile = Callable[..., Done]  # the command in the test's own process, in an empty repository


@dataclass(frozen=True)
class Server:
    """A sandbox with a port of its own."""

    port: int
    pid: int
    token: str = TOKEN

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def set_faults(self, **faults: Any) -> None:
        self._ask("POST", "/_sandbox/faults", json.dumps(faults))

    def reset(self) -> None:
        self._ask("POST", "/_sandbox/reset")

    def calls(self) -> dict[str, int]:
        return dict(self._ask("GET", "/_sandbox/stats")["calls"])

    def faults_served(self) -> dict[str, int]:
        return dict(self._ask("GET", "/_sandbox/stats")["faults"])

    def seed(self, type: str, members: Mapping[str, Any]) -> None:
        self._ask("POST", "/_sandbox/seed", json.dumps({"type": type, "members": members}))

    def session_data(self) -> dict[str, Any]:
        return dict(self._ask("GET", "/_sandbox/session-data"))

    def advance(self, duration: str) -> dict[str, Any]:
        return dict(self._ask("POST", "/_sandbox/clock", json.dumps({"advance": duration}), timeout=300))

    def now(self) -> str:
        """Returns the time of its clock."""
        return str(self._ask("GET", "/_sandbox")["clock"])

    def _ask(self, method: str, path: str, body: str = "", timeout: int = 10) -> Any:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, {TOKEN_HEADER: self.token})
            reply = connection.getresponse()
            content = json.loads(reply.read())
        finally:
            connection.close()
        assert reply.status == 200, content
        return content


@contextmanager
def serving() -> Iterator[Server]:
    """A sandbox in a process of its own."""
    command = [sys.executable, "-m", "reconciler.sandbox"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environ(**{TOKEN_VARIABLE: TOKEN})
    ) as process:
        assert process.stdout
        try:
            endpoint = process.stdout.readline().split()[1]
            yield Server(int(endpoint.rpartition(":")[2]), process.pid)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Repository:
    """A folder with reconcile.yaml and manifests; JSON is YAML."""

    root: Path

    def configure(self, environments: Mapping[str, Any] | None = None, **more: Any) -> None:
        document = {"stack": "shop", "environments": environments or {"lab": SANDBOX}, **more}
        (self.root / "reconcile.yaml").write_text(json.dumps(document), encoding="utf-8")

    def declare(self, *manifests: Mapping[str, Any]) -> None:
        """Writes these manifests, and deletes all others."""
        base = self.root / "manifests" / "base"
        base.mkdir(parents=True, exist_ok=True)
        for old in base.iterdir():
            old.unlink()
        (base / ".gitkeep").touch()
        for number, manifest in enumerate(manifests):
            (base / f"{number}.yaml").write_text(json.dumps(manifest, indent=1), encoding="utf-8")

    def use(self, server: Server) -> None:
        state = self.root / ".reconcile"
        state.mkdir(exist_ok=True)
        noted = {"port": server.port, "pid": server.pid, "token": server.token}
        (state / "sandbox.json").write_text(json.dumps(noted), encoding="utf-8")

    def outcomes(self) -> list[Any]:
        folder = self.root / ".reconcile" / "outcomes"
        return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def table(name: str = "Tiers", rows: Sequence[Row] = (), *, level: str = "NONE", **more: Any) -> dict[str, Any]:
    """A data table with the key `id` and the attributes `tier` and `seats`."""
    metadata = {"name": name} | {key: more.pop(key) for key in ("protect", "environments") if key in more}
    attributes = [
        {"name": "id", "valueType": "TEXT", "primary": True},
        {"name": "tier", "valueType": "TEXT", "validation": {"maxLength": 20}},
        {"name": "seats", "valueType": "NUMBER"},
    ]
    values = {"values": {"rows": list(rows), "prune": more.pop("prune", False)}} if rows or "prune" in more else {}
    spec = {"timeZone": "UTC", "valueLockLevel": level, "attributes": attributes, **values, **more}
    return {"kind": "DataTable", "metadata": metadata, "spec": spec}


def resource(kind: str, name: str, spec: Mapping[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    """A manifest of any kind."""
    return {"kind": kind, "metadata": {"name": name, **metadata}, "spec": dict(spec or {})}


def rows(count: int, tier: str = "Basic") -> list[Row]:
    return [{"id": f"C{number:03}", "tier": tier} for number in range(count)]


def written(operations: Iterable[str]) -> set[str]:
    """Returns the operations that change something."""
    reads = ("Search", "List", "Describe", "Get")
    return {name for name in operations if not name.partition(":")[2].startswith(reads)}


def environ(**more: str) -> dict[str, str]:
    """Returns our environment, without variables of an AWS user or a CI runner."""
    mute = ("AWS_", "RECONCILE_", "GITHUB_", "NO_COLOR", "FORCE_COLOR", "CI", "TERM")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(mute)}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, **more}


def start(root: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Starts the real command."""
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *arguments],
        cwd=root,
        env=environ(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def shown_on(terminal: int) -> str:
    """Returns all that is written to a terminal, by the file descriptor of its controller."""
    output = b""
    while True:
        try:
            output += os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return output.decode("utf-8")


def command(root: Path, *arguments: str, timeout: int = 60, **more: str) -> Done:
    """Runs the real command to its end. `timeout` is in seconds."""
    with start(root, *arguments, **more) as running:
        out, err = running.communicate(timeout=timeout)
    collect_from(root)
    return Done(running.returncode, out, err)


def client(server: Server) -> Any:
    """Returns a client of another writer."""
    return client_of(server, "connect")


def client_of(server: Server, service: str) -> Any:
    """Returns a client of another writer for any service."""
    made: Any = boto3.client(  # type: ignore[call-overload]
        service,
        region_name=REGION,
        endpoint_url=server.endpoint,
        aws_access_key_id="AKIDSOMEBODY",
        aws_secret_access_key="else",  # noqa: S106 - the sandbox does not check it
        config=Config(retries={"total_max_attempts": 1}),
    )
    return made


def table_id(server: Server, name: str = "Tiers") -> str:
    listed = client(server).list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]
    return str(next(each["Id"] for each in listed if each["Name"] == name))


def live_names(server: Server) -> set[str]:
    listed = client(server).list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]
    return {each["Name"] for each in listed}


def write_cell(server: Server, row: str, value: str, attribute: str = "tier", name: str = "Tiers") -> None:
    """An edit in the console."""
    key = [{"AttributeName": "id", "Value": row}]
    where = {"InstanceId": INSTANCE_ARN, "DataTableId": table_id(server, name)}
    listed = client(server).list_data_table_values(**where)["Values"]
    lock = next(
        each["LockVersion"]
        for each in listed
        if each["AttributeName"] == attribute
        and [(k["AttributeName"], k["Value"]) for k in each["PrimaryValues"]] == [("id", row)]
    )
    wanted = {"PrimaryValues": key, "AttributeName": attribute, "Value": value, "LockVersion": lock}
    answer = client(server).batch_update_data_table_value(**where, Values=[wanted])
    assert not answer.get("Failed"), answer


def in_a_shell(root: Path, line: str) -> Done:
    """Runs a shell line in which `reconcile` is the real command."""
    script = line.replace("reconcile", f"{shlex.quote(sys.executable)} -m reconciler")
    done = subprocess.run(
        ["bash", "-c", script], cwd=root, env=environ(), capture_output=True, text=True, timeout=60, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)
