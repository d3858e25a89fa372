"""The documentation says what the code does: tables, settings, targets, links and the node configurations are compared."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.agent.lock import read_lock
from components.host_settings import SETTINGS, check_settings
from components.payloads import parse_config_report, parse_facts, parse_sample
from components.protocol import DOORS
from components.queries import parse_answer, parse_query, parse_result
from docs import tables

ROOT = tables.ROOT
README = ROOT / "README.md"
PAGES = tables.pages()
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_SETTING = re.compile(r"\b(?:VEDETTE_[A-Z_]+[A-Z]|DATABASE_URL|CROSSBAR_DIR)\b")


def page_id(page: Path) -> str:
    """How a test names a page."""
    return page.name


def without_code_blocks(text: str) -> str:
    """The text between the fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


# --- tables from the code -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_tables_are_those_of_the_code(page: Path) -> None:
    """Run `python -m docs.tables` after a change of what they come from."""
    assert page.read_text() == tables.renewed(page.read_text())


def test_every_table_stands_somewhere() -> None:
    """A table that no page shows is documentation nobody reads."""
    text = "".join(page.read_text() for page in PAGES)
    assert {name for name in tables.TABLES if f"<!-- table: {name} -->" not in text} == set()


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS if setting.later])
def test_whoever_writes_an_agent_is_told_which_settings_an_older_hub_does_not_send(name: str) -> None:
    """In words and in the example."""
    switches = re.search(r"LATER_SWITCHES = \[(.*?)\]", (ROOT / "docs/examples/agent.mjs").read_text())
    may_be_missing = re.search(r"Only (.*?) may be missing", (ROOT / "docs/writing-an-agent.md").read_text(), re.DOTALL)
    assert switches
    assert may_be_missing
    assert f'"{name}"' in switches[1]
    assert f"`{name}`" in may_be_missing[1]


# --- settings by environment ----------------------------------------------------------------------------------------------


def settings_in_code() -> set[str]:
    """The environment variables that the code names; a prefix such as `VEDETTE_SECRET_KEY` stands for its `_FILE` too."""
    sources = [path for folder in ("components", "django_app", "django_project") for path in (ROOT / folder).rglob("*.py")]
    return {name for path in [*sources, ROOT / "compose.yaml"] for name in _SETTING.findall(path.read_text())}


def settings_in_readme() -> set[str]:
    """The first cells of README's table of settings; `…_FILE` continues the name before it."""
    section = README.read_text().partition("## Configuration")[2].partition("\n## ")[0]
    names: set[str] = set()
    for cell in re.findall(r"^\| (`.+?) \|", section, flags=re.MULTILINE):
        first, *more = _CODE.findall(cell)
        names |= {first, *(first + name[1:] if name.startswith("…") else name for name in more)}
    return names


def test_settings_in_the_readme_are_those_of_the_code() -> None:
    """Each variable that the code reads has a line, and each line is read."""
    documented = settings_in_readme()
    # the code makes `<name>_FILE` out of the name
    named = settings_in_code() | {"VEDETTE_ADMIN_PASSWORD_FILE", "VEDETTE_SECRET_KEY_FILE"}
    assert documented == named


# --- the rest of the README -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_targets_of_make_exist(page: Path) -> None:
    """Every `make TARGET` that a page names."""
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), flags=re.MULTILINE))
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_files_that_are_named_exist(page: Path) -> None:
    """Every path into the source tree within backquotes."""
    paths = re.findall(r"`((?:components|django_app|django_project|static|tests|docs)/[\w./-]*\w)/?`", page.read_text())
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_layout_names_every_component() -> None:
    """A newcomer looks there for what a file is for; `upstream_*.py` stands for several."""
    layout = (ROOT / "docs/architecture.md").read_text().partition("## Layout")[2].partition("\n## ")[0]
    files = {path.name for path in (ROOT / "components").glob("*.py")} - {"__init__.py"}
    named = set(re.findall(r"\b\w+\.py\b", layout)) - {"services.py"}  # of Django
    assert named == {name for name in files if not name.startswith("upstream_")}


def anchors(page: Path) -> set[str]:
    """What a link may point to within a page, as forges make it of the headings."""
    text = without_code_blocks(page.read_text())
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_relative_links_resolve(page: Path) -> None:
    """To files that are there, and to headings that are in them."""
    broken = []
    for link in (one or other for one, other in _LINK.findall(without_code_blocks(page.read_text()))):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_uris_that_are_named_exist(page: Path) -> None:
    """A page names no URI that the wire does not have."""
    errors = set(re.findall(r"vedette\.error\.\w+", (ROOT / "components/errors.py").read_text()))
    known = {door.uri for door in DOORS} | errors
    named = set(re.findall(r"\bvedette\.(?:auth|agent|fleet|host|history|config|error)\.\w+", page.read_text()))
    assert named <= known


def test_every_page_is_linked_from_the_readme() -> None:
    """Nobody finds a page that nothing points to."""
    text = README.read_text()
    assert [page.name for page in PAGES if page.parent.name == "docs" and f"(docs/{page.name})" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_pages_stand_by_themselves(page: Path) -> None:
    """Nothing outside the repository is referred to."""
    assert re.findall(r"\.\./shared|/work/|\b[A-Z]{5,}\.md\b(?<!README\.md)(?<!CHANGELOG\.md)", page.read_text()) == []


# --- examples -------------------------------------------------------------------------------------------------------------


def example(page: str, key: str) -> Any:
    """The first JSON example of a page that has this key at its top."""
    blocks = re.findall(r"^```json\n(.*?)^```$", (ROOT / "docs" / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    return next(value for value in map(json.loads, blocks) if key in value)


def test_examples_of_payloads_are_taken(tmp_path: Path) -> None:
    """What the pages show as a payload passes the checks of the wire."""
    assert parse_sample(example("wamp-interface.md", "metrics")) == example("wamp-interface.md", "metrics")
    assert parse_config_report(example("wamp-interface.md", "status")).to_wire() == example("wamp-interface.md", "status")
    assert parse_facts(example("wamp-interface.md", "cpu_count")) == example("wamp-interface.md", "cpu_count")
    assert check_settings(example("wamp-interface.md", "interval"))
    assert parse_query(example("wamp-interface.md", "kind")).arguments == {"limit": 20}
    answer = parse_answer(example("wamp-interface.md", "result"))
    assert answer.result == parse_result("processes", answer.result)
    (tmp_path / "lock.json").write_text(json.dumps(example("adding-a-host.md", "pinned")))
    assert read_lock(tmp_path / "lock.json").refusal("processes") == "the lock file of this host forbids processes"


# --- the node configurations ----------------------------------------------------------------------------------------------

Leaves = dict[str, set[str]]


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Path and JSON of each option; an element of `workers`, `transports`, `components` goes by its id, of other lists by nothing."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
        for element in value:
            named = path[-1] in ("workers", "transports", "components")
            yield from leaves(element, (*path, element["id"]) if named else path)
    else:
        yield ".".join(path), json.dumps(value)


def configured(file: str) -> Leaves:
    """The options of a node configuration, and the values each has."""
    options: Leaves = defaultdict(set)
    for path, value in leaves(json.loads((ROOT / file).read_text())):
        options[path].add(value)
    return dict(options)


def documented(file: str) -> dict[str, set[str] | None]:
    """The options that docs/node-config.md explains for this file; None where it gives no value."""
    text = (ROOT / "docs/node-config.md").read_text()
    options: dict[str, set[str] | None] = {}
    place = ""
    for line in text.partition(f"# `{file}`\n")[2].partition("\n# ")[0].splitlines():
        if line.startswith("#"):
            place = _CODE.findall(line)[0] + "."
        elif line.startswith("| `"):
            key_cell, value_cell, _ = line.removeprefix("| ").split(" | ", 2)
            keys, values = _CODE.findall(key_cell), [json.dumps(json.loads(value)) for value in _CODE.findall(value_cell)]
            for number, key in enumerate(keys):
                options[place + key] = (set(values) if len(keys) == 1 else {values[number]}) if values else None
    return options


@pytest.mark.parametrize("file", [".crossbar/config.json", ".crossbar/agent/config.json"])
def test_node_configuration_is_explained(file: str) -> None:
    """Every option of the file has a line with its value, and every line an option."""
    said = documented(file)
    assert said == {path: None if said.get(path, ...) is None else values for path, values in configured(file).items()}
