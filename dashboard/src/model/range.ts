// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// From where to where a sensor's slider goes. The device itself decides what it takes.

export interface Range {
  least: number;
  most: number;
  step: number;
}

const BY_UNIT: Record<string, Range> = {
  C: { least: -40, most: 85, step: 0.5 },
  "%": { least: 0, most: 100, step: 1 },
  hPa: { least: 300, most: 1100, step: 1 },
  "m/s2": { least: -20, most: 20, step: 0.1 },
  "deg/s": { least: -500, most: 500, step: 1 },
  uT: { least: -100, most: 100, step: 1 },
  lux: { least: 0, most: 2000, step: 1 },
  V: { least: 0, most: 5, step: 0.05 },
  A: { least: -2, most: 2, step: 0.01 },
};

/** The range for a unit, wide enough for what is measured now. */
export function rangeOf(unit: string, value: number | null): Range {
  const usual = BY_UNIT[unit] ?? { least: 0, most: 100, step: 1 };
  if (value === null || !Number.isFinite(value)) return usual;
  return {
    least: Math.min(usual.least, Math.floor(value)),
    most: Math.max(usual.most, Math.ceil(value)),
    step: usual.step,
  };
}
