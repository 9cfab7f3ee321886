# The only commands to know. `make help` lists them.
SHELL := /bin/bash
PORT ?= 8080
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
export UV_PROJECT_ENVIRONMENT := .venv
MODEL := bot/models/kontor.tar.gz
LEARNED_FROM := $(shell find bot nlu_data -type f \( -name '*.yml' -o -name '*.py' \) -not -path '*/held_out/*' 2>/dev/null)

.PHONY: help port demo test check train bench bench-stock format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

port:
	@[[ "$(PORT)" =~ ^[0-9]{1,5}$$ ]] || { echo "there is no port $(PORT): choose one from 1 to 65535, such as PORT=8123"; exit 2; }

demo: port .venv/demo .venv-bot/ready $(MODEL) ## a whole company on this machine; PORT=8123 moves the page
	@exec .venv/bin/kontor demo --port $(PORT)

test: .venv/test .venv-bot/ready $(MODEL) ## all tests
	@.venv/bin/pytest

check: .venv/test ## format, lint, types, imports, data, then all tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m nlu_data.check
	$(MAKE) --no-print-directory test

train: .venv-bot/ready ## train the bot again
	@.venv-bot/bin/python bot/server.py train 2>&1 | grep -v 'Processed' || true
	@test -s $(MODEL)

bench: .venv/demo .venv-bot/ready $(MODEL) ## how fast and large it is, against the last figures
	@.venv/bin/python -m bench

bench-stock: .venv/demo .venv-bot/ready $(MODEL) bench/stock/.venv/ready ## the same, side by side with stock Rasa
	@.venv/bin/python -m bench --stock

format: .venv/test ## put the code into shape
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

clean: ## remove what the other commands made
	rm -rf .venv .venv-bot .tools .data bot/models bench/work bench/stock/.venv

$(MODEL): $(LEARNED_FROM) | .venv-bot/ready
	@began=$$SECONDS; echo "training the bot …"; \
	.venv-bot/bin/python bot/server.py train > /tmp/kontor-train.$$$$.log 2>&1 \
	  || { tail -n 20 /tmp/kontor-train.$$$$.log; rm -f /tmp/kontor-train.$$$$.log; exit 1; }; \
	rm -f /tmp/kontor-train.$$$$.log; echo "trained in $$((SECONDS - began)) s"

.venv/demo: uv.lock | .tools/ready
	@began=$$SECONDS; echo "setting up the application …"; \
	$(UV) sync --quiet --frozen --no-dev --inexact && touch $@ && echo "done in $$((SECONDS - began)) s"

.venv/test: uv.lock | .tools/ready
	@began=$$SECONDS; echo "setting up the application and the test tools …"; \
	$(UV) sync --quiet --frozen && touch $@ .venv/demo && echo "done in $$((SECONDS - began)) s"

.venv-bot/ready: uv.lock | .tools/ready
	@began=$$SECONDS; echo "setting up the bot …"; \
	UV_PROJECT_ENVIRONMENT=.venv-bot $(UV) sync --quiet --frozen --only-group bot && touch $@ \
	  && echo "done in $$((SECONDS - began)) s"

# pyenv hides the versions that are not chosen, also from uv.
bench/stock/.venv/ready: bench/stock/uv.lock | .tools/ready
	@python="$$(ls -d "$$(pyenv root 2>/dev/null)"/versions/3.10.*/bin/python 2>/dev/null | tail -n 1)"; \
	python="$${python:-$$($(UV) python find --no-python-downloads 3.10 2>/dev/null)}"; \
	[ -n "$$python" ] || { echo "stock Rasa needs Python 3.10: install it (pyenv install 3.10) and try again"; exit 2; }; \
	echo "setting up stock Rasa (2.5 GB) …"; \
	UV_PROJECT_ENVIRONMENT=.venv $(abspath $(UV)) sync --quiet --frozen --project bench/stock --python "$$python" && touch $@

.tools/ready:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || command -v uv > /dev/null \
	  || { echo "Kontor needs Python 3.11 or newer: install it, or uv, and try again"; exit 2; }
	@mkdir -p .tools; command -v uv > /dev/null || { echo "bringing uv …"; \
	  python3 -m venv .tools && .tools/bin/pip install --quiet 'uv>=0.9'; }
	@touch $@
