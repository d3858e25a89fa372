"""What is declared, locked and built agrees, and works anywhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
GROUPS: dict[str, list[str]] = PYPROJECT["dependency-groups"]
LOCKED_FOR = {
    "agent": EXTRAS["agent"],
    "hub": EXTRAS["hub"] + EXTRAS["postgresql"],
    "dev": EXTRAS["hub"] + EXTRAS["postgresql"] + GROUPS["test"] + GROUPS["lint"] + GROUPS["build"],
    "bootstrap": GROUPS["bootstrap"],
    "build": GROUPS["build"],
    "node": GROUPS["node"],
}
LOCKS = {path.stem: path.read_text() for path in (ROOT / "requirements").glob("*.txt")}
HOST = re.compile(r"\w+://|\b(index-url|find-links|trusted-host)\b|file:")


def locked(name: str) -> dict[str, str]:
    """The versions in a lock, by package."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCKS[name], re.MULTILINE))


def test_every_lock_has_its_declaration() -> None:
    """A lock that nothing declares would never be renewed."""
    assert LOCKS.keys() == LOCKED_FOR.keys()


@pytest.mark.parametrize("name", LOCKED_FOR)
def test_a_lock_satisfies_what_is_declared(name: str) -> None:
    """Who changes pyproject.toml renews the locks."""
    versions = locked(name)
    for requirement in map(Requirement, LOCKED_FOR[name]):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), f"make lock: {requirement}"


@pytest.mark.parametrize("name", LOCKED_FOR)
def test_a_lock_names_no_host_and_every_hash(name: str) -> None:
    """Where packages come from is for each machine to say; what they contain is not."""
    assert not HOST.search(LOCKS[name])
    for entry in re.split(r"^(?=[a-z0-9])", LOCKS[name], flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", sorted(LOCKED_FOR.keys() - {"hub"}))
def test_locks_agree_on_versions(name: str) -> None:
    """What the tests ran with is what the hub and the agents run with."""
    versions, hub = locked(name), locked("hub")
    assert {package: version for package, version in versions.items() if hub.get(package, version) != version} == {}


def test_an_agent_installs_neither_crossbar_nor_django() -> None:
    """An agent host stays light."""
    assert not {"crossbar", "django", "numpy"} & locked("agent").keys()


def test_the_hub_can_run_its_own_agent() -> None:
    """The hub's lock covers the agent's."""
    assert locked("agent").keys() <= locked("hub").keys()


def test_browser_packages_are_exact_and_name_no_host() -> None:
    """Exact versions, each with its integrity, the same in declaration and lock."""
    declared = json.loads((ROOT / "package.json").read_text())
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert not HOST.search(json.dumps([package.get("resolved", "") for package in lock["packages"].values()]))
    assert all("integrity" in package for path, package in lock["packages"].items() if path)
    for name, version in (declared["dependencies"] | declared["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} {version}"
        assert lock["packages"][f"node_modules/{name}"]["version"] == version


def test_versions_of_the_project_agree() -> None:
    """One version, in Python and in JavaScript."""
    assert json.loads((ROOT / "package.json").read_text())["version"] == PYPROJECT["project"]["version"]


def test_make_targets_in_the_readme_exist() -> None:
    """The README's commands work."""
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=[`\n ]*[`#\n])", (ROOT / "README.md").read_text()))
    assert {"run", "test"} <= named <= targets


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this tree."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", directory], cwd=ROOT, check=True, capture_output=True)
    (path,) = directory.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_all_code_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    """Every module, template and migration is in it; no test, no bytecode, no data."""
    packages = ("components", "django_app", "django_project")
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *packages], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == {name for name in tracked if (ROOT / name).exists()}
    assert any(name.endswith(".html") for name in tracked)


def test_the_wheel_has_the_agents_command(wheel: zipfile.ZipFile) -> None:
    """`vedette-agent` starts the agent."""
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "vedette-agent = components.agent.__main__:main" in wheel.read(entry_points).decode()
