# What a person runs; `make` alone lists it. Needs make and any Python 3: the rest comes into .venv.
.DEFAULT_GOAL := help
.PHONY: help setup dev test lint lint-types lint-rest check check-core build stage-is-right deploy bucket-is-named release audit bench drill soak docs format lock browser

VENV := .venv
BIN := $(VENV)/bin
# What running needs is there; what the tests and the checks need is there too.
RUN := $(VENV)/.run
READY := $(VENV)/.ready
# What the functions may read: one file for each stage.
CONFIGS := $(wildcard layers/config/*.toml)
# Names under which a distribution installs a Chromium; tests/e2e looks for the same ones.
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

# Two processes for each core, because many tests wait. The tests of a file stay together, as do their servers. They
# run in the order of the folders: those of tests/e2e take longest, and a long one at the end would run alone.
PARALLEL = -n $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 2) --dist loadfile --no-loadscope-reorder
# The tests of the core, the only ones under coverage, without generated examples: it makes a test take twice as long.
CORE := $(addprefix tests/unit/,config event fields lead message presets request search)

# sam wants a region even where it calls nobody; nothing of this project reports home.
ifeq ($(origin AWS_DEFAULT_REGION),undefined)
export AWS_DEFAULT_REGION := us-east-1
# A deployment goes to the region of the user's AWS profile.
OWN_REGION := env -u AWS_DEFAULT_REGION
endif
export SAM_CLI_TELEMETRY := 0

# Containers often set it. The tests start hundreds of processes, and each would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE

FAIL = fail() { printf 'make: %s\n' "$$*" | tr '\n' ' ' >&2; echo >&2; exit 1; }

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv with the locked tools, and nothing else

dev: $(RUN) ## Run the whole pipeline on this machine (ARGS="--port 3001" and so on)
	@$(BIN)/leads dev $(ARGS)

test: setup browser ## Run every test
	@$(BIN)/pytest $(PARALLEL) $(ARGS)

lint: setup ## Format, lint, types, imports, template and configuration, in seconds
	@$(MAKE) --no-print-directory --jobs 2 lint-types lint-rest

lint-types:
	$(BIN)/mypy

lint-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/deptry --no-ansi leads_cli functions layers/shared/leads docs/generate
	$(BIN)/cfn-lint template.yaml
	@set -e; for file in $(CONFIGS); do $(BIN)/leads check --config "$$file"; done

check: setup ## Everything that CI checks: `make lint`, and every test with the coverage of the core
	@$(MAKE) --no-print-directory --jobs 4 check-core lint-types lint-rest browser
	$(BIN)/pytest $(PARALLEL) tests -m "hypothesis or not core"

check-core:
	$(BIN)/pytest $(PARALLEL) -n auto $(CORE) --hypothesis-profile=explicit --cov --cov-report=
	$(BIN)/coverage report --include='*/leads/*' --fail-under=100

build: setup ## Check the configuration and build the Lambda artifact into .aws-sam
	@set -e; for file in $(CONFIGS); do $(BIN)/leads check --config "$$file"; done
	@$(BIN)/sam build

deploy: stage-is-right build ## Build and deploy a stack without a question (STACK=name; parameters in stages/name.toml)
	@$(STAGE); echo "Deploying $(STACK) with the parameters of $$stage ..."; \
	$(OWN_REGION) $(BIN)/sam deploy --config-file "$$PWD/$$stage" --stack-name "$(STACK)" $(ARGS) \
	  || { $(FAIL); fail "if AWS knows no region or credentials: aws configure asks for both, and $$stage may name a region"; }
	@$(STAGE); where() { sed -n "s/^$$1 *= *\"\([^\"]*\)\".*/--$$1 \1/p" "$$stage"; }; \
	$(OWN_REGION) $(BIN)/leads check --live --stack "$(STACK)" $$(where region) $$(where profile) \
	  --config "$$config" || echo "The stack is deployed. What is still missing is named above."

# The file with a stack's parameters, and the configuration that it selects.
STAGE = stage=stages/$(STACK).toml; [ -f "$$stage" ] || stage=stages/default.toml; \
	config=layers/config/$$(sed -n "s/^[^\#]*[\"' ]ConfigFile=\([^\"' ]*\).*/\1/p" "$$stage"); \
	[ "$$config" != layers/config/ ] || config=layers/config/enrollment.toml

# Before a minute of building. Where there are stages, a name without one is most likely mistyped.
stage-is-right:
	@$(FAIL); [ -n "$(STACK)" ] || fail "name the stack: make deploy STACK=leadterra-enroll"; \
	[ -f "stages/$(STACK).toml" ] || [ "$(wildcard stages/*.toml)" = stages/default.toml ] \
	  || fail "there is no stages/$(STACK).toml, only $(wildcard stages/*.toml): correct the name, or write that file"; \
	$(STAGE); [ -f "$$config" ] || fail "$$stage selects $$config, which is not there: copy layers/config/enrollment.toml to it"

bucket-is-named:
	@$(FAIL); [ -n "$(BUCKET)" ] && [ -n "$(REGION)" ] || fail "name a bucket: make release BUCKET=your-bucket REGION=eu-west-1"

release: bucket-is-named build ## Write what a stack needs without SAM into .aws-sam/release (BUCKET=name REGION=eu-west-1)
	@$(BIN)/python -m release $(BUCKET) $(REGION)

bench: setup ## Measure, write docs/performance.md, and fail where a claim does not hold (ARGS="warm cost": only these)
	@PYTHONPATH=layers/shared $(BIN)/python -m benchmarks $(ARGS)

drill: setup ## 3,000 signups, with a Leadterra that misbehaves in 23 ways, many new examples of each property, and fuzzing
	@PYTHONPATH=.:layers/shared $(BIN)/python -m tests.drill $(ARGS)
	@$(BIN)/pytest $(PARALLEL) --hypothesis-profile=long -m hypothesis tests/unit tests/integration
	@$(BIN)/python -m tests.fuzz

soak: setup ## A week of a million leads in virtual time, about 20 minutes (ARGS="--leads 20000 --days 1.5 --outage 8 --window 60": one)
	@$(BIN)/python benchmarks/soak.py $(ARGS)

audit: setup ## Look up known vulnerabilities of what the functions run on
	@$(FAIL); \
	found=$$($(BIN)/uv tool run --quiet pip-audit --strict --disable-pip --no-deps -r layers/shared/requirements.txt 2>&1) \
	  && { echo "$$found"; exit 0; }; \
	case "$$found" in \
	  *"Found "*"known vulnerabilit"*) echo "$$found"; exit 1;; \
	  *) fail "nothing was audited, PyPI does not answer: $$(printf '%s' "$$found" | tail -n 1)";; \
	esac

docs: setup ## Write docs/sources.md and docs/openapi.json anew from the code
	@$(BIN)/python -m docs.generate

format: setup ## Format the code and apply the safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# The existing pins are kept where they still fit; UPGRADE=1 takes the newest of everything.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url $(if $(UPGRADE),--upgrade)
lock: setup ## Resolve the dependencies of pyproject.toml into the requirement files (UPGRADE=1: newest)
	@$(COMPILE) --extra cli --group test pyproject.toml --output-file requirements-test.txt
	@$(COMPILE) --constraint requirements-test.txt --extra cli --group install pyproject.toml --output-file requirements-dev.txt
	@$(COMPILE) --constraint requirements-test.txt pyproject.toml --output-file layers/shared/requirements.txt

# uv: the one on PATH if it really runs (version managers leave shims that do not), else the locked
# one, by way of whatever Python there is. Python 3.13: uv looks on PATH and downloads it if it must;
# pyenv hides the versions that are not active, so they are offered too.
$(RUN): INSTALL := install --requirement requirements-dev.txt
$(READY): INSTALL := sync requirements-test.txt
$(RUN) $(READY): requirements-dev.txt requirements-test.txt pyproject.toml .python-version
	@$(FAIL); set -e; \
	boot=$(VENV)/bootstrap; uv=; \
	for candidate in uv $(BIN)/uv $$boot/bin/uv; do \
	  if "$$candidate" --version >/dev/null 2>&1; then uv=$$candidate; break; fi; \
	done; \
	if [ -z "$$uv" ]; then \
	  python=; \
	  for candidate in python3 python; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then python=$$candidate; break; fi; \
	  done; \
	  [ -n "$$python" ] || fail "Python is missing: install any Python 3.8 or newer as python3"; \
	  "$$python" -c 'import venv, ensurepip' 2>/dev/null \
	    || fail "Python's venv module is missing: install it (Debian, Ubuntu: apt-get install python3-venv)"; \
	  error=$$("$$python" -m venv "$$boot" 2>&1) || fail "$$boot could not be created: $$error"; \
	  sed -n '/^uv==/,/[^\\]$$/p' requirements-test.txt >"$$boot/uv.txt"; \
	  error=$$("$$boot/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
	    -r "$$boot/uv.txt" 2>&1) || fail "uv could not be installed: $$error"; \
	  uv=$$boot/bin/uv; \
	fi; \
	version=$$(cat .python-version); \
	for kept in "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/"$$version"*/bin; do PATH="$$PATH:$$kept"; done; \
	error=$$("$$uv" venv --quiet --allow-existing --python "$$version" $(VENV) 2>&1) \
	  || fail "Python $$version is missing and could not be downloaded: $$error"; \
	echo "Installing $(lastword $(INSTALL)) into $(VENV) ..."; \
	error=$$("$$uv" pip $(INSTALL) --quiet --python $(BIN)/python --require-hashes 2>&1) \
	  || fail "$(lastword $(INSTALL)) could not be installed: $$error"; \
	error=$$("$$uv" pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable . 2>&1) \
	  || fail "the project could not be installed: $$error"; \
	rm -rf "$$boot"; touch $(RUN) $@

# The console is tested in a real browser.
browser: $(READY)
	@$(FAIL); \
	for name in $(BROWSERS); do if "$$name" --version >/dev/null 2>&1; then exit 0; fi; done; \
	downloaded='from playwright.sync_api import sync_playwright as start; import os, sys; \
	  play = start().start(); found = os.path.exists(play.chromium.executable_path); play.stop(); sys.exit(not found)'; \
	if $(BIN)/python -c "$$downloaded" 2>/dev/null; then exit 0; fi; \
	echo "Installing Chromium for the browser tests ..."; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  { apt-get -qq -o DPkg::Lock::Timeout=600 update \
	    && DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=600 \
	      install --no-install-recommends chromium; } >/dev/null 2>&1 && chromium --version >/dev/null 2>&1 && exit 0; \
	fi; \
	$(BIN)/playwright install chromium >/dev/null 2>&1 \
	  || fail "Chromium is missing and could not be installed: install it as one of: $(BROWSERS)"
