"""The acts of people: change manifests in a pull request, merge it, edit live in the console, wait for the night."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pytest

from reconciler.cli import run as reconcile
from reconciler.sandbox import INSTANCE_ARN
from tests.cli.running import Server, client, table_id
from tests.rehearsal import runner, site
from tests.rehearsal.runner import Run
from tests.rehearsal.site import REPOSITORY, Event, Site
from tests.workflows.reading import Json, read

CSV = "manifests/base/data-tables/Greetings.csv"
Change = Callable[[Path], object]
NOTHING: Change = lambda folder: None  # noqa: E731 - a default, and no function of its own


@dataclass
class Scene:
    """`clone`: where people write; `only`: the workflows that run, every one where none is named."""

    site: Site
    clone: Path
    only: frozenset[str] = frozenset()
    runs: list[Run] = field(default_factory=list)

    # People.

    def open_pull_request(self, change: Change, *, fork: bool = False) -> int:
        """Its number; the workflows have run when this returns."""
        number = self.site.github.world.open_pull_request()
        self._git("switch", "--quiet", "--create", f"change-{number}", "main")
        self.site.pulls[number] = {"number": number, "merged_at": None, "fork": fork, "base": {"ref": "main"}}
        self.push(number, change)
        return number

    def push(self, number: int, change: Change) -> list[Run]:
        """Another commit on a pull request; GitHub makes the commit that would merge it."""
        pull = self.site.pulls[number]
        self._git("switch", "--quiet", f"change-{number}")
        self._commit(change, f"change {number}")
        pull["head"] = {"sha": self._git("rev-parse", "HEAD"), "ref": f"change-{number}"}
        self._git("push", "--quiet", "origin", f"HEAD:refs/pull/{number}/head")
        self._git("switch", "--quiet", "--detach", "main")
        self._git("merge", "--quiet", "--no-ff", "--no-edit", f"change-{number}")
        self._git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        merge = self._git("rev-parse", "HEAD")
        repository = "somebody/contact-centre" if pull["fork"] else REPOSITORY
        head = {**pull["head"], "repo": {"full_name": repository}}
        payload = {"number": number, "pull_request": {"number": number, "head": head}}
        ref = f"refs/pull/{number}/merge"
        return self._set_off(Event("pull_request", ref, merge, head["sha"], payload, is_fork=pull["fork"]))

    def merge(self, number: int) -> list[Run]:
        """Squashed, as many teams do: the commit on main is none that anybody has planned."""
        self._git("switch", "--quiet", "main")
        self._git("merge", "--quiet", "--squash", f"change-{number}")
        self._git("commit", "--quiet", "--allow-empty", "--message", f"a change (#{number})")
        pull = self.site.pulls[number]
        pull |= {"state": "closed", "merged_at": self.site.github.world.now()}
        self.site.merged[self._git("rev-parse", "HEAD")] = number
        return self._push_main()

    def push_unreviewed(self, change: Change) -> list[Run]:
        """Straight to main, past everybody."""
        self._git("switch", "--quiet", "main")
        self._commit(change, "quickly")
        return self._push_main()

    def night(self) -> Run:
        return self._on_main("schedule", "drift")

    def apply_by_hand(self, digest: str) -> Run:
        return self._on_main("workflow_dispatch", "apply", environment="prod", digest=digest)

    def run_again(self, run: Run) -> Run:
        """ "Re-run all jobs": the same event and commit."""
        return self._run(run.file, run.workflow, run.event)

    def edit_live(self, language: str, attribute: str, value: str) -> None:
        """In the console."""
        connect, where = client(self.site.sandbox), {"InstanceId": INSTANCE_ARN}
        where["DataTableId"] = table_id(self.site.sandbox, "Greetings")
        for cell in connect.list_data_table_values(**where)["Values"]:
            if _language(cell) == language and cell["AttributeName"] == attribute:
                key = [{"AttributeName": "Language", "Value": language}]
                wanted = {"PrimaryValues": key, "AttributeName": attribute, "Value": value}
                wanted["LockVersion"] = cell["LockVersion"]
                assert not connect.batch_update_data_table_value(**where, Values=[wanted]).get("Failed")

    def initialise(self, folder: Path) -> None:
        """`init`, and what it says is left to do in AWS."""
        words = ["--into", str(folder), "--stack", "shop", "--instance", INSTANCE_ARN, "--repository", REPOSITORY]
        assert reconcile(["init", *words]) == 0
        with (folder / "reconcile.yaml").open("a") as config:
            config.write("    rates: unlimited\n")
        self.site.roles = roles(folder)

    # Observations.

    def live(self, language: str, attribute: str) -> str:
        where = {"InstanceId": INSTANCE_ARN, "DataTableId": table_id(self.site.sandbox, "Greetings")}
        listed = client(self.site.sandbox).list_data_table_values(**where)["Values"]
        return next(
            str(cell["Value"]) for cell in listed if cell["AttributeName"] == attribute and _language(cell) == language
        )

    def comments(self, number: int) -> list[str]:
        return [each["body"] for each in self.site.github.world.comments_on(number)]

    def page_of(self, markdown: str) -> str:
        """The complete page that a comment or a summary links to."""
        (number,) = re.findall(
            r"^Complete plan: \[plan\.html\]\(https://\S+/artifacts/([0-9]+)\)$", markdown, re.MULTILINE
        )
        (folder,) = (each["folder"] for each in self.site.artifacts if each["id"] == int(number))
        (page,) = Path(folder).iterdir()
        return page.read_text(encoding="utf-8")

    def planned_of(self, markdown: str) -> str:
        """The text of that page as it will be: without the words that go."""
        return re.sub(r"<[^>]+>", "", re.sub(r"<del>.*?</del>", "", self.page_of(markdown)))

    def issues(self, state: str = "open") -> list[Json]:
        found = self.site.github.world.issues.values()
        return [dict(each) for each in found if "pull_request" not in each and each["state"] == state]

    def evidence(self) -> dict[str, str]:
        """The branch `plans`: path → text."""
        branches = self.site.git("branch", "--list", "plans")
        names = self.site.git("ls-tree", "-r", "--name-only", "plans").splitlines() if branches else []
        return {name: self.site.git("show", f"plans:{name}") for name in names}

    # GitHub.

    def _push_main(self) -> list[Run]:
        before = self._git("rev-parse", "origin/main")
        self._git("push", "--quiet", "origin", "main")
        sha = self._git("rev-parse", "main")
        changed = self._git("diff", "--name-only", before, sha).splitlines()
        return self._set_off(Event("push", "refs/heads/main", sha, sha, {"after": sha}), changed)

    def _on_main(self, event: str, name: str, **inputs: str) -> Run:
        sha = self._git("rev-parse", "origin/main")
        output = Event(event, "refs/heads/main", sha, sha, inputs=inputs)
        assert event in self._workflows("main")[f"{name}.yml"]["on"]
        return self._run(f"{name}.yml", self._workflows("main")[f"{name}.yml"], output)

    def _set_off(self, event: Event, changed: list[str] | None = None) -> list[Run]:
        """Returns the workflows at that commit that the event starts."""
        found = self._workflows(event.sha).items()
        return [
            self._run(file, workflow, event)
            for file, workflow in found
            if event.name in workflow["on"]
            and _concerns(workflow["on"][event.name] or {}, changed)
            and (not self.only or file in self.only)
        ]

    def _run(self, file: str, workflow: Json, event: Event) -> Run:
        self.runs.append(runner.run(workflow, file, event, self.site))
        return self.runs[-1]

    def _workflows(self, commit: str) -> dict[str, Json]:
        self._git("switch", "--quiet", "--detach", commit)
        return {path.name: read(path) for path in sorted((self.clone / ".github" / "workflows").glob("*.yml"))}

    def _commit(self, change: Change, message: str) -> None:
        change(self.clone)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", message)

    def _git(self, *words: str) -> str:
        return self.site.git(*words, folder=self.clone)


def _language(cell: Json) -> str:
    """The key of a cell's row; the default record has none."""
    return next((str(each["Value"]) for each in cell.get("PrimaryValues", ())), "")


def _concerns(filters: Json, changed: list[str] | None) -> bool:
    if changed is None or "paths" not in filters:
        return True
    return any(fnmatch(name, glob.replace("**", "*")) for name in changed for glob in filters["paths"])


@contextmanager
def begun(folder: Path, sandbox: Server, change: Change = NOTHING) -> Iterator[Scene]:
    """A repository as `init` makes it, its roles made, and live as it says. `change`: before anybody commits it."""
    with empty(folder, sandbox) as scene:
        scene.initialise(scene.clone)
        scene._commit(change, "reconcile init")
        scene._git("push", "--quiet", "--set-upstream", "origin", "main")
        _apply_first(scene.clone, sandbox)
        yield scene


@contextmanager
def empty(folder: Path, sandbox: Server) -> Iterator[Scene]:
    """A repository that has a commit on main, and nothing in it."""
    sandbox.reset()
    sandbox.set_faults()
    with site.opened(folder, sandbox) as github:
        github.remote.mkdir(parents=True)
        github.git("init", "--quiet", "--bare", "--initial-branch", "main")
        clone = folder / "clone"
        github.git("clone", "--quiet", str(github.remote), str(clone), folder=folder)
        scene = Scene(github, clone)
        scene._git("switch", "--quiet", "--create", "main")
        scene._commit(NOTHING, "begin")
        scene._git("push", "--quiet", "--set-upstream", "origin", "main")
        yield scene


def roles(clone: Path) -> dict[str, tuple[Json, Json]]:
    """Creates the roles as the next steps of `init` describe."""
    found, account = {}, INSTANCE_ARN.split(":")[4]
    for trust in (clone / "iam").glob("*/*-trust.json"):
        part = trust.name.removesuffix("-trust.json")
        held = json.loads(trust.with_name(f"{part}-permissions.json").read_text())
        role = f"arn:aws:iam::{account}:role/reconcile-shop-{trust.parent.name}-{part}"
        found[role] = (json.loads(trust.read_text()), held)
    return found


def _apply_first(clone: Path, sandbox: Server) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "t", "AWS_SECRET_ACCESS_KEY": "t", "AWS_ENDPOINT_URL": sandbox.endpoint}
    with pytest.MonkeyPatch.context() as patch:
        for name, text in keys.items():
            patch.setenv(name, text)
        assert reconcile(["-C", str(clone), "-e", "prod", "-q", "--auto-approve", "apply"]) == 0
