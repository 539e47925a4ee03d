// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The dashboard in a real browser, as a device serves it.
//
// usage: node run.mjs --url URL --token TOKEN --apps FOLDER [--out FOLDER] [--images FOLDER] [CASE...]
//
//   --url      a simulated device; its apps are removed, its token is given wrongly
//   --token    its admin token
//   --apps     packed sample apps
//   --firmware a folder with 9.0.0.bin and 9.1.0.bin, images of these versions that the device takes
//   --out      where screenshots go (default: .build/reports/dashboard of the repository)
//   --images   also writes the two pictures of the documentation there
//
// Without names all cases run, each in a browser window of its own, in the order of their names. The
// browser is $AKIRA_CHROMIUM, or chromium where Debian has it.

import { mkdir, readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { Api } from "./lib/api.mjs";
import { launch } from "./lib/browser.mjs";
import { Visitor } from "./lib/visitor.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: "string" },
    token: { type: "string" },
    apps: { type: "string" },
    firmware: { type: "string" },
    out: { type: "string", default: here("../../.build/reports/dashboard") },
    images: { type: "string" },
  },
});
if (!values.url || !values.token || !values.apps) {
  console.error("run.mjs needs --url, --token and --apps");
  process.exit(2);
}

const known = (await readdir(here("cases"))).sort().map((file) => file.replace(/\.mjs$/, ""));
const wanted = positionals.length ? positionals : known;
for (const name of wanted) {
  if (known.includes(name)) continue;
  console.error(`there is no case ${name}; there are ${known.join(", ")}`);
  process.exit(2);
}

const out = resolve(values.out);
await mkdir(out, { recursive: true });
const api = new Api(values.url, values.token);
const browser = await launch();
let failed = 0;
try {
  for (const name of wanted) {
    await api.clear();
    const visitor = new Visitor(browser, { ...values, out, api, name, token: api.token });
    try {
      const { default: run } = await import(`./cases/${name}.mjs`);
      await run(visitor);
      visitor.checkConsole();
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`not ok ${name}\n${error.stack}`);
      await visitor.tellConsole();
    } finally {
      await visitor.close();
      await api.clear();
    }
  }
} finally {
  await browser.close();
}
process.exitCode = failed ? 1 : 0;
