# Commands of the project; `make` alone lists them. Required beforehand: Debian's python3, make and git.
# PYTHON names the interpreter for .venv where it is neither python3.11 nor python3.

BIN := .venv/bin
ENV := .venv/.complete
CLIENT := $(BIN)/python -m scripts.client

.DEFAULT_GOAL := help
.PHONY: help env system client demo check test lint types bench soak lock clean
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
export PYTHON

help: ## List the commands
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

env: $(ENV) ## Make .venv with the project and its tools
	@:

$(ENV): pyproject.toml requirements.lock scripts/bootstrap
	@scripts/bootstrap env
	@touch $@

system:
	@scripts/bootstrap system

client: $(ENV) ## Build the browser client, when its sources changed
	@$(CLIENT) build

# The shell waits for the server to end by itself on Ctrl-C, so that make has nothing to complain about.
demo: $(ENV) client ## Show the embedded curves in the browser (PORT=9000 for another port)
	@trap : INT; $(BIN)/devshell demo $(if $(PORT),--port $(PORT)) || [ $$? = 130 ]

check: $(ENV) system lint types ## Check in minutes: `test` without the Python tests that start a server, a worker, a browser or PARI
	@$(CLIENT) npm test
	@$(BIN)/python -m pytest -m "not slow and not outside"

test: $(ENV) system client lint types ## Check everything; pytest's closing line comes last
	@$(CLIENT) npm test
	@$(BIN)/python -m pytest

lint: $(ENV) ## Check style, formatting and prose
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/python -m scripts.prose --check

types: $(ENV) ## Check types, in Python, in TypeScript and between them
	@$(BIN)/mypy
	@$(BIN)/python -m streaming.generate --check
	@$(CLIENT) npm run check

bench: $(ENV) ## Measure the traces against PARI
	@$(BIN)/python -m bench.traces

soak: $(ENV) system client ## Run the tests that take minutes
	@$(BIN)/python -m pytest -m slow

lock: $(ENV) ## Pin the newest versions of all dependencies in requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-header --no-annotate pyproject.toml --output-file requirements.lock

clean: ## Remove everything that was made here
	rm -rf .venv client_webxr/node_modules client_webxr/dist dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
