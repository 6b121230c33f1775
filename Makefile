# `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

ENGINE := .build/release/engine

.PHONY: help setup demo test smoke bench soak fuzz format golden ratchet parity example clean

help: ## This list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/\1|\2/' | column -t -s '|'

setup: ## Install what Debian has and this project needs
	@tools/setup.sh

demo: setup ## Fetch real data, build, import, backtest, replay, explain, diff, report
	@tools/demo.sh

test: setup ## Format check, every test, parity with other programs, ratchet: what CI runs
	@tools/test.sh

smoke: ## A whole rehearsal in seconds: backtest, paper, replay, diff, gates, kill
	@swift build -c release --product engine 2>&1 | tail -n 1
	@tools/smoke.sh

bench: setup ## Print the speed and size figures of this machine
	swift build -c release --product engine
	$(ENGINE) bench

soak: setup ## The heavy suites in full length
	@ENGINE_SOAK=1 tools/test.sh

fuzz: setup ## Fuzz what reads journals, until stopped or for SECONDS=n
	@tools/fuzz.sh $(SECONDS)

format: ## Format every Swift file
	swift format -i -r Package.swift Sources Tests tools

golden: ## Rewrite golden texts and show what changed (golden bytes are never rewritten)
	UPDATE_GOLDEN=1 swift test --filter 'CommandTests|ProjectionsTests|RuntimeTests|FeedsTests' || true
	git diff --stat -- Tests journals

ratchet: ## Compare counted instructions with the committed figure
	@tools/ratchet.sh

clean: ## Remove what was built and what the demo made
	rm -rf .build .build-pure .build-fuzz demo runs
