"""Converts files of other programs: a JSON layout, the console's agent CSV, and older mappings of ConnectWise.

It works offline.
"""

from reconciler.convert.agents import Roster, read_agents, with_generated_passwords
from reconciler.convert.files import config_text, environment_text, files_of, files_of_agents
from reconciler.convert.layout import MAIN, Layout, read_layout
from reconciler.convert.mappings import ConvertedMappings, read_mappings

__all__ = [
    "MAIN",
    "ConvertedMappings",
    "Layout",
    "Roster",
    "config_text",
    "environment_text",
    "files_of",
    "files_of_agents",
    "read_agents",
    "read_layout",
    "read_mappings",
    "with_generated_passwords",
]
