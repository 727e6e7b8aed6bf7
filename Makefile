# A thin front for people and CI; CMake and the scripts do the work. Every target says what it does.
# Nothing but git and make need to be there: `deps` installs the rest from Debian's packages.

BUILD ?= build
PREFIX ?= /usr/local
TYPE ?= Release
# Two link steps or two template-heavy files at once need about 1.5 GB; ask for more if you have it.
JOBS ?= $(shell nproc)
SEEDS ?= 200
FUZZ_SECONDS ?= 20
MINUTES ?= 10

.DEFAULT_GOAL := build
.PHONY: help deps configure build demo test score asan tsan fuzz bench sim soak peers lint docs \
  install clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

deps: ## install what is missing from Debian's packages (does nothing when all is there)
	@scripts/install-deps.sh

configure: deps
	@test -f $(BUILD)/build.ninja || \
	  cmake -G Ninja -S . -B $(BUILD) -DCMAKE_BUILD_TYPE=$(TYPE) -DCMAKE_INSTALL_PREFIX=$(PREFIX)

build: configure ## build everything into build/ (programs in build/bin/)
	@cmake --build $(BUILD) --parallel $(JOBS)

demo: configure ## run the main job on four nodes: examples/demo.sh
	@cmake --build $(BUILD) --parallel $(JOBS) --target demo-programs
	@EMR_BUILD="$(abspath $(BUILD))" examples/demo.sh

test: build ## run every test; the last line is "N passed, N failed"
	@scripts/run-tests.sh $(BUILD)

score: configure ## precision and recall of the detectors on labelled texts
	@cmake --build $(BUILD) --parallel $(JOBS) --target emr-desensitize
	@tests/score/score.sh "$(abspath $(BUILD))/bin/emr-desensitize" "$(abspath ../shared/data)"

asan: deps ## build and run every test under address and undefined behaviour sanitizers
	@cmake --preset asan && cmake --build build-asan --parallel $(JOBS)
	@scripts/run-tests.sh build-asan -LE pipeline

tsan: deps ## the same under the thread sanitizer
	@cmake --preset tsan && cmake --build build-tsan --parallel $(JOBS)
	@scripts/run-tests.sh build-tsan -LE pipeline

fuzz: ## run every fuzz target for FUZZ_SECONDS (clang)
	@scripts/install-deps.sh --fuzz
	@scripts/run-fuzz.sh build-fuzz $(FUZZ_SECONDS) $(JOBS)

bench: build ## measure; JSON Lines go to build/bench.jsonl
	@EMR_BUILD="$(abspath $(BUILD))" tests/bench/bench.sh > $(BUILD)/bench.jsonl
	@cat $(BUILD)/bench.jsonl

sim: configure ## the seeded PBFT simulation over SEEDS seeds
	@cmake --build $(BUILD) --parallel $(JOBS) --target emr_sim
	@$(BUILD)/bin/emr_sim --seeds $(SEEDS) --start 1

soak: build ## real nodes under load, killed, paused, cut off, for MINUTES with 4 and as long with 7
	@EMR_BUILD="$(abspath $(BUILD))" tests/soak/soak.sh --nodes 4 --seconds "$$(($(MINUTES) * 60))"
	@EMR_BUILD="$(abspath $(BUILD))" tests/soak/soak.sh --nodes 7 --net namespaces \
	  --seconds "$$(($(MINUTES) * 60))" || [ $$? -eq 77 ]

peers: ## build the real peers that some tests use (Kubo: needs Go, a few minutes, once)
	@scripts/install-kubo.sh

lint: deps ## layers, purity, sizes, shell scripts
	@EMR_SOURCE="$(CURDIR)" EMR_BUILD="$(abspath $(BUILD))" bats tests/lint

docs: configure ## write man/ and completions/ from the tools' own option tables
	@cmake --build $(BUILD) --parallel $(JOBS) --target docs

install: build ## install programs, man pages and completions under PREFIX (DESTDIR is honoured)
	@cmake --install $(BUILD) --prefix "$(PREFIX)"

clean: ## remove every build directory
	@rm -rf build build-asan build-tsan build-fuzz build-debug
