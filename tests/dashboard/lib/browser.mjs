// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Debian's chromium, or the one that the environment names.

import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function launch() {
  const executablePath = process.env.AKIRA_CHROMIUM ?? PLACES.find((path) => existsSync(path));
  if (!executablePath) throw new Error("no browser: install chromium, or name one in AKIRA_CHROMIUM");
  // Chromium's own sandbox does not work for root, which is who runs in most containers.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args });
}
