"""What is left to do by hand, told after `init`: each line a command or a setting, in the order that works."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.init.contents import Wanted, places
from reconciler.init.roles import APPLY, PLAN, Place, role_name

_HERE = (
    "Here, without an account:",
    "  reconcile validate",
    "  reconcile -e sandbox plan",
    "  reconcile -e sandbox apply --auto-approve",
)


def next_steps(wanted: Wanted) -> str:
    return "\n".join(["", *_HERE, *_instances(wanted), *_github(wanted)])


def _instances(wanted: Wanted) -> Iterator[str]:
    found = places(wanted)
    if not found:
        yield from ("", "Then put your instance into reconcile.yaml and run `reconcile init` again for its roles.")
        return
    if not wanted.repository:
        yield from ("", "Then run `reconcile init --repository OWNER/NAME` for the roles' trust policies.")
        return
    yield from ("", "In AWS, once for the account (it may be there already):")
    yield "  aws iam create-open-id-connect-provider --url https://token.actions.githubusercontent.com"
    yield "    --client-id-list sts.amazonaws.com"
    for place in found:
        yield f"In AWS, for {place.name}:"
        for part in (PLAN, APPLY):
            yield from _role(place, part)


def _role(place: Place, part: str) -> Iterator[str]:
    name, folder = role_name(place, part), f"file://iam/{place.name}"
    yield f"  aws iam create-role --role-name {name} --assume-role-policy-document {folder}/{part}-trust.json"
    yield f"  aws iam put-role-policy --role-name {name} --policy-name reconcile"
    yield f"    --policy-document {folder}/{part}-permissions.json"


def _github(wanted: Wanted) -> Iterator[str]:
    names = ", ".join(place.name for place in places(wanted)) or "NAME"
    yield from ("", "On GitHub, in the repository's settings:")
    yield f"  an environment for each instance ({names}): only the branch main may deploy; reviewers if you want them"
    yield "  a rule for main: pull requests only, reviews by code owners, stale reviews dismissed, branches up to date,"
    yield "    checks `check` and `planned` required; and one for the branch plans: no deletion, no force push"
    yield "  OIDC: if the `sub` of your tokens does not begin with repo:OWNER/NAME, as in repositories made since June"
    yield "    2026, delete iam/*/*-trust.json and run `reconcile init --subject PREFIX`"
    yield from ("", "Then commit it all on a branch and open a pull request: its comment is the first plan to review.")
    yield "  What reaches main without one is not applied: the workflow `apply` ends with 4, and an issue says so."
