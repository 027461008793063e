# Every target sets up what it needs inside this folder and changes nothing outside it, except
# `services`. `make PYTHON=python3.12 test` uses another interpreter.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PYTHON
BIN := .venv/bin
VERSIONS := 3.11 3.12 3.13
TYPED := $(wildcard src tests/typing benchmarks examples tools)

# Runs a command and shows what it said only if it failed.
quietly = out=$$($(1) 2>&1) || { printf '%s\n' "$$out"; exit 1; }

.PHONY: help
help: ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
		printf '  make %-9s %s\n' "$$name" "$$what"; done

.PHONY: demo
demo: ## Serve the town board and a tea shop on http://127.0.0.1:8080
	@tools/venv .venv base
	@exec $(BIN)/posthouse demo

.PHONY: test
test: ## Run all tests; T='-k word' runs a part
	@tools/venv .venv dev
ifdef T
	@$(BIN)/python -m pytest $(T)
else
	@$(BIN)/python -m pytest -q -n 3 --dist worksteal
endif

.PHONY: coverage
coverage: ## Run all tests traced, which takes twice as long, and hold the coverage floor
	@tools/venv .venv dev
	@mkdir -p .build/coverage
	@$(BIN)/python -m pytest -q -n 3 --dist worksteal --cov --cov-report=json
	@$(BIN)/python tools/coverage_floor.py .build/coverage/report.json

.PHONY: check
check: ## Check style, types and the direction of imports
	@tools/venv .venv dev
	@$(BIN)/ruff check --quiet .
	@$(call quietly,$(BIN)/ruff format --check --quiet --diff .)
	@$(call quietly,$(BIN)/mypy $(TYPED))
	@$(call quietly,$(BIN)/lint-imports)
	@echo 'check: style, types and imports are clean'

.PHONY: test-all
test-all: ## Run the tests on Python 3.11, 3.12 and 3.13, in asyncio's debug mode
	@set -e; for version in $(VERSIONS); do \
		tools/venv .venv-$$version dev $$version; \
		echo "Python $$version"; \
		.venv-$$version/bin/python -m pytest -q -o asyncio_debug=true; \
	done

.PHONY: bench
bench: ## Measure against the floors and the peers; B='turn --json' runs one
	@tools/venv .venv-bench bench
	@.venv-bench/bin/python -m benchmarks $(B)

.PHONY: chaos
chaos: ## Kill the server again and again under load and count what was lost
	@tools/venv .venv dev
	@$(BIN)/python tests/chaos/driver.py $(C)
	@$(BIN)/python tests/chaos/telegram.py polling
	@$(BIN)/python tests/chaos/telegram.py webhook
	@$(BIN)/python tests/chaos/fan_out.py telegram
	@$(BIN)/python tests/chaos/fan_out.py idempotent

.PHONY: docs
docs: ## Build the documentation into .build/docs
	@tools/venv .venv dev
	@$(call quietly,$(BIN)/zensical build --clean --strict)
	@echo 'docs: open .build/docs/index.html'

.PHONY: services
services: ## As root: install the Debian packages that the browser tests need
	@tools/services

.PHONY: lock
lock: ## Write requirements/*.lock anew from pyproject.toml; UPGRADE=1 takes newer releases
	@tools/lock $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove everything that make has made
	@rm -rf .venv .venv-* .build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .cache
