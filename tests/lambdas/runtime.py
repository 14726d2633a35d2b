"""A Lambda as AWS runs it: the built archive in a container of the local AWS, without the local AWS around it.

Its modules come from the archive, the standard library and what the runtime ships (boto3). Neither this repository nor
what is installed beside it can be imported.
"""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reconciler.packaging import LAMBDAS, package
from reconciler.sandbox.functions.containers import Blueprint, Container, Invocation
from reconciler.sandbox.functions.runtime_api import RuntimeApi

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ARN = "arn:aws:lambda:us-east-1:111122223333:function:tested"
VARIABLES = {
    "AWS_LAMBDA_FUNCTION_NAME": "tested",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret",
}


@dataclass(frozen=True)
class Answer:
    body: Any
    is_error: bool
    seconds: float


@dataclass
class Lambda:
    """One container, which stays warm; `invoke` is for one caller at a time."""

    container: Container
    timeout: float
    written: list[str] = field(default_factory=list)

    def invoke(self, event: Any) -> Answer:
        """Whatever comes of it; a container that has ended or takes too long is an error, as at AWS."""
        answer = self.container.invoke(Invocation(json.dumps(event).encode(), self.timeout))
        self.written.append(answer.log)
        return Answer(json.loads(answer.body), answer.is_error, answer.seconds)

    def logged(self) -> str:
        return "".join(self.written)

    def lines(self) -> list[dict[str, Any]]:
        """Returns its log lines that are JSON."""
        return [json.loads(line) for line in self.logged().splitlines() if line.startswith("{")]


@contextmanager
def running(
    archive: Path, handler: str, folder: Path, environ: Mapping[str, str], *, timeout: float = 30.0
) -> Iterator[Lambda]:
    """The archive, unpacked below the folder and waiting for events."""
    root = folder / "task"
    with zipfile.ZipFile(archive) as held:
        held.extractall(root)
    api = RuntimeApi()
    try:
        yield Lambda(api.start(Blueprint(root, handler, ARN, {**VARIABLES, **environ})), timeout)
    finally:
        api.stop()


def build_elsewhere(name: str, folder: Path, *rooms: str) -> Path:
    """Returns the archive of a function, built from a copy of it and of the rooms that it imports.

    The copy's folder has another name by now, so the archive cannot refer to it.
    """
    copy = folder / "source" / "reconciler"
    for room in (name, *rooms):
        shutil.copytree(LAMBDAS / room, copy / "lambdas" / room)
    for file in ("__init__.py", "lambdas/__init__.py"):
        shutil.copy(LAMBDAS.parent / file, copy / file)
    path = package(name, into=folder, python=PYTHON, lambdas=copy / "lambdas").path
    (folder / "source").rename(folder / "gone")
    return path
