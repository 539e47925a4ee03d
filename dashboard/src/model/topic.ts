// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Something that others want to hear about.

export class Topic<T> {
  private readonly listeners = new Set<(value: T) => void>();

  /** Calls the listener at each change from now on. */
  on(listener: (value: T) => void): void {
    this.listeners.add(listener);
  }

  emit(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}
