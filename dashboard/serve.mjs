// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// For work on the page: serves it from the sources, built anew at each load, and passes everything
// else on to a device.
//
// usage: node serve.mjs DEVICE [PORT]      node serve.mjs http://127.0.0.1:8080 8000

import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { fileURLToPath } from "node:url";

const [device = "http://127.0.0.1:8080", port = "8000"] = process.argv.slice(2);
const asset = (name) => new URL(`../rust/runtime/assets/${name}`, import.meta.url);

/** The same request for the device; it must not see that the page came from elsewhere. */
function forward(incoming) {
  const headers = { ...incoming.headers, host: new URL(device).host };
  delete headers.origin;
  return request(new URL(incoming.url, device), { method: incoming.method, headers });
}

async function page(answer) {
  const built = spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", import.meta.url))], {
    stdio: "inherit",
  });
  if (built.status !== 0) {
    answer.writeHead(500).end("The page could not be built; the terminal says why.");
    return;
  }
  answer.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Encoding": "gzip",
    "Content-Security-Policy": await readFile(asset("dashboard.csp"), "utf8"),
    "Cache-Control": "no-store",
  });
  answer.end(await readFile(asset("dashboard.html.gz")));
}

const server = createServer((incoming, answer) => {
  if (incoming.url === "/" || incoming.url === "/index.html") {
    void page(answer);
    return;
  }
  const out = forward(incoming);
  out.on("response", (reply) => {
    answer.writeHead(reply.statusCode, reply.headers);
    reply.pipe(answer);
  });
  out.on("error", () => answer.destroy());
  // What breaks off here breaks off there.
  incoming.on("close", () => {
    if (!incoming.complete) out.destroy();
  });
  incoming.pipe(out);
});

server.on("upgrade", (incoming, socket, head) => {
  const out = forward(incoming);
  const refuse = () => socket.destroy();
  out.on("error", refuse);
  out.on("response", refuse);
  out.on("upgrade", (reply, upstream, first) => {
    const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
    socket.write(first);
    upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    upstream.on("error", refuse);
    socket.on("error", () => upstream.destroy());
  });
  out.end();
});

server.listen(Number(port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${port}/ shows the page, with the device at ${device}`);
});
