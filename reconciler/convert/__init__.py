"""The JSON layout of the program before this one → manifests with CSV files beside them. Asks nobody: works offline."""

from reconciler.convert.files import config_text, environment_text, files_of
from reconciler.convert.layout import MAIN, Layout, read_layout

__all__ = ["MAIN", "Layout", "config_text", "environment_text", "files_of", "read_layout"]
