"""Starts a sandbox in a process of its own, so that its work does not count."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from reconciler.aws.client import Aws, connect
from reconciler.live import read
from reconciler.model import Desired, Manifest, Outcome
from reconciler.model.environment import Environment
from reconciler.pacing import Rates
from reconciler.plan import Selection, make_plan
from reconciler.reconcile import Options, Preview, carry_out
from reconciler.sandbox import ACCOUNT, REGION, background
from reconciler.sandbox.guard import TOKEN_HEADER


@dataclass(frozen=True)
class Served:
    endpoint: str
    environment: Environment
    token: str

    def aws(self, rates: Rates) -> Aws:
        return connect(replace(self.environment, rates=rates), endpoint=self.endpoint)

    def bare(self, service: str = "connect") -> Any:
        """Returns boto3's own client, without any settings."""
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint, **keys)  # type: ignore[call-overload]

    def preview(self, aws: Aws, manifests: Mapping[Any, Manifest]) -> Preview:
        desired = Desired(manifests)
        world = read(aws, self.environment.scope, desired.manifests)
        return Preview(make_plan(self.environment, desired, world, Selection()), desired, world)

    def run(self, aws: Aws, *manifests: Manifest) -> Outcome:
        planned = self.preview(aws, {item.ref: item for item in manifests})
        done = carry_out(Options(self.environment, aws), planned, {}, datetime.now(UTC))
        if done.exit_code:
            raise SystemExit(f"the run failed: {done.message}")
        return done

    def set_faults(self, faults: Mapping[str, Any]) -> None:
        self._post("faults", json.dumps(faults).encode())

    def reset(self) -> None:
        self._post("reset", b"")

    def _post(self, act: str, body: bytes) -> None:
        request = urllib.request.Request(f"{self.endpoint}/_sandbox/{act}", body, method="POST")  # noqa: S310
        request.add_header(TOKEN_HEADER, self.token)
        urllib.request.urlopen(request).close()  # noqa: S310


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    state = folder / "served"
    sandbox_ = background.attach(state)
    environment = Environment("bench", "bench", folder, instance=sandbox_.instance, account=ACCOUNT, region=REGION)
    try:
        yield Served(sandbox_.endpoint, environment, sandbox_.token)
    finally:
        background.stop(state)
