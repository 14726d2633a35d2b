"""Writes settings of VS Code: the schema that completes and checks each file."""

from __future__ import annotations

import json
from typing import Any

from reconciler.config import FILE, Config

SCHEMAS = "yaml.schemas"
# The conventional folder of overlays, as in the comment of a new reconcile.yaml. It is used until one is configured.
_OVERLAYS = ["manifests/environments"]
_BASES = ["manifests/base"]


def vscode(config: Config | None) -> bytes:
    bases, overlays = _BASES, _OVERLAYS
    if config:
        environments = config.environments.values()
        bases = sorted({(environment.manifests / "base").as_posix() for environment in environments})
        configured = {
            (environment.manifests / folder).as_posix()
            for environment in environments
            for folder in environment.overlays
        }
        overlays = sorted(configured) or _OVERLAYS
    mapped = {
        "schemas/manifest.schema.json": _globs(bases),
        "schemas/overlay.schema.json": _globs(overlays),
        "schemas/reconcile.schema.json": [FILE],
    }
    settings = {"files.eol": "\n", "files.insertFinalNewline": True, SCHEMAS: mapped}
    return f"{json.dumps(settings, indent=2)}\n".encode()


def missing(existing: bytes, wanted: bytes) -> str:
    """Returns the settings that a file lacks, as JSON to paste into it; empty if it lacks none.

    A setting with another value is the author's choice. VS Code allows comments, which cannot be parsed; then all
    settings are returned.
    """
    settings, known = json.loads(wanted), _read(existing)
    lacking = {key: value for key, value in settings.items() if key != SCHEMAS and key not in known}
    schemas = {}
    for schema, globs in settings[SCHEMAS].items():
        if absent := [glob for glob in globs if glob not in _mapped(known, schema)]:
            schemas[schema] = absent
    if schemas:
        lacking[SCHEMAS] = schemas
    return json.dumps(lacking, indent=2) if lacking else ""


def _mapped(settings: dict[str, Any], schema: str) -> list[str]:
    schemas = settings.get(SCHEMAS)
    globs = schemas.get(schema, []) if isinstance(schemas, dict) else []
    return globs if isinstance(globs, list) else [globs]


def _read(text: bytes) -> dict[str, Any]:
    try:
        settings = json.loads(text)
    except ValueError:
        return {}
    return settings if isinstance(settings, dict) else {}


def _globs(folders: list[str]) -> list[str]:
    return [f"{folder}/**/*.{suffix}" for folder in folders for suffix in ("yaml", "yml")]
