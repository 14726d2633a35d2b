"""Pastes the first pages into a real shell, with a real sandbox and the AWS command line."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests.cli.running import environ
from tests.docs.pages import ROOT, Block, blocks
from tests.docs.shell import EXITS_WITH

AWS = Path(os.environ.get("RECONCILE_AWSCLI", ROOT / ".venv-awscli" / "bin" / "aws"))
INSTALLS = re.compile(r"python3 -m venv|\. \.venv|pip|uv tool|make ")
RECONCILE = f"""\
#!/bin/sh
case " $* " in
    *" destroy "*) set -- "$@" --yes ;;
    *" --dry-run "*) ;;
    *" apply "*|*" undo "*) set -- "$@" --auto-approve ;;
esac
exec {shlex.quote(sys.executable)} -m reconciler "$@"
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with `reconcile`, which asks nothing, and `aws`."""
    assert AWS.exists(), f"{AWS} is missing: `make test` builds it"
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "reconcile").write_text(RECONCILE, encoding="utf-8")
    # pip writes the path of the environment into the first line of `aws`, where the kernel allows no space.
    python = shlex.quote(str(AWS.parent / "python"))
    (folder / "aws").write_text(f'#!/bin/sh\nexec {python} {shlex.quote(str(AWS))} "$@"\n', encoding="utf-8")
    for tool in folder.iterdir():
        tool.chmod(0o755)
    return folder


def script(shown: list[Block]) -> Iterator[str]:
    """Yields the lines that a reader pastes, and a check of each exit code that the page announces."""
    yield "set -eu"
    yield "trap 'reconcile sandbox --stop >/dev/null 2>&1 || true' EXIT"
    for block in shown:
        if block.title:
            yield f"cat >{shlex.quote(block.title)} <<'END'\n{block.text}END"
        elif block.language == "shell":
            for line in block.text.replace("\\\n", " ").splitlines():
                if not INSTALLS.match(line) and line != "reconcile --version":
                    yield from _run(line)


def _run(line: str) -> Iterator[str]:
    yield f"echo {shlex.quote(f'$ {line}')}"
    announced = EXITS_WITH.search(line)
    if announced:
        command = line.partition("#")[0]
        yield f"code=0; {command} || code=$?; test $code = {announced[1]}"
    elif "list-data-tables" in line:
        yield f"TABLE=$({line} --query 'DataTableSummaryList[0].Id' --output text)"
    else:
        yield line.replace(" TABLE ", ' "$TABLE" ')


@pytest.mark.slow
@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_a_page_can_be_pasted_into_a_shell(page: str, tools: Path, tmp_path: Path) -> None:
    shown = blocks(page)
    if page == "README.md":
        # The rest needs an instance.
        shown = list(takewhile(lambda block: not block.title, shown))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pasted = "\n".join(script(shown)).replace("4599", str(port))
    folder = tmp_path / "home"
    folder.mkdir()

    done = subprocess.run(
        ["bash", "-c", pasted],
        cwd=folder,
        env=environ(PATH=f"{tools}:{os.environ['PATH']}", PYTHONPATH=str(ROOT)),
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "reconcile sandbox --stop" in pasted.splitlines()[-1]
