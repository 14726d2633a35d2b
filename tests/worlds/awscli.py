"""The AWS command line, which knows nothing of us, against the sandbox of a folder."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
AWS = Path(os.environ.get("RECONCILE_AWSCLI", ROOT / ".venv-awscli" / "bin" / "aws"))


@cache
def aws(root: Path, *words: str) -> Any:
    """Returns the answer to a read. Starting the command line takes longer than the rest, so each is made once."""
    assert AWS.exists(), f"{AWS} is missing: `make test` builds it"
    endpoint = f"http://127.0.0.1:{json.loads((root / '.reconcile' / 'sandbox.json').read_text())['port']}"
    environ = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    # pip writes the path of the environment into the first line of `aws`, where the kernel allows no space.
    command = [str(AWS.parent / "python"), str(AWS), *words, "--endpoint-url", endpoint, "--output", "json"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout or "{}")
