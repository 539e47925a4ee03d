// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The device's name, the web pages that may speak with it, its tokens and its trusted keys.

import type { Config, Keys } from "../api/types";
import { sentence } from "../api/client";
import { confirm } from "./confirm";
import { type Context, READ_ONLY } from "./context";
import { button, facts, field, h, on, say } from "./dom";
import type { View } from "./hardware";

export function settingsView(context: Context): View {
  const problem = h("p", { class: "problem", role: "status" }, context.admin ? "" : READ_ONLY);
  const config = configForm(context);
  const tokens = tokensPart(context, () => void enter());
  const keys = h("div");
  const tls = h("div");

  const enter = async () => {
    if (!context.admin) return;
    try {
      const now = await context.client.get<Config>("/api/v1/config");
      config.show(now);
      tokens.show(now);
      tls.replaceChildren(
        facts([
          ["HTTPS", now.tls.enabled ? "on" : "off"],
          ["Certificate's SHA-256", h("code", { class: "wrap" }, now.tls.certificate_sha256 ?? "none")],
        ]),
      );
      const trusted = await context.client.get<Keys>("/api/v1/keys");
      keys.replaceChildren(
        facts([
          ["Apps without a trusted signature", POLICIES[trusted.policy] ?? trusted.policy],
          ...trusted.keys.map(
            (key) => [key.name, h("code", { class: "wrap" }, key.fingerprint)] as const,
          ),
        ]),
      );
      say(problem, "");
    } catch (error) {
      say(problem, sentence(error));
    }
  };

  const card = (title: string, ...parts: HTMLElement[]) =>
    h("div", { class: "card" }, h("h3", {}, title), ...parts);
  return {
    element: h(
      "section",
      { id: "view-settings", "aria-labelledby": "settings-title" },
      h("h2", { id: "settings-title", tabindex: -1 }, "Settings"),
      problem,
      card("Device", config.element),
      card("Tokens", tokens.element),
      card("Encryption", tls),
      card("Trusted keys", keys),
    ),
    enter: () => void enter(),
  };
}

const POLICIES: Record<string, string> = {
  off: "are taken; signatures are not looked at",
  warn: "are taken, with a line in the audit log",
  require: "are refused",
};

function configForm(context: Context) {
  const name = context.guard(
    h("input", { type: "text", pattern: "[a-z0-9\\-]{1,31}", maxlength: 31, autocapitalize: "off" }),
  );
  const origins = context.guard(h("textarea", { rows: 3, spellcheck: "false" }));
  const keep = context.guard(h("button", { type: "submit", class: "primary" }, "Save"));
  const save = () => {
    const allowed_origins = origins.value.split(/\s+/).filter(Boolean);
    const body = { name: name.value.trim(), allowed_origins };
    return context.client.send("PUT", "/api/v1/config", body);
  };
  const element = on(
    h(
      "form",
      {},
      field("Name", name, "Small letters, digits and hyphens, at most 31: how it is found in the network."),
      field("Other web pages that may use it", origins, "At most 4, one a line, such as https://example.org:8443."),
      keep,
    ),
    {
      submit: (event) => {
        event.preventDefault();
        void context.busy(keep, save, "The settings are saved.");
      },
    },
  );
  const show = (config: Config) => {
    name.value = config.name;
    origins.value = config.allowed_origins.join("\n");
  };
  return { element, show };
}

function tokensPart(context: Context, changed: () => void) {
  const { client } = context;
  const state = h("p");
  const fresh = h("div", { role: "status" });
  const make = async (kind: "admin" | "read", control: HTMLElement) => {
    const text =
      kind === "admin"
        ? "The admin token that is in use now ends at once. This page goes on with the new one."
        : "A read token that is in use now ends at once.";
    if (!(await confirm(`Make a new ${kind} token?`, text, "Make it"))) return;
    await context.busy(control, async () => {
      const { token } = await client.json<{ token: string }>("POST", `/api/v1/tokens/${kind}`);
      fresh.replaceChildren(
        h("p", {}, `The new ${kind} token, shown only this once:`),
        h("p", {}, h("code", { class: "wrap token" }, token)),
      );
      if (kind === "admin") client.renew(token);
      else changed();
    });
  };
  const admin = context.guard(button("New admin token", () => void make("admin", admin)));
  const read = context.guard(button("New read token", () => void make("read", read)));
  const drop = context.guard(
    button("Remove the read token", () => {
      const remove = async () => {
        await client.send("DELETE", "/api/v1/tokens/read");
        changed();
      };
      void context.busy(drop, remove, "The read token is gone.");
    }),
  );
  const show = (config: Config) => {
    say(state, config.read_token ? "There is a read token." : "There is no read token.");
    drop.hidden = !config.read_token;
  };
  return { element: h("div", {}, state, fresh, h("div", { class: "actions" }, read, drop, admin)), show };
}
