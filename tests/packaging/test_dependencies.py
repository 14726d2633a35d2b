"""The dependencies that pip installs: for the target, pruned and inspected; and messages if pip fails."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from reconciler.packaging.building import package
from reconciler.packaging.errors import PackageError
from reconciler.packaging.inspection import inspect
from reconciler.packaging.pruning import pruned
from reconciler.packaging.target import Runtime
from tests.packaging.wheels import ARM, ELF, a_lambda, wheel

CP313 = "cp313-cp313-manylinux_2_28_x86_64"
OLD = "cp313-cp313-manylinux2014_x86_64"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Provides the only index that pip uses."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return tmp_path / "index"


@pytest.mark.slow
def test_dependencies_fit_the_target_and_are_pruned(index: Path, tmp_path: Path) -> None:
    extension = {"fast/core.cpython-313-x86_64-linux-gnu.so": ELF, "fast/include/core.h": "", "fast/tests/t.py": ""}
    fast = wheel(index, "fast", CP313, **extension)
    wheel(index, "fast", "cp311-cp311-manylinux_2_28_x86_64", **{"fast/core.cpython-311-x86_64-linux-gnu.so": ELF})
    ancient = wheel(index, "ancient", OLD, **{"ancient/plain.so": ELF})
    boto3 = wheel(index, "boto3", **{"boto3/session.py": ""})
    lambdas = a_lambda(tmp_path, fast, ancient, boto3)

    made = package("small", into=tmp_path / "out", lambdas=lambdas)

    with zipfile.ZipFile(made.path) as held:
        brought = [name for name in held.namelist() if not name.startswith("reconciler/")]
    assert brought == [
        "ancient-1.0.dist-info/METADATA",
        "ancient-1.0.dist-info/WHEEL",
        "ancient/__init__.py",
        "ancient/plain.so",
        "fast-1.0.dist-info/METADATA",
        "fast-1.0.dist-info/WHEEL",
        "fast/__init__.py",
        "fast/core.cpython-313-x86_64-linux-gnu.so",
    ]


@pytest.mark.slow
def test_two_builds_with_dependencies_are_the_same_bytes(index: Path, tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path, wheel(index, "pure"))

    one, two = (package("small", into=tmp_path / place, lambdas=lambdas) for place in ("one", "two"))

    assert one.path.read_bytes() == two.path.read_bytes()


@pytest.mark.slow
def test_without_an_index_one_line_names_the_missing_package(index: Path, tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path, wheel(tmp_path / "elsewhere", "fast"))

    with pytest.raises(PackageError, match=r"^small for python3.13: pip: .*fast==1.0.*PIP_FIND_LINKS") as refused:
        package("small", into=tmp_path / "out", lambdas=lambdas)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_file_with_another_hash_is_refused(index: Path, tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path, wheel(index, "pure"))
    wheel(index, "pure", **{"pure/changed.py": "changed"})

    with pytest.raises(PackageError, match="pip: "):
        package("small", into=tmp_path / "out", lambdas=lambdas)


@pytest.mark.slow
def test_a_dependency_with_the_lambdas_path_is_refused(index: Path, tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path, wheel(index, "odd", **{"reconciler/odd.py": ""}))

    with pytest.raises(PackageError, match=r"reconciler/odd\.py, a path of the Lambda's own code"):
        package("small", into=tmp_path / "out", lambdas=lambdas)


def test_markers_are_refused(tmp_path: Path) -> None:
    lambdas = a_lambda(tmp_path)
    (lambdas / "small" / "requirements.txt").write_text('fast==1.0 ; python_version < "3.13" --hash=sha256:0\n')

    with pytest.raises(PackageError, match=r"fast==1.0 has a marker; delete it, and list what python3.13 needs"):
        package("small", into=tmp_path / "out", lambdas=lambdas)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a/core.cpython-311-x86_64-linux-gnu.so", ELF),
        ("a/plain.so", ARM),
        ("a.libs/libc.so.6", ARM),
        ("a-1.dist-info/WHEEL", b"Tag: cp311-cp311-manylinux_2_28_x86_64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp313-cp313-manylinux_2_34_x86_64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp313-cp313-musllinux_1_2_x86_64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp313-cp313-macosx_11_0_arm64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp313-cp313t-manylinux_2_28_x86_64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp314-abi3-manylinux_2_28_x86_64\n"),
    ],
)
def test_files_that_do_not_load_at_aws_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    assert name.partition("/")[0].removesuffix(".libs") in refused(tmp_path, name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a/core.cpython-313-x86_64-linux-gnu.so", ELF),
        ("a/core.abi3.so", ELF),
        ("a.libs/libc.so.6", ELF),
        ("a/core.so", b"a text that a linker reads"),
        ("a-1.dist-info/WHEEL", b"Tag: py2-none-any\nTag: py3-none-any\n"),
        ("a-1.dist-info/WHEEL", b"Tag: py2.py3-none-any\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64\n"),
        ("a-1.dist-info/WHEEL", b"Tag: cp313-cp313-manylinux_2_28_x86_64\n"),
    ],
)
def test_files_that_load_at_aws_are_accepted(tmp_path: Path, name: str, content: bytes) -> None:
    assert refused(tmp_path, name, content) == ""


def refused(folder: Path, name: str, content: bytes) -> str:
    """Returns why a file would not load at AWS; empty if it would."""
    (folder / "file").write_bytes(content)
    try:
        inspect({name: folder / "file"}, Runtime("3.13"))
    except PackageError as wrong:
        return str(wrong)
    return ""


def test_packages_of_the_runtime_are_left_out(tmp_path: Path) -> None:
    kept = {"a/__init__.py", "a/testing/x.py", "a/test_me.py", "a-1.dist-info/METADATA", "six.py", "a/query.sql"}
    dropped = {
        *("boto3/__init__.py", "botocore/data/x.json", "botocore-1.dist-info/METADATA", "setuptools/x.py"),
        *("_distutils_hack/__init__.py", "distutils-precedence.pth"),
        *("lxml/etree.abi3.so", "lxml-6.1.dist-info/METADATA", "beautifulsoup4-4.dist-info/METADATA", "bs4/dammit.py"),
        *("bin/tool", "a/tests/x.py", "a/include/x.h", "a/x.pyi", "a/x.pyx", "a/__pycache__/x.pyc"),
        *("a-1.dist-info/RECORD", "a-1.dist-info/INSTALLER", "a-1.dist-info/direct_url.json"),
    }
    for name in kept | dropped:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert set(pruned(tmp_path)) == kept


def test_a_library_is_in_the_archive_once_under_the_name_that_the_loader_looks_for(tmp_path: Path) -> None:
    for name in ("liba.so", "liba.so.26", "liba.so.26.0.1", "libab.so.26"):
        (tmp_path / name).write_bytes(ELF)
    for name, content in {"libb.so": b"one", "libb.so.26": b"other", "libc.so": ELF, "libd.so.1.2": ELF}.items():
        (tmp_path / name).write_bytes(content)

    assert set(pruned(tmp_path)) == {"liba.so.26", "libab.so.26", "libb.so", "libb.so.26", "libc.so", "libd.so.1.2"}
