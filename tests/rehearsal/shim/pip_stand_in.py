"""`pip install --require-hashes --requirement FILE` without an index: what is locked must be what the tests run with.

A wheel of the repository is held against its hash and unpacked, once for all jobs; everything else must be installed
beside the tests in exactly the release that the lock names. `pip install --no-deps --no-build-isolation FOLDER` takes
the folder as it is. Whatever else pip is asked for is refused.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import sys
import sysconfig
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, distributions
from pathlib import Path

SCRIPT = """#!{python}
import sys
from reconciler.__main__ import main
sys.exit(main())
"""


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("command", choices=["install"])
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--no-input", action="store_true")
    parser.add_argument("--only-binary", choices=[":all:"])
    parser.add_argument("--require-hashes", action="store_true")
    parser.add_argument("--requirement", type=Path)
    parser.add_argument("--no-deps", action="store_true")
    parser.add_argument("--no-build-isolation", action="store_true")
    parser.add_argument("folder", nargs="?", type=Path)
    asked = parser.parse_intermixed_args()  # as pip does: the folder may stand after options
    if asked.requirement and asked.require_hashes and asked.only_binary and not asked.folder:
        lines = re.sub(r"\\\n", " ", asked.requirement.read_text()).splitlines()
        paths = [path for line in lines if line.strip() and line.strip()[0] != "#" for path in installed(line)]
    elif asked.folder and asked.no_deps and asked.no_build_isolation and not asked.requirement:
        paths = [asked.folder.resolve()]
    else:
        sys.exit(f"pip stand-in: not what a locked installation asks for: {sys.argv[1:]}")
    here = Path(sysconfig.get_path("purelib"))
    beside = os.environ["REHEARSAL_SITE"]
    (here / "installed.pth").write_text("".join(f"{path}\n" for path in [*paths, beside]))
    script = Path(sys.executable).with_name("reconcile")
    script.write_text(SCRIPT.format(python=sys.executable))
    script.chmod(0o755)


def installed(line: str) -> list[Path]:
    """Returns the further folders to import from. Exits if a hash or a release differs."""
    requirement, *hashes = line.split("--hash=sha256:")
    if not hashes:
        sys.exit(f"pip stand-in: no hash: {line}")
    if requirement.startswith("./"):
        return [unpacked(Path(requirement.strip()), [each.strip() for each in hashes])]
    name, _, rest = requirement.partition("==")
    release, _, marker = rest.partition(";")
    if not marker and (found := release_of(name.partition("[")[0].strip())) != release.strip():
        sys.exit(f"pip stand-in: {name} is locked as {release}, beside the tests there is {found}")
    return []


def unpacked(wheel: Path, hashes: list[str]) -> Path:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest not in hashes:
        sys.exit(f"pip stand-in: {wheel} is not what the lock says: {digest}")
    folder = Path(os.environ["REHEARSAL_WHEELS"]) / digest
    if not folder.exists():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def release_of(name: str) -> str:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        found = distributions(name=name, path=[os.environ["REHEARSAL_SITE"]])
        return next((each.version for each in found), "nothing")


if __name__ == "__main__":
    main()
