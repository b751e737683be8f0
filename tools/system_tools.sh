#!/bin/sh
# What the tests call and pip cannot install: a program, or an extension of PostgreSQL, and the Debian package of it.
# As root on Debian the missing ones are installed; elsewhere they are named, and their tests are not run.
set -u
tools="
git       git
initdb    postgresql
openssl   openssl
pdftoppm  poppler-utils
postgis.control postgresql-postgis
"

# Debian keeps a server's programs and extensions of each version in folders of their own, outside PATH.
found() {
  command -v "$1" >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/"$1" >/dev/null 2>&1 ||
    ls /usr/share/postgresql/*/extension/"$1" >/dev/null 2>&1
}

missing() {
  echo "$tools" | while read -r program package; do
    [ -z "$program" ] || found "$program" || echo "$package"
  done | sort -u | tr '\n' ' '
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ]; then
  echo "installing $packages"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # one word per package
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } </dev/null >/dev/null
  packages=$(missing)
fi
if [ -n "$packages" ]; then
  echo "Not installed: ${packages}- the tests that need them are reported as not run; apt-get install them to run these."
fi
exit 0
