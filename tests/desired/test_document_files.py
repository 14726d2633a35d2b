"""Documents in JSON files beside their manifests: flows, modules and their contracts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Linked, Manifest, Ref, Resource
from tests.builders.folders import messages, reading

MAIN = "manifests/base/flows/main.yaml"
FILE = "manifests/base/flows/main.json"
FLOW = Ref("ContactFlow", "Main")


def flow(text: str = "Hello", **more: Any) -> dict[str, Any]:
    end = {"Identifier": "End", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}
    say = {
        "Identifier": "Say",
        "Type": "MessageParticipant",
        "Parameters": {"Text": text},
        "Transitions": {"NextAction": "End", "Errors": [], "Conditions": []},
    }
    return {"Version": "2019-10-30", "StartAction": "Say", **more, "Actions": [say, end]}


def declared(content: str = "{file: main.json}", kind: str = "ContactFlow") -> dict[str, str | bytes]:
    """Returns the files of a stack. The content begins in line 4."""
    return {MAIN: f"kind: {kind}\nmetadata: {{name: Main}}\nspec:\n  content: {content}\n"}


def manifest(root: Path, files: dict[str, str | bytes], ref: Ref = FLOW) -> Manifest:
    read = reading(root, files)
    assert messages(read) == []
    assert read.desired
    return read.desired.manifests[ref]


def spec(root: Path, files: dict[str, str | bytes], ref: Ref = FLOW) -> Resource:
    return manifest(root, files, ref).spec


def content(root: Path, files: dict[str, str | bytes]) -> Any:
    return getattr(spec(root, files), "content").value  # noqa: B009 (the field of two kinds)


def mistakes(root: Path, files: dict[str, str | bytes]) -> list[str]:
    return messages(reading(root, files))


def text_in(value: Any) -> Any:
    return value["Actions"][0]["Parameters"]["Text"]


def test_a_flow_is_read_from_its_file(tmp_path: Path) -> None:
    files = {**declared(), FILE: json.dumps(flow(), indent=2)}

    found = manifest(tmp_path, files)

    assert content(tmp_path, files) == flow()
    assert {key: (file.name, file.path) for key, file in found.documents.items()} == {
        "content": (FILE, tmp_path / FILE)
    }


def test_a_flow_is_written_in_the_manifest_as_well(tmp_path: Path) -> None:
    files = declared(json.dumps(flow()))

    assert content(tmp_path, files) == flow()
    assert manifest(tmp_path, files).documents == {}


def test_a_byte_order_mark_and_windows_line_ends_mean_nothing(tmp_path: Path) -> None:
    text = json.dumps(flow(), indent=2).replace("\n", "\r\n")

    assert content(tmp_path, {**declared(), FILE: b"\xef\xbb\xbf" + text.encode()}) == flow()


def test_an_answer_of_describe_is_a_flow(tmp_path: Path) -> None:
    answer = {"ContactFlow": {"Name": "Main", "Type": "CONTACT_FLOW", "Content": json.dumps(flow())}}

    assert content(tmp_path, {**declared(), FILE: json.dumps(answer)}) == flow()


def test_references_and_variables_are_resolved_in_a_file(tmp_path: Path) -> None:
    text = json.dumps(flow("${var:TEAM} ${HoursOfOperation/Week.arn} ${F:x:F} {{y}} $.Attributes.z"))

    read = content(tmp_path, {**declared(), FILE: text})

    assert text_in(read) == Linked("support ${HoursOfOperation/Week.arn} ${F:x:F} {{y}} $.Attributes.z")


def test_a_module_and_its_contract_have_a_file_each(tmp_path: Path) -> None:
    settings = {"InputParameters": [], "OutputParameters": [], "Transitions": []}
    contract = {"transitions": {"results": [{"name": "${var:TEAM}"}]}}
    manifests = declared("{file: main.json}\n  settings: {file: main.settings.json}", "ContactFlowModule")
    files = {
        **manifests,
        FILE: json.dumps(flow(Settings=settings)),
        "manifests/base/flows/main.settings.json": json.dumps(contract),
    }

    module = manifest(tmp_path, files, Ref("ContactFlowModule", "Main"))

    assert getattr(module.spec, "settings").value["transitions"]["results"] == [{"name": "support"}]  # noqa: B009
    assert list(module.documents) == ["content", "settings"]


# Mistakes.


def test_a_missing_file_has_its_place_and_a_hint(tmp_path: Path) -> None:
    files = {**declared("{file: mian.json}"), FILE: json.dumps(flow())}

    assert mistakes(tmp_path, files) == [
        f'{MAIN}:4:19: content.file "mian.json" is not a file; did you mean "main.json"?'
    ]


@pytest.mark.parametrize("name", ["../../../main.json", "/etc/passwd"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    files = {**declared(f"{{file: {name}}}"), "main.json": json.dumps(flow())}

    (message,) = mistakes(tmp_path, files)

    assert message.startswith(f'{MAIN}:4:19: content.file "{name}" is outside manifests; put the file beside')


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    reading(tmp_path, {**declared(), "secret.json": json.dumps(flow())})
    (tmp_path / FILE).symlink_to(tmp_path / "secret.json")

    (message,) = mistakes(tmp_path, {})

    assert "is outside manifests" in message


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (message,) = mistakes(tmp_path, {**declared("{file: more}"), "manifests/base/flows/more/x.json": "{}"})

    assert 'content.file "more" is not a file' in message


def test_a_file_beside_other_keys_is_refused(tmp_path: Path) -> None:
    files = {**declared("{file: main.json, Version: '2019-10-30'}"), FILE: json.dumps(flow())}

    (message,) = mistakes(tmp_path, files)

    assert message == (
        f"{MAIN}:4:30: content has a file, and Version beside it; write the file alone, or the document without it"
    )


@pytest.mark.parametrize("name", ["[main.json]", "{a: b}", "null", "7"])
def test_the_path_of_a_file_is_a_text(tmp_path: Path, name: str) -> None:
    (message,) = mistakes(tmp_path, declared(f"{{file: {name}}}"))

    assert message == f"{MAIN}:4:19: content.file must be a text: the path of a JSON file"


def test_a_file_that_is_not_utf_8_names_the_byte(tmp_path: Path) -> None:
    (message,) = mistakes(tmp_path, {**declared(), FILE: b'{\n "a": "Gr\xfc\xdfe"}'})

    assert message.startswith(f"{FILE}:2:10: byte 0xFC (number 12 of the file) is not UTF-8")


def test_invalid_json_has_its_file_and_its_line(tmp_path: Path) -> None:
    (message,) = mistakes(tmp_path, {**declared(), FILE: '{\n  "Version": "2019-10-30",\n}'})

    assert message.startswith(f"{FILE}:")
    assert "line 3, column 1" in message


def test_invalid_json_with_references_has_its_place(tmp_path: Path) -> None:
    text = '{\n  "a": "${HoursOfOperation/the \\"new\\" one.arn}", "b": oops\n}'

    (message,) = mistakes(tmp_path, {**declared(), FILE: text})

    assert f"line 2, column {text.splitlines()[1].index('oops') + 1}" in message


def test_a_duplicate_key_is_a_mistake(tmp_path: Path) -> None:
    (message,) = mistakes(tmp_path, {**declared(), FILE: '{"Version": "a", "Version": "b"}'})

    assert 'has the key "Version" twice in one object' in message


def test_the_old_format_of_the_console_is_refused_with_its_blocks(tmp_path: Path) -> None:
    old = {"modules": [{"id": "1", "type": "PlayPrompt"}], "version": "1", "start": "1", "metadata": {}}

    (message,) = mistakes(tmp_path, {**declared(), FILE: json.dumps(old)})

    assert message.startswith(f"{FILE}:1:1: ")
    assert "is in the console's old flow format" in message
    assert "1 × PlayPrompt: MessageParticipant" in message


@pytest.mark.parametrize("text", ["[]", '"text"', "7", "null", "", "\n"])
def test_a_file_without_a_flow_is_a_mistake(tmp_path: Path, text: str) -> None:
    found = mistakes(tmp_path, {**declared(), FILE: text})

    assert found
    assert all(message.startswith(f"{FILE}:1:1: ") for message in found)


def test_a_structural_fault_names_the_block_and_its_line_in_the_file(tmp_path: Path) -> None:
    wrong = flow()
    wrong["Actions"][0]["Transitions"]["NextAction"] = "Nowhere"
    text = json.dumps(wrong, indent=2)

    (message,) = mistakes(tmp_path, {**declared(), FILE: text})

    line = next(number for number, line in enumerate(text.splitlines(), 1) if "Nowhere" in line)
    assert message.startswith(f'{FILE}:{line}:23: block "Say": ')
    assert 'leads to "Nowhere", and no action has that Identifier' in message


def test_a_structural_fault_of_an_answer_of_describe_names_its_file(tmp_path: Path) -> None:
    """The content is a text inside the answer, so it has no lines of its own."""
    answer = {"ContactFlow": {"Content": json.dumps({**flow(), "StartAction": "Nowhere"})}}

    (message,) = mistakes(tmp_path, {**declared(), FILE: json.dumps(answer, indent=2)})

    assert message.startswith(f"{FILE}:1:1: StartAction names")


def test_a_structural_fault_in_the_manifest_has_its_line_there(tmp_path: Path) -> None:
    wrong = {**flow(), "StartAction": "Nowhere"}

    (message,) = mistakes(tmp_path, declared(json.dumps(wrong)))

    assert message.startswith(f"{MAIN}:4:")


def test_a_structural_fault_in_a_json_text_of_the_manifest_has_the_line_of_the_text(tmp_path: Path) -> None:
    wrong = {**flow(), "StartAction": "Nowhere"}

    (message,) = mistakes(tmp_path, declared(f"'{json.dumps(wrong)}'"))

    assert message.startswith(f"{MAIN}:4:12: StartAction names")


def test_an_unknown_reference_in_a_file_has_its_place(tmp_path: Path) -> None:
    text = json.dumps(flow("${Queu/Billing.arn}"), indent=2)

    (message,) = mistakes(tmp_path, {**declared(), FILE: text})

    assert message.startswith(f"{FILE}:9:18: ${{Queu/Billing.arn}} is not a reference: there is no kind Queu")


def test_a_reference_in_a_file_may_lead_to_a_live_resource(tmp_path: Path) -> None:
    text = json.dumps(flow("${Queue/Not declared.arn}"))

    assert text_in(content(tmp_path, {**declared(), FILE: text})) == Linked("${Queue/Not declared.arn}")


# Overlays.


def overlay(spec: str) -> dict[str, str | bytes]:
    return {"manifests/prod/flows.yaml": f"kind: ContactFlow\nmetadata: {{name: Main}}\nspec:\n  {spec}\n"}


def test_an_overlay_names_a_file_beside_itself(tmp_path: Path) -> None:
    files = {**declared(), FILE: json.dumps(flow("By day"))}
    files |= {**overlay("content: {file: prod.json}"), "manifests/prod/prod.json": json.dumps(flow("By night"))}

    assert text_in(content(tmp_path, files)) == "By night"
    assert manifest(tmp_path, files).documents["content"].name == "manifests/prod/prod.json"


def test_an_overlay_of_another_field_keeps_the_file(tmp_path: Path) -> None:
    files = {**declared(), FILE: json.dumps(flow("By day")), **overlay("description: Here")}

    assert text_in(content(tmp_path, files)) == "By day"


def test_an_overlay_has_the_document_in_place_of_a_file(tmp_path: Path) -> None:
    files = {**declared(), FILE: json.dumps(flow("By day")), **overlay(f"content: {json.dumps(flow('By night'))}")}

    assert text_in(content(tmp_path, files)) == "By night"
    assert manifest(tmp_path, files).documents == {}


def test_an_overlay_has_a_file_in_place_of_the_document(tmp_path: Path) -> None:
    files = {**declared(json.dumps(flow("By day"))), **overlay("content: {file: prod.json}")}
    files |= {"manifests/prod/prod.json": json.dumps(flow("By night"))}

    assert text_in(content(tmp_path, files)) == "By night"
