"""Converts the JSON layout of this program's predecessor to manifests and CSV files. It works offline."""

from reconciler.convert.files import config_text, environment_text, files_of
from reconciler.convert.layout import MAIN, Layout, read_layout

__all__ = ["MAIN", "Layout", "config_text", "environment_text", "files_of", "read_layout"]
