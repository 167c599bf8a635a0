#!/usr/bin/env bash
# Prepares the image in which submissions are graded. Gradescope runs this once, as root, when it builds the autograder.
set -euo pipefail

# Where Gradescope keeps everything; set it to try this elsewhere.
root=${AUTOGRADER_ROOT:-/autograder}
rust=1.95.0
export CARGO_HOME=$root/rust/cargo RUSTUP_HOME=$root/rust/rustup
export PATH=$CARGO_HOME/bin:$PATH

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends build-essential ca-certificates curl

# Clippy keeps the house rules of grading, so the minimal profile is not enough.
mkdir -p "$root/rust"
curl --proto '=https' --tlsv1.2 -fsSL >"$root/rust/rustup-init" \
    "https://static.rust-lang.org/rustup/archive/1.28.2/$(uname -m)-unknown-linux-gnu/rustup-init"
chmod +x "$root/rust/rustup-init"
"$root/rust/rustup-init" -y --no-modify-path --profile minimal --component clippy --default-toolchain "$rust"

cd "$root/source/course"
# When a submission is graded nothing more is fetched.
cargo fetch --locked
# Builds the grader as it will be called.
cargo course grade --help >/dev/null
# Grading the starters builds what all submissions share. While an image is built, the system may refuse what the grader
# asks of it and allow it later, so this is no reason to stop; but the reason belongs into the log.
if ! cargo course grade --out "$(mktemp -d)"; then
    echo "WARNING: the grader does not work while this image is built; its reason is above." >&2
    echo "Test the autograder with a submission. If that is refused too, see instructors/README.md." >&2
fi
