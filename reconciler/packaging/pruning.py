"""What an archive does without: what the runtime ships, and what nobody imports there."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

# The runtime brings boto3 and what that needs; setuptools, pip and wheel install, and nothing is installed there.
RUNTIME = frozenset(
    {
        *("boto3", "botocore", "s3transfer", "jmespath", "setuptools", "pkg_resources", "pip", "wheel"),
        *("_distutils_hack", "distutils-precedence"),  # setuptools', under names of their own
    }
)
UNUSED_FOLDERS = frozenset({"__pycache__", "tests", "test", "include", "examples"})
UNUSED_SUFFIXES = frozenset({".pyc", ".pyi", ".pyx", ".pxd", ".pxi", ".c", ".cc", ".cpp", ".h", ".hpp", ".a", ".lib"})
# Written by pip about this very installation: other bytes on every machine.
OF_THE_INSTALLATION = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


def pruned(tree: Path) -> dict[str, Path]:
    """Name in the archive → file, of what is left."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    return {name: path for name, path in sorted(files.items()) if _is_needed(PurePosixPath(name))}


def _is_needed(path: PurePosixPath) -> bool:
    top, *below = path.parts
    project = top.partition("-")[0] if top.endswith((".dist-info", ".data")) else top.partition(".")[0]
    if project.lower() in RUNTIME or top == "bin" or path.suffix in UNUSED_SUFFIXES:
        return False
    if top.endswith(".dist-info"):
        return path.name not in OF_THE_INSTALLATION
    return not UNUSED_FOLDERS.intersection([top, *below][:-1])
