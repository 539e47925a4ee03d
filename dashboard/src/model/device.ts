// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What this page knows of the device. Messages of the event stream and answers to polling both end
// here; the views listen to the topics.

import type { App, AuditRecord, LogLine, Sensor, Status, Transfer } from "../api/types";
import { type Entry, LogBook } from "./log";
import { Topic } from "./topic";

/** How the page hears of changes. */
export type Connection = "connecting" | "live" | "polling" | "lost";

export type TransferState = "begun" | "progress" | "done" | "failed" | "aborted";

/** A message of the event stream. */
export type Message =
  | { type: "hello"; device: string; name?: string; time_ms: number }
  | ({ type: "log"; app: string } & LogLine)
  | { type: "app"; app: App }
  | { type: "removed"; app: string }
  | { type: "status"; status: Status }
  | { type: "transfer"; transfer: Transfer; state: TransferState }
  | { type: "audit"; record: AuditRecord }
  | { type: "display" }
  | { type: "lost"; count: number };

const AUDIT_KEPT = 500;

/** A clock that went back by more than answers overtake each other: the device has booted. */
const CLOCK_SLACK_MS = 2000;

export class Device {
  readonly apps = new Map<string, App>();
  readonly transfers = new Map<number, Transfer>();
  readonly log = new LogBook();
  readonly audit: AuditRecord[] = [];
  status: Status | null = null;
  sensors: Sensor[] = [];
  connection: Connection = "connecting";

  /** How often the event stream told of each app. */
  private readonly told = new Map<string, number>();

  readonly onApps = new Topic<void>();
  readonly onStatus = new Topic<Status>();
  readonly onTransfers = new Topic<void>();
  /** New lines at the end, or null when the log has to be looked at anew. */
  readonly onLog = new Topic<Entry[] | null>();
  readonly onAudit = new Topic<void>();
  readonly onDisplay = new Topic<void>();
  readonly onConnection = new Topic<Connection>();
  /** This many messages did not fit the device's memory. */
  readonly onLost = new Topic<number>();

  setConnection(connection: Connection): void {
    if (connection === this.connection) return;
    this.connection = connection;
    this.onConnection.emit(connection);
  }

  setApps(apps: readonly App[]): void {
    const names = new Set(apps.map((app) => app.name));
    for (const name of [...this.apps.keys()]) if (!names.has(name)) this.remove(name);
    for (const app of apps) this.apps.set(app.name, app);
    this.onApps.emit();
  }

  setApp(app: App): void {
    this.apps.set(app.name, app);
    this.onApps.emit();
  }

  /**
   * Asks the device for what changes an app's state. An app can end before the answer to its start
   * is here: what the event stream told meanwhile is newer than the answer.
   */
  async change(name: string, ask: () => Promise<App>): Promise<void> {
    const before = this.told.get(name);
    const app = await ask();
    if (this.told.get(name) === before) this.setApp(app);
  }

  remove(name: string): void {
    if (!this.apps.delete(name)) return;
    this.log.forget(name);
    this.onApps.emit();
  }

  setStatus(status: Status): void {
    this.seenTime(status.uptime_ms);
    this.status = status;
    if (status.transfers) {
      this.transfers.clear();
      for (const transfer of status.transfers) this.transfers.set(transfer.id, transfer);
      this.onTransfers.emit();
    }
    this.onStatus.emit(status);
  }

  addLog(entries: readonly Entry[]): void {
    let anew = false;
    const fresh: Entry[] = [];
    for (const entry of entries) {
      const where = this.log.add(entry);
      if (where) fresh.push(entry);
      if (where === "between") anew = true;
    }
    if (fresh.length) this.onLog.emit(anew ? null : fresh);
  }

  addAudit(records: readonly AuditRecord[]): void {
    for (const record of records) {
      // A record whose count grows keeps its number.
      const at = this.audit.findIndex((one) => one.seq === record.seq && one.boot === record.boot);
      if (at >= 0) this.audit[at] = record;
      else this.audit.push(record);
    }
    this.audit.sort((a, b) => a.seq - b.seq);
    if (this.audit.length > AUDIT_KEPT) this.audit.splice(0, this.audit.length - AUDIT_KEPT);
    this.onAudit.emit();
  }

  /** Takes in a message of the event stream; one of a kind that is not known is passed over. */
  take(message: Message): void {
    switch (message.type) {
      case "hello":
        this.seenTime(message.time_ms);
        break;
      case "log":
        this.addLog([message]);
        break;
      case "app":
        this.told.set(message.app.name, (this.told.get(message.app.name) ?? 0) + 1);
        this.setApp(message.app);
        break;
      case "removed":
        this.remove(message.app);
        break;
      case "status":
        this.setStatus(message.status);
        break;
      case "transfer":
        if (message.state === "begun" || message.state === "progress") {
          this.transfers.set(message.transfer.id, message.transfer);
        } else {
          this.transfers.delete(message.transfer.id);
        }
        this.onTransfers.emit();
        break;
      case "audit":
        this.addAudit([message.record]);
        break;
      case "display":
        this.onDisplay.emit();
        break;
      case "lost":
        this.onLost.emit(message.count);
        break;
    }
  }

  private seenTime(now: number): void {
    if (this.status && now + CLOCK_SLACK_MS < this.status.uptime_ms) {
      this.log.reset();
      this.onLog.emit(null);
    }
  }
}
