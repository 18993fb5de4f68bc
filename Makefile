# `make run` serves the page; `make test` checks everything. Nothing needs to be prepared but Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
HOST ?= $(or $(CHAINRULE_HOST),127.0.0.1)
PORT ?= $(or $(CHAINRULE_PORT),8000)
JOBS ?= 2
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint types imports tests thorough e2e bench soak fuzz golden docs frontend clean

help: ## list the targets
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

run: $(VENV)/.installed ## serve the page (PORT=8000 HOST=127.0.0.1)
	@$(BIN)/python -m chainrule serve --host "$(HOST)" --port "$(PORT)"

$(VENV)/.installed: pyproject.toml constraints.txt scripts/install.sh
	@sh scripts/install.sh "$(PYTHON)" "$(VENV)" .

$(VENV)/.installed-test: $(VENV)/.installed
	@sh scripts/install.sh "$(PYTHON)" "$(VENV)" ".[test]" .installed-test

test: lint types imports tests ## check style, types, import rules, and all tests but the thorough ones, with coverage

lint: $(VENV)/.installed-test ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test ## mypy --strict
	$(BIN)/mypy

imports: $(VENV)/.installed-test ## the import rules of ARCHITECTURE.md
	$(BIN)/lint-imports

tests: $(VENV)/.installed-test ## pytest with branch coverage, a file at a time on each of JOBS processes
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term -m "not thorough"

thorough: $(VENV)/.installed-test ## what takes long: PyTorch's operators, random programs, killed processes, the wheel by itself
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m thorough

bench: $(VENV)/.installed-test ## the budgets of bench/README.md, measured as ratios
	@sh scripts/install.sh "$(PYTHON)" "$(VENV)" ".[test,bench]" .installed-bench
	$(BIN)/python -m bench

soak: $(VENV)/.installed-test ## ten thousand programs, and what the processes grew by
	$(BIN)/python -m scripts.soak

fuzz: $(VENV)/.installed-test ## five minutes of invented input for each reader of strangers' bytes (SECONDS=300)
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),300)

golden: $(VENV)/.installed-test ## write the golden files of the examples and README's picture again: look at them
	$(BIN)/python -m tests.golden.update
	$(BIN)/python -m chainrule render examples/gallery/mean_of_cubes.py -o docs/images/seed.svg --direction LR

docs: $(VENV)/.installed-test ## the documents as a site, with live pictures: build/site/index.html
	$(BIN)/mkdocs build --quiet

frontend: ## with Node.js: build the editor bundle again, compare it with the committed one, run the scripts' own tests
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund && npm run --silent compare && npm test --silent

clean: ## remove what was built
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
