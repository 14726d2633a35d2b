"""Creates a repository: configuration, example, editor settings, workflows, roles, and this tool itself."""

from reconciler.init.contents import EDITOR, EXAMPLE, RepositorySettings, contents, places
from reconciler.init.declared import declared_kinds
from reconciler.init.editors import missing
from reconciler.init.files import Compared, FileOwner, InitFile, compared, write
from reconciler.init.repository import named_repository, repository_of
from reconciler.init.roles import PLAN, DeployTarget, changed_actions, trust_path
from reconciler.init.steps import InitRun, next_steps
from reconciler.init.tool import other_wheels, versions

__all__ = [
    "EDITOR",
    "EXAMPLE",
    "PLAN",
    "Compared",
    "DeployTarget",
    "FileOwner",
    "InitFile",
    "InitRun",
    "RepositorySettings",
    "changed_actions",
    "compared",
    "contents",
    "declared_kinds",
    "missing",
    "named_repository",
    "next_steps",
    "other_wheels",
    "places",
    "repository_of",
    "trust_path",
    "versions",
    "write",
]
