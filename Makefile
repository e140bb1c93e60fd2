# The commands people use. Everything else: docs/.

.PHONY: build demo test lint lab bench ci dist

build: # the program, as it is shipped
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X microtui/cli.version=$$(packaging/version)" -o microtui .

demo: # the screen on the embedded host
	go run . --demo

test: # everything that runs here; as root on Debian in the lab, too
	go run ./lab/test

lint: # what CI checks beyond the compiler
	gofmt -l .
	go vet ./...
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

lab: # a shell on a throwaway host; needs root
	go run ./lab/cmd

bench: # what it costs to look at a host, beside other tools; needs root
	CGO_ENABLED=0 go run ./bench/run $(BENCH)

ci: # all that has to hold before a change is done; needs root on Debian
	.ci/run

dist: # what a release consists of, in dist/: binaries, packages, what they are made of, checksums
	packaging/dist
