"""Removes files from an archive that the runtime already has or that no code imports at AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from filecmp import cmp
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
# The driver of Redshift imports these to sign in by a page of a company. Lambdas sign in by their role.
OF_OTHER_LOGINS = frozenset({"lxml", "bs4", "beautifulsoup4", "soupsieve"})
# Arrow's server and client, its own clients of stores, and formats and scans of files. Lambdas write Parquet files and
# send them by boto3. Arrow imports each of these only if it is there.
UNUSED_LIBRARIES = (
    *("pyarrow/_flight.", "pyarrow/libarrow_flight.", "pyarrow/libarrow_python_flight."),
    *("pyarrow/_s3fs.", "pyarrow/libarrow_s3.", "pyarrow/_azurefs.", "pyarrow/_gcsfs.", "pyarrow/_hdfs."),
    *("pyarrow/_csv.", "pyarrow/_json.", "pyarrow/_orc.", "pyarrow/_feather.", "pyarrow/_substrait."),
    *("pyarrow/_dataset", "pyarrow/_parquet_encryption.", "pyarrow/libarrow_python_parquet_encryption."),
    *("pyarrow/_pyarrow_cpp_tests.", "pyarrow/src/"),
)
# A library is looked for by its name with one number, which its linker wrote. A wheel has no links, so that it holds a
# copy for each other name.
LIBRARY = re.compile(r"(?P<plain>.+\.so)\.\d+")


def pruned(tree: Path) -> dict[str, Path]:
    """Returns the needed files: name in the archive → file."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    needed = {name: path for name, path in sorted(files.items()) if _is_needed(PurePosixPath(name))}
    for copy in _copies(needed):
        del needed[copy]
    return needed


def _copies(files: Mapping[str, Path]) -> set[str]:
    copies = set()
    for name, path in files.items():
        if library := LIBRARY.fullmatch(name):
            others = (it for it in files if it == library["plain"] or it.startswith(f"{name}."))
            copies |= {it for it in others if cmp(files[it], path, shallow=False)}
    return copies


def _is_needed(path: PurePosixPath) -> bool:
    top, *below = path.parts
    project = top.partition("-")[0] if top.endswith((".dist-info", ".data")) else top.partition(".")[0]
    if project.lower() in RUNTIME | OF_OTHER_LOGINS or top == "bin" or path.suffix in UNUSED_SUFFIXES:
        return False
    if top.endswith(".dist-info"):
        return path.name not in OF_THE_INSTALLATION
    if path.as_posix().startswith(UNUSED_LIBRARIES):
        return False
    return not UNUSED_FOLDERS.intersection([top, *below][:-1])
