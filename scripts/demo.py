"""The whole story on this machine: plan, apply, an empty plan, an edit behind our back, the drift, the healing, and
all that there is exported to manifests that have nothing to do either.

    python scripts/demo.py [--root FOLDER]     FOLDER holds reconcile.yaml; default: this repository

Each step says what it shows and checks that it did; the first that does not ends the demo with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
TABLE = "CustomerTypes"


def main() -> int:
    root = _root()
    _say("A local AWS, empty")
    _reconcile(root, "sandbox", "--background")
    _reconcile(root, "sandbox", "--reset")
    try:
        return _story(root)
    finally:
        _reconcile(root, "sandbox", "--stop")


def _story(root: Path) -> int:
    _say("1. What the manifests ask for")
    _reconcile(root, "-e", "sandbox", "plan", "--detailed-exitcode", expected=2)
    _say("2. Made so")
    _reconcile(root, "-e", "sandbox", "apply", "--auto-approve")
    _say("3. A second plan has nothing to do")
    _reconcile(root, "-e", "sandbox", "plan", "--detailed-exitcode")
    edit = _edit_behind_our_back(root)
    _say(f"4. Somebody changes a cell in the console: {edit}")
    _reconcile(root, "-e", "sandbox", "drift", expected=2)
    _say("5. Healed")
    _reconcile(root, "-e", "sandbox", "apply", "--auto-approve")
    _say("6. Nothing has drifted any more")
    _reconcile(root, "-e", "sandbox", "drift")
    exported = root / ".reconcile" / "exported"
    shutil.rmtree(exported, ignore_errors=True)
    _say("7. All that is there, also what AWS put there, exported into another folder")
    _reconcile(root, "-e", "sandbox", "export", "--into", str(exported / "manifests" / "base"))
    _share_the_sandbox(root, exported)
    _say("8. Adopted, a plan of that folder has nothing to do")
    _reconcile(exported, "adopt", "--all", "--auto-approve")
    _reconcile(exported, "plan", "--detailed-exitcode")
    return 0


def _reconcile(root: Path, *words: str, expected: int = 0) -> None:
    shown = " ".join(("reconcile", *words))
    print(f"\n$ {shown}", flush=True)
    ended = subprocess.run([sys.executable, "-m", "reconciler", "-C", str(root), *words], check=False).returncode
    if ended != expected:
        sys.exit(f"demo: `{shown}` ended with {ended}, not with {expected}")


def _share_the_sandbox(root: Path, other: Path) -> None:
    """The other folder is the same stack, and finds the server that runs for this one."""
    config = "stack: contact-centre\nenvironments: {sandbox: {sandbox: true}}\n"
    (other / "reconcile.yaml").write_text(config, encoding="utf-8")
    (other / ".reconcile").mkdir(exist_ok=True)
    shutil.copy(root / ".reconcile" / "sandbox.json", other / ".reconcile")


def _edit_behind_our_back(root: Path) -> str:
    """Turn one yes into a no, or the other way round, as a person in the console would."""
    connect, instance = _console(root)
    tables = connect.list_data_tables(InstanceId=instance, MaxResults=1000)["DataTableSummaryList"]
    table = next(each["Id"] for each in tables if each["Name"] == TABLE)
    values = connect.list_data_table_values(InstanceId=instance, DataTableId=table, MaxResults=1000)["Values"]
    cell = next(value for value in values if value["ValueType"] == "BOOLEAN" and value["PrimaryValues"])
    new = "false" if cell["Value"] == "true" else "true"
    keys = [{"AttributeName": key["AttributeName"], "Value": key["Value"]} for key in cell["PrimaryValues"]]
    answer = connect.batch_update_data_table_value(
        InstanceId=instance,
        DataTableId=table,
        Values=[
            {
                "PrimaryValues": keys,
                "AttributeName": cell["AttributeName"],
                "Value": new,
                "LockVersion": cell["LockVersion"],
            }
        ],
    )
    if answer["Failed"]:
        sys.exit(f"demo: the edit was refused: {answer['Failed']}")
    return f"{TABLE}, {keys[0]['Value']}, {cell['AttributeName']}: {cell['Value']} → {new}"


def _console(root: Path) -> tuple[Any, str]:
    import boto3

    port = json.loads((root / ".reconcile" / "sandbox.json").read_text())["port"]
    session = boto3.Session("somebody", "else", region_name="us-east-1")
    connect = session.client("connect", endpoint_url=f"http://127.0.0.1:{port}")
    return connect, connect.list_instances()["InstanceSummaryList"][0]["Id"]


def _say(what: str) -> None:
    print(f"\n──── {what} " + "─" * max(0, 100 - len(what)), flush=True)


def _root() -> Path:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--root", type=Path, default=HERE)
    return Path(parser.parse_args().root).resolve()


if __name__ == "__main__":
    sys.exit(main())
