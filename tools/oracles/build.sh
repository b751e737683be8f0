#!/bin/sh
# Builds the programs of others that check our log, and that our witness serves: go.mod pins them, go.sum their content.
# They are kept in .make/oracles until go.sum changes. Where they cannot be built the tests that call them are reported
# as not run, with the reason that this script leaves in .make/oracles/missing.
set -u
cd "$(dirname "$0")" || exit 0
into=$(cd ../.. && pwd)/.make/oracles
digest=$(cat go.mod go.sum | sha256sum | cut -c 1-16)
[ -e "$into/$digest" ] && exit 0
rm -rf "$into"
mkdir -p "$into"

missing() {
  echo "$1" >"$into/missing"
  echo "Not built: fsck, litewitness, posix-oneshot ($1) - the tests that need them are reported as not run."
  exit 0
}

PATH=$PATH:/usr/local/go/bin
command -v go >/dev/null 2>&1 || missing "needs Go, not installed here"

# A Go before 1.21 does not fetch the Go that go.mod asks for, but can fetch it as the module that it is.
fetched() {
  module=golang.org/toolchain@v0.0.1-go1.26.8.$(go env GOOS)-$(go env GOARCH)
  mkdir "$into/get" && (cd "$into/get" && go mod init get && go mod download "$module") >"$into/log" 2>&1
  from=$(cd "$into/get" && go env GOMODCACHE)/$module
  [ -d "$from" ] || missing "needs Go 1.25 or newer, which could not be fetched"
  cp -R "$from" "$into/go" && chmod -R u+w "$into/go" && chmod -R a+x "$into/go/bin" "$into/go/pkg/tool"
  unset GOROOT
  PATH=$into/go/bin:$PATH
}

export CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false" GOTOOLCHAIN=auto
echo "building the Go programs that check the log (once; it takes a minute or two)"
case $(go env GOVERSION) in
  go1.? | go1.?.* | go1.1? | go1.1?.* | go1.20 | go1.20.*) fetched ;;
esac
GOBIN=$into timeout 900 go install tool >"$into/log" 2>&1 || missing "$(tail -n 1 "$into/log")"
rm -rf "$into/go" "$into/get" "$into/log"
touch "$into/$digest"
