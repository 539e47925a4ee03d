// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Elements, made from data. Text only ever goes in as text.

export type Child = Node | string | null | false | undefined;

type Events = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
type Attributes = Record<string, string | number | boolean | null | undefined>;

/**
 * Makes an element. An attribute that is `true` stands without a value; one that is `false`, null or
 * undefined does not stand at all.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  set(element, attributes);
  add(element, children);
  return element;
}

export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value === false || value === null || value === undefined) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
  }
}

export function add(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child) element.append(child);
}

export function on<E extends HTMLElement>(element: E, events: Events): E {
  for (const [name, listener] of Object.entries(events)) {
    element.addEventListener(name, listener as EventListener);
  }
  return element;
}

/** Changes a text only when it is another one, so that nothing is announced or selected away. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A button that does something. */
export function button(
  label: string,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const element = h("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", () => {
    if (element.getAttribute("aria-disabled") !== "true") act();
  });
  return element;
}

let ids = 0;

/** An id that nothing else on this page has. */
export const freshId = (stem: string) => `${stem}-${(ids += 1)}`;

/** A field with its label before it. */
export function field(label: string, control: HTMLElement, hint?: string): HTMLDivElement {
  control.id ||= freshId("field");
  const note = hint ? h("p", { class: "hint", id: `${control.id}-hint` }, hint) : null;
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

/** Terms and what they mean, in pairs. */
export function facts(pairs: readonly (readonly [string, string | Node])[]): HTMLDListElement {
  const list = h("dl", { class: "facts" });
  for (const [term, value] of pairs) list.append(h("div", {}, h("dt", {}, term), h("dd", {}, value)));
  return list;
}
