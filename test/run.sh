#!/usr/bin/env bash
# Builds everything and runs every test. Installs what is missing first (see examples/setup.sh).
# Arguments go to ctest: test/run.sh -R sandbox
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

examples/setup.sh tests
cmake --preset dev
cmake --build --preset dev
ctest --preset dev "$@"
