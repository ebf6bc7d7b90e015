#!/usr/bin/env bash
#
# fuzz/run.sh [SECONDS] [TARGET...]: runs each target for so long, a minute if nothing is said; all of them if none is named.
# Stops at the first that fails; the input that made it fail is in fuzz/artifacts.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

seconds=${1:-60}
shift || true
targets=("$@")
if [[ ${#targets[@]} -eq 0 ]]; then
    for file in targets/*.rs; do
        targets+=("$(basename "$file" .rs)")
    done
fi

rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz

for target in "${targets[@]}"; do
    echo "==> $target, $seconds s"
    # New inputs go to the first directory.
    mkdir -p "corpus/$target"
    cargo +nightly fuzz run --fuzz-dir . "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
done
