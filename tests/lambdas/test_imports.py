"""Importing a Lambda's entry point does nothing: a container that is kept warm must not repeat an old window."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.packaging.source import LAMBDAS, names

# Other packages' own imports do not count: they are imported first.
PROGRAM = """
import json, os, sys, time, uuid, zoneinfo
import botocore.session, botocore.config, botocore.httpsession
asked = []
class Watched(dict):
    def __getitem__(self, name):
        asked.append(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        asked.append(name)
        return super().get(name, default)
def refused(*args, **more):
    raise AssertionError("asked while importing")
os.environ = Watched(os.environ)
botocore.session.Session.create_client = refused
time.time = time.monotonic = refused
__import__(sys.argv[1])
print(json.dumps(asked))
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_importing_it_reads_no_environment_and_no_clock_and_makes_no_client(name: str) -> None:
    """S1-16, S3-16."""
    root = Path(LAMBDAS).parents[1]
    schema = json.loads((LAMBDAS / name / "environment.schema.json").read_text())

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"reconciler.lambdas.{name}.handler"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)) & set(schema["properties"]) == set()
