// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Asks for the token, and finds out what it may do.

import { Client, Refusal, sentence } from "../api/client";
import type { Config, Status } from "../api/types";
import type { Access } from "./context";
import { field, h, on, say, set } from "./dom";

export interface Session {
  client: Client;
  access: Access;
}

/** Tries a token; what is thrown says why it is not taken. */
export async function signIn(token: string): Promise<Session> {
  const client = new Client(token);
  await client.get<Status>("/api/v1/status");
  return { client, access: await accessOf(client) };
}

/** The configuration is for admins only, so asking for it tells the tokens apart. */
async function accessOf(client: Client): Promise<Access> {
  try {
    await client.get<Config>("/api/v1/config");
  } catch (error) {
    if (error instanceof Refusal && error.code === "forbidden") return "read";
    if (!(error instanceof Refusal) || error.status === 0) throw error;
  }
  return "admin";
}

/** The prompt, with a token filled in if there is one. `enter` is called with a session once a token is taken. */
export function loginView(
  reason: string,
  filledIn: string,
  enter: (token: string, session: Session) => void,
) {
  const token = h("input", {
    type: "password",
    name: "token",
    required: true,
    autocomplete: "current-password",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "login-problem",
  });
  token.value = filledIn;
  const show = h("input", { type: "checkbox", id: "show-token" });
  on(show, { change: () => (token.type = show.checked ? "text" : "password") });
  const problem = h("p", { id: "login-problem", class: "problem", role: "alert" }, reason);
  const go = h("button", { type: "submit", class: "primary" }, "Sign in");
  let countdown = 0;

  const wait = (refusal: Refusal) => {
    const until = Date.now() + refusal.retryAfterS * 1000;
    // Said once, not every second.
    say(problem, `Too many wrong tokens. Wait ${refusal.retryAfterS} s, then try again.`);
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        go.setAttribute("aria-disabled", "true");
        say(go, `Sign in (in ${left} s)`);
        return;
      }
      window.clearInterval(countdown);
      countdown = 0;
      go.removeAttribute("aria-disabled");
      say(go, "Sign in");
      say(problem, "You can try again now.");
    };
    countdown = window.setInterval(tick, 250);
    tick();
  };

  const submit = async () => {
    if (countdown || go.hasAttribute("aria-busy")) return;
    go.setAttribute("aria-busy", "true");
    set(token, { "aria-invalid": false });
    try {
      const value = token.value.trim();
      enter(value, await signIn(value));
    } catch (error) {
      if (error instanceof Refusal && error.status === 429) wait(error);
      else say(problem, sentence(error));
      if (error instanceof Refusal && error.status === 401) set(token, { "aria-invalid": "true" });
      token.focus();
      token.select();
    } finally {
      go.removeAttribute("aria-busy");
    }
  };

  const form = on(
    h(
      "form",
      { class: "card", "aria-labelledby": "login-title" },
      h("h1", { id: "login-title" }, "Akira"),
      h("p", {}, "The device showed its admin token on its console, at its first boot."),
      field("Token", token),
      h("div", { class: "check" }, show, h("label", { for: "show-token" }, "Show the token")),
      problem,
      go,
    ),
    {
      submit: (event) => {
        event.preventDefault();
        void submit();
      },
    },
  );
  return { element: h("main", { class: "login" }, form), focus: () => token.focus() };
}
