// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// One app: its state, what it costs, what it may do, and the buttons for it.

import { appPath } from "../api/client";
import type { App } from "../api/types";
import { bytes, span } from "../model/format";
import { confirm } from "./confirm";
import type { Context } from "./context";
import { button, facts, freshId, h, say, set } from "./dom";
import { limitsForm } from "./limits";
import { Meter } from "./meter";

/** What else there is to say of a state. */
function remark(app: App, sinceMs: number): string {
  if (app.state === "failed") return app.reason ?? "It failed.";
  if (app.state === "running") return `for ${span(app.run_ms + sinceMs)}`;
  if (app.state === "stopped" && app.exit_code !== null) return `with exit code ${app.exit_code}`;
  return "";
}

export class Card {
  private app: App;
  /** When the device told of it: what has run since then is counted here. */
  private toldAt = 0;
  private readonly title = h("h3", { id: freshId("app") });
  private readonly version = h("span", { class: "quiet" });
  private readonly state = h("span", { class: "state" });
  private readonly note = h("span", { class: "note" });
  private readonly description = h("p", { class: "description" });
  private readonly memory: Meter;
  private readonly memoryText = h("p", { class: "quiet small" });
  private readonly granted = h("ul", { class: "chips" });
  private readonly more = h("div");
  private readonly details = h("details", {}, h("summary", {}, "Details and limits"), this.more);
  private readonly run: HTMLButtonElement;
  private readonly back: HTMLButtonElement;
  private shownMore = "";
  readonly element: HTMLElement;

  constructor(
    private readonly context: Context,
    app: App,
  ) {
    this.app = app;
    const { name } = app;
    this.memory = new Meter(`Memory of ${name}`);
    this.run = context.guard(button("", () => this.startOrStop(), { class: "primary" }));
    const labelled = (label: string, act: () => void, kind = "") =>
      context.guard(button(label, act, { class: kind, "aria-label": `${label} ${name}` }));
    const again = labelled("Restart", () => void this.act(again, "restart", `${name} started anew.`));
    this.back = labelled("Roll back", () => void this.rollback());
    const remove = labelled("Uninstall", () => void this.uninstall(remove), "danger");
    say(this.title, name);
    set(this.granted, { "aria-label": `Capabilities of ${name}` });
    this.element = h(
      "li",
      { class: "card app", "data-app": name },
      h(
        "article",
        { "aria-labelledby": this.title.id },
        h("header", {}, this.title, this.version, this.state, this.note),
        this.description,
        this.memory.element,
        this.memoryText,
        this.granted,
        h("div", { class: "actions" }, this.run, again, this.back, remove),
        this.details,
      ),
    );
    this.details.addEventListener("toggle", () => this.showMore());
    this.show(app);
  }

  show(app: App): void {
    if (app !== this.app || !this.toldAt) this.toldAt = performance.now();
    this.app = app;
    const running = app.state === "running" || app.state === "loaded";
    say(this.version, app.version);
    say(this.state, app.state);
    set(this.element, { "data-state": app.state });
    this.tick();
    say(this.description, app.description);
    this.description.hidden = !app.description;
    say(this.run, running ? "Stop" : "Start");
    set(this.run, { "aria-label": `${running ? "Stop" : "Start"} ${app.name}` });
    this.back.hidden = !app.previous;
    if (app.previous) set(this.back, { title: `Puts ${app.previous.version} in place again` });
    const memory =
      `${bytes(app.memory_used)} of ${bytes(app.memory_quota)} memory` +
      (app.memory_peak ? `, at most ${bytes(app.memory_peak)}` : "");
    this.memory.show(app.memory_used, app.memory_quota, memory, app.memory_peak);
    say(this.memoryText, memory);
    this.showGrants(app);
    this.showMore();
  }

  /** Time goes on. */
  tick(): void {
    say(this.note, remark(this.app, performance.now() - this.toldAt));
  }

  private showGrants(app: App): void {
    const key = `${app.requested.join()}/${app.capabilities.join()}`;
    if (this.granted.dataset["key"] === key) return;
    this.granted.dataset["key"] = key;
    const all = [...new Set([...app.requested, ...app.capabilities])];
    this.granted.replaceChildren(
      ...all.map((name) => {
        const has = app.capabilities.includes(name);
        const meaning = has ? "granted" : "asked for, not granted";
        return h("li", { class: has ? "" : "denied", title: meaning }, name, has ? null : " (not granted)");
      }),
    );
    this.granted.hidden = all.length === 0;
  }

  /** What is behind the details; made anew only when something in it changed, for forms are in it. */
  private showMore(): void {
    if (!this.details.open) return;
    const { app } = this;
    const key = JSON.stringify([
      app.sha256, app.previous, app.signer, app.scope, app.capabilities, app.memory_quota,
      app.state === "running",
    ]);
    if (key === this.shownMore) return;
    this.shownMore = key;
    const { scope } = app;
    const list = (values: readonly (string | number)[]) => (values.length ? values.join(", ") : "none");
    this.more.replaceChildren(
      facts([
        ["Size", bytes(app.size)],
        ["SHA-256", h("code", { class: "wrap" }, app.sha256)],
        ["Previous version", app.previous ? `${app.previous.version}, until this one has run healthily` : "none"],
        ["Signed by", app.signer ?? "nobody that is trusted"],
        ["Priority", String(app.priority)],
        ["Starts at boot", app.autostart ? "yes" : "no"],
        ["Starts again", app.restart],
        ["Sensors", scope.sensors ? list(scope.sensors) : "all"],
        ["Storage", scope.storage_bytes === null ? "what there is" : bytes(scope.storage_bytes)],
        ["Connects to", list(scope.hosts)],
        ["Listens on", list(scope.ports)],
        ["Talks with", list(scope.peers)],
      ]),
      limitsForm(this.context, app),
    );
  }

  private async act(control: HTMLElement, verb: string, done: string): Promise<void> {
    const { client, device } = this.context;
    const { name } = this.app;
    const ask = () => client.json<App>("POST", appPath(name, `/${verb}`));
    await this.context.busy(control, () => device.change(name, ask), done);
  }

  private startOrStop(): void {
    const { name, state } = this.app;
    if (state === "running" || state === "loaded") void this.act(this.run, "stop", `${name} stopped.`);
    else void this.act(this.run, "start", `${name} started.`);
  }

  private async rollback(): Promise<void> {
    const { name, version, previous, state } = this.app;
    if (!previous) return;
    const text =
      `${previous.version} takes the place of ${version}, which is removed from the device. ` +
      "The app's files stay as they are." +
      (state === "running" ? " It runs; it is stopped first." : "");
    if (!(await confirm(`Roll back ${name} to ${previous.version}?`, text, "Roll back"))) return;
    const { client, device } = this.context;
    const done = await this.context.busy(
      this.back,
      async () => {
        if (this.app.state === "running") await client.send("POST", appPath(name, "/stop"));
        await device.change(name, () => client.json<App>("POST", appPath(name, "/rollback")));
      },
      `${name} is ${previous.version} again.`,
    );
    // The button that was pressed is no longer there.
    if (done) this.run.focus();
  }

  private async uninstall(control: HTMLElement): Promise<void> {
    const { name, state } = this.app;
    const text =
      "The app and all its files are removed from the device." +
      (state === "running" ? " It runs; it is stopped first." : "");
    if (!(await confirm(`Uninstall ${name}?`, text, "Uninstall"))) return;
    const { client, device } = this.context;
    const gone = await this.context.busy(
      control,
      async () => {
        if (this.app.state === "running") await client.send("POST", appPath(name, "/stop"));
        await client.send("DELETE", appPath(name));
      },
      `${name} uninstalled.`,
    );
    if (gone) {
      device.remove(name);
      document.getElementById("apps-title")?.focus();
    }
  }
}
