"""Fill in the parts of README.md that are made from the code: a real plan, the policies, the manifest reference.

python scripts/readme.py          write them
python scripts/readme.py --check  end with 1 where they are stale
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
CSV = Path("manifests/base/data-tables/CustomerTypes.csv")
YAML = Path("manifests/base/data-tables/CustomerTypes.yaml")


def main() -> int:
    found = README.read_text(encoding="utf-8")
    made = filled(found)
    if "--check" in sys.argv:
        if found != made:
            print("README.md is stale: run `make docs`", file=sys.stderr)
        return int(found != made)
    README.write_text(made, encoding="utf-8")
    return 0


def filled(text: str) -> str:
    from reconciler.tools import iam, reference

    parts = {"plan": f"```\n{a_real_plan().rstrip()}\n```", "policies": iam.render(), "reference": reference.render()}
    for name, part in parts.items():
        between = re.compile(rf"(<!-- begin {name}: make docs -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        text = between.sub(lambda found, part=part: f"{found[1]}\n{part.strip()}\n\n{found[2]}", text)
    return text


def a_real_plan() -> str:
    """The example's tables are applied to a sandbox, then changed in their files as an author would."""
    from reconciler.reconcile import preview, run
    from reconciler.report import plan_text
    from reconciler.sandbox import in_process

    with tempfile.TemporaryDirectory() as folder, in_process():
        root = Path(folder)
        shutil.copytree(ROOT / "manifests", root / "manifests")
        shutil.copy(ROOT / "reconcile.yaml", root)
        options = _options(root)
        run(options)
        _edit(root / CSV, "CT-1001,Platinum,15,", "CT-1001,Platinum,17.5,")
        _edit(root / YAML, "maximum: 25", "maximum: 30")
        with (root / CSV).open("a", encoding="utf-8") as stream:
            stream.write('CT-2001,Gold,10,true,"[""Chat""]",[9]\n')
        return plan_text(preview(options).plan, colour=False)


def _options(root: Path) -> Any:
    from reconciler.aws.client import connect
    from reconciler.config import read_config
    from reconciler.pacing import Rates
    from reconciler.reconcile import Options
    from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION

    config = read_config(root / "reconcile.yaml", {})
    sandbox = config.environments["sandbox"]
    found = replace(sandbox, instance=INSTANCE_ARN, account=ACCOUNT, region=REGION)
    # The estimate is the one of a real instance; nobody waits for it here.
    aws = connect(replace(found, rates=Rates(default=None)), endpoint="https://connect.us-east-1.amazonaws.com")
    return Options(found, aws, known_environments=tuple(config.environments))


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(before) != 1:
        sys.exit(f"{path.name} does not hold {before!r} once; mend scripts/readme.py")
    path.write_text(text.replace(before, after), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
