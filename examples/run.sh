#!/usr/bin/env bash
# Builds an example and runs it: run.sh [NAME [ARGS...]]
#
# Without a name it runs sign_in: a user signs in to a sandbox inside the same process. Installs
# what is missing first (see setup.sh). Only the example writes to stdout.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/release
name=${1:-sign_in}
[ $# -eq 0 ] || shift

"$root/examples/setup.sh" >&2
[ -f "$build/build.ninja" ] || cmake -S "$root" --preset release -D COAUTH_BUILD_TESTS=OFF -D COAUTH_WARNINGS_AS_ERRORS=OFF >&2

# Written by CMake: the names of all examples.
if ! grep -qxF -- "$name" "$build/examples.txt"; then
    echo "There is no example called '$name'. There are: $(paste -sd ' ' "$build/examples.txt")" >&2
    exit 2
fi
cmake --build "$build" --target "$name" >&2
exec "$build/bin/$name" "$@"
