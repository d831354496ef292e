# Every target says what it does: `make help`. `make run` and `make test` are all that most people need.
SHELL := /bin/bash
.DEFAULT_GOAL := help

NODE_VERSION_MINIMUM := 20.19
# The image that docker-build makes, docker-push sends and deploy runs.
IMG ?= kubejobs:dev
PROGRAM := dist/cmd/kubejobs/main.js
SOURCES := $(shell find cmd pkg internal -name '*.ts' 2>/dev/null) $(shell find web -type f 2>/dev/null) vite.config.ts

# npm writes this file at the end of an installation; it is touched so that it is newer than the lock file.
INSTALLED := node_modules/.package-lock.json

.PHONY: help
help: ## print every target with a sentence
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  %-16s %s\n", $$1, $$2 }'

## Running

.PHONY: run
run: build ## install what is missing, build, and serve a dry run on port 8000 (ARGS="--settle-ms 500 …" adds flags)
	node $(PROGRAM) serve --dry-run --store sqlite:kubejobs.db $(ARGS)

.PHONY: demo
demo: build ## play the sample timeline in a dry run and print it (about 35 seconds)
	node $(PROGRAM) demo

.PHONY: demo-gang
demo-gang: install ## play a deadlock of gangs and its way out on a control plane of its own with simulated nodes (a minute)
	npx tsx test/cluster/gang/demo.ts

.PHONY: demo-jobset
demo-jobset: install ## play the JobSets of examples/jobset on a control plane of its own with simulated nodes (a minute)
	npx tsx test/cluster/jobset-demo/demo.ts

.PHONY: install
install: $(INSTALLED) ## install the packages of the lock file, when they are missing or the lock file changed

.PHONY: build
build: $(PROGRAM) ## compile to dist/, when a source changed

## Checking

.PHONY: test
test: install ## run all tests; those on a real control plane need Go or KUBEBUILDER_ASSETS and are skipped without
	npx vitest run

.PHONY: test-fast
test-fast: install ## run the tests that need nothing but Node
	npx vitest run --project fast

.PHONY: test-node24
test-node24: install ## run the same on Node 24, which comes from npm, in a copy of the work tree
	.ci/test-node24

.PHONY: check
check: lint typecheck build test test-node24 ## exactly what CI runs: lint, typecheck, build, test, on Node 24 too

.PHONY: lint
lint: install ## find mistakes and bad formatting
	npm run --silent lint

.PHONY: format
format: install ## format the sources
	npm run --silent format

.PHONY: typecheck
typecheck: install ## check the types of everything, tests included
	npm run --silent typecheck

.PHONY: openapi
openapi: install ## write openapi.yaml, docs/errors.md and docs/configuration.md from the server's own tables
	npx tsx test/support/write-openapi.ts

.PHONY: manifests
manifests: install ## write what deploy/ has that is made from something else: rights and schema of the chart, install.yaml (needs Go)
	npx tsx test/support/write-manifests.ts

.PHONY: crds
crds: install ## take the schema of Job templates in deploy/crds from the API server of the test cluster
	npx tsx test/support/crds/write-crds.ts

## What holds when things fail

.PHONY: scorecard
scorecard: build ## run the large column of the fault scorecard, hours; goes on where it stopped (ROWS=4,5 PIECES=1 BUDGET=30m)
	npx tsx test/faults/scorecard/run-scorecard.ts --rows '$(ROWS)' --pieces '$(PIECES)' --budget '$(BUDGET)'

.PHONY: reliability
reliability: install ## write docs/reliability.md, and what the scorecard has found since into docs/reliability.json
	npx tsx test/faults/scorecard/write-reliability.ts

.PHONY: audit
audit: install ## look for known vulnerabilities in the packages, where the registry can tell
	npx tsx test/supply-chain/run-audit.ts

.PHONY: simulate
simulate: install ## simulate SEEDS=1..500 of STEPS=5000 steps each; one seed with TRACE=1 is told line by line
	@SEEDS='$(SEEDS)' STEPS='$(STEPS)' TRACE='$(TRACE)' PROCESSES='$(PROCESSES)' \
	  node --import ./test/support/typescript-loader.mjs test/simulation/simulate.ts

## A real Kubernetes on this machine, without containers

.PHONY: cluster-up
cluster-up: install ## start a real control plane with simulated nodes (NODE=real adds a real one); minutes the first time
	npx tsx test/cluster/harness/up.ts $(NODE)

.PHONY: alerts
alerts: install ## test the alert rules and the dashboard with promtool, which is built the first time: minutes
	npx vitest run --project cluster test/cluster/alerts.test.ts

.PHONY: cluster-down
cluster-down: install ## stop it and remove what it left
	npx tsx test/cluster/harness/down.ts

## Measuring

BENCHES := $(patsubst test/bench/%.ts,bench-%,$(wildcard test/bench/*.ts))

.PHONY: bench
bench: $(BENCHES) ## run every benchmark, one after the other; each alone: bench-submit, bench-dispatch, bench-memory, bench-batch, bench-events, bench-dashboard

.PHONY: $(BENCHES)
$(BENCHES): bench-%: build
	npx tsx test/bench/$*.ts $(ARGS)

## Shipping

.PHONY: docker-build
docker-build: ## build the container image for this machine (IMG=registry.example/kubejobs:0.1.0 names it)
	docker build --tag $(IMG) .

.PHONY: docker-push
docker-push: ## send it to its registry; with PLATFORMS=linux/amd64,linux/arm64 build it for these first, by buildx
	$(if $(PLATFORMS),docker buildx build --platform $(PLATFORMS) --tag $(IMG) --push .,docker push $(IMG))

.PHONY: deploy
deploy: build ## put kubejobs on the cluster of kubectl, with tokens of its own (IMG=… is the image it runs)
	deploy/deploy.sh $(IMG)

.PHONY: undeploy
undeploy: ## take it off again; the volume with the jobs, the tokens and the namespaces stay, unless PURGE=1
	PURGE='$(PURGE)' deploy/undeploy.sh

.PHONY: python-client
python-client: install ## generate the Python client from openapi.yaml into build/python-client (needs Python; FOLDER=… is another one)
	npx tsx test/support/write-python-client.ts $(FOLDER)

.PHONY: sbom
sbom: install ## write the bill of materials, dist/sbom.cdx.json (CycloneDX)
	npx tsx test/supply-chain/write-sbom.ts

.PHONY: clean
clean: ## remove what was built; packages and databases stay
	rm -rf dist build coverage

# What stands behind the names above.

$(INSTALLED): package.json package-lock.json | node-version
	npm ci
	@.ci/mend-sqlite
	@touch $@

$(PROGRAM): $(INSTALLED) tsconfig.json tsconfig.build.json $(SOURCES)
	npm run --silent build
	@touch $@

NODE_CHECK := var v = process.versions.node, n = v.split("."), m = "$(NODE_VERSION_MINIMUM)".split("."); \
  if (+n[0] < +m[0] || (+n[0] === +m[0] && +n[1] < +m[1])) { \
  console.error("kubejobs needs Node.js $(NODE_VERSION_MINIMUM) or newer; this is " + v + "."); process.exit(1); }

.PHONY: node-version
node-version:
	@command -v node >/dev/null || { echo 'kubejobs needs Node.js $(NODE_VERSION_MINIMUM) or newer; there is no node on the PATH.' >&2; exit 1; }
	@node -e '$(NODE_CHECK)'
