// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Both themes: what can be told apart, by the measure of WCAG 2.2 (1.4.3 and 1.4.11).

import assert from "node:assert/strict";
import { test } from "node:test";

import css from "../src/style/colours.css";

const THEMES: Record<string, RegExp> = {
  light: /:root \{([^}]*)\}/,
  dark: /:root\[data-theme="dark"\] \{([^}]*)\}/,
};

/** Texts and what they stand on. */
const TEXTS: [string, string[]][] = [
  ["text", ["ground", "card", "sunk"]],
  ["quiet", ["ground", "card"]],
  ["accent", ["ground", "card"]],
  ["accent-text", ["accent"]],
  ["good", ["good-ground"]],
  ["bad", ["bad-ground", "card", "ground"]],
  ["warn", ["warn-ground", "card"]],
  ["info", ["info-ground"]],
];

/** Borders, bars and the focus, and what they stand on. */
const SHAPES: [string, string[]][] = [
  ["edge", ["ground", "card", "sunk"]],
  ["focus", ["ground", "card"]],
  ["bar", ["sunk"]],
  ["bar-full", ["sunk"]],
  ["bad", ["card"]],
  ["warn", ["card"]],
];

function colours(theme: RegExp): Map<string, number> {
  const body = theme.exec(css)?.[1] ?? "";
  const found = [...body.matchAll(/--([\w-]+): #([0-9a-f]{6});/g)];
  return new Map(found.map(([, name, hex]) => [name!, Number.parseInt(hex!, 16)]));
}

function luminance(colour: number): number {
  const part = (shift: number) => {
    const value = ((colour >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0);
}

function contrast(a: number, b: number): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light! + 0.05) / (dark! + 0.05);
}

test("black and white are as far apart as can be", () => {
  assert.equal(contrast(0, 0xffffff).toFixed(1), "21.0");
  assert.equal(contrast(0x777777, 0xffffff).toFixed(2), "4.48");
});

for (const [name, theme] of Object.entries(THEMES)) {
  const named = colours(theme);
  const check = (pairs: [string, string[]][], least: number) => {
    for (const [front, grounds] of pairs) {
      for (const ground of grounds) {
        const [a, b] = [named.get(front), named.get(ground)];
        assert.ok(a !== undefined && b !== undefined, `${front} or ${ground} is missing`);
        const ratio = contrast(a, b);
        assert.ok(ratio >= least, `${front} on ${ground}: ${ratio.toFixed(2)} to 1`);
      }
    }
  };
  test(`${name}: texts can be read`, () => check(TEXTS, 4.5));
  test(`${name}: what tells something can be seen`, () => check(SHAPES, 3));
}
