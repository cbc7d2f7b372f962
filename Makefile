# Livedo: every target does its own set-up. Needs Python 3.11 or newer and make.
# The virtual environment .venv is shared by all targets.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# autograd-gamma, which lifelines asks for, is a few lines of Python that ship no wheel.
LOCKED := --require-hashes --only-binary :all: --no-binary autograd-gamma -r

.PHONY: demo test kills leaks check fix spec docs schema bench pictures lock wheel clean help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / - /'

.venv/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Livedo needs Python 3.11 or newer; none was found. Install one, or run: make PYTHON=/path/to/python3.12 demo"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/installed: requirements.lock pyproject.toml .venv/pyvenv.cfg
	$(PIP) install $(LOCKED) requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	$(PIP) install $(LOCKED) requirements-dev.lock
	@touch $@

demo: .venv/installed  ## an invented dialysis unit: record, worklist, report
	$(BIN)/livedo demo --into demo

test: .venv/installed-dev  ## every test
	$(BIN)/python -m pytest -n auto

kills: .venv/installed-dev  ## kill a process that enters at 200 moments, on both databases: nothing acknowledged is lost
	LIVEDO_KILLS=200 $(BIN)/python -m pytest -rP tests/decisions/test_kill.py

leaks: .venv/installed-dev  ## attack 10,000 tables and 10,000 round trips of the register: no hidden count told, nothing lost
	LIVEDO_TABLES=10000 LIVEDO_ROUND_TRIPS=10000 $(BIN)/python -m pytest -n auto tests/registry/test_disclosure.py tests/registry/test_round_trip.py

check: .venv/installed-dev  ## style, types, knowledge, architecture, documents; changes nothing
	@failed=0; \
	for step in "ruff check ." "ruff format --check ." "mypy" "livedo knowledge check" \
		"python -m pytest tests/architecture tests/documents/test_links.py" ; do \
		echo "== $$step"; $(BIN)/$$step || failed=1; done; exit $$failed

fix: .venv/installed-dev  ## format and repair what can be repaired
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

spec: .venv/installed-dev  ## the chapters that become the manual
	$(BIN)/python -m pytest tests/spec

docs: .venv/installed-dev schema  ## the pages made from code, then the manual as a site in site/
	$(BIN)/python -m tests.spec.manual
	$(BIN)/python -c "from livedo.surfaces.manual import manual; print(manual(), end='')" > docs/reference/cli.md
	$(BIN)/python -m livedo.registry.form_page docs/reference/register.md
	$(BIN)/python -m sphinx -b html -n -W --keep-going -q -d .sphinx docs site

schema: .venv/installed-dev  ## JSON Schema for editors of rule and case files
	$(BIN)/python -c "from livedo.knowledge.json_schema import write_schemas; write_schemas('docs/schema')"

bench: .venv/installed-dev  ## speed and memory beside the floor, in one run
	$(BIN)/python -m bench

pictures: .venv/installed-dev  ## the pictures of the README (needs chromium)
	$(BIN)/python docs/pictures/make.py

wheel: .venv/installed-dev  ## the wheel, in dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

lock:  ## resolve the lock files anew (needs uv)
	uv pip compile pyproject.toml --extra build $(UV) -o requirements.lock
	uv pip compile pyproject.toml --extra serve --extra postgres -c requirements.lock $(UV) -o requirements-serve.lock
	uv pip compile pyproject.toml --extra registry -c requirements.lock -c requirements-serve.lock $(UV) -o requirements-registry.lock
	uv pip compile pyproject.toml --extra build --extra serve --extra postgres --extra registry --extra dev --extra bench -c requirements.lock -c requirements-serve.lock -c requirements-registry.lock $(UV) -o requirements-dev.lock
UV := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

clean:  ## remove what the targets made
	rm -rf .venv demo dist build site .sphinx .mypy_cache .ruff_cache .pytest_cache .hypothesis
