// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The page that a device serves: asks for the token, then shows the device.

import { Refusal, sentence } from "./api/client";
import { Live } from "./api/live";
import { Device } from "./model/device";
import { Context } from "./ui/context";
import { type Session, loginView, signIn } from "./ui/login";
import { Notices } from "./ui/notices";
import { shell } from "./ui/shell";
import { followTheme } from "./ui/theme";

/** Where the token is, until this tab is closed. */
const KEY = "akira-token";

const root = document.getElementById("app")!;
const notices = new Notices();

function kept(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // a browser that keeps nothing
  }
}

function keep(token: string): void {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // The token holds until the page is loaded again.
  }
}

function ask(reason: string, filledIn = ""): void {
  const login = loginView(reason, filledIn, (token, session) => {
    keep(token);
    enter(session);
  });
  root.replaceChildren(login.element);
  document.title = "Akira";
  login.focus();
}

function enter({ client, access }: Session): void {
  const device = new Device();
  const live = new Live(client, device);
  const end = new AbortController();
  const leave = (reason: string) => {
    if (end.signal.aborted) return;
    end.abort();
    live.stop();
    keep("");
    ask(reason);
  };
  client.onToken = keep;
  client.onUnauthorized = () => leave("The device no longer takes this token. Sign in again.");
  const context = new Context(client, device, access, notices.tell, end.signal);
  root.replaceChildren(shell(context, () => leave("")));
  document.getElementById("main")?.focus({ preventScroll: true });
  void live.start();
}

async function begin(): Promise<void> {
  followTheme();
  document.body.append(notices.element);
  const token = kept();
  if (!token) {
    ask("");
    return;
  }
  try {
    enter(await signIn(token));
  } catch (error) {
    // Unless it is wrong, the token may be tried again.
    ask(sentence(error), error instanceof Refusal && error.status === 401 ? "" : token);
  }
}

void begin();
