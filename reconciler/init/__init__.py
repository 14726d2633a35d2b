"""A new repository: its config, an example, editor settings, workflows, roles, and this tool itself."""

from reconciler.init.contents import Wanted, contents, places
from reconciler.init.files import File, Kept, compared, write
from reconciler.init.repository import named_repository, repository_of
from reconciler.init.roles import Place
from reconciler.init.steps import next_steps

__all__ = [
    "File",
    "Kept",
    "Place",
    "Wanted",
    "compared",
    "contents",
    "named_repository",
    "next_steps",
    "places",
    "repository_of",
    "write",
]
