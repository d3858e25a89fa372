"""Python runs this at its start, in workers that have this directory in their `pythonpath`; then the machine's own, which it hides."""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from pathlib import Path

from components.upstream_imports import leave_out

leave_out()

_here = Path(__file__).resolve().parent
_other = PathFinder.find_spec("sitecustomize", [place for place in sys.path if Path(place).resolve() != _here])
if _other is not None and _other.loader is not None:
    _other.loader.exec_module(module_from_spec(_other))
