#!/usr/bin/env bash
# Runs tests on Node 24, fetched from the npm registry into a temporary directory.
# Arguments go to vitest; without any, the whole unit project is run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
npm install --silent --no-save --prefix "$home" node@24 >/dev/null
# First in PATH, so that children of the tests are on the same node.
export PATH="$home/node_modules/node/bin:$PATH"
echo "node $(node --version)"
[[ "$(node --version)" == v24.* ]]

if [[ $# -eq 0 ]]; then set -- --project unit; fi
node node_modules/vitest/vitest.mjs run "$@"
