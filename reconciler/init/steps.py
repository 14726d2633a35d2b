"""Lists the remaining manual steps, printed after `init`: commands and settings, in an order that works."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from shlex import quote

from reconciler.init.artifacts import bucket_commands, bucket_policy_path
from reconciler.init.contents import RepositorySettings, places
from reconciler.init.roles import (
    APPLY,
    INSTANCE,
    PLAN,
    DeployTarget,
    boundary_path,
    permissions,
    permissions_path,
    role_name,
    trust_path,
)

_HERE = (
    "Here, without an account:",
    "  reconcile validate",
    "  reconcile -e sandbox plan",
    "  reconcile -e sandbox apply --auto-approve",
)
_POLICY = "reconcile"  # the name of a role's policy; the one for instances has another
_NAMES = {PLAN: _POLICY, APPLY: _POLICY, INSTANCE: f"{_POLICY}-instance"}
_ROLES = {PLAN: PLAN, APPLY: APPLY, INSTANCE: APPLY}


@dataclass(frozen=True)
class InitRun:
    """The paths that a run of `init` has written and deleted.

    `trusted` has the environments with trust policies, from this run or an earlier one.
    """

    written: Collection[str] = ()
    deleted: Collection[str] = ()
    trusted: Collection[str] = ()

    def has_new_roles(self, place: DeployTarget) -> bool:
        return trust_path(place, PLAN) in self.written


def next_steps(wanted: RepositorySettings, run: InitRun) -> str:
    """Returns the steps. If a repository already has its roles, they contain only the changed policies."""
    known = places(wanted) if wanted.config else ()
    if known and all(place.name in run.trusted and not run.has_new_roles(place) for place in known):
        parts = ((*_boundary(place, run), *_policies(place, run), *_bucket(place, run)) for place in known)
        return "\n".join(line for part in parts for line in part)
    return "\n".join(["", *_HERE, *_instances(wanted, run), *_github(wanted)])


def _instances(wanted: RepositorySettings, run: InitRun) -> Iterator[str]:
    targets = places(wanted)
    if not targets:
        yield from ("", "Then add your instance to reconcile.yaml and run `reconcile init` again for its roles.")
        return
    if any(place.name not in run.trusted and not run.has_new_roles(place) for place in targets):
        yield from ("", "Then run `reconcile init --repository OWNER/NAME` for the roles' trust policies.")
        return
    yield from ("", "In AWS, once for the account (it may exist already):")
    yield from _command(
        "aws iam create-open-id-connect-provider",
        "--url https://token.actions.githubusercontent.com",
        "--client-id-list sts.amazonaws.com",
    )
    for place in targets:
        yield from _boundary(place, run)
        yield from _roles(wanted, place) if run.has_new_roles(place) else _policies(place, run)
        yield from _bucket(place, run)


def _roles(wanted: RepositorySettings, place: DeployTarget) -> Iterator[str]:
    """Yields the commands for both roles with their policies. Policies are missing if the manifests have mistakes."""
    yield from ("", f"In AWS, for {place.name}, from the repository's root:")
    for part in (PLAN, APPLY):
        yield from _command(
            "aws iam create-role",
            f"--role-name {quote(role_name(place, part))}",
            f"--assume-role-policy-document {_file(trust_path(place, part))}",
        )
    kinds = wanted.kinds.get(place.name)
    for name, policy in permissions(place, kinds).items() if kinds is not None else ():
        if policy:
            yield from _put(place, name)


def _boundary(place: DeployTarget, run: InitRun) -> Iterator[str]:
    """Yields the command that creates the policy of the boundary. Roles cannot have it before."""
    if boundary_path(place) in run.written:
        path, _, name = place.permissions_boundary.partition(":policy")[2].rpartition("/")
        yield from ("", f"In AWS, for {place.name}, once {boundary_path(place)} says what your roles may do at most:")
        yield from _command(
            "aws iam create-policy",
            f"--policy-name {quote(name)}",
            *([f"--path {quote(f'{path}/')}"] if path else []),
            f"--policy-document {_file(boundary_path(place))}",
        )


def _bucket(place: DeployTarget, run: InitRun) -> Iterator[str]:
    """Yields the commands for the bucket of archives. Its policy names the roles, so they come first."""
    if bucket_policy_path(place) in run.written:
        yield from ("", f"In AWS, for {place.name}, once its roles exist (the bucket may exist already):")
        for command in bucket_commands(place):
            yield from _command(*command)


def _policies(place: DeployTarget, run: InitRun) -> Iterator[str]:
    paths = {name: permissions_path(place, name) for name in _NAMES}
    if {*paths.values()} & {*run.written, *run.deleted}:
        yield from ("", f"In AWS, for {place.name}, from the repository's root:")
    for name, path in paths.items():
        if path in run.written:
            yield from _put(place, name)
        elif path in run.deleted:
            yield from _command("aws iam delete-role-policy", *_role_and_policy(place, name))


def _put(place: DeployTarget, name: str) -> Iterator[str]:
    document = f"--policy-document {_file(permissions_path(place, name))}"
    return _command("aws iam put-role-policy", *_role_and_policy(place, name), document)


def _role_and_policy(place: DeployTarget, name: str) -> tuple[str, str]:
    return f"--role-name {quote(role_name(place, _ROLES[name]))}", f"--policy-name {_NAMES[name]}"


def _file(path: str) -> str:
    return quote(f"file://{path}")


def _command(command: str, *options: str) -> Iterator[str]:
    """Yields a command of several lines, in a form that a shell accepts."""
    lines = (f"  {command}", *(f"    {option}" for option in options))
    yield from (f"{line} \\" for line in lines[:-1])
    yield lines[-1]


def _github(wanted: RepositorySettings) -> Iterator[str]:
    names = ", ".join(place.name for place in places(wanted)) or "NAME"
    yield from ("", "On GitHub, in the repository's settings:")
    yield f"  an environment for each of these ({names}): only the branch main may deploy; reviewers if you want them"
    yield "  a rule for main: pull requests only, reviews by code owners, stale reviews dismissed, branches up to date,"
    yield "    checks `check` and `planned` required; and one for the branch plans: no deletion, no force push"
    yield "  OIDC: if the `sub` of your tokens does not start with repo:OWNER/NAME, as in repositories created since"
    yield "    June 2026, delete iam/*/*-trust.json and run `reconcile init --subject PREFIX`"
    yield from (
        "",
        "Then commit everything on a branch and open a pull request: its comment is the first plan to review.",
    )
    yield "  A commit on main without a reviewed plan is not applied: the workflow `apply` exits with 4, and opens"
    yield "    an issue."
