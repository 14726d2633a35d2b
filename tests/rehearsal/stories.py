"""The stories: how it goes well, and how it goes wrong without harm. Each fails where a step that it needs is gone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.cli.running import rows, table
from tests.rehearsal.runner import CANCELLED, FAILURE, SKIPPED, SUCCESS, Run
from tests.rehearsal.scene import CSV, Change, Scene
from tests.workflows.reading import Json

WRITES = re.compile(r"connect:(Create|Update|Delete|Batch(Create|Update|Delete)|Associate|Disassociate|Tag|Untag)")
LIMIT = 65_536


def says(language: str, greeting: str) -> Change:
    """The row's greeting is another one."""

    def change(folder: Path) -> None:
        text = (folder / CSV).read_text()
        new, count = re.subn(rf"(?m)^{language},[^,]*,", f"{language},{greeting},", text)
        assert count == 1
        (folder / CSV).write_text(new)

    return change


def checked(scene: Scene) -> None:
    """A mistake in a manifest is shown beside its line, and the check is red until it is fixed."""
    number = scene.open_pull_request(says("en", "Hello.,too,many"))
    check = _of(scene.runs, "check.yml")
    assert check.failed, check.log
    assert re.search(r"^::error file=manifests/base/data-tables/Greetings\.csv,line=3", check.log, re.MULTILINE)

    (check,) = [run for run in scene.push(number, _without_it) if run.file == "check.yml"]
    assert not check.failed, check.log


def _without_it(folder: Path) -> None:
    (folder / CSV).write_text((folder / CSV).read_text().replace(",too,many", ""))


def planned(scene: Scene) -> int:
    """A pull request shows its plan in one comment, which is kept up to date."""
    number = scene.open_pull_request(says("en", "Hello."))
    plan = _well(scene, "plan.yml")
    assert plan.result("comment") == plan.result("planned") == SUCCESS
    (comment,) = scene.comments(number)
    assert "Hello and welcome." in comment
    assert "Hello." in plan.summary
    assert "Hello." in scene.planned_of(comment)
    assert scene.page_of(plan.summary) == scene.page_of(comment)

    scene.push(number, says("fr", "Salut."))
    _well(scene, "plan.yml")
    (comment,) = scene.comments(number)
    assert "Salut." in comment
    assert "Salut." in scene.planned_of(comment)
    return number


def short_way(scene: Scene) -> None:
    """A pull request, its comment, the merge, and live is as it says."""
    number = scene.open_pull_request(says("en", "Hello."))
    (comment,) = scene.comments(number)
    assert "Hello and welcome." in comment
    scene.merge(number)
    _well(scene, "apply.yml")
    assert scene.live("en", "Greeting") == "Hello."


def applied(scene: Scene) -> None:
    """The merged plan is applied and kept as evidence, without another question."""
    number = planned(scene)
    scene.merge(number)
    apply = _well(scene, "apply.yml")
    assert (scene.live("en", "Greeting"), scene.live("fr", "Greeting")) == ("Hello.", "Salut.")
    assert "Applied" in apply.summary
    (path,) = scene.evidence()
    assert re.fullmatch(r"plans/prod/\d{4}-\d\d-\d\d-[0-9a-f]{12}\.md", path)
    assert "Salut." in scene.evidence()[path]
    assert not scene.issues()
    assert apply.result("report") == SUCCESS


def drifted(scene: Scene) -> None:
    """An edit in the console becomes one issue, however often drift runs; accepting it closes the issue."""
    scene.edit_live("de", "Greeting", "Moin.")
    drift = scene.night()
    assert not drift.failed, drift.log
    (issue,) = scene.issues()
    assert "Moin." in issue["body"]
    assert "Moin." in drift.summary
    assert not scene.night().failed
    assert [each["updated_at"] for each in scene.issues()] == [issue["updated_at"]]


def good_way(scene: Scene) -> None:
    """From a pull request to the night, and back."""
    applied(scene)
    drifted(scene)

    accepted = scene.open_pull_request(says("de", "Moin."))
    assert not _well(scene, "plan.yml").failed
    (comment,) = scene.comments(accepted)
    assert "No changes." in comment
    scene.merge(accepted)
    _well(scene, "apply.yml")
    assert len(scene.evidence()) == 1
    assert not scene.night().failed
    assert not scene.issues()
    (settled,) = scene.issues("closed")
    assert "drift" in settled["title"].lower()


def live_edited_before_merge(scene: Scene) -> None:
    """Another writer edits live between comment and merge: nothing is written, and three places say why."""
    number = scene.open_pull_request(says("en", "Hello."))
    scene.edit_live("de", "Greeting", "Moin.")
    before = _written(scene)
    scene.merge(number)
    apply = _of(scene.runs, "apply.yml")
    assert apply.result("apply") == FAILURE
    assert "exit code 4" in apply.log
    assert _written(scene) == before
    assert scene.live("en", "Greeting") == "Hello and welcome."
    output = re.compile(r"Moin\.")
    (issue,) = scene.issues()
    assert output.search(apply.log)
    assert output.search(scene.comments(number)[-1])
    assert output.search(scene.comments(issue["number"])[-1])
    assert not scene.evidence()

    digest = re.findall(r"now ([0-9a-f]{12})", apply.log)[-1]
    by_hand = scene.apply_by_hand(digest)
    assert not by_hand.failed, by_hand.log
    assert (scene.live("en", "Greeting"), scene.live("de", "Greeting")) == ("Hello.", "Guten Tag und willkommen.")
    assert not scene.issues()
    assert len(scene.evidence()) == 1


def the_same_cell_edited(scene: Scene) -> None:
    """Another writer edits the reviewed cell: their value stays, the rest is applied, and an issue reports it."""

    def change(folder: Path) -> None:
        says("en", "Hello.")(folder)
        says("fr", "Salut.")(folder)

    number = scene.open_pull_request(change)
    scene.edit_live("en", "Greeting", "Howdy.")
    scene.merge(number)
    apply = _of(scene.runs, "apply.yml")
    assert "exit code 5" in apply.log
    assert (scene.live("en", "Greeting"), scene.live("fr", "Greeting")) == ("Howdy.", "Salut.")
    (issue,) = scene.issues()
    assert "Howdy." in issue["body"]
    (path,) = scene.evidence()
    assert "Howdy." in scene.evidence()[path]


def no_role(scene: Scene) -> None:
    """AWS refuses the role: nothing is applied, and an issue stays open until an apply succeeds."""
    held = scene.site.roles.pop(next(role for role in scene.site.roles if role.endswith("-apply")))
    number = scene.open_pull_request(says("en", "Hello."))
    scene.merge(number)
    apply = _of(scene.runs, "apply.yml")
    assert apply.result("apply") == FAILURE
    (issue,) = scene.issues()
    assert "exit code 1" in issue["body"]
    assert scene.live("en", "Greeting") == "Hello and welcome."
    assert held


def a_digest_without_a_review(scene: Scene) -> None:
    """By hand with another digest: nothing is written."""
    scene.edit_live("de", "Greeting", "Moin.")
    before = _written(scene)
    by_hand = scene.apply_by_hand("0" * 12)
    assert "exit code 4" in by_hand.log
    assert _written(scene) == before
    assert len(scene.issues()) == 1


def unreviewed(scene: Scene) -> None:
    """A push to main without a pull request has no reviewed plan, so nothing is applied."""
    before = _written(scene)
    scene.push_unreviewed(says("en", "Hello."))
    apply = _of(scene.runs, "apply.yml")
    assert apply.result("apply") == FAILURE
    assert "exit code 4" in apply.log
    assert _written(scene) == before
    (issue,) = scene.issues()
    assert "exit code 4" in issue["body"]
    assert not any(job.role for job in apply.jobs)


def fork(scene: Scene) -> None:
    """A fork's pull request is checked; no step of it gets near AWS."""
    before = scene.site.calls()
    number = scene.open_pull_request(says("en", "Hello."), fork=True)
    assert not _of(scene.runs, "check.yml").failed
    assert {job.result for job in _of(scene.runs, "plan.yml").jobs} == {SKIPPED}
    assert not any(job.role for run in scene.runs for job in run.jobs)
    assert (scene.site.calls(), scene.comments(number)) == (before, [])


def another_table(folder: Path) -> None:
    """A table whose 300 rows are written batch by batch."""
    declared = table("Tiers", rows(300), level="DATA_TABLE")
    (folder / "manifests/base/data-tables/Tiers.yaml").write_text(json.dumps(declared, indent=1))


def cancelled(scene: Scene) -> None:
    """A cancelled apply reports and keeps its results, and a second run does the rest."""
    number = scene.open_pull_request(another_table)
    scene.site.cancels = "Apply the reviewed plan"
    scene.site.sandbox.set_faults(latencyMs=1000)
    scene.merge(number)
    scene.site.sandbox.set_faults()
    scene.site.cancels = ""
    apply = _of(scene.runs, "apply.yml")
    assert apply.result("apply") == CANCELLED
    assert apply.result("report") == apply.result("evidence") == SUCCESS, apply.log
    (issue,) = scene.issues()
    assert "exit code 130" in issue["body"]
    assert "interrupted" in apply.summary
    assert len(scene.evidence()) == 1

    again = scene.run_again(apply)
    assert not again.failed, again.log
    assert "Applied" in again.summary
    assert len(scene.evidence()) == 2
    assert not scene.issues()


def oversize(scene: Scene) -> None:
    """A plan that is too long for a comment is shown in brief, and the job succeeds."""

    def change(folder: Path) -> None:
        table = folder / "manifests/base/data-tables/Greetings.yaml"
        languages = [f"l{at:03}" for at in range(230)]
        table.write_text(table.read_text().replace("[de, en, fr]", f"[de, en, fr, {', '.join(languages)}]"))
        lines = "".join(f"{language},{'very ' * 35}long greeting,true,5\n" for language in languages)
        (folder / CSV).write_text((folder / CSV).read_text() + lines)

    number = scene.open_pull_request(change)
    plan = _well(scene, "plan.yml")
    (comment,) = scene.comments(number)
    assert len("very " * 35) * 230 * 2 > LIMIT
    assert len(comment) <= LIMIT
    assert f"runs/{plan.id}" in comment


def error_in_drift(scene: Scene) -> None:
    """AWS fails at night: the run is red, and the issue stays as it was."""
    scene.edit_live("de", "Greeting", "Moin.")
    scene.night()
    before = scene.issues()
    scene.edit_live("de", "Greeting", "Servus.")
    scene.site.sandbox.set_faults(error={"probability": 1, "code": "AccessDeniedException"})
    drift = scene.night()
    scene.site.sandbox.set_faults()
    assert drift.result("drift") == FAILURE
    assert drift.result("issue") == SUCCESS
    assert scene.issues() == before


def error_in_plan(scene: Scene) -> None:
    """AWS fails during the plan: the one check that can be required is red, and no comment appears."""
    scene.site.sandbox.set_faults(error={"probability": 1, "code": "AccessDeniedException"})
    number = scene.open_pull_request(says("en", "Hello."))
    scene.site.sandbox.set_faults()
    plan = _of(scene.runs, "plan.yml")
    assert plan.result("planned") == FAILURE
    assert not scene.comments(number)


STORIES: dict[str, Callable[[Scene], object]] = {
    story.__name__: story
    for story in (
        *(good_way, live_edited_before_merge, the_same_cell_edited, no_role, a_digest_without_a_review),
        *(unreviewed, checked, fork, oversize, error_in_drift, error_in_plan, cancelled),
    )
}


def tell(story: Callable[[Scene], object], scene: Scene) -> None:
    """Runs one story, and checks that no role made a call that its policy lacks."""
    story(scene)
    for run in scene.runs:
        for job in run.jobs:
            held = scene.site.permissions(job.role) if job.role else set()
            assert set(job.calls) <= held, f"{run.file}, {job.name}: {set(job.calls) - held}"


def _of(runs: list[Run], file: str) -> Run:
    """The latest."""
    return next(run for run in reversed(runs) if run.file == file)


def _well(scene: Scene, file: str) -> Run:
    run = _of(scene.runs, file)
    assert not run.failed, run.log
    return run


def _written(scene: Scene) -> Json:
    return {name: number for name, number in scene.site.calls().items() if WRITES.match(name)}
