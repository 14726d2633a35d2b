"""Importing is free of effects: no client, no clock, no change of folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = """
import os, pkgutil, sys
from importlib import import_module
sys.addaudithook(lambda event, _: event in ("socket.connect", "os.chdir") and sys.exit(f"{event} on import"))
import boto3, botocore.client
def refuse(*args, **kwargs): sys.exit("a client on import")
boto3.client = boto3.Session.client = botocore.client.ClientCreator.create_client = refuse
import reconciler
names = [m.name for m in pkgutil.walk_packages(reconciler.__path__, "reconciler.") if not m.name.endswith("__main__")]
for name in names:
    import_module(name)
print(len(names), os.getcwd())
"""


def test_every_module_can_be_imported_alone_and_does_nothing_then(tmp_path: Path) -> None:
    """S0-9."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    count, folder = done.stdout.split()
    assert (int(count) > 100, folder) == (True, str(tmp_path))
