"""Workers leave out what they never use; and `test_upstream_still_imports_it` fails once Crossbar.io no longer does."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.upstream_imports import ABSENT, NAMED_ONLY, leave_out

ROOT = Path(__file__).parents[2]
SITE = ROOT / "components" / "worker_site"
CONFIGURATIONS = [ROOT / ".crossbar" / "config.json", ROOT / ".crossbar" / "agent" / "config.json"]
HEAVY = ["numpy", "py_ecc", "pydantic", "aiohttp"]
"""What takes the time and the memory; most of it is imported by what is left out, and by nothing else."""
NAMES = [*NAMED_ONLY, *ABSENT, *HEAVY]

IMPORT_A_WORKER = """
import json, sys, warnings
from crossbar import personality
import crossbar.worker.main
from crossbar.worker.rlink import RLinkManager
RLinkManager(None, None)  # as each realm makes one
"""
ASK = """
names = json.loads(sys.argv[1])
print(json.dumps({name: getattr(sys.modules[name], "__file__", "left out") for name in names if name in sys.modules}))
"""


def run(code: str, *places: Path) -> str:
    """What a Python of its own prints, with these places in its path."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, json.dumps(NAMES)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places))},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_workers_import_none_of_it() -> None:
    """All names are known, and nothing of what they stand for is there."""
    assert json.loads(run(IMPORT_A_WORKER + ASK, ROOT, SITE)) == dict.fromkeys([*NAMED_ONLY, *ABSENT], "left out")


@pytest.fixture(scope="module")
def imported() -> dict[str, str]:
    """What Crossbar.io imports when nothing is left out, and from where."""
    imported: dict[str, str] = json.loads(run(IMPORT_A_WORKER + ASK, ROOT))
    return imported


@pytest.mark.parametrize("name", NAMES)
def test_upstream_still_imports_it(name: str, imported: dict[str, str]) -> None:
    """If this fails, Crossbar.io no longer needs the name: take it out of the table."""
    assert name in imported


@pytest.mark.parametrize("path", CONFIGURATIONS, ids=lambda path: path.parent.name)
def test_every_worker_has_the_directory(path: Path) -> None:
    """After the repository, without which it could not import what it runs."""
    workers = json.loads(path.read_text())["workers"]
    places = [[(path.parent / place).resolve() for place in worker["options"]["pythonpath"]] for worker in workers]
    assert places == [[ROOT, SITE]] * len(workers)


@pytest.fixture
def left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, a package that nobody else knows, and one that everybody does."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    for name in ("colorsys", "made_up", "made_up.deep", "made_up.deep.inside"):
        monkeypatch.setitem(sys.modules, name, sys)  # to be taken back afterwards
        del sys.modules[name]
    leave_out(named_only=["made_up"], absent=["colorsys"])


@pytest.mark.usefixtures("left_out")
def test_names_can_be_imported_and_written_down() -> None:
    """At any depth, as Crossbar.io does with names that it never uses."""
    made_up = importlib.import_module("made_up.deep.inside")
    assert not isinstance(3, made_up.Thing)
    assert not hasattr(made_up, "__file__")
    assert importlib.import_module("made_up").Name.attribute


@pytest.mark.usefixtures("left_out")
def test_who_uses_one_is_told_what_to_do() -> None:
    """The name, the reason, the remedy."""
    with pytest.raises(ImportError, match=r"^made_up\.deep\.Thing\.make is left out .* take components/worker_site out of .* pythonpath"):
        importlib.import_module("made_up.deep").Thing.make(1, two=2)


@pytest.mark.usefixtures("left_out")
def test_others_are_imported_as_ever() -> None:
    """A name that only begins alike, one that is not installed, and one that is said not to be."""
    with pytest.raises(ModuleNotFoundError, match="No module named 'made_up_too'"):
        importlib.import_module("made_up_too")
    with pytest.raises(ModuleNotFoundError, match="colorsys"):
        importlib.import_module("colorsys")
    assert importlib.util.find_spec("colorsys") is None


def test_the_machines_own_start_is_run_too(tmp_path: Path) -> None:
    """Of two modules of this name Python finds only the first."""
    (tmp_path / "sitecustomize.py").write_text("print('the machine’s own')")
    assert run("import numpy; print(numpy.ndarray)", ROOT, SITE, tmp_path).startswith("the machine’s own\n<components.upstream_imports.")


def test_without_the_directory_all_is_as_before(tmp_path: Path) -> None:
    """A path that is not there is nothing to Python, and what cannot be left out is imported."""
    assert run("import numpy; print(numpy.__file__ is not None)", ROOT, tmp_path / "gone") == "True\n"
    assert run("import numpy; print(numpy.__file__ is not None)", SITE) == "True\n"
