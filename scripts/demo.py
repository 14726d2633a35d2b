"""Shows the whole story on this machine: plan, apply, an empty plan, changes in the console, drift, and the fix.

At last it exports everything to manifests, whose plan is empty as well.

    python scripts/demo.py [--root FOLDER]     FOLDER has reconcile.yaml; default: this repository

Each step says what it shows, and checks it. The demo exits with 1 at the first step that fails.
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
FLOW, BLOCK = "Main", "Queue is full"


def main() -> int:
    root = _root()
    _say("An empty local AWS")
    _reconcile(root, "sandbox", "--background")
    _reconcile(root, "sandbox", "--reset")
    try:
        return _story(root)
    finally:
        _reconcile(root, "sandbox", "--stop")


def _story(root: Path) -> int:
    _say("1. The plan of the manifests")
    _reconcile(root, "-e", "sandbox", "plan", "--detailed-exitcode", expected=2)
    _say("2. Apply it")
    _reconcile(root, "-e", "sandbox", "apply", "--auto-approve")
    _say("3. A second plan has no changes")
    _reconcile(root, "-e", "sandbox", "plan", "--detailed-exitcode")
    edit = _edit_a_flow_in_the_console(root)
    _say(f"4. A person changes one text of a flow in the console, which saves all blocks in another order: {edit}")
    _reconcile(root, "-e", "sandbox", "drift", expected=2)
    edit = _edit_in_the_console(root)
    _say(f"5. A person changes a cell, too: {edit}")
    _reconcile(root, "-e", "sandbox", "drift", expected=2)
    _say("6. Apply again fixes both")
    _reconcile(root, "-e", "sandbox", "apply", "--auto-approve")
    _say("7. There is no drift any more")
    _reconcile(root, "-e", "sandbox", "drift")
    exported = root / ".reconcile" / "exported"
    shutil.rmtree(exported, ignore_errors=True)
    _say("8. Export every resource, also AWS's own, to another folder")
    _reconcile(root, "-e", "sandbox", "export", "--into", str(exported / "manifests" / "base"))
    _share_the_sandbox(root, exported)
    _say("9. Adopted, a plan of that folder has no changes")
    _reconcile(exported, "adopt", "--all", "--auto-approve")
    _reconcile(exported, "plan", "--detailed-exitcode")
    return 0


def _reconcile(root: Path, *words: str, expected: int = 0) -> None:
    command_line = " ".join(("reconcile", *words))
    print(f"\n$ {command_line}", flush=True)
    ended = subprocess.run([sys.executable, "-m", "reconciler", "-C", str(root), *words], check=False).returncode
    if ended != expected:
        sys.exit(f"demo: `{command_line}` exited with {ended}, not with {expected}")


def _share_the_sandbox(root: Path, other: Path) -> None:
    """Makes the other folder the same stack, with the server that runs for this one."""
    config = "stack: contact-centre\nenvironments: {sandbox: {sandbox: true}}\n"
    (other / "reconcile.yaml").write_text(config, encoding="utf-8")
    (other / ".reconcile").mkdir(exist_ok=True)
    shutil.copy(root / ".reconcile" / "sandbox.json", other / ".reconcile")


def _edit_a_flow_in_the_console(root: Path) -> str:
    """Changes the text of one block. As a save does, it also changes the order of the blocks and their positions."""
    connect, instance = _console(root)
    flows = connect.list_contact_flows(InstanceId=instance, MaxResults=1000)["ContactFlowSummaryList"]
    flow = next(summary["Id"] for summary in flows if summary["Name"] == FLOW)
    content = json.loads(
        connect.describe_contact_flow(InstanceId=instance, ContactFlowId=flow)["ContactFlow"]["Content"]
    )
    content["Actions"].reverse()
    for drawn in content["Metadata"]["ActionMetadata"].values():
        drawn["position"]["x"] += 40
    parameters = next(action["Parameters"] for action in content["Actions"] if action["Identifier"] == BLOCK)
    before, parameters["Text"] = parameters["Text"], "All our lines are busy. Please call again tomorrow."
    connect.update_contact_flow_content(InstanceId=instance, ContactFlowId=flow, Content=json.dumps(content))
    return f"{FLOW}, {BLOCK}: {before} → {parameters['Text']}"


def _edit_in_the_console(root: Path) -> str:
    """Turns one yes into a no, or a no into a yes, as a person in the console would."""
    connect, instance = _console(root)
    tables = connect.list_data_tables(InstanceId=instance, MaxResults=1000)["DataTableSummaryList"]
    table = next(summary["Id"] for summary in tables if summary["Name"] == TABLE)
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
