"""The code of a function in a manifest: its tree, and the mistakes of its author."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.desired import Examination, examine
from reconciler.model import Code, Ref
from tests.builders.archives import archive_of
from tests.builders.folders import messages, write

MAIN = "manifests/base/functions/main.yaml"
FILES: dict[str, str | bytes] = {"code/main.py": "1", "build/code.zip": archive_of({"main.py": "1"}), "note.txt": "n"}
ROLE = "\n---\nkind: IamRole\nmetadata: {name: functions}\nspec: {assumeRolePolicyDocument: {Statement: []}}\n"


def read(root: Path, code: str, more: str = "", runtime: str = "python3.13") -> Examination:
    spec = f"{{code: {code}, runtime: {runtime}, handler: main.handler, role: '${{IamRole/functions.arn}}'{more}}}"
    text = f"kind: LambdaFunction\nmetadata: {{name: hello}}\nspec: {spec}{ROLE}"
    return examine(write(root, {**FILES, MAIN: text}), {}, ("prod", "test"))


@pytest.mark.parametrize(
    "code", ["{package: session_data}", "{folder: ../../../code}", "{zip: ../../../build/code.zip}"]
)
def test_each_form_of_code_becomes_a_tree(tmp_path: Path, code: str) -> None:
    examined = read(tmp_path, code)

    assert messages(examined) == []
    assert examined.desired
    manifest = examined.desired.manifests[Ref("LambdaFunction", "hello")]
    assert isinstance(manifest.spec.code, Code)  # type: ignore[attr-defined]
    assert manifest.spec.role == "functions"  # type: ignore[attr-defined]
    assert set(manifest.contents) == {manifest.spec.code}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "more", "expected"),
    [
        ("{package: session_date}", "", 'code.package "session_date" is unknown; did you mean "session_data"?'),
        ("{package: session_data}", ", architectures: [arm64]", "architectures has arm64, but a package is built for"),
        ("{folder: ../../../nowhere}", "", 'code.folder "../../../nowhere" is not a folder'),
        ("{folder: ../../../../elsewhere}", "", "is outside the folder of reconcile.yaml"),
        ("{zip: ../../../note.txt}", "", "is not a zip file that AWS can read"),
        ("{zip: ../../../none.zip}", "", "is not a file; build it first"),
        ("{folder: ../../../code, zip: ../../../build/code.zip}", "", "must have at most 1 key, has 2"),
    ],
)
def test_code_that_cannot_be_used_is_a_mistake(tmp_path: Path, code: str, more: str, expected: str) -> None:
    (mistake,) = messages(read(tmp_path, code, more))

    assert expected in mistake


def test_a_package_needs_a_runtime_of_python(tmp_path: Path) -> None:
    (mistake,) = messages(read(tmp_path, "{package: session_data}", runtime="nodejs22.x"))

    assert "code.package needs a runtime of Python" in mistake
