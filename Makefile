# Everything a person does with this repository. Needs python3.11 or newer, pip and make; the rest is set up here.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test faults check bench up docs format lock images clean

PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-bench/.ready
PACKAGES := contracts messaging web services operations tests
TEXTS := $(shell find web services -name '*.po' -not -path '*/node_modules/*' 2>/dev/null)

# What the demo replays: how many organisations, which programme, and whether it keeps serving afterwards (STAY=0: no).
ORGANISATIONS ?= 7000
PROGRAMME ?= dk-digital-post-2013
STAY ?= 1
# How many plans of faults `make faults` carries out, and the seed of the first.
SEEDS ?= 20
FIRST ?= 1
# How many schedules the simulation of delivery plays before them.
SCHEDULES ?= 100000
# And how many hostile messages are given to the decoder, and how many to a worker by the broker.
MESSAGES ?= 1000000
FLOOD ?= 100000
# And how many requests are sent to each call of the services' HTTP.
REQUESTS ?= 300
export ORGANISATIONS PROGRAMME STAY

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(READY) ## Set up .venv (the other targets do it when needed)

demo: $(READY) ## Replay a programme on the real services: ORGANISATIONS=7000 PROGRAMME=dk-digital-post-2013 STAY=1
	@$(BIN)/frist rehearse

up: $(READY) ## Run the platform here until Ctrl-C
	@$(BIN)/frist up

test: $(READY) ## Run the tests, on containers where a Docker engine answers, else on local processes
	@$(BIN)/python -m pytest $(or $(TESTS),$(SHORT) --ignore=$(ALONE) $(SIDE_BY_SIDE))
	@$(if $(TESTS),,$(BIN)/python -m pytest $(ALONE))

# Breaks the whole platform and promises by when it has recovered: not while others want the processors.
ALONE := tests/faults/test_platform.py
# Each process has servers of its own. One more than processors was tried: hardly quicker, and deadlines were missed.
SIDE_BY_SIDE := --numprocesses logical --maxprocesses 4 --dist loadscope --no-loadscope-reorder

# What takes minutes belongs to `make faults`: outages, alarms, frozen brokers, and clusters that lose a node.
LONG := tests/overload tests/cluster
SHORT := $(addprefix --ignore=,$(LONG))

faults: $(READY) ## Break everything at random for long: SEEDS=20 plans, from FIRST=1 (python -m tests.faults --seed N: one again)
	@$(BIN)/python -m tests.simulation --seeds $(SCHEDULES)
	@$(BIN)/python -m tests.hostile --messages $(MESSAGES) --flood $(FLOOD) --requests $(REQUESTS)
	@$(BIN)/python -m tests.faults --seeds $(SEEDS) --first $(FIRST)
	@$(BIN)/python -m pytest $(LONG) --long

check: $(READY) ## Lint, format, types, import rules, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m operations.documents --check

bench: $(READY) $(PEERS) ## Measure delivery beside its ceiling and its peers: KEYS=relay.vs_raw,web RESUME=1
	@$(BIN)/python -m benchmarks $(if $(KEYS),--keys $(KEYS)) $(if $(RESUME),--resume) $(if $(ROUNDS),--rounds $(ROUNDS))

$(PEERS): benchmarks/requirements.lock
	@echo "Setting up .venv-bench with the peers ..."
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv --without-pip .venv-bench
	@$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r $<
	@touch $@

docs: $(READY) ## Write the documents that are made from the events
	$(BIN)/python -m operations.documents

format: $(READY) ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## Choose the newest allowed versions of all packages again
	$(BIN)/uv pip compile $(LOCKING) --extra local --extra dev pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCKING) --constraint requirements.lock pyproject.toml --output-file deploy/requirements.lock
	$(BIN)/uv pip compile $(LOCKING) benchmarks/requirements.in --output-file benchmarks/requirements.lock

LOCKING := --quiet --upgrade --universal --generate-hashes --python-version 3.11 --custom-compile-command 'make lock'

images: .env ## Build the images of docker-compose.yml
	docker compose build

.env: | $(READY)
	$(BIN)/frist secrets --output .env

clean: ## Remove what was set up here, and all data of the local platform
	rm -rf $(VENV) .venv-bench .frist

# pip comes from outside the environment, because Debian packages ensurepip separately.
$(READY): requirements.lock pyproject.toml contracts/pyproject.toml $(TEXTS)
	@test -n "$(PYTHON)" || { echo "No python3 found: install python3.11 or newer, or say PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: say PYTHON=/path/to/a/newer/python"; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON); the first time takes a minute or two ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	@if $(PYTHON) -m pip --version >/dev/null 2>&1; then pip="$(PYTHON) -m pip --python $(BIN)/python"; \
	else $(BIN)/python -m ensurepip --default-pip >/dev/null && pip="$(BIN)/python -m pip" || { echo "No pip: install python3-pip"; exit 1; }; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock && \
	$$pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e contracts -e .
	@for text in $(TEXTS); do $(BIN)/pybabel --quiet compile -i $$text -o $${text%.po}.mo || exit 1; done
	@$(BIN)/python -m compileall -q -j 0 $(PACKAGES)  # else each of ten processes would, where Python is told to write none
	@touch $@
