// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Light or dark: as the system has it, unless the operator says otherwise.

import { button, say, set } from "./dom";

type Choice = "system" | "light" | "dark";

const KEY = "akira-theme";
const NEXT: Record<Choice, Choice> = { system: "light", light: "dark", dark: "system" };
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function chosen(): Choice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system"; // a browser that keeps nothing
  }
}

let choice = chosen();

function apply(): void {
  const name = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
  document.documentElement.dataset["theme"] = name;
}

export function followTheme(): void {
  dark.addEventListener("change", apply);
  apply();
}

/** The button that goes through the choices. */
export function themeButton(): HTMLButtonElement {
  const element = button("", () => {
    choice = NEXT[choice];
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // It holds until the page is loaded again.
    }
    apply();
    show();
  });
  const show = () => {
    say(element, `Theme: ${choice}`);
    set(element, { title: `Now ${choice}; next ${NEXT[choice]}` });
  };
  show();
  return element;
}
