"""What Crossbar.io imports and Vedette never uses, left out of the workers, with a test that fails once Crossbar.io imports it no longer.

It is two thirds of the time that a worker takes to start, and two fifths of its memory. `components/worker_site`, in the `pythonpath` of
each worker, leaves it out. Nothing here needs that to be so: without it workers only start more slowly. The controller, which makes the
node's key with some of it, leaves nothing out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

NAMED_ONLY = {
    "web3": "a client of Ethereum, for certificates in Crossbar.io's own way to authenticate; brings elliptic curves and an HTTP client",
    "eth_abi": "its encoding, of which Crossbar.io renames parts",
    "eth_typing": "its types, of which Crossbar.io renames parts",
    "eth_keys": "its keys, for the node's own, which the controller makes",
    "xbr": "Crossbar.io's market of data, and the schemas of its inventories and catalogues",
    "cfxdb": "tables of Crossbar.io's databases, of which cookies could be kept in one",
    "numpy": "for the times in those tables",
    "crossbar.edge": "another kind of node; every realm imports it for one annotation",
}
"""Packages that Crossbar.io 26.10.1 cannot do without, though it uses nothing of them here, and what they are for."""
ABSENT = {"bjdata": "a serializer that no transport here offers, and that needs numpy"}
"""Packages that it does without where they are not installed."""

REMEDY = "take components/worker_site out of this worker's pythonpath in the node's config.json, and start the node again"


def leave_out(named_only: Iterable[str] = NAMED_ONLY, absent: Iterable[str] = ABSENT) -> None:
    """From now on import none of these packages: names of the first ones can be imported and written in annotations, and whoever uses
    one is told what to do.
    """
    sys.meta_path.insert(0, _Finder(named_only))
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # which Python takes for "not installed"


class LeftOut:
    """Stands for a name of a package that is left out, and for everything that hangs on it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> LeftOut:
        return _name_in(self._name, name)

    def __call__(self, *_arguments: object, **_keywords: object) -> LeftOut:
        raise ImportError(f"{self._name} is left out of this worker, because Vedette does not need it: {REMEDY}", name=self._name)

    def __instancecheck__(self, _value: object) -> bool:
        """Nothing can be one of what was never there."""
        return False


class _Finder(MetaPathFinder):
    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        if any(name == package or name.startswith(f"{package}.") for package in self._packages):
            return ModuleSpec(name, _MakeNames(), is_package=True)
        return None


class _MakeNames(Loader):
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Names(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Names(ModuleType):
    def __getattr__(self, name: str) -> LeftOut:
        return _name_in(self.__name__, name)


def _name_in(place: str, name: str) -> LeftOut:
    if name.startswith("__"):  # what Python and its tools ask of anything
        raise AttributeError(f"{place} is left out of this worker and has no {name}")
    return LeftOut(f"{place}.{name}")
