// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Builds the page: one HTML file with its script and style inside, gzip-compressed, and the value of
// the Content-Security-Policy header that lets exactly these two run. Both are checked in, because
// firmware is built without npm. The same sources give the same bytes on every machine: the
// compressor is JavaScript, not the zlib of this Node.js.
//
// usage: node build.mjs [--check]      --check: write nothing, fail unless what is there is the same

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { gzipSync } from "fflate";

const HERE = new URL(".", import.meta.url);
const ASSETS = new URL("../rust/runtime/assets/", HERE);
const PAGE = new URL("dashboard.html.gz", ASSETS);
const POLICY = new URL("dashboard.csp", ASSETS);

/** The most that the compressed page may take of a device's flash, in bytes. */
const LARGEST = 60_000;

async function bundle(entry) {
  const result = await build({
    absWorkingDir: fileURLToPath(HERE),
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["es2022", "chrome111", "firefox115", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
  return result.outputFiles[0].text.trim();
}

const digest = (text) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;

/** Puts a text in the place of a mark that must be there once. */
function fill(template, mark, text) {
  const parts = template.split(mark);
  if (parts.length !== 2) throw new Error(`index.html must have ${mark} once`);
  return parts.join(text);
}

async function page() {
  const [script, style, template] = await Promise.all([
    bundle("src/main.ts"),
    bundle("src/style/main.css"),
    readFile(new URL("src/index.html", HERE), "utf8"),
  ]);
  if (/<\/(script|style)/i.test(script + style)) throw new Error("a closing tag inside the bundle");
  const html = fill(fill(template, "/* style */", style), "/* script */", script);
  const policy = [
    "default-src 'none'",
    `script-src ${digest(script)}`,
    `style-src ${digest(style)}`,
    "connect-src 'self'",
    "img-src 'self' blob: data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return {
    html,
    policy,
    compressed: gzipSync(new TextEncoder().encode(html), { level: 9, mem: 12, mtime: 0 }),
  };
}

async function same(file, bytes) {
  const there = await readFile(file).catch(() => null);
  return there !== null && Buffer.compare(there, Buffer.from(bytes)) === 0;
}

const { html, policy, compressed } = await page();
const size = `${compressed.length} bytes compressed (at most ${LARGEST}), ${html.length} plain`;
if (compressed.length > LARGEST) {
  console.error(`The page is too large: ${size}. Make it smaller.`);
  process.exit(1);
}
if (process.argv.includes("--check")) {
  if (!(await same(PAGE, compressed)) || !(await same(POLICY, Buffer.from(policy)))) {
    console.error("rust/runtime/assets is not what the sources give. Run: npm run build");
    process.exit(1);
  }
  console.log(`The page is up to date: ${size}.`);
} else {
  await mkdir(ASSETS, { recursive: true });
  await writeFile(PAGE, compressed);
  await writeFile(POLICY, policy);
  console.log(`Built the page: ${size}.`);
}
