#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
#
# The one set-up step of demo, test and bench. Finds out what is missing and installs it: system
# packages with apt-get (as root, or by sudo where it asks for no password), Python packages in
# virtual environments under .build/, npm packages in the app folders. Where it may not install, it
# prints the exact line to run and exits with status 2. Quick when nothing is missing.
#
#   scripts/setup.sh [GROUP...]      groups: base guests python lint fuzz bench dashboard zephyr
#                                    boards; none means base guests
#
#   base    Rust's compiler for this machine, C compiler, cmake, libclang: the CLI and virtual device
#   guests  compilers for the sample apps: C, Rust, AssemblyScript
#   python  what the end-to-end suite needs
#   lint    shellcheck, clang-format
#   fuzz    a C++ compiler, cargo-fuzz
#   bench   wrk
#   dashboard  Node.js, a browser, and the npm packages that build the dashboard and test it
#   zephyr  what building and running the Zephyr image needs, beside the workspace itself
#   boards  the same for the emulated boards: Arm's C compiler, Rust for them, QEMU

set -euo pipefail
# shellcheck source=scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/rust/Cargo.toml")
missing=()

have() { command -v "$1" >/dev/null 2>&1; }

# need TEST-COMMAND... -- PACKAGE...: the packages are missing when the test fails.
need() {
    local check=()
    while [[ $1 != -- ]]; do
        check+=("$1")
        shift
    done
    shift
    "${check[@]}" >/dev/null 2>&1 || missing+=("$@")
}

libclang_is_here() {
    [[ -n ${LIBCLANG_PATH:-} ]] || compgen -G '/usr/lib/llvm-*/lib/libclang*.so*' >/dev/null ||
        compgen -G '/usr/lib/*/libclang*.so*' >/dev/null || compgen -G '/usr/lib*/libclang*.so*' >/dev/null
}

# The names are those that tests/dashboard looks for.
browser_is_here() {
    [[ -n ${AKIRA_CHROMIUM:-} ]] || have chromium || have chromium-browser || have google-chrome
}

version_at_least() { [[ $(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

check_cargo() {
    local version
    if ! have cargo || ! have rustc; then
        die "no Rust toolchain: install Rust $RUST_MINIMUM or newer (rustup, or your distribution's" \
            "packages), put cargo into PATH, then run this again"
    fi
    version=$(rustc --version | cut -d ' ' -f 2)
    version_at_least "$RUST_MINIMUM" "${version%%-*}" ||
        die "Rust $version is too old: this project needs $RUST_MINIMUM or newer (rustup update stable)"
}

# rust_is_here_for TARGET...: whether some Rust on this machine can compile for one of them: rustup's
# with the target installed, or Debian's compiler with the library's sources.
rust_is_here_for() {
    local rustc sysroot target
    for rustc in "$(command -v rustc || true)" /usr/bin/rustc; do
        [[ -x $rustc ]] || continue
        sysroot=$("$rustc" --print sysroot 2>/dev/null) || continue
        for target in "$@"; do
            [[ -d $sysroot/lib/rustlib/$target/lib ]] && return 0
        done
        [[ -d $sysroot/lib/rustlib/src/rust/library/core ]] && have /usr/bin/cargo && return 0
    done
    return 1
}

# add_rust_for TARGET...: Rust for one of them.
add_rust_for() {
    rust_is_here_for "$@" && return
    # rustup asks its own servers; where those cannot be reached, Debian's compiler does.
    if have rustup && timeout 60 rustup target add "$1" >/dev/null 2>&1; then
        return
    fi
    missing+=(rustc-web cargo-web rust-web-src)
}

install_packages() {
    ((${#missing[@]})) || return 0
    local packages command
    mapfile -t packages < <(printf '%s\n' "${missing[@]}" | sort -u)
    command="apt-get install -y --no-install-recommends ${packages[*]}"
    if ! have apt-get; then
        warn "These Debian packages are missing, under whatever name your system has for them:"
        warn "    ${packages[*]}"
        exit 2
    fi
    local as_root=()
    if ((EUID != 0)); then
        if have sudo && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            warn "Packages are missing and this user may not install them. Run this, then try again:"
            warn "    sudo apt-get update && sudo $command"
            exit 2
        fi
    fi
    say "Installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=600 -q update ||
        warn "apt-get update failed; trying with the lists that are here"
    if ! "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=600 -q install -y --no-install-recommends \
        "${packages[@]}"; then
        warn "apt-get failed. To see why, run: $command"
        exit 2
    fi
    missing=()
}

# make_venv FOLDER REQUIREMENTS...: a virtual environment with what these files ask for, made anew
# when one of them, or Python itself, has changed.
make_venv() {
    local folder=$1 stamp file
    shift
    local arguments=()
    for file in "$@"; do
        arguments+=(-r "$file")
    done
    stamp=$(python3 --version && cat "$@" | sha256sum)
    [[ -f $folder/stamp && $(<"$folder/stamp") == "$stamp" ]] && return
    say "Making the Python environment $folder"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check "${arguments[@]}" ||
        die "pip could not install $*"
    printf '%s' "$stamp" >"$folder/stamp"
}

# install_npm_packages LOCK-FILE...: what the lock files say, where it is not there already.
install_npm_packages() {
    local lock folder
    for lock in "$@"; do
        [[ -f $lock ]] || continue
        folder=$(dirname "$lock")
        [[ -f $folder/node_modules/.package-lock.json &&
            ! $lock -nt $folder/node_modules/.package-lock.json ]] && continue
        say "Installing the npm packages of ${folder#"$ROOT"/}"
        npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error ||
            die "npm could not install the packages of ${folder#"$ROOT"/}"
        touch "$folder/node_modules/.package-lock.json"
    done
}

CARGO_FUZZ=0.13.2

install_cargo_fuzz() {
    [[ $("$TOOLS/bin/cargo-fuzz" --version 2>/dev/null) == "cargo-fuzz $CARGO_FUZZ" ]] && return
    say "Installing cargo-fuzz $CARGO_FUZZ"
    cargo install --quiet --locked --root "$TOOLS" cargo-fuzz@"$CARGO_FUZZ" ||
        die "cargo could not install cargo-fuzz"
}

setup() {
    local groups=" ${*:-base guests} "
    if [[ $groups == *' base '* ]]; then
        check_cargo
        need have gcc -- gcc libc6-dev
        need have cmake -- cmake
        need have make -- make
        need have git -- git
        need have python3 -- python3
        need libclang_is_here -- libclang-dev
    fi
    if [[ $groups == *' guests '* ]]; then
        need have clang -- clang
        need have wasm-ld -- lld
        need have npm -- nodejs npm
        add_rust_for wasm32v1-none wasm32-unknown-unknown
    fi
    if [[ $groups == *' dashboard '* ]]; then
        need have npm -- nodejs npm
        need browser_is_here -- chromium
    fi
    if [[ $groups == *' python '* || $groups == *' zephyr '* ]]; then
        need python3 -c 'import ensurepip, venv' -- python3 python3-venv
    fi
    if [[ $groups == *' lint '* ]]; then
        need have shellcheck -- shellcheck
        need have clang-format -- clang-format
    fi
    if [[ $groups == *' fuzz '* || $groups == *' zephyr '* ]]; then
        need have g++ -- g++
    fi
    if [[ $groups == *' bench '* ]]; then
        need have wrk -- wrk
    fi
    if [[ $groups == *' zephyr '* ]]; then
        need have ninja -- ninja-build
        need have dtc -- device-tree-compiler
        need have ccache -- ccache
        need have gperf -- gperf
        need python3-config --includes -- python3-dev
    fi
    if [[ $groups == *' boards '* ]]; then
        need have arm-none-eabi-gcc -- gcc-arm-none-eabi
        need have qemu-system-arm -- qemu-system-arm
        need libclang_is_here -- libclang-dev
        add_rust_for thumbv7m-none-eabi
        add_rust_for thumbv8m.main-none-eabi
    fi
    install_packages
    mkdir -p "$BUILD"
    if [[ $groups == *' guests '* ]]; then
        install_npm_packages "$ROOT"/apps/*/package-lock.json
    fi
    if [[ $groups == *' dashboard '* ]]; then
        install_npm_packages "$ROOT"/dashboard/package-lock.json "$ROOT"/tests/dashboard/package-lock.json
    fi
    if [[ $groups == *' fuzz '* ]]; then
        install_cargo_fuzz
    fi
    if [[ $groups == *' python '* ]]; then
        make_venv "$VENV" "$ROOT/tests/e2e/requirements.txt"
    fi
    if [[ $groups == *' zephyr '* ]]; then
        local workspace
        workspace=$(zephyr_workspace) || die "$(no_workspace)"
        # The last are what signs images, where there is the bootloader.
        local requirements=("$workspace"/zephyr/scripts/requirements-{base,build-test,run-test}.txt)
        local signing=$workspace/bootloader/mcuboot/scripts/requirements.txt
        [[ -f $signing ]] && requirements+=("$signing")
        make_venv "$ZEPHYR_VENV" "${requirements[@]}"
    fi
}

setup "$@"
