// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Numbers as people read them.

/** Bytes in the largest unit that leaves a number above one; KiB is 1024 bytes. */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  const [unit, value] = count < 1024 * 1024 ? ["KiB", count / 1024] : ["MiB", count / 1024 / 1024];
  return `${value < 10 ? trimmed(value, 1) : Math.round(value)} ${unit}`;
}

/** At most that many decimals, and none that say nothing. */
export function trimmed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A span of time in its two largest units. */
export function span(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A moment since boot, to the millisecond: what a log line begins with. */
export function moment(ms: number): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, "0");
  const seconds = Math.floor(ms / 1000);
  const clock = `${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${pad(ms % 1000, 3)}`;
  return `${Math.floor(seconds / 3600)}:${clock}`;
}

const UNITS: Record<string, string> = { C: "°C", "m/s2": "m/s²", "deg/s": "°/s", uT: "µT" };

/** What a sensor measures, with its unit as people write it. */
export function measured(value: number, unit: string): string {
  return `${trimmed(value, 2)} ${UNITS[unit] ?? unit}`.trim();
}

/** A share in percent, for bars; never outside 0 to 100. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, (part / whole) * 100)) : 0;
}
