"""Files that a manifest names: examined specs have their hashes, and mistakes their places."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from reconciler.desired import Examination, examine
from reconciler.documents.contents import ContentStore
from reconciler.kinds.base import Declarable
from reconciler.kinds.composite import Around, Child, Composite
from reconciler.model import Content, Desired, Ref, Resource
from tests.builders.contents import Program, ProgramKind, content
from tests.builders.folders import messages, write

MAIN = "manifests/base/programs/main.yaml"
CODE = {"manifests/base/programs/code.py": "print(1)"}


class Product(Resource):
    """A composite with a file of its own, and with one that only its children have."""

    code: Content


class ProductComposite(Composite[Product]):
    spec = Product

    def expand(self, spec: Product, around: Around) -> Iterable[Child]:
        yield Child("Program", {"name": "A", "code": spec.code, "pages": [spec.code]}, ("code",))
        yield Child("Program", {"name": "B", "code": {"file": "other.py"}}, ("code",))


KINDS: dict[str, Declarable] = {"Program": ProgramKind(), "Product": ProductComposite()}


def read(root: Path, files: dict[str, str | bytes]) -> Examination:
    return examine(write(root, files), {}, ("prod", "test"), kinds=KINDS)


def declared(spec: str) -> dict[str, str | bytes]:
    """Returns the files of a stack. `spec` begins in column 8 of line 3."""
    return {MAIN: f"kind: Program\nmetadata: {{name: P}}\nspec: {{{spec}}}\n", **CODE}


def desired(root: Path, files: dict[str, str | bytes]) -> Desired:
    examined = read(root, files)
    assert messages(examined) == []
    assert examined.desired
    return examined.desired


def built(root: Path, files: dict[str, str | bytes], name: str = "P") -> Program:
    spec = desired(root, files).manifests[Ref("Program", name)].spec
    assert isinstance(spec, Program)
    return spec


def test_the_spec_has_the_hash_and_the_size_of_the_file(tmp_path: Path) -> None:
    spec = built(tmp_path, declared("code: {file: code.py}"))

    assert (spec.code, spec.code.size) == (content("print(1)"), 8)


def test_contents_are_read_at_any_depth(tmp_path: Path) -> None:
    files = {"manifests/base/programs/a/b.txt": "deep", "manifests/base/programs/é.txt": b"\xff\x00"}

    spec = built(
        tmp_path,
        declared(
            "code: {file: code.py}, pages: [{file: a/b.txt}, {file: é.txt}], layers: [{name: L, code: {file: a/b.txt}}]"
        )
        | files,
    )

    assert spec.pages == (content("deep"), Content.of_bytes(b"\xff\x00"))
    assert [layer.code for layer in spec.layers] == [content("deep")]


def test_the_desired_state_knows_the_files_by_hash_and_has_no_bytes(tmp_path: Path) -> None:
    files = declared("code: {file: code.py}, icon: {file: ../logo.png}") | {"manifests/base/logo.png": b"\x89PNG"}

    known = desired(tmp_path, files).contents

    assert {content: file.name for content, file in known.items()} == {
        content("print(1)"): "manifests/base/programs/code.py",
        Content.of_bytes(b"\x89PNG"): "manifests/base/logo.png",
    }
    assert [file.path.read_bytes() for file in known.values()] == [b"print(1)", b"\x89PNG"]


def test_a_path_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    overlay = {
        "manifests/prod/over.yaml": "kind: Program\nmetadata: {name: P}\nspec: {code: {file: code.py}}\n",
        "manifests/prod/code.py": "print(2)",
    }

    assert built(tmp_path, declared("code: {file: code.py}") | overlay).code == content("print(2)")


def test_a_path_may_have_variables(tmp_path: Path) -> None:
    files = declared("code: {file: '${var:TEAM}.py'}") | {"manifests/base/programs/support.py": "pass"}

    assert built(tmp_path, files).code == content("pass")


@pytest.mark.parametrize(
    ("spec", "mistake"),
    [
        ("code: {file: ../../../}", '21: code.file "../../../" is outside manifests; put the file beside the manifest'),
        ("code: {file: /etc/motd}", '21: code.file "/etc/motd" is outside manifests; put the file beside the manifest'),
        ("code: {file: cod.py}", '21: code.file "cod.py" is not a file; did you mean "code.py"?'),
        ("code: {file: no}", '21: code.file "no" is not a file; write a path to a file, relative to the manifest'),
        ("code: {file: ..}", '21: code.file ".." is not a file; write a path to a file, relative to the manifest'),
        ("code: {file: big.py}", '21: code.file "big.py" is larger than 1.0 KB; put it into a bucket and name that'),
        (
            "code: {file: code.py}, layers: [{name: L, code: {file: no}}]",
            '63: code.file "no" is not a file; write a path to a file, relative to the manifest',
        ),
        ("code: code.py", '14: spec.code must be a map, is the text "code.py"'),
        ("code: {}", "14: spec.code must have at least 1 key, has 0"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_a_mistake_with_its_place(tmp_path: Path, spec: str, mistake: str) -> None:
    files = declared(spec) | {"manifests/base/programs/big.py": "x" * 1_001, "x": "outside"}

    assert messages(read(tmp_path, files)) == [f"{MAIN}:3:{mistake}"]


def test_a_name_that_is_too_long_for_a_file_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = messages(read(tmp_path, declared(f"code: {{file: {'x' * 300}}}")))

    assert mistake.startswith(f'{MAIN}:3:21: code.file "xxx')
    assert mistake.endswith("cannot be read: File name too long; write a path to a file, relative to the manifest")


def test_an_author_cannot_write_the_hash(tmp_path: Path) -> None:
    found = messages(read(tmp_path, declared("code: {sha256: ab, size: 1}")))

    assert f'{MAIN}:3:15: unknown key "sha256" in spec.code; the keys are file or text' in found


def test_a_manifest_may_have_a_content_itself(tmp_path: Path) -> None:
    reading = read(tmp_path, declared("code: {text: 'print(1)'}"))

    assert reading.desired is not None
    ((content, file),) = reading.desired.contents.items()
    assert (content, file.text) == (Content.of_bytes(b"print(1)"), "print(1)")
    assert ContentStore(reading.desired.contents).read(content) == b"print(1)"


def test_files_of_contents_count_as_read(tmp_path: Path) -> None:
    """YAML is not below the base, where it would be a manifest."""
    spec = "code: {file: '../../files/${var:TEAM}.yaml'}, pages: [{file: rates.csv}]"
    files = {"manifests/files/support.yaml": "a: 1", "manifests/base/programs/rates.csv": "a,b"}

    examined = read(tmp_path, declared(spec) | files)
    other = read(tmp_path, {"manifests/files/other.yaml": "a: 1"})

    assert (messages(examined), examined.findings) == ([], ())
    assert [finding.source.file for finding in other.findings if finding.source] == ["manifests/files/other.yaml"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    files = declared("code: {file: link.py}") | {"secret.txt": "hunter2"}
    write(tmp_path, files)
    os.symlink(tmp_path / "secret.txt", tmp_path / "manifests/base/programs/link.py")

    (mistake,) = messages(read(tmp_path, files))

    assert mistake == f'{MAIN}:3:21: code.file "link.py" is outside manifests; put the file beside the manifest'


def test_an_overlay_may_leave_out_the_file_and_the_base_may_not(tmp_path: Path) -> None:
    overlay = {"manifests/prod/over.yaml": "kind: Program\nmetadata: {name: P}\nspec: {note: n}\n"}

    assert built(tmp_path, declared("code: {file: code.py}") | overlay).note == "n"


def test_a_composite_hands_its_file_on_to_a_child(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        MAIN: "kind: Product\nmetadata: {name: X}\nspec: {code: {file: ../code.py}}\n",
        "manifests/base/code.py": "print(1)",
        "manifests/base/programs/other.py": "print(2)",
    }

    one, other = (built(tmp_path, files, name) for name in ("A", "B"))

    assert (one.code, one.pages, other.code) == (content("print(1)"), (content("print(1)"),), content("print(2)"))
    assert desired(tmp_path, files).contents.keys() == {content("print(1)"), content("print(2)")}
