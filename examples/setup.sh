#!/usr/bin/env bash
# Installs what is missing to build coauth: setup.sh [tests] [ci]
#
# With "tests" also what the tests run, with "ci" also what .ci/run checks with. On Debian 12 it
# installs Debian's own packages by name and removes none; elsewhere it says what is needed and leaves
# the rest to CMake. What npm puts into node_modules below test/browser and test/foreign is not Debian's: the driver of the browser
# tests, node-oauth, openid-client and oidc-provider. Quiet and instant when nothing is missing; all it says goes to stderr.
set -euo pipefail
exec >&2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

packages=(g++ cmake ninja-build libssl-dev libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libcli11-dev)
tests=false
for what in "$@"; do
    case $what in
        tests) # doctest and Google Benchmark; the databases; foreign OAuth clients and a foreign provider; a browser; pkg-config
            packages+=(doctest-dev libbenchmark-dev git pkgconf python3 python3-oauthlib python3-requests-oauthlib python3-authlib
                       python3-twython libsqlite3-dev libhiredis-dev redis-server libnet-oauth-perl libnet-twitter-lite-perl liblwp-protocol-https-perl
                       ruby-oauth chromium nodejs npm)
            tests=true ;;
        ci) packages+=(git clang-14 clang-format-14 libclang-rt-14-dev valgrind) ;;
        *) echo "usage: setup.sh [tests] [ci]"; exit 2 ;;
    esac
done

say() { echo "coauth setup: $*"; }

# What a folder's package-lock.json names, in that version and with that hash. Without it all other tests still run,
# so its absence is said here and failed by the tests that want it.
install_with_npm() { # folder below test, purpose
    local folder=$root/test/$1
    [ "$(grep integrity "$folder/package-lock.json")" = "$(grep -s integrity "$folder/node_modules/.package-lock.json")" ] && return
    say "installing $2 with npm, into test/$1/node_modules"
    npm --prefix "$folder" ci </dev/null || {
        say "npm could not install $2; see its words above. The tests that want it will fail."
        say "Where npm reaches no registry: copy test/$1/node_modules here from a machine where this worked."
    }
}

# What comes last: done with Debian's packages, or with doing without.
finish() {
    if $tests && command -v npm >/dev/null; then
        install_with_npm browser "the driver of the browser tests"
        install_with_npm foreign/node_oauth "node-oauth"
        install_with_npm foreign/openid "openid-client and oidc-provider"
    fi
    exit 0
}

is_debian_12() {
    [ -r /etc/os-release ] && command -v apt-get dpkg-query >/dev/null &&
        (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}
if ! is_debian_12; then
    say "this is not Debian 12, so no packages are installed. Needed are g++ 12 or clang 14, CMake 3.25, Ninja," \
        "OpenSSL 3, Boost 1.81 with JSON and URL, doctest and CLI11; for tests in a browser Chromium, Node 18 and" \
        "npm. Going on with what is here."
    finish
fi

# The packages of a list that are not installed.
missing_of() {
    local installed
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
    for package in "$@"; do
        grep -qxF "$package" <<<"$installed" || echo "$package"
    done
}
mapfile -t missing < <(missing_of "${packages[@]}")
# A program that was installed in another way serves as well.
for program in g++:g++ cmake:cmake ninja:ninja-build git:git chromium:chromium node:nodejs npm:npm; do
    if command -v "${program%%:*}" >/dev/null; then
        mapfile -t missing < <(printf '%s\n' "${missing[@]}" | grep -vxF "${program#*:}" || true)
    fi
done
[ ${#missing[@]} -gt 0 ] && [ -n "${missing[0]}" ] || finish

# Debian's Boosts can't be installed side by side. Which one to keep is the user's choice.
if [[ " ${missing[*]} " == *" libboost1.81-dev "* ]]; then
    others=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'libboost*-dev' 2>/dev/null |
        sed -n 's/^installed //p' | grep -v '1\.81-dev$' | tr '\n' ' ') || true
    if [ -n "$others" ]; then
        say "coauth needs Boost 1.81, and Debian's packages of it can't be installed beside those of another Boost:"
        say "  $others"
        say "This script removes nothing of yours. To change over, run"
        say "  apt-get install libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev"
        say "which lists what it removes and asks first; or build in a container."
        exit 1
    fi
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        say "missing: ${missing[*]}"
        say "There is no sudo here. As root, run: apt-get install --no-install-recommends ${missing[*]}"
        exit 1
    fi
    as_root=(sudo)
fi

say "installing from Debian${as_root:+ with sudo}: ${missing[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 "$@" </dev/null; }
install() { apt install -y --no-remove --no-install-recommends "${missing[@]}"; }

# Package lists that are absent or old are the usual cause: fetch them once.
if apt-cache show --no-all-versions "${missing[@]}" >/dev/null 2>&1; then
    install || { apt update && install; }
else
    apt update && install
fi || {
    say "apt-get could not install ${missing[*]} without removing something; see its words above."
    exit 1
}
finish
