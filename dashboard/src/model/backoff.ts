// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// How long to wait before trying again.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * The pause after the given number of failures in a row: doubling, bounded, and up to a fifth
 * shorter by chance, so that many pages do not come back in the same moment.
 */
export function pauseMs(failures: number, chance: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, Math.min(failures - 1, 10)));
  return Math.round(full * (1 - chance() / 5));
}
