"""The archives of functions and layers, unpacked once for each hash."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from threading import Lock

from moto.awslambda.models import LambdaFunction, lambda_backends


class BadArchive(ValueError):  # noqa: N818 - the name says what is wrong
    """A function's code is not a ZIP archive, or it is empty."""


class Archives:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()

    def unpack_code(self, function: LambdaFunction) -> Path:
        """Returns the folder of a function's code. Raises `BadArchive`."""
        return self._unpack(function.code_bytes)

    def unpack_layers(self, function: LambdaFunction) -> tuple[Path, ...]:
        """Returns the folders that Python imports from: `python` of each layer, the last one first."""
        backend = lambda_backends[function.account_id][function.region]
        folders = []
        for listed in reversed(function.layers):
            version = backend.layers_versions_by_arn(listed["Arn"])
            if version is not None:
                folders.append(self._unpack(version.code_bytes) / "python")
        return tuple(folders)

    def _unpack(self, content: bytes) -> Path:
        root = self._folder / hashlib.sha256(content).hexdigest()
        with self._lock:
            if not root.exists():
                try:
                    archive = zipfile.ZipFile(io.BytesIO(content))
                except zipfile.BadZipFile as wrong:
                    raise BadArchive(f"the code is not a ZIP archive: {wrong}") from wrong
                # extractall keeps every member inside the folder.
                partial = root.with_suffix(".partial")
                archive.extractall(partial)
                partial.rename(root)
        return root
