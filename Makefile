# Everything a person runs: build, demo, test, bench. `make help` lists them.
export CGO_ENABLED := 0
SHELL := /bin/bash
.DEFAULT_GOAL := help
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X zhike/internal/app.Version=$(VERSION)

.PHONY: help build ui demo test lint gen check-gen bench bench-small clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ui ## build the program into bin/zhike
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/zhike ./cmd/zhike

ui: web/dist/index.html ## build the web UI into web/dist

web/dist/index.html: web/package-lock.json $(shell find web/src locales -type f 2>/dev/null) web/index.html web/vite.config.ts
	scripts/web.sh build
	@touch $@

demo: build ## make the sample company, import and grade it, and serve it
	scripts/demo.sh

test: ## run every test, both engines and the browser included
	scripts/test.sh

lint: ## formatting, vet and the web's own checks
	scripts/lint.sh

gen: ## write api/openapi.json and the TypeScript client anew
	go run ./cmd/zhike openapi > api/openapi.json.new && mv api/openapi.json.new api/openapi.json
	scripts/web.sh gen

check-gen: ## fail when generated files differ from what is committed
	scripts/check-gen.sh

bench: build ## measure at 1,000,000 customers and 10,000,000 orders on both engines
	scripts/bench.sh 1000000 10000000

bench-small: build ## the same at a tenth
	scripts/bench.sh 100000 1000000

clean: ## remove what was built
	rm -rf bin web/dist/assets web/dist/index.html
