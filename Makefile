# What one does with this repository. `make` alone lists it.
#
# Cầu Nối is built by cargo; make only puts the steps in their order. Everything fetched or built lies in .cache and
# in cargo's target folder (CARGO_TARGET_DIR, where set, is respected).

CAUNOI_DATA ?= ./data
TARGET := $(or $(CARGO_TARGET_DIR),target)
PYTHON := .cache/venv/bin/python
# DEMO=1 fills an empty service with the sample organisations, needs and offers.
DEMO_FLAG := $(if $(filter-out 0 no false,$(DEMO)),--demo)

.DEFAULT_GOAL := help
.PHONY: help run test rust-tests browser-tests openings node-tests nodes torture soak mute attacks fuzz-forms fuzz-api check bench load eval screenshots image

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and start the service (DEMO=1: with sample data; CAUNOI_DATA: where it keeps its own)
	@python3 scripts/setup.py
	cargo build --release --locked
	@mkdir -p "$(CAUNOI_DATA)"
	CAUNOI_DATA="$(CAUNOI_DATA)" "$(TARGET)/release/caunoi" serve $(DEMO_FLAG)

test: rust-tests browser-tests node-tests attacks ## every test: both databases, real mail, a real browser, three nodes, hostile clients

rust-tests: ## the Rust tests on SQLite and PostgreSQL
	@python3 scripts/setup.py --tests
	cargo build --locked
	scripts/postgres.sh run cargo test --locked

browser-tests: ## the built program in a browser, with real mail (ARGS="--only NAME")
	@python3 scripts/setup.py --tests
	cargo build --locked
	CAUNOI_BIN="$(TARGET)/debug/caunoi" $(PYTHON) tests/browser/run.py $(ARGS)

openings: ## the browser tests, with every mailed link opened a hundred times
	@CAUNOI_OPENINGS=100 $(MAKE) --no-print-directory browser-tests

node-tests: ## three nodes behind a balancer, and a few deaths on both databases: the short forms of the next two
	@python3 scripts/setup.py --tests
	cargo build --locked
	export CAUNOI_BIN="$(TARGET)/debug/caunoi"; \
	scripts/postgres.sh run $(PYTHON) tests/nodes/run.py && $(PYTHON) tests/nodes/torture.py --rounds 5 \
	&& scripts/postgres.sh run $(PYTHON) tests/nodes/torture.py --rounds 2 --postgres

nodes: ## kill and restart nodes under load for long (ROUNDS=20)
	@python3 scripts/setup.py --tests
	cargo build --release --locked
	CAUNOI_BIN="$(TARGET)/release/caunoi" scripts/postgres.sh run $(PYTHON) tests/nodes/run.py --rounds $(or $(ROUNDS),20)

torture: ## kill the program at random instants: ROUNDS=1000 on SQLite, a fifth of them on PostgreSQL
	@python3 scripts/setup.py --tests
	cargo build --release --locked
	export CAUNOI_BIN="$(TARGET)/release/caunoi"; \
	$(PYTHON) tests/nodes/torture.py --rounds $(or $(ROUNDS),1000) && scripts/postgres.sh run $(PYTHON) \
	tests/nodes/torture.py --postgres --rounds $$(( ($(or $(ROUNDS),1000) + 4) / 5 ))

attacks: ## the built program under slow, endless and hostile clients, and its API under a few hundred made-up ones
	@python3 scripts/setup.py --tests
	cargo build --locked
	CAUNOI_BIN="$(TARGET)/debug/caunoi" $(PYTHON) tests/attacks.py
	CAUNOI_BIN="$(TARGET)/debug/caunoi" $(PYTHON) tests/fuzz_api.py --examples 60 --least 300

fuzz-forms: ## five hundred hostile strings through every text field
	CAUNOI_ALL_STRINGS=1 cargo test --locked --test it -- hostile_strings

fuzz-api: ## the API under more than 10,000 made-up requests (schemathesis)
	@python3 scripts/setup.py --tests
	cargo build --release --locked
	CAUNOI_BIN="$(TARGET)/release/caunoi" $(PYTHON) tests/fuzz_api.py

soak: ## half an hour of steady load: memory, descriptors and log must stay flat (ARGS="--minutes 2")
	@python3 scripts/setup.py
	cargo build --release --locked
	CAUNOI_BIN="$(TARGET)/release/caunoi" python3 tests/soak/run.py $(ARGS)

mute: ## what pages cost while the mail relay never answers: at most a tenth more (ARGS="--seconds 10 --runs 3")
	@python3 scripts/setup.py --tests
	cargo build --release --locked
	CAUNOI_BIN="$(TARGET)/release/caunoi" $(PYTHON) tests/soak/mute.py $(ARGS)

check: ## formatting, lints, licences
	cargo fmt --check
	cargo clippy --all-targets --locked -- -D warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny --all-features check bans licenses sources; \
	else python3 scripts/supply.py; fi

bench: ## how fast it is with 10,000 and 100,000 made-up listings (ARGS="--listings 10000")
	@python3 scripts/setup.py
	cargo build --release --locked
	"$(TARGET)/release/caunoi" bench $(ARGS)

load: ## pages and searches a second with 10,000 listings, and how long one waits, on both databases (ARGS="--seconds 5")
	@python3 scripts/setup.py --load
	cargo build --release --locked
	export CAUNOI_BIN="$(TARGET)/release/caunoi"; \
	python3 tests/load/run.py $(ARGS) && scripts/postgres.sh run python3 tests/load/run.py --postgres $(ARGS)

eval: ## how well the search ranks: make eval DATA=folder-of-sets
	@python3 scripts/setup.py
	cargo build --release --locked
	"$(TARGET)/release/caunoi" eval $(DATA)

screenshots: ## the README's pictures, from the running program
	@python3 scripts/setup.py --tests
	cargo build --locked
	CAUNOI_BIN="$(TARGET)/debug/caunoi" $(PYTHON) scripts/screenshots.py

image: ## a container image (needs docker or podman)
	@engine=$$(command -v docker || command -v podman) || { echo "neither docker nor podman is here"; exit 1; }; \
	"$$engine" build --tag caunoi .
