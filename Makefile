# Two commands are all a fresh machine needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never

# Compiled once: where Python may not keep what it compiles, a command takes twice as long.
COMPILE := $(BIN)/python -m compileall -q engine channels campaigns workers

.PHONY: help setup demo test coverage soak bench lint lock messages system clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(BIN)/.installed ## Make .venv with everything from requirements.lock

$(BIN)/.installed: requirements.lock requirements-uv.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(COMPILE)
	touch $@

demo: setup ## Play the example commune's day, from YAML to proof
	@$(BIN)/loa demo

# Tests wait for servers and clocks now and then: three at once keep two cores busy.
TESTS := -m "not soak" --numprocesses=3 --dist=worksteal

test: setup system lint ## Run every check and every test
	$(COMPILE) bench tests
	$(BIN)/python -m pytest $(TESTS)

coverage: setup system ## Run every test and print which lines none of them reaches
	$(BIN)/coverage erase
	$(BIN)/python -m pytest $(TESTS) --cov --cov-report=term:skip-covered

soak: setup system ## The same tests with bigger numbers; takes long
	LOA_TEST_PLAYING_CLUSTERS=4000 $(BIN)/python -m pytest tests/integration/test_plays_kept.py
	LOA_TEST_KILLS=300 LOA_TEST_AWAY=60 LOA_TEST_PLAYERS=500 LOA_TEST_MESSAGES=10000 \
		LOA_TEST_MESSAGE_KILLS=20 LOA_TEST_MESSAGE_RATE=4000 $(BIN)/python -m pytest tests/integration/test_kills.py \
		tests/integration/test_distributed_*.py tests/integration/test_console_crowd.py tests/unit/test_ledger_holders.py

bench: setup system ## Print figures beside Dramatiq and Celery, on servers of its own
	$(BIN)/python -m bench

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint deploy/compose/Dockerfile

system: ## Install the servers and the browser that the tests need
	@sh tests/system.sh

lock: ## Write the lock files anew from requirements*.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate requirements-dev.in -o requirements.lock
	grep '^uv==' requirements.lock | cut -d' ' -f1 | $(BIN)/uv pip compile --quiet --universal \
		--python-version 3.11 --generate-hashes --no-header --no-annotate - -o requirements-uv.lock

messages: setup ## Gather the messages to translate, ours and click's, and compile the catalogue
	@pot=$$(mktemp) && trap 'rm -f "$$pot"' EXIT && set -e && \
	click=$$($(BIN)/python -c 'import click; print(*click.__path__)') && \
	$(BIN)/pybabel -q extract --no-location --sort-output -F babel.cfg -o "$$pot" . "$$click" && \
	$(BIN)/pybabel -q update -D loa -d engine/locale -i "$$pot" \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date && \
	$(BIN)/pybabel -q compile -D loa -d engine/locale

clean: ## Remove what make made
	rm -rf $(VENV) .coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
