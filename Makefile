# Needs GNU make 4 and Python 3.11 or newer with venv. Everything else is installed below .venv and node_modules, except Chromium, which the
# browser tests take from the system: VEDETTE_TEST_CHROMIUM names one, otherwise it is looked for, and installed where that is allowed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_MINIMUM := 20
# Most of the time a test waits for a hub, which starts its processes one after another. Each of those at once has hubs of its own; with 0
# there is one after another.
TESTS_AT_ONCE ?= 2
BROWSERS := chromium chromium-browser google-chrome-stable google-chrome

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Everything is compiled once, on all cores: left to the hub's processes, that makes the first start three times as long.
export UV_COMPILE_BYTECODE := 1

.SHELLFLAGS := -ec
.DELETE_ON_ERROR:
.PHONY: help install run test tests chaos postgresql lint style types scripts format lock dist docs pictures benchmarks clean chromium

help: ## show these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.hub node_modules/.run ## install what the hub needs; it starts by: crossbar start

run: $(VENV)/.hub node_modules/.run ## start the hub, here and now, until Ctrl-C
	@exec $(BIN)/crossbar start

# Types are checked while tests run: they mostly wait, and that takes a core for as long as all other checks together.
test: ## lint, and run every test
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=line style scripts chromium
	@$(MAKE) --no-print-directory --jobs=2 types tests

tests: $(VENV)/.dev node_modules/.test chromium
	VEDETTE_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m pytest -n $(TESTS_AT_ONCE) --no-loadscope-reorder

RUNS ?= 10

chaos: $(VENV)/.dev node_modules/.test chromium ## break everything, RUNS times each (10), and wait until all is well again
	VEDETTE_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m pytest tests/chaos --chaos-runs $(RUNS)

postgresql: $(VENV)/.dev node_modules/.test ## run the tests of the database and of whole hubs on a PostgreSQL server of their own
	$(BIN)/python -m tests.harness.postgresql $(BIN)/python -m pytest tests/unit/django_app tests/integration

lint: style types node_modules/.test ## check style, types, import contracts and the Dockerfile
	npm run --silent check

style: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	$(BIN)/hadolint Dockerfile

types: $(VENV)/.dev
	nice $(BIN)/mypy

scripts: node_modules/.test
	npm run --silent check
	npm test --silent

format: $(VENV)/.dev ## put the Python code into the project's format
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

dist: $(VENV)/.dev ## build the wheel and the source distribution into dist/
	$(BIN)/python -m build --no-isolation

docs: $(VENV)/.dev ## write the tables of the documentation anew from the code
	$(BIN)/python -m docs.tables

pictures: $(VENV)/.dev node_modules/.test chromium ## take the pictures of the documentation anew
	VEDETTE_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m tests.browser.pictures

benchmarks: $(VENV)/.dev node_modules/.test chromium ## measure; tables here, JSON in tests/output/benchmarks/
	$(BIN)/python -m tests.benchmarks.push
	$(BIN)/python -m tests.benchmarks.footprint
	$(BIN)/python -m tests.benchmarks.start
	$(BIN)/python -m tests.benchmarks.floods
	$(BIN)/python -m tests.benchmarks.rejoin
	$(BIN)/python -m tests.benchmarks.overload
	$(BIN)/python -m tests.benchmarks.fleet_core
	$(BIN)/python -m tests.benchmarks.fleet_load
	VEDETTE_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m tests.benchmarks.dashboard
	VEDETTE_TEST_CHROMIUM="$$(cat $(VENV)/.chromium)" $(BIN)/python -m tests.benchmarks.frames

clean: ## remove what the other targets installed or built; data and keys stay
	rm -rf $(VENV) node_modules dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# --- Python packages ----------------------------------------------------------------------------------------------------------------

$(VENV)/.bootstrap: requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is too old: Vedette needs Python 3.11 or newer, for example make PYTHON=python3.12")'
	@echo "Installing into $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --no-compile --require-hashes -r $<
	@touch $@

$(VENV)/.hub: requirements/hub.txt $(VENV)/.bootstrap
	@requirements/install.sh $(VENV) $<
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.bootstrap
	@requirements/install.sh $(VENV) $<
	@touch $@ $(VENV)/.hub

# One resolution for every Python from the oldest supported and every Linux; the extras and groups agree by construction.
COMPILE := uv pip compile --quiet --upgrade --python-version 3.11 --python-platform x86_64-manylinux_2_28 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" pyproject.toml

lock: $(VENV)/.bootstrap ## renew the exact versions in requirements/
	$(COMPILE) --extra hub --extra postgresql -o requirements/hub.txt
	$(COMPILE) --constraint requirements/hub.txt --extra agent -o requirements/agent.txt
	$(COMPILE) --constraint requirements/hub.txt --extra hub --extra postgresql --group dev -o requirements/dev.txt
	$(COMPILE) --constraint requirements/hub.txt --group bootstrap -o requirements/bootstrap.txt
	$(COMPILE) --constraint requirements/dev.txt --group build -o requirements/build.txt
	$(COMPILE) --group node -o requirements/node.txt

# --- browser libraries --------------------------------------------------------------------------------------------------------------

$(VENV)/.node: requirements/node.txt $(VENV)/.bootstrap
	@if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < $(NODE_MINIMUM) ? 1 : 0)'; then requirements/install.sh $(VENV) $<; fi
	@touch $@

node_modules/.run: package-lock.json $(VENV)/.node
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error --omit=dev
	@touch $@

node_modules/.test: package-lock.json $(VENV)/.node
	@npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch node_modules/.run $@

# --- Chromium -----------------------------------------------------------------------------------------------------------------------

FIND_CHROMIUM := for name in "$$VEDETTE_TEST_CHROMIUM" $(BROWSERS); do command -v "$$name" && break; done

chromium: $(VENV)/.dev
	@{ $(FIND_CHROMIUM); } >$(VENV)/.chromium || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; \
	  fi; { $(FIND_CHROMIUM); } >$(VENV)/.chromium; \
	} || { \
	  $(BIN)/playwright install chromium && $(BIN)/python -c 'from playwright.sync_api import sync_playwright as start; \
	p = start().start(); print(p.chromium.executable_path); p.stop()' >$(VENV)/.chromium; \
	} || { echo "The browser tests need Chromium: install it, or name one in VEDETTE_TEST_CHROMIUM" >&2; exit 1; }
