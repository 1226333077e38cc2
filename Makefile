# `make` prints the targets. Everything is set up by the targets themselves; only python3 with venv is needed.
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=
# Our processes start by the hundred in the tests: keep them compiled, also where the environment says otherwise.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-spark run topology test test-fast test-slow lint types rooms bench docs screenshots lock release

help: ## print the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# A stamp per requirement file, named by its content: nothing is installed twice, nothing stale is kept.
$(PY):
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 lacks venv: install the package python3-venv"; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	python3 -m venv $(VENV)

define install
	@stamp="$(VENV)/$(1)-$$(sha256sum < requirements/$(1).txt | cut -c1-16)"; \
	if [ ! -f "$$stamp" ]; then \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt \
	  && $(PY) -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "dancu-source.pth").write_text(str(pathlib.Path("src").resolve()))' \
	  && touch "$$stamp"; fi
endef

setup: $(PY) ## install what runs
	$(call install,runtime)

setup-test: $(PY)
	$(call install,test)

# Spark runs on Java 17 or newer; where there is none and we may, Debian's is installed.
setup-spark: setup-test ## install the extra that compares lists on Spark
	$(call install,spark)
	@if [ -z "$$JAVA_HOME" ] && ! command -v java >/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null; \
	  else echo "Spark needs a Java of version 17 or newer: install the package openjdk-17-jre-headless"; exit 1; fi; fi

run: setup ## start everything on a simulated province (ARGS="--home … --web-port …")
	@$(PY) -m dancu.cli.main up --demo $(ARGS)

topology: setup ## a national hub, two provinces, their agencies (ARGS="--home … --persons …")
	@$(PY) -m dancu.cli.main up --topology demo $(ARGS)

test: setup-test ## all tests
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: setup-test ## tests of a few seconds
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not browser and not spark" $(ARGS)

test-slow: setup-spark ## the slow and the browser tests, and those on a cluster of Spark
	@$(PY) -m pytest -m "slow or browser or spark" $(ARGS)

lint: setup-test ## style and known mistakes
	@$(PY) -m ruff check src tests bench tools
	@$(PY) -m ruff format --check src tests bench tools

types: setup-test ## strict types
	@$(PY) -m mypy

rooms: setup-test ## arrows between the rooms
	@$(VENV)/bin/python -c 'from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())'

bench: setup-test ## measure a promise (ARGS="verify --quick")
	@$(PY) -m dancu.cli.main bench $(ARGS)

screenshots: setup-test ## every page at 1366×768 and 390×844, the catalogue in every light, a slip on paper, into screenshots/
	@DANCU_SCREENSHOTS=screenshots $(PY) -m pytest tests/journeys -p no:xdist $(ARGS)

docs: setup-test ## write the generated reference
	@$(PY) -m tests.house.generated_docs

lock: ## pin requirements anew, hashes and no index lines
	uv pip compile requirements/runtime.in --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --universal -q -o requirements/runtime.txt
	uv pip compile requirements/test.in -c requirements/runtime.txt --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --universal -q -o requirements/test.txt
	uv pip compile requirements/spark.in -c requirements/runtime.txt -c requirements/test.txt --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --universal -q -o requirements/spark.txt
	uv pip compile requirements/fitting.in -c requirements/runtime.txt --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --universal -q -o requirements/fitting.txt

release: lint types rooms test ## what a release must pass
	@$(PY) -m dancu.cli.main --version
