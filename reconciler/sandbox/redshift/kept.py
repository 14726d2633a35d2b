"""The databases of namespaces when a sandbox stops and its state is kept (`keeping`), and when the next one begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.sandbox.redshift import RedshiftServerless
from reconciler.sandbox.redshift.backend import RedshiftBackend, Warehouse, redshift_backends
from reconciler.sandbox.redshift.endpoints import Endpoint
from reconciler.sandbox.redshift.gate import Gate
from reconciler.sandbox.world import world


class Databases:
    """A file for each namespace whose database has been used."""

    def keep(self, folder: Path) -> None:
        for backend in _backends():
            for namespace in backend.namespaces.values():
                if namespace.gate:
                    namespace.gate.keep(_file(folder, namespace))

    def resume(self, folder: Path) -> None:
        """Opens the gates of all namespaces, and the endpoints at the ports that they had, unless those are taken."""
        for backend in _backends():
            service, gates = RedshiftServerless(world, backend), dict[str, Gate]()
            for name, namespace in backend.namespaces.items():
                gates[name] = service.open_gate(namespace)
                if (file := _file(folder, namespace)).exists():
                    gates[name].resume(file)
            for workgroup in backend.workgroups.values():
                gate = gates[str(workgroup.members["namespaceName"])]
                workgroup.endpoint = Endpoint(gate, workgroup.port)


def _backends() -> Iterator[RedshiftBackend]:
    for regions in list(redshift_backends.values()):
        yield from list(regions.values())


def _file(folder: Path, namespace: Warehouse) -> Path:
    return folder / f"{namespace.arn.rpartition('/')[2]}.tar"
