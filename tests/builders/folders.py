"""Small folders of manifests, written to disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reconciler.desired import Examination, examine
from reconciler.model.environment import Environment
from reconciler.sandbox import INSTANCE_ARN

TIERS = """\
kind: DataTable
metadata:
  name: Tiers
spec:
  description: Who is served how
  timeZone: America/New_York
  attributes:
    - {name: Customer, valueType: TEXT, primary: true}
    - {name: Tier, valueType: TEXT}
    - {name: Score, valueType: NUMBER}
  values:
    file: Tiers.csv
"""
ROWS = "Customer,Tier,Score\nC1,Basic,1\nC2,Premium,2.0\n"
BASE = {"manifests/base/Tiers.yaml": TIERS, "manifests/base/Tiers.csv": ROWS}


def write(root: Path, files: Mapping[str, str | bytes]) -> Environment:
    """Writes the files of a stack and returns its environment `prod`. Overlays are folders in manifests/prod."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    overlays = (Path("prod"),) if (root / "manifests/prod").is_dir() else ()
    variables = {"TEAM": "support"}
    return Environment("centre", "prod", root, INSTANCE_ARN, overlays=overlays, variables=variables)


def reading(root: Path, files: Mapping[str, str | bytes]) -> Examination:
    return examine(write(root, files), {}, ("prod", "test"))


def messages(read: Examination) -> list[str]:
    return [str(mistake) for mistake in read.mistakes]


def of_table(root: Path, old: str, new: str) -> list[str]:
    """Returns the mistakes of the table above after replacing one text in it."""
    assert TIERS.count(old) == 1, old
    return messages(reading(root, {**BASE, "manifests/base/Tiers.yaml": TIERS.replace(old, new)}))
