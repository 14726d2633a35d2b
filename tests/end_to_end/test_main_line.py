"""The example's flow of 41 blocks: exported, saved again by a console, changed in one text, and refused by AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.kinds.registry import KINDS
from reconciler.model import Outcome, Plan, Status
from reconciler.report import drift_text, plan_text
from tests.worlds.exporting import exported, plans_nothing
from tests.worlds.main_line import MAIN, ROOT, MainLine, block, saved_by_the_console
from tests.worlds.world import World

BUSY = "All our lines are busy. Please call again"
FULL = f'block "Queue is full": Text: "{BUSY} tomorrow." → "{BUSY} in an hour."'


@pytest.fixture
def line(world: World, tmp_path: Path) -> MainLine:
    """The example, applied."""
    line = MainLine(world, tmp_path / "clone")
    done = line.apply()
    assert done.exit_code == 0, done
    world.calls()
    return line


def lines_of(plan: Plan) -> list[str]:
    """Returns the lines of a drift report that show differences, without their signs."""
    report = drift_text(plan, colour=False)
    return [line.strip(" ~+-") for line in report.splitlines() if line.startswith("    ") and "differ" not in line]


def messages(outcome: Outcome) -> dict[str, str]:
    """Returns the message of each change that failed, by address."""
    failed = {item.change: result for item, result in outcome.results.items() if result.status is Status.FAILED}
    return {str(outcome.plan.changes[at].ref): result.message for at, result in failed.items()}


def test_the_flow_has_forty_blocks_and_names_no_id() -> None:
    text = (ROOT / MAIN).read_text(encoding="utf-8")

    assert len(json.loads(text)["Actions"]) == 41
    assert "arn:" not in text


def test_it_is_created_from_its_file_by_documented_calls_and_then_nothing_is_left(line: MainLine) -> None:
    """S4-2, S4-11, S4-12: a flow is JSON that the API takes; the sandbox checks requests by the service model."""
    assert len(line.content()["Actions"]) == 41
    assert block(line.content(), "Billing queue")["QueueId"].startswith("arn:aws:connect:us-east-1:111122223333:")
    assert not line.plan().changes


@pytest.mark.slow
def test_its_export_is_the_file_of_the_repository_and_plans_nothing(line: MainLine, tmp_path: Path) -> None:
    everything = exported(line.world, tmp_path / "exported", kinds=KINDS)

    (main,) = [path for path in everything.written if path.stem.lower() == "main" and path.suffix == ".json"]
    assert main.read_text(encoding="utf-8") == (ROOT / MAIN).read_text(encoding="utf-8")
    assert plans_nothing(line.world)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)])
def test_a_console_save_that_reorders_everything_is_no_drift(line: MainLine, seed: int) -> None:
    before = line.content()

    line.save(saved_by_the_console(line.content(), seed))

    assert line.content()["Actions"] != before["Actions"]
    assert not line.plan().changes


def test_one_changed_text_in_a_console_save_is_one_line_of_drift_and_apply_restores_it(line: MainLine) -> None:
    def says_tomorrow(action: dict[str, Any]) -> None:
        if action["Identifier"] == "Queue is full":
            action["Parameters"]["Text"] = f"{BUSY} tomorrow."

    line.save(saved_by_the_console(line.content(), 7, says_tomorrow))

    assert lines_of(line.plan()) == [FULL]
    line.world.calls()
    assert line.apply().exit_code == 0
    assert line.world.calls()["UpdateContactFlowContent"] == 1
    assert block(line.content(), "Queue is full")["Text"] == f"{BUSY} in an hour."
    assert not line.plan().changes


@pytest.mark.slow
@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("Text", "Say \"yes\" & press 'one'.\nThen wait: 5 < 6, {{x}}, $5, Zürich 電話 \\n"),
        ("SSML", '<speak>Fish &amp; chips.<break time="400ms"/>\n<say-as interpret-as="digits">1</say-as></speak>'),
    ],
)
def test_a_changed_prompt_arrives_intact_in_the_same_flow(line: MainLine, parameter: str, text: str) -> None:
    """S4-26: JSON is written by a serializer, and a new text updates the flow in place."""
    id = line.flow_id()
    line.author(MAIN, f'"Text": "{BUSY} in an hour."', f'"{parameter}": {json.dumps(text)}')

    done = line.apply()

    assert done.exit_code == 0, messages(done)
    assert {name for name in line.world.calls() if name.startswith(("Create", "Delete", "Update"))} == {
        "UpdateContactFlowContent"
    }
    assert line.flow_id() == id
    assert block(line.content(), "Queue is full")[parameter] == text
    assert not line.plan().changes


def test_a_flow_that_aws_refuses_is_reported_by_block_and_line_and_the_rest_is_done(line: MainLine) -> None:
    """S4-11: AWS's list of problems is the message of the flow, which stays as it was."""
    before = line.content()
    line.author(MAIN, '"QueuePriority": "2"', '"Priority": "2"')
    line.author(Path("manifests/base/queues/queues.yaml"), "maxContacts: 40", "maxContacts: 60")

    done = line.apply()

    assert done.exit_code == 5
    assert list(messages(done)) == ["ContactFlow/Main"]
    assert 'block "Move forward"' in messages(done)["ContactFlow/Main"]
    assert "main.json:" in messages(done)["ContactFlow/Main"]
    assert line.content() == before
    assert "Queue/Billing" not in plan_text(line.plan(), colour=False)
