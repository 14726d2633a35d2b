"""Converts files of other programs to manifests and CSV files: a JSON layout, and the console's agent CSV.

It works offline.
"""

from reconciler.convert.agents import Roster, read_agents, with_generated_passwords
from reconciler.convert.files import config_text, environment_text, files_of, files_of_agents
from reconciler.convert.layout import MAIN, Layout, read_layout

__all__ = [
    "MAIN",
    "Layout",
    "Roster",
    "config_text",
    "environment_text",
    "files_of",
    "files_of_agents",
    "read_agents",
    "read_layout",
    "with_generated_passwords",
]
