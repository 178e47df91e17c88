# One verb per habit. What they need is installed into the project's own folders, again when what is pinned changes.

.DEFAULT_GOAL := help
.PHONY: help setup dev test check format synth deploy token rebuild audit bench load isolation docs codegen client console capacity recovery vulnerabilities

PYTHON ?= python3
STAGE ?=
SUBJECT ?= ada
EMAIL ?= $(SUBJECT)@example.com
OUT ?= $(SAMPLE)
URL ?= http://127.0.0.1:3210
export PORT
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = 20
export NODE_NO_WARNINGS = 1
# Or every start would compile the CDK anew.
unexport PYTHONDONTWRITEBYTECODE
MAKEFLAGS += --jobs=3

BIN := .venv/bin
POLARIS := $(BIN)/polaris
CDK := infra/node_modules/.bin/cdk
TOOLS := .venv/.tools
AUDITOR := .polaris/audit-venv/.ready
MINISTACK := .polaris/ministack-venv/.ready
CLIENTS := tests/e2e/clients/node_modules/.ready
TSC := tests/e2e/clients/node_modules/.bin/tsc
CONSOLE := infra/console/dist/index.html
SAMPLE := tests/e2e/clients/types/convex/_generated
PIP := pip install --quiet --no-compile --disable-pip-version-check

help:
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 16

dev: setup console ## serve the backend on http://127.0.0.1:$PORT, 3210 by default, and what you change in it
	@exec $(BIN)/python -m infra.local

test: setup console $(TOOLS) $(CLIENTS) ## run the tests; ARGS="tests/db -x" for some
	@exec $(BIN)/python -m pytest $(ARGS)

check: setup $(TOOLS) $(CLIENTS) infra/console/node_modules/.ready ## check style, types, generated documents and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m shared.codegen docs functions docs --check
	$(BIN)/python -m shared.codegen frontend functions $(SAMPLE) --check
	$(TSC) --project client --noEmit
	npm run --silent --prefix infra/console check
	@$(MAKE) --no-print-directory synth
	$(BIN)/cfn-lint 'cdk.out/*.template.json'
	$(BIN)/python -m tests.security.leaks

docs: setup $(TOOLS) ## write the pages of functions, the schema, errors and limits
	@$(BIN)/python -m shared.codegen docs functions docs

codegen: setup ## write a frontend's convex/_generated, and descriptions of the API at URL, to OUT
	@$(POLARIS) codegen --out "$(OUT)" --url "$(URL)"

console: $(CONSOLE) ## build the console, the web page for administrators, in infra/console/dist

client: $(CLIENTS) ## build the npm package of the transport, in client/
	@$(TSC) --project client

format: setup $(TOOLS) infra/console/node_modules/.ready ## write the code as `check` wants it
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd infra/console && node_modules/.bin/biome check --write

synth: setup ## write the templates of STAGE, dev by default, to cdk.out
	$(CDK) synth --quiet --no-notices --context stage=$(or $(STAGE),dev)

deploy: setup $(CONSOLE) ## deploy STAGE, dev by default, to the AWS account of your credentials; ARGS=--yes asks nothing
	@$(POLARIS) deploy --stage $(or $(STAGE),dev) $(ARGS)

token: setup ## print a token of the running local cloud for SUBJECT (EMAIL)
	@$(POLARIS) token "$(SUBJECT)" --email "$(EMAIL)"

rebuild: setup ## build the records of new indexes of STAGE, local by default
	@$(POLARIS) ranges-check --repair --stage $(or $(STAGE),local)

audit: setup ## compare the records of all indexes of STAGE, local by default, with its data
	@$(POLARIS) ranges-check --stage $(or $(STAGE),local)

bench: setup $(TOOLS) ## measure and write docs/benchmarks.md, ten minutes; ARGS="cold warm" for some of costs growth cold warm push
	@$(BIN)/python -m tests.bench $(ARGS)

load: setup $(TOOLS) $(CLIENTS) ## put 500 live connections on a local cloud of its own for five minutes; ARGS="--connections 50 --seconds 20" for less
	@$(BIN)/python -m tests.load $(ARGS)

isolation: setup $(TOOLS) $(CLIENTS) ## check what clients see under faults, and write the table of docs/guarantees.md; ARGS="--faults calm" for some
	@$(BIN)/python -m tests.isolation.full $(ARGS)

capacity: setup $(TOOLS) ## count what everything takes, and write the cost model to docs/capacity.md
	@$(BIN)/python -m tests.capacity --count

recovery: setup $(TOOLS) $(CLIENTS) ## lose a local deployment and have it back as it was, as docs/recovery.md says
	@$(BIN)/python -m tests.recovery

vulnerabilities: setup $(TOOLS) $(AUDITOR) ## ask PyPI and npm about the packages that are installed
	@$(BIN)/python -m tests.security.vulnerabilities $(dir $(AUDITOR))bin/pip-audit

# Standard output is for what a verb says: `make dev` prints one line.
setup: .venv/.ready $(POLARIS) $(MINISTACK) infra/node_modules/.ready

.venv/.ready: requirements.txt infra/requirements.txt
	@echo "Installing Python packages into .venv" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13")'
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/$(PIP) $(^:%=-r %) >&2
	@touch $@

# -P: what is in the folder where it is called is nobody's business.
$(POLARIS): .venv/.ready
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -P -m infra.cli "$$@"\n' "$(CURDIR)" "$(CURDIR)" >$@
	@chmod +x $@

$(TOOLS): tests/requirements.txt .venv/.ready
	@echo "Installing the tools of tests and checks into .venv" >&2
	@$(BIN)/$(PIP) -r $< >&2
	@touch $@

$(MINISTACK): infra/local/requirements.txt
	@echo "Installing MiniStack into .polaris" >&2
	@$(PYTHON) -m venv .polaris/ministack-venv >&2
	@.polaris/ministack-venv/bin/$(PIP) -r $< >&2
	@touch $@

$(AUDITOR): tests/security/requirements.txt
	@echo "Installing pip-audit into .polaris" >&2
	@$(PYTHON) -m venv .polaris/audit-venv >&2
	@.polaris/audit-venv/bin/$(PIP) -r $< >&2
	@touch $@

%/node_modules/.ready: %/package-lock.json
	@echo "Installing npm packages into $*/node_modules" >&2
	@npm ci --prefix $* --no-audit --no-fund --no-update-notifier --loglevel=error >&2
	@touch $@

$(CONSOLE): infra/console/node_modules/.ready $(wildcard infra/console/*.ts infra/console/*.html) $(shell find infra/console/src -type f)
	@echo "Building the console into infra/console/dist" >&2
	@npm run --silent --prefix infra/console build -- --logLevel=error >&2
