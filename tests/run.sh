#!/usr/bin/env bash
#
# Runs every check and every test there is, and stops at the first that fails.
# What they need and this machine lacks is installed first, on Debian; elsewhere it is named.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# runtime/tests/ui expects compile errors in the words of this version of the compiler.
rust=1.95.0

cargo_hack=0.6.46

# The crates for crates.io.
published=(wspring-path wspring-protocol wspring-macros wspring)

fail() {
    printf '\ntests/run.sh: %s\n' "$1" >&2
    exit 1
}

has() {
    command -v "$1" >/dev/null 2>&1
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif has sudo && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        fail "this needs root: run as root, or as a user who may use sudo: $*"
    fi
}

# debian PACKAGES PROGRAM...: installs the packages, unless all the programs are there.
debian() {
    local packages program missing=()
    read -ra packages <<<"$1"
    shift
    for program in "$@"; do
        has "$program" || missing+=("$program")
    done
    [[ ${#missing[@]} -eq 0 ]] && return
    has apt-get || fail "not on PATH: ${missing[*]}; install it with the package manager of this system"
    echo "not on PATH: ${missing[*]}; installing ${packages[*]}"
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${packages[@]}"
    for program in "${missing[@]}"; do
        has "$program" || fail "$program is still not on PATH after installing ${packages[*]}"
    done
}

toolchain() {
    has cargo || fail "no cargo on PATH: install a Rust toolchain first, for instance with rustup"
    if [[ $(rustc --version) != "rustc $rust "* ]]; then
        has rustup || fail "this is $(rustc --version), and the tests need $rust: install it, or rustup"
        rustup toolchain install "$rust" --profile minimal
        export RUSTUP_TOOLCHAIN=$rust
    fi
    component rustfmt cargo fmt --version
    component clippy cargo clippy --version
}

# component NAME COMMAND...: adds a component to the toolchain, unless the command answers.
component() {
    local name=$1
    shift
    "$@" >/dev/null 2>&1 && return
    has rustup || fail "the Rust toolchain has no $name: install it the way the toolchain was installed"
    rustup component add "$name"
}

# cargo_tool NAME VERSION: builds a subcommand of cargo, unless some version of it is there.
cargo_tool() {
    cargo "${1#cargo-}" --version >/dev/null 2>&1 || cargo install --locked "$1@$2"
}

step() {
    local name=$1 begun=$SECONDS
    shift
    printf '\n==> %s: %s\n' "$name" "$*"
    "$@" || fail "$name failed after $((SECONDS - begun)) s"
    printf '==> %s: ok, %d s\n' "$name" "$((SECONDS - begun))"
}

toolchain
debian "gcc libc6-dev" cc
# libfuzzer is written in C++.
debian g++ c++
cargo_tool cargo-hack "$cargo_hack"
# Debian has it there, where not every user looks.
PATH=$PATH:/usr/sbin debian nats-server "${NATS_SERVER:-nats-server}"
PATH=$PATH:/usr/sbin debian haproxy "${HAPROXY:-haproxy}"
PATH=$PATH:/usr/sbin debian nginx "${NGINX:-nginx}"
debian "faketime libfaketime" faketime
debian "chromium chromium-driver" "${CHROMIUM:-chromium}" "${CHROMEDRIVER:-chromedriver}"

step formatting cargo fmt --all --check
step "formatting of the peers" cargo fmt --manifest-path benches/peers/Cargo.toml --check
step "formatting of the fuzz targets" cargo fmt --manifest-path fuzz/Cargo.toml --check
step lints cargo clippy --workspace --all-targets --all-features --locked -- -D warnings
# Without `--locked`: cargo-hack takes the dev-dependencies out of the manifest, and the lock file follows it.
step "every set of features" cargo hack clippy --package wspring --feature-powerset --no-dev-deps -- -D warnings
step "fuzz targets" env RUSTFLAGS="--cfg fuzzing" cargo check --manifest-path fuzz/Cargo.toml --locked
step documentation env RUSTDOCFLAGS="-D warnings" \
    cargo doc --workspace --no-deps --all-features --locked
step "documentation without features" env RUSTDOCFLAGS="-D warnings" \
    cargo doc --package wspring --no-deps --locked
step packages cargo package "${published[@]/#/--package=}" --locked --allow-dirty
step "tests without features" cargo test --package wspring --lib --locked
step "suites without features" cargo test --package wspring-tests --no-default-features --locked \
    --test features --test lifecycle --test messages --test push
step tests cargo test --workspace --all-features --locked
printf '\ntests/run.sh: everything passed, %d s\n' "$SECONDS"
