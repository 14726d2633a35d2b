"""Removes files from an archive that the runtime already has or that no code imports at AWS."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

# The runtime has boto3 and its dependencies. Setuptools, pip and wheel install packages, which never happens there.
RUNTIME = frozenset(
    {
        *("boto3", "botocore", "s3transfer", "jmespath", "setuptools", "pkg_resources", "pip", "wheel"),
        *("_distutils_hack", "distutils-precedence"),  # parts of setuptools with other names
    }
)
UNUSED_FOLDERS = frozenset({"__pycache__", "tests", "test", "include", "examples"})
UNUSED_SUFFIXES = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".cc", ".cpp", ".h", ".hpp", ".a", ".lib"})
# pip writes these files about this installation, so their bytes differ on every machine.
OF_THE_INSTALLATION = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})
# Arrow's server and client, and its own client of S3: a third of the archive. Lambdas read and write files by boto3,
# and `import pyarrow` does not need these.
UNUSED_LIBRARIES = (
    *("pyarrow/_flight.", "pyarrow/libarrow_flight.", "pyarrow/libarrow_python_flight."),
    *("pyarrow/_s3fs.", "pyarrow/libarrow_s3."),
)


def pruned(tree: Path) -> dict[str, Path]:
    """Returns the needed files: name in the archive → file."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    return {name: path for name, path in sorted(files.items()) if _is_needed(PurePosixPath(name))}


def _is_needed(path: PurePosixPath) -> bool:
    top, *below = path.parts
    project = top.partition("-")[0] if top.endswith((".dist-info", ".data")) else top.partition(".")[0]
    if project.lower() in RUNTIME or top == "bin" or path.suffix in UNUSED_SUFFIXES:
        return False
    if top.endswith(".dist-info"):
        return path.name not in OF_THE_INSTALLATION
    if path.as_posix().startswith(UNUSED_LIBRARIES):
        return False
    return not UNUSED_FOLDERS.intersection([top, *below][:-1])
