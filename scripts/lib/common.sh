# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
# shellcheck shell=bash
#
# What demo, test and bench share: where things are, how they are built, how they are said.
# Source it after `set -euo pipefail`.
# shellcheck disable=SC2034  # what is set here is used there

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Everything that the scripts make, apart from cargo's own target folder.
BUILD=$ROOT/.build
APPS=$BUILD/apps
TOOLS=$BUILD/tools
VENV=$BUILD/venv
ZEPHYR_VENV=$BUILD/zephyr-venv
IMAGE_DIR=$BUILD/native_sim
IMAGE=$IMAGE_DIR/zephyr/zephyr.exe
FULL_IMAGE_DIR=$BUILD/native_sim_full
FULL_IMAGE=$FULL_IMAGE_DIR/zephyr/zephyr.exe
# The emulated boards, as west names them.
BOARDS=(mps2/an385 mps2/an521/cpu0)
TARGET=${CARGO_TARGET_DIR:-$ROOT/rust/target}
AKIRA=$TARGET/release/akira

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    BOLD=$'\e[1m' RED=$'\e[31m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
else
    BOLD='' RED='' YELLOW='' PLAIN=''
fi

say() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }
warn() { printf '%s%s%s\n' "$YELLOW" "$*" "$PLAIN" >&2; }
die() {
    printf '%serror:%s %s\n' "$RED" "$PLAIN" "$*" >&2
    exit 1
}

# The Zephyr workspace to use, if there is one: $ZEPHYR_BASE's, else ~/zephyrproject.
# Prints the folder that holds `zephyr/`.
zephyr_workspace() {
    local base=${ZEPHYR_BASE:-$HOME/zephyrproject/zephyr}
    [[ -f $base/VERSION && -f $base/CMakeLists.txt ]] || return 1
    (cd "$base/.." && pwd)
}

no_workspace() {
    printf 'no Zephyr workspace: %s has no Zephyr tree (set ZEPHYR_BASE, or see the quick start in docs/)' \
        "${ZEPHYR_BASE:-$HOME/zephyrproject/zephyr}"
}

# The command-line tool, which is also the virtual device.
build_cli() {
    say "Building the akira command"
    cargo build --release --locked --manifest-path "$ROOT/rust/Cargo.toml" -p akira-cli
}

# The folders of the sample apps: those with an app.toml.
app_dirs() {
    local toml
    for toml in "$ROOT"/apps/*/app.toml; do
        dirname "$toml"
    done
}

# Compiles and packs the sample apps, and puts them side by side.
build_apps() {
    say "Building the sample apps"
    local dirs dir
    mapfile -t dirs < <(app_dirs)
    # These functions are also called as conditions, where bash does not stop at an error by itself.
    "$AKIRA" build "${dirs[@]}" || return
    mkdir -p "$APPS"
    for dir in "${dirs[@]}"; do
        cp "$dir/build/$(basename "$dir").wasm" "$APPS/" || return
    done
}

# Runs a command in the Zephyr workspace, with the Python environment that Zephyr's build needs.
in_workspace() {
    local workspace
    workspace=$(zephyr_workspace) || die "$(no_workspace)"
    (
        cd "$workspace" || exit
        export ZEPHYR_BASE=$workspace/zephyr
        export ZEPHYR_TOOLCHAIN_VARIANT=${ZEPHYR_TOOLCHAIN_VARIANT:-host}
        export PATH=$ZEPHYR_VENV/bin:$PATH
        export VIRTUAL_ENV=$ZEPHYR_VENV
        # Zephyr's build uses ccache. Images of different folders then share what is the same.
        export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$BUILD
        # The same for cargo: what the Rust library is made from is compiled once, not for each image.
        # (Cargo before 1.91 does not know this and compiles it for each.)
        export CARGO_BUILD_BUILD_DIR=$BUILD/zephyr-cargo
        "$@"
    )
}

# The reference firmware for native_sim.
build_image() {
    say "Building the Zephyr image for native_sim/native/64"
    in_workspace west build -b native_sim/native/64 -d "$IMAGE_DIR" "$ROOT"
}

# The same with what the usual one leaves out: TLS, MCUmgr's protocol, power cuts by command line.
build_full_image() {
    say "Building the Zephyr image with TLS, SMP and power cuts"
    in_workspace west build -b native_sim/native/64 -d "$FULL_IMAGE_DIR" "$ROOT" -- \
        -DEXTRA_CONF_FILE="$ROOT/zephyr/tls.conf" -DCONFIG_AKIRA_SMP=y \
        -DCONFIG_AKIRA_FLASH_CUT=y
}

# board_name BOARD: what an emulated board is called where a name has no slashes.
board_name() {
    local name=${1%/cpu0}
    printf '%s' "${name//\//_}"
}

# board_dir BOARD: its build folder.
board_dir() { printf '%s/%s' "$BUILD" "$(board_name "$1")"; }

# The key pair that the scripts' own images are signed with. Not for devices that somebody uses.
FIRMWARE_KEY=$BUILD/firmware-key.pem

# Runs a command in the Zephyr workspace, for a board: with the toolchain that the environment names,
# else with Zephyr's own where that is installed, else with the system's.
in_workspace_for_board() {
    local variant compiler toolchain=()
    variant=$(printenv ZEPHYR_TOOLCHAIN_VARIANT || true)
    if [[ -z $variant || $variant == host ]]; then
        if [[ -n ${ZEPHYR_SDK_INSTALL_DIR:-} ]]; then
            toolchain=(ZEPHYR_TOOLCHAIN_VARIANT=zephyr)
        else
            compiler=$(command -v arm-none-eabi-gcc) ||
                die "there is no arm-none-eabi-gcc: run scripts/setup.sh boards"
            toolchain=(ZEPHYR_TOOLCHAIN_VARIANT=cross-compile "CROSS_COMPILE=${compiler%gcc}")
        fi
    fi
    in_workspace env "${toolchain[@]}" "$@"
}

# build_board BOARD ARGUMENT...: MCUboot and the reference firmware, signed, for an emulated board.
build_board() {
    say "Building bootloader and firmware for $1"
    [[ -f $FIRMWARE_KEY ]] || "$ROOT/scripts/firmware-key" "$FIRMWARE_KEY" || return
    in_workspace_for_board env AKIRA_FIRMWARE_KEY="$FIRMWARE_KEY" \
        west build --sysbuild -b "$1" -d "$(board_dir "$1")" "$ROOT" "${@:2}"
}
