"""Deploys pipelines to a local AWS with the command, as an author does, and calls their functions there."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from reconciler.sandbox import background
from reconciler.sandbox.background import Sandbox
from scripts.demo_screen import ask

REGION = "us-east-1"
WAREHOUSE, DATABASE = "analytics", "dev"
CONFIG = "stack: centre\nenvironments:\n  sandbox: {sandbox: true, rates: unlimited}\n"


@dataclass(frozen=True)
class Stack:
    """A folder with manifests, and the local AWS of its sandbox."""

    folder: Path
    local: Sandbox

    def client(self, service: str) -> Any:
        session = botocore.session.Session()
        session.set_credentials("AKIDEXAMPLE", "secret")
        more = Config(s3={"addressing_style": "path"}, read_timeout=900, retries={"total_max_attempts": 1})
        return session.create_client(service, region_name=REGION, endpoint_url=self.local.endpoint, config=more)

    def declare(self, name: str, text: str) -> None:
        self._write(f"{name}.yaml", text)

    def declare_tenants(self, names: Iterable[str], url: str) -> None:
        """Writes `tenants.csv`, the file of a `Tenants` document, with one address for all."""
        self._write("tenants.csv", "name,url\n" + "".join(f"{name},{url}\n" for name in names))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / "manifests" / "base" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def reconcile(self, *words: str, stdin: str = "") -> str:
        """Runs the command and returns what it prints. Ends the demo if it fails."""
        command = [sys.executable, "-m", "reconciler", "-e", "sandbox", *words]
        done = subprocess.run(command, cwd=self.folder, input=stdin, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 2):
            sys.exit(f"demo: reconcile {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """Calls a deployed function, and returns its answer. Ends the demo if it fails."""
        answer = self.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            sys.exit(f"demo: {function} failed: {body}")
        return body

    def log(self, function: str) -> list[dict[str, Any]]:
        """Returns the JSON lines of a function's log."""
        events = self.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        return [json.loads(event["message"]) for event in events if event["message"].startswith("{")]

    def login(self) -> dict[str, Any]:
        """Returns the administrator's login, of which AWS keeps the password, and the address of the workgroup."""
        namespace = self.client("redshift-serverless").get_namespace(namespaceName=WAREHOUSE)["namespace"]
        secret = self.client("secretsmanager").get_secret_value(SecretId=namespace["adminPasswordSecretArn"])
        where = ask(self.local, "GET", "")["redshift"]
        address = {"host": where["host"], "port": where["port"], "dbName": where["database"]}
        return {**json.loads(secret["SecretString"]), **address}

    def rows(self, sql: str) -> list[list[Any]]:
        """Runs a statement by the Data API, and returns the values of its rows. Ends the demo if it fails."""
        data = self.client("redshift-data")
        statement = data.execute_statement(WorkgroupName=WAREHOUSE, Database=DATABASE, Sql=sql)["Id"]
        while (state := data.describe_statement(Id=statement))["Status"] not in ("FINISHED", "FAILED", "ABORTED"):
            time.sleep(0.05)
        if state["Status"] != "FINISHED":
            sys.exit(f"demo: {sql} failed: {state.get('Error', '')}")
        records = data.get_statement_result(Id=statement)["Records"]
        return [[None if field.get("isNull") else next(iter(field.values())) for field in row] for row in records]


@contextmanager
def deployed(folder: Path, archives: Path | None = None) -> Iterator[Stack]:
    """Yields a stack without manifests. The local AWS ends with it. `archives` has archives that others have built."""
    (folder / "reconcile.yaml").write_text(CONFIG, encoding="utf-8")
    state = folder / ".reconcile"
    if archives:
        share(archives, state / "archives")
    try:
        yield Stack(folder, background.attach(state))
    finally:
        background.stop(state)
        if archives:
            share(state / "archives", archives)


def share(here: Path, there: Path) -> None:
    """Gives a folder the finished archives of another one, which may be missing. To build one takes seconds."""
    there.mkdir(parents=True, exist_ok=True)
    for file in here.glob("[!.]*"):
        with suppress(FileExistsError):
            (there / file.name).hardlink_to(file)
