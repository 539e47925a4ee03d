// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Without the event stream the page asks again and again; when the stream is back, so is the page.

export default async function (visitor) {
  await visitor.api.install(visitor.apps, "ticker", true);
  const page = await visitor.open();
  let way = "closed";
  const open = [];
  await page.routeWebSocket(/\/api\/v1\/events/, (socket) => {
    if (way === "closed") {
      socket.close();
      return;
    }
    open.push(socket);
    socket.connectToServer();
  });
  await page.goto(visitor.url);
  await visitor.signIn(visitor.token);
  await visitor.connected("polling");
  await visitor.card("ticker").locator(".state", { hasText: "running" }).waitFor();
  const ticks = visitor.log.getByText(/tick/);
  const grown = async (what) => {
    const before = await ticks.count();
    await visitor.eventually(what, async () => (await ticks.count()) > before);
  };
  await grown("new lines by asking");
  await visitor.shot();

  way = "open";
  await visitor.connected("live");
  await grown("new lines by the stream");
  for (const socket of open) await socket.close();
  await visitor.connected("connecting");
  await visitor.connected("live");
  await grown("new lines after the stream broke off");
  const texts = await visitor.lines.allTextContents();
  if (new Set(texts).size !== texts.length) throw new Error("a line is there twice");
}
