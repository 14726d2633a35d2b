"""`github summary`: summary, outputs and annotations of a step; and common behaviour of all `github` commands."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.report import plan_json
from tests.builders.plans import empty_plan, full_outcome, full_plan, small_plan
from tests.cli.running import environ
from tests.github.stand_in import StandIn
from tests.github.stand_in.world import REPOSITORY
from tests.github.steps import Step, outputs_of


def test_a_plan_is_written_to_summary_outputs_and_annotations(github: StandIn, step: Step) -> None:
    done = step.github("summary", step.write("plan.json", full_plan()))

    assert done.code == 0
    assert "### Plan for `contact-centre/prod`" in step.read("summary")
    assert outputs_of(step.read("output")) == {
        **{"changes": "true", "creates": "1", "updates": "3", "deletes": "2", "blocked": "1"},
        **{"rows-added": "252", "rows-changed": "19", "rows-deleted": "4"},
        "digest": plan_json(full_plan())["digest"],
    }
    assert done.out.splitlines()[0].startswith("::warning file=manifests/base/rekeyed.yaml,line=1,title=DataTable/Rek")
    assert all(line.startswith(("::warning ", "::notice ")) for line in done.out.splitlines())
    assert github.asked == []


def test_nothing_to_do_is_an_output_too(step: Step) -> None:
    done = step.github("summary", step.write("plan.json", empty_plan()))

    assert (done.code, done.out) == (0, "")
    assert outputs_of(step.read("output"))["changes"] == "false"


def test_drift_has_a_summary_of_its_own(step: Step) -> None:
    step.github("summary", "--drift", step.write("drift.json", small_plan()))

    assert "### Drift of `contact-centre/prod`" in step.read("summary")


def test_an_outcome_is_written_with_its_status(step: Step) -> None:
    done = step.github("summary", step.write("outcome.json", full_outcome()))

    assert "### Applied to `contact-centre/prod`: partial" in step.read("summary")
    assert outputs_of(step.read("output"))["status"] == "partial"
    assert outputs_of(step.read("output"))["exit-code"] == "5"
    assert done.out.startswith("::error title=apply%3A partial::some items failed")


def test_sources_are_relative_to_the_repositorys_root(step: Step) -> None:
    (step.folder / "centre").mkdir()
    (step.folder / "centre" / "reconcile.yaml").touch()

    done = step.github("-C", "centre", "summary", step.write("plan.json", full_plan()))

    assert "file=centre/manifests/base/rekeyed.yaml" in done.out


def test_a_summary_fits_into_the_step(step: Step) -> None:
    (step.folder / "summary").write_bytes(b"x" * (1_024 * 1_024 - 3_000))

    step.github("summary", step.write("plan.json", full_plan()))

    assert (step.folder / "summary").stat().st_size <= 1_024 * 1_024


# All of the commands.


@pytest.mark.slow
def test_no_github_command_calls_aws(step: Step) -> None:
    script = (
        "import sys\nfrom reconciler.cli import run\n"
        f"code = run(['github', 'summary', {step.write('plan.json', full_plan())!r}])\n"
        "sys.stderr.write(repr((code, sorted({'boto3', 'botocore', 'requests', 'moto'} & set(sys.modules)))))"
    )
    variables = {"GITHUB_REPOSITORY": REPOSITORY, "GITHUB_STEP_SUMMARY": str(step.folder / "summary")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=step.folder, env=environ(**variables), capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip

    assert done.stderr == "(0, [])"


@pytest.mark.parametrize("words", [[], ["comment"], ["summary"], ["drift"], ["applied"]])
def test_each_command_has_help(step: Step, words: list[str]) -> None:
    done = step.github(*words, "--help")

    assert done.code == 0
    assert "Global options" in done.out


def test_a_typo_gets_a_suggestion(step: Step) -> None:
    done = step.github("coment", "plan.json")

    assert done.code == 64
    assert 'did you mean "comment"?' in done.err
