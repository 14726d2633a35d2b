"""Writes the parts of the pages that are made from the code: a real plan, the policies, the reference.

python scripts/readme.py          write them
python scripts/readme.py --check  exit with 1 if one is stale
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.model import Plan

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

CSV = Path("manifests/base/data-tables/CustomerTypes.csv")
YAML = Path("manifests/base/data-tables/CustomerTypes.yaml")
QUEUES = Path("manifests/base/queues/queues.yaml")


def main() -> int:
    from scripts import reference

    texts, leftovers = filled(), reference.leftovers()
    if "--check" in sys.argv:
        stale = {path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
        for path in sorted(stale | leftovers):
            print(f"{path.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale or leftovers else 0
    for path in leftovers:
        path.unlink()
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


def filled() -> dict[Path, str]:
    """Returns every page and file with the text that it must have."""
    from scripts import reference

    pages = {page: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *reference.MIXED)}
    for name, part in (("plan", f"```text\n{a_real_plan().rstrip()}\n```"), *reference.parts()):
        between = re.compile(rf"(<!-- begin {name}: make docs -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not any(map(between.search, pages.values())):
            sys.exit(f"no page has a place for {name}; correct scripts/readme.py")
        pages = {
            page: between.sub(lambda place, part=part: f"{place[1]}\n{part.strip()}\n\n{place[2]}", text)
            for page, text in pages.items()
        }
    return {**pages, **reference.files()}


def a_real_plan() -> str:
    from reconciler.report import plan_text

    return plan_text(a_plan(), colour=False)


def a_plan() -> Plan:
    from reconciler.reconcile import preview

    with changed() as options:
        return preview(options).plan


@contextmanager
def changed() -> Iterator[Any]:
    """Applies the example to a sandbox, then changes its files as an author would. Yields the next run's options."""
    from reconciler.reconcile import run
    from reconciler.sandbox import in_process

    with tempfile.TemporaryDirectory() as folder, in_process():
        root = Path(folder)
        shutil.copytree(ROOT / "manifests", root / "manifests")
        shutil.copy(ROOT / "reconcile.yaml", root)
        run(_options(root))
        _edit(root / CSV, "CT-1001,Platinum,15,", "CT-1001,Platinum,17.5,")
        _edit(root / YAML, "maximum: 25", "maximum: 30")
        _edit(root / QUEUES, "quickConnects: [Outages desk, Supervisor on call]", "quickConnects: [Outages desk]")
        _edit(root / QUEUES, "maxContacts: 40", "maxContacts: 60")
        with (root / CSV).open("a", encoding="utf-8") as stream:
            stream.write('CT-2001,Gold,10,true,"[""Chat""]",[9]\n')
        yield _options(root)


def _options(root: Path) -> Any:
    import boto3

    from reconciler.aws.client import Aws
    from reconciler.aws.pacer import Pacer
    from reconciler.config import read_config
    from reconciler.pacing import Rates
    from reconciler.reconcile import Options
    from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION

    config = read_config(root / "reconcile.yaml", {})
    sandbox = config.environments["sandbox"]
    real = replace(sandbox, instance=INSTANCE_ARN, account=ACCOUNT, region=REGION)
    # The estimate is that of a real instance; this script does not wait for it.
    session = boto3.Session("sandbox", "sandbox", region_name=REGION)
    aws = Aws(session, INSTANCE_ID, Pacer(Rates(default=None)))
    return Options(real, aws, known_environments=tuple(config.environments))


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(before) != 1:
        sys.exit(f"{path.name} does not hold {before!r} once; fix scripts/readme.py")
    path.write_text(text.replace(before, after), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
