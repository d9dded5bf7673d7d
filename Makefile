# `make run` and `make test` are all one needs. They work on a fresh Debian or Ubuntu and on macOS,
# with the make of 2006 that the latter has.

sqlc := v1.31.1
templ := v0.3.977
staticcheck := v0.8.2

# Everything the tools have written and nobody else.
generated = find db views -name '*_templ.go' -o -name '*.sql.go' -o -path db/models.go -o -path db/queries.go

.PHONY: help run test bench chaos soak build assets generate check fmt reset

help: ## lists what can be typed
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

run: build ## builds and starts everything; Ctrl-C stops it, and the data stay
	@[ -n "$$DATABASE_URL" ] || grep -qs '^DATABASE_URL=.' .env || .ci/need postgres
	@given=$$(export -p); set -a; [ ! -f .env ] || . ./.env; set +a; eval "$$given"; exec bin/cabinet run

test: assets ## runs every test, those in Chromium too
	@.ci/need postgres chromium
	@go test -timeout 20m ./...

bench: build ## measures what things cost, as docs/bench.md says; ONLY=orders,charge names some figures
	@.ci/need postgres
	@go build -buildvcs=false -o bin/bench ./cmd/bench
	@exec bin/bench

chaos: assets ## kills processes, database and mail server for longer than make test does; CHAOS_N=500 says how often
	@.ci/need postgres
	@CHAOS_N=$${CHAOS_N:-100} go test -timeout 2h -count=1 -v ./cmd/cabinet/chaos

soak: assets ## uses the cabinet for ten minutes and looks for what is not given back; SOAK=1h for longer
	@.ci/need postgres
	@SOAK=$${SOAK:-10m} go test -timeout 0 -count=1 -v -run TestSoak ./cmd/cabinet/chaos

build: assets ## builds bin/cabinet
	@.ci/need go
	@go build -buildvcs=false -o bin/cabinet ./cmd/cabinet

assets: assets/vendor/htmx.min.js assets/vendor/DejaVuSans.ttf assets/vendor/DejaVuSans-Bold.ttf ## fetches htmx and the font of PDFs by lock file

generate: bin/.sqlc-$(sqlc) bin/.templ-$(templ) ## writes Go from the SQL and the templates
	@bin/sqlc generate
	@bin/templ generate -path views -log-level error

check: assets bin/.sqlc-$(sqlc) bin/.templ-$(templ) bin/.staticcheck-$(staticcheck) ## looks for bad form, old generated code and what vet and staticcheck see
	@ugly=$$(gofmt -l assets cmd db handlers jobs views); \
	if [ -n "$$ugly" ]; then echo "$$ugly"; echo "Type make fmt to format these."; exit 1; fi
	@if grep -q '"resolved"' package-lock.json; then echo "package-lock.json holds addresses: make it again with the settings of .npmrc."; exit 1; fi
	@before=$$($(generated) | sort | xargs cksum); $(MAKE) -s generate; after=$$($(generated) | sort | xargs cksum); \
	if [ "$$before" != "$$after" ]; then git status --short -- '*_templ.go' '*.sql.go' db/models.go db/queries.go; echo "The generated code was old: commit what make generate has just written."; exit 1; fi
	@go vet ./...
	@bin/staticcheck ./...

fmt: bin/.templ-$(templ) ## formats Go and templates
	@gofmt -w assets cmd db handlers jobs views
	@bin/templ fmt -log-level error views

reset: ## forgets all data of make run
	@if pid=$$(head -n 1 .data/postgres/data/postmaster.pid 2>/dev/null) && kill -0 "$$pid" 2>/dev/null; then \
	echo "Cabinet is running: stop it with Ctrl-C, then type make reset again."; exit 1; fi
	@if [ -d .data/postgres ]; then rm -rf "$$(cd .data/postgres && pwd -P)"; fi
	@rm -rf .data

# One file: htmx looks at the page in a timer, which between two scripts may come before its extension does.
assets/vendor/htmx.min.js: node_modules/.package-lock.json Makefile
	@awk 1 node_modules/htmx.org/dist/htmx.min.js node_modules/htmx.org/dist/ext/hx-sse.min.js > $@

assets/vendor/DejaVuSans%ttf: node_modules/.package-lock.json
	@cp node_modules/dejavu-fonts-ttf/ttf/$(@F) $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@.ci/need npm
	@npm ci --ignore-scripts --include=dev --loglevel=error >/dev/null
	@touch $@

# A tool is built once for each version; the stamp beside it says which one it is.
bin/.sqlc-$(sqlc): tool = github.com/sqlc-dev/sqlc/cmd/sqlc@$(sqlc)
bin/.templ-$(templ): tool = github.com/a-h/templ/cmd/templ@$(templ)
bin/.staticcheck-$(staticcheck): tool = honnef.co/go/tools/cmd/staticcheck@$(staticcheck)
bin/.%:
	@.ci/need go
	@echo "Building $(tool) …"
	@CGO_ENABLED=0 GOBIN="$(CURDIR)/bin" go install $(tool)
	@touch $@
