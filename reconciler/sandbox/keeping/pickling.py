"""Writes the state of every service as bytes, and reads it again.

A backend's attributes are written, and set again on a new backend. A reference to a backend becomes one to the new one.
The types of Amazon Connect's resources are written by name, because programs compare them by identity. The reader
accepts classes of moto and of the sandbox, and few others. So a file cannot name other code to run.
"""

from __future__ import annotations

import importlib
import pickle
import sys
import threading
from collections import defaultdict
from collections.abc import Callable
from io import BytesIO
from types import CodeType, FunctionType
from typing import IO, Any
from weakref import WeakValueDictionary

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from reconciler.sandbox.connect.admin.catalogue import TYPES
from reconciler.sandbox.connect.admin.types import Type
from reconciler.sandbox.facts import FACTS, facts

ROOMS = ("moto.", "reconciler.sandbox.")
# The parts of these objects. None of them reads, writes or runs anything.
OTHERS = frozenset(
    {
        *(f"builtins.{name}" for name in ("bytearray", "dict", "frozenset", "list", "object", "set")),
        *("collections.Counter", "collections.OrderedDict", "collections.defaultdict", "collections.deque"),
        *("datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta", "datetime.timezone"),
        *("_thread.RLock", "_thread.allocate_lock", "threading.Lock", "threading.RLock"),
        *("threading.Condition", "threading.Event", "weakref.WeakValueDictionary"),
        *("_codecs.encode", "copyreg._reconstructor", "decimal.Decimal", "re._compile", "uuid.SafeUUID", "uuid.UUID"),
        *("dateutil.tz.tz.tzutc", "ipaddress.IPv4Address", "ipaddress.IPv4Network", "zoneinfo.ZoneInfo"),
        *(f"{__name__}.local_function", f"{__name__}.new_object"),
    }
)
_LOCKS: dict[type, Callable[[], Any]] = {
    type(threading.Lock()): threading.Lock,
    type(threading.RLock()): threading.RLock,
    threading.Condition: threading.Condition,
    threading.Event: threading.Event,
}


class NotAState(pickle.UnpicklingError):
    """The bytes name something that is not part of a state."""


def dump(more: dict[str, Any]) -> bytes:
    """Returns the state of all backends and `more`."""
    backends = {_place_of(backend): backend for backend in _backends()}
    kept = {
        "backends": {place: vars(backend) for place, backend in backends.items()},
        "facts": {name: list(known.items()) for name, known in FACTS.items()},
        **more,
    }
    content = BytesIO()
    _StateWriter(content, backends).dump(kept)
    return content.getvalue()


def load(stream: IO[bytes]) -> dict[str, Any]:
    """Sets the state of all backends, and returns what `dump` got as `more`. Raises `NotAState`."""
    kept: dict[str, Any] = _StateReader(stream).load()
    for place, attributes in kept.pop("backends").items():
        vars(_backend_at(place)).update(attributes)
    for name, pairs in kept.pop("facts").items():
        facts(name).update(pairs)
    return kept


Place = tuple[str, str, str, str]
"""The module and the name of a service's backends, an account, and a Region or a partition."""


class _StateWriter(pickle.Pickler):
    def __init__(self, content: IO[bytes], backends: dict[Place, BaseBackend]) -> None:
        super().__init__(content, protocol=5)
        self._places = {id(backend): place for place, backend in backends.items()}

    def persistent_id(self, value: Any) -> Any:
        match value:
            case BaseBackend():
                return ("backend", *(self._places.get(id(value)) or _place_of(value)))
            case Type():
                return ("type", value.name)
            case BackendDict():
                return ("backends", *_name_of(value))
            case AccountSpecificBackend():
                return ("account", *_name_of(_dict_of(value)), value.account_id)
        return None

    def reducer_override(self, value: Any) -> Any:
        if make := _LOCKS.get(type(value)):
            return make, ()
        if type(value) is WeakValueDictionary:
            return WeakValueDictionary, (dict(value),)
        if isinstance(value, defaultdict) and type(value) is not defaultdict:
            # Its class has arguments that its own reduction does not know.
            slots = {"default_factory": value.default_factory}
            return new_object, (type(value),), (vars(value), slots), None, iter(dict.items(value))
        if isinstance(value, FunctionType) and "<locals>" in value.__qualname__:
            return local_function, (value.__module__, value.__qualname__, value.__code__.co_firstlineno)
        return NotImplemented


class _StateReader(pickle.Unpickler):
    def persistent_load(self, place: Any) -> Any:
        match place:
            case ("backend", module, name, account, region):
                return _backend_at((module, name, account, region))
            case ("type", name) if name in TYPES:
                return TYPES[name]
            case ("backends", module, name):
                return _dict_at(module, name)
            case ("account", module, name, account):
                return _dict_at(module, name)[account]
        raise NotAState(f"{place!r} is not a place")

    def find_class(self, module: str, name: str) -> Any:
        if f"{module}.{name}" in OTHERS:
            return super().find_class(module, name)
        if not module.startswith(ROOMS):
            raise NotAState(f"{module}.{name} is not part of a state")
        attribute = super().find_class(module, name)
        # A module's attribute may be another module's class: `os.system` by way of one that imports `os`.
        if not isinstance(attribute, type) or attribute.__module__ != module:
            raise NotAState(f"{module}.{name} is not a class of a service")
        return attribute


def _services() -> list[BackendDict[Any]]:
    """Returns the backends of each service that was used."""
    return list(BackendDict._instances)  # type: ignore[misc]


def _backends() -> list[BaseBackend]:
    return [
        backend
        for services in _services()
        for accounts in list(services.values())
        for backend in list(accounts.values())
    ]


def new_object(cls: type[Any]) -> Any:
    """Returns an object of a class without its `__init__`. Raises `NotAState` for a class of another room."""
    if not cls.__module__.startswith(ROOMS):
        raise NotAState(f"{cls.__module__}.{cls.__qualname__} is not part of a state")
    new: Any = cls.__new__(cls)  # type: ignore[call-overload]
    return new


def local_function(module: str, name: str, line: int) -> FunctionType:
    """Returns a function that moto defines within another one, such as the default of a dictionary.

    Raises `NotAState` if there is none.
    """
    if not module.startswith(ROOMS):
        raise NotAState(f"{module}.{name} is not part of a state")
    there = importlib.import_module(module)
    outer: Any = there
    for part in name.partition(".<locals>")[0].split("."):
        outer = getattr(outer, part, None)
    codes = [outer.__code__] if isinstance(outer, FunctionType) else []
    while codes:
        code = codes.pop()
        if (code.co_qualname, code.co_firstlineno) == (name, line) and not code.co_freevars:
            return FunctionType(code, vars(there))
        codes += [const for const in code.co_consts if isinstance(const, CodeType)]
    raise NotAState(f"{module} has no {name} in line {line}")


def _place_of(backend: BaseBackend) -> Place:
    for services in _services():
        for account, regions in services.items():
            for region, one in regions.items():
                if one is backend:
                    return (*_name_of(services), account, region)
    raise LookupError(f"{backend!r} belongs to no service")


def _dict_of(accounts: AccountSpecificBackend[Any]) -> BackendDict[Any]:
    for services in _services():
        if services.get(accounts.account_id) is accounts:
            return services
    raise LookupError(f"{accounts!r} belongs to no service")


def _name_of(services: BackendDict[Any]) -> tuple[str, str]:
    module = services.backend.__module__
    for name, value in vars(sys.modules[module]).items():
        if value is services:
            return module, name
    raise LookupError(f"the backends of {services.service_name} have no name in {module}")


def _dict_at(module: str, name: str) -> BackendDict[Any]:
    if not module.startswith(ROOMS):
        raise NotAState(f"{module} is not a service")
    services = getattr(importlib.import_module(module), name, None)
    if not isinstance(services, BackendDict):
        raise NotAState(f"{module}.{name} is not a service")
    return services


def _backend_at(place: Place) -> BaseBackend:
    module, name, account, region = place
    backend: BaseBackend = _dict_at(module, name)[account][region]
    return backend
