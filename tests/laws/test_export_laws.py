"""The laws of export, adopt and destroy, which every kind keeps, and some with both of their examples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from reconciler.desired import examine
from reconciler.kinds.fields import is_content
from reconciler.kinds.operations import is_listed
from reconciler.kinds.registry import KINDS
from reconciler.live import ReadRequest, read
from reconciler.model import Action, Finding, Live, Manifest, Ownership, Plan, Ref
from reconciler.reconcile import Options, destroy, preview
from tests.builders.examples import SWITCHES, example, permitted, surroundings
from tests.builders.manifests import manifest
from tests.tiers import examples_of
from tests.worlds.exporting import exported
from tests.worlds.world import World

every_example = examples_of([name for name, kind in KINDS.items() if is_listed(kind)], {"ContactFlow", "User"})
MANAGED_TAGS = ["reconciler:stack", "reconciler:address"]


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two looks at an instance that is being made."""
    monkeypatch.setattr("reconciler.apply.waiting.PAUSE", 0.0)


def whole(world: World) -> dict[Ref, Live]:
    """All that there is, also of other instances and of AWS's own."""
    return dict(read(world.aws, world.environment.scope, {}, ReadRequest(lambda ref: True, account_wide=KINDS)).live)


def made(world: World, *manifests: Manifest) -> None:
    """Creates the resource as another writer does, without the stack's tags."""
    every = [*manifests, *surroundings(*manifests)]
    world.control.set_faults({"switches": SWITCHES})
    world.seed(*every)
    done = world.run(*every, **permitted(*every))
    assert done.exit_code == 0, done
    untagged(world)


def untagged(world: World) -> None:
    """Removes the stack's tags, except from resources without any."""
    everything = ReadRequest(lambda ref: True, account_wide=KINDS)
    seen = read(world.aws, world.environment.scope, {}, everything)
    for ref, live in seen.live.items():
        if KINDS[ref.kind].ownership is Ownership.TAGS and live.tags:
            world.send(KINDS[ref.kind].untag_call(ref, MANAGED_TAGS), seen.directory)


def address_of(world: World, it: Manifest) -> Ref:
    """Returns the address of a resource without the stack's tags: its key, if AWS has no name of it."""
    identity = KINDS[it.ref.kind].identity
    if identity.key == "name" or not identity.is_named_by_key:
        return it.ref
    (ref,) = [ref for ref in whole(world) if ref.kind == it.ref.kind]
    return ref


def staying(world: World) -> set[Ref]:
    """Returns the resources that destroy leaves alone, and the items of lists that their documents declare."""
    kept = {ref for ref in whole(world) if KINDS[ref.kind].deletion.needs_both}
    lists = {ref for ref in whole(world) if KINDS[ref.kind].writing.membership}
    return kept | {ref for ref in lists if KINDS[ref.kind].container_of(ref.name) in kept}


def kept_alive(world: World, by: AbstractSet[Ref]) -> set[Ref]:
    """Returns the others that the resources refer to, so that they are not deleted. A policy names its own bucket."""
    specs = [live.spec for ref, live in whole(world).items() if ref in by]
    return {target for spec in specs for target in KINDS[type(spec).__name__].references(spec)} - by


def declared(world: World, root: Path, but: AbstractSet[Ref]) -> None:
    """All but what AWS has put there is exported and adopted."""
    exported(world, root, *(ref.name for ref in whole(world).keys() - but), kinds=KINDS)
    assert world.adopt().exit_code == 0


def planned(world: World) -> Plan:
    return preview(Options(world.environment, world.aws)).plan


def examples(which: str, name: str = "") -> Iterator[Manifest]:
    """One of each kind; under another name where there may be many."""
    single = {"UserHierarchy", "ConnectInstance", "InstanceStorage", "ApprovedOrigin", "LambdaAssociation"}
    single.add("SnsSubscription")  # Its topic, protocol and endpoint are its name, and both examples have the same.
    for kind in KINDS:
        if not name or kind not in single:
            yield example(kind, which, name)


@every_example
def test_after_an_export_and_an_adoption_there_is_nothing_to_do(
    world: World, tmp_path: Path, kind: str, which: str
) -> None:
    made(world, example(kind, which))
    found = exported(world, tmp_path, kinds=KINDS)

    adopted = world.adopt()

    assert unexported(found.notes) == []
    assert adopted.exit_code == 0, adopted
    plan = planned(world)
    assert (plan.changes, plan.orphans) == ((), ())


@every_example
def test_one_alone_is_exported_with_ids_for_what_it_refers_to(
    world: World, tmp_path: Path, kind: str, which: str
) -> None:
    it = example(kind, which)
    made(world, it)
    ref = address_of(world, it)
    found = exported(world, tmp_path, ref.name, kinds=[kind])

    adopted = world.adopt()

    assert unexported(found.notes) == []
    assert adopted.exit_code == 0, adopted
    assert [change.ref for change in adopted.plan.changes] in ([ref], [])
    plan = planned(world)
    assert (plan.changes, plan.orphans) == ((), ())


def unexported(notes: Sequence[Finding]) -> list[Finding]:
    """Returns the notes without those of contents, which export leaves out."""
    left = []
    for note in notes:
        spec = KINDS[note.address.partition("/")[0]].spec
        files = [field.alias for name, field in spec.model_fields.items() if is_content(spec, name)]
        left += [] if any(note.message.startswith(f"{key} is left out") for key in files) else [note]
    return left


def circle() -> Iterator[Manifest]:
    """A queue whose agents may transfer back to it."""
    opening = {"day": "SUNDAY", "startTime": "00:00", "endTime": "00:00"}
    there = {"queue": "ring", "contactFlow": "to a queue"}
    to_queue = {"quickConnectType": "QUEUE", "queueConfig": there}
    yield manifest("HoursOfOperation", "sundays", {"timeZone": "UTC", "config": [opening]})
    yield manifest("Queue", "ring", {"hoursOfOperation": "sundays", "quickConnects": ["back"]})
    yield manifest("QuickConnect", "back", {"quickConnectConfig": to_queue})


@pytest.mark.slow
def test_a_whole_instance_is_exported_adopted_and_exported_again_to_the_same_bytes(
    world: World, tmp_path: Path
) -> None:
    made(world, *examples("first"), *examples("second", "other"), *circle())

    found = exported(world, tmp_path, kinds=KINDS)
    mistakes = examine(world.environment, {}).mistakes
    adopted = world.adopt()
    plan = planned(world)
    again = exported(world, tmp_path, kinds=KINDS, into="elsewhere/base")

    texts = {path.relative_to(tmp_path / "manifests"): path.read_bytes() for path in found.written}
    assert (unexported(found.notes), mistakes, adopted.exit_code) == ([], (), 0)
    assert (plan.changes, plan.orphans) == ((), ())
    assert {path.relative_to(tmp_path / "elsewhere"): path.read_bytes() for path in again.written} == texts
    assert {"Basic-Hours.yaml", "BasicQueue.yaml", "Basic-Routing-Profile.yaml", "Admin.yaml", "sandbox.yaml"} <= {
        path.name for path in texts
    }


def test_a_circle_is_exported_with_the_names_of_both(world: World, tmp_path: Path) -> None:
    made(world, *circle())

    exported(world, tmp_path, kinds=KINDS)

    base = tmp_path / "manifests/base"
    assert "quickConnects: [back]" in (base / "queues/ring.yaml").read_text()
    assert "queue: ring" in (base / "quick-connects/back.yaml").read_text()


@every_example
def test_one_is_adopted_by_its_address_and_adopted_again_it_is_unchanged(
    world: World, tmp_path: Path, kind: str, which: str
) -> None:
    it = example(kind, which)
    made(world, it)
    (tmp_path / "manifests").mkdir()
    ref = address_of(world, it)
    address, bears_tags = str(ref), KINDS[kind].ownership is Ownership.TAGS

    first, again = world.adopt(address), world.adopt(address)

    assert (first.exit_code, again.exit_code) == (0, 0)
    adopted = [(ref, Action.ADOPT)] if bears_tags else []
    assert [(change.ref, change.action) for change in first.plan.changes] == adopted
    assert (again.plan.changes, again.plan.unchanged) == ((), 1)
    assert [finding.address for finding in again.plan.findings] == ([] if bears_tags else [address])


@examples_of(KINDS, {"ContactFlow", "Queue"})
def test_destroy_deletes_every_managed_resource_or_says_why_not(
    world: World, tmp_path: Path, kind: str, which: str
) -> None:
    foundation = whole(world).keys()
    it = example(kind, which)
    made(world, it)
    declared(world, tmp_path, but=foundation)
    numbers = staying(world)
    used = kept_alive(world, numbers)

    done = destroy(Options(world.environment, world.aws))

    is_protected = getattr(it.spec, "deletion_protection_enabled", False)
    is_kept = bool(KINDS[kind].deletion.impossible or KINDS[kind].deletion.needs_tombstone or is_protected)
    assert whole(world).keys() == foundation | numbers | used | ({it.ref} if is_kept else set())
    assert done.exit_code == (3 if is_kept or used else 0), done


@pytest.mark.slow
def test_all_is_destroyed_in_an_order_that_aws_allows(world: World, tmp_path: Path) -> None:
    foundation = whole(world).keys()
    made(world, *examples("first"), *examples("second", "other"), *circle())
    declared(world, tmp_path, but=foundation)
    numbers = staying(world)
    used = kept_alive(world, numbers)

    done = destroy(Options(world.environment, world.aws))

    left = whole(world).keys() - foundation
    assert {ref.kind for ref in left - numbers - used} == {"AgentStatus", "ConnectInstance"}
    assert {change.ref for change in done.plan.changes if change.action is Action.BLOCKED} == left - numbers
    assert numbers <= left
    assert done.exit_code == 3, done
