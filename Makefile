# Needs only python3 (3.11 or newer), python3-venv and make. Everything else is installed below .venv.

PYTHON ?= python3
SCALE ?= small
export SCALE

BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
HASHED := install --require-hashes --only-binary :all:
digest = $(shell cat pyproject.toml requirements/$(1).lock 2>/dev/null | sha256sum | cut -c 1-16)
RUN := .venv/.run-$(call digest,run)
DEV := .venv/.dev-$(call digest,dev)
PEERS := .venv-peers/.peers-$(call digest,peers)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test test-full check lint format lock docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## run a fictional ceasefire's office once, from reports to a verified daily report
	@$(BIN)/truce demo --office demo-office --again

test: $(DEV) ## everything CI runs: lint, types, layers, docs, tests against the built wheel
	@tools/system_tools.sh
	@tools/oracles/build.sh
	@$(BIN)/python tools/gate.py test

test-full: $(DEV) ## the same with full counts of generated cases; takes long
	@tools/system_tools.sh
	@tools/oracles/build.sh
	@$(BIN)/python tools/gate.py test-full

check: $(DEV) ## the fast part of test, on the source tree
	@$(BIN)/python tools/gate.py check

lint: $(DEV) ## lint and formatting only
	@$(BIN)/python tools/gate.py lint

format: $(DEV) ## put the source into its form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

docs: $(DEV) ## build the documentation into docs/_build/html
	@$(BIN)/python tools/gate.py docs

bench-weigh: $(DEV) $(PEERS) ## measure the weighing; LABELS=DIR and SCENARIOS=DIR name sets from elsewhere
	@$(BIN)/python bench/weigh.py

bench-%: $(DEV) ## measure NAME with bench/NAME.py; SCALE=small (default) or SCALE=full
	@$(BIN)/python bench/$(subst -,_,$*).py

lock: $(DEV) ## refresh requirements/*.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" tools/lock.sh

clean: ## remove what make made (a demo-office stays)
	@rm -rf .venv .venv-peers .venv-wheel .make docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Trucekeeper needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/pip || { echo "making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo "installing requirements/run.lock"
	@$(PIP) $(HASHED) -r requirements/run.lock
	@$(PIP) install --no-index --no-deps --no-build-isolation --editable .
	@rm -f .venv/.run-* && touch $@

$(DEV): $(RUN)
	@echo "installing requirements/dev.lock"
	@$(PIP) $(HASHED) -r requirements/dev.lock
	@rm -f .venv/.dev-* && touch $@

# The peers of the weighing drag in much that nothing else here needs: an environment of their own.
$(PEERS): $(RUN)
	@echo "installing requirements/peers.lock"
	@test -x .venv-peers/bin/pip || $(PYTHON) -m venv --clear .venv-peers
	@.venv-peers/bin/pip --disable-pip-version-check --quiet $(HASHED) -r requirements/peers.lock
	@rm -f .venv-peers/.peers-* && touch $@
