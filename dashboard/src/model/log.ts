// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The log lines that this page keeps, and which of them are shown.

import type { Level, LogLine } from "../api/types";

export interface Entry extends LogLine {
  app: string;
}

export interface Filter {
  app: string;
  level: Level;
  text: string;
}

const RANK: Record<Level, number> = { debug: 0, info: 1, error: 2 };

/** Whether a line is one of those that the filter asks for: of the app, of the level or above. */
export function matches(entry: Entry, filter: Filter): boolean {
  if (filter.app && entry.app !== filter.app) return false;
  if ((RANK[entry.level] ?? 1) < RANK[filter.level]) return false;
  return !filter.text || `${entry.app} ${entry.text}`.toLowerCase().includes(filter.text.toLowerCase());
}

/** At most `limit` lines of all apps, in the order of time. */
export class LogBook {
  readonly entries: Entry[] = [];
  private readonly last = new Map<string, LogLine>();

  constructor(private readonly limit = 2000) {}

  /**
   * Takes a line, unless it has been here: a device tells what it keeps again when a stream begins
   * anew. Returns whether the line went to the end, or null when it is not new.
   */
  add(entry: Entry): "end" | "between" | null {
    const last = this.last.get(entry.app);
    // Numbers begin anew with a new app of the same name; its time does not.
    if (last && entry.seq <= last.seq && entry.t_ms <= last.t_ms) return null;
    this.last.set(entry.app, entry);
    let at = this.entries.length;
    while (at > 0 && this.entries[at - 1]!.t_ms > entry.t_ms) at -= 1;
    const where = at === this.entries.length ? "end" : "between";
    this.entries.splice(at, 0, entry);
    if (this.entries.length > this.limit) this.entries.splice(0, this.entries.length - this.limit);
    return where;
  }

  /** The number of the first line of an app that has not been here. */
  next(app: string): number {
    const last = this.last.get(app);
    return last ? last.seq + 1 : 0;
  }

  /** The device has booted: its numbers and its clock begin anew. */
  reset(): void {
    this.entries.length = 0;
    this.last.clear();
  }

  /** An app is gone; its lines stay, but another of the same name begins anew. */
  forget(app: string): void {
    this.last.delete(app);
  }
}
