"""The files that Lambda's runtime ships beside a function's archive: AWS's own runtime client and boto3.

A function imports from its archive, its layers, the standard library and this folder. It cannot import this package, or
what is installed beside it.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

DISTRIBUTIONS = (
    *("awslambdaric", "simplejson", "snapshot-restore-py"),
    *("boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"),
)
# The kernel ends the process together with the thread that started it (prctl 1, PR_SET_PDEATHSIG): a container never
# outlives the sandbox, however that ends.
BOOT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() != int(os.environ.pop("SANDBOX_PID")):
    os._exit(1)
layers = [path for path in os.environ.pop("SANDBOX_LAYERS").split(os.pathsep) if path]
sys.path[:] = [
    os.environ["LAMBDA_TASK_ROOT"], *layers, *(path for path in sys.path if path), os.environ["LAMBDA_RUNTIME_DIR"]
]
if clock := os.environ.pop("SANDBOX_CLOCK"):
    import sandbox_clock
    sandbox_clock.follow(clock)
import awslambdaric.__main__ as client
client.main(["awslambdaric", os.environ["_HANDLER"]])
"""


class NoRuntime(RuntimeError):  # noqa: N818 - the name says what is missing
    """AWS's runtime client is not installed."""


def link_distributions(into: Path) -> None:
    """Links the files of what the runtime ships. Raises `NoRuntime`."""
    into.mkdir()
    (into / "sandbox_clock.py").symlink_to(Path(__file__).with_name("shifted_clock.py"))
    for name in DISTRIBUTIONS:
        try:
            shipped = distribution(name)
        except PackageNotFoundError as missing:
            raise NoRuntime(f"functions run under {name}, which is not installed here: {missing}") from missing
        for top in {file.parts[0] for file in shipped.files or () if file.parts[0] not in ("..", "__pycache__")}:
            link = into / top
            if not link.exists():
                link.symlink_to(str(shipped.locate_file(top)))
