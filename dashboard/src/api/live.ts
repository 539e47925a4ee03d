// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Keeps the model up to date: by the event stream while it can be had, by polling while it cannot.

import type { Device, Message } from "../model/device";
import type { Audit, App, Log, Status } from "./types";
import { pauseMs } from "../model/backoff";
import { type Client, Refusal, appPath } from "./client";

const TYPES = "log,app,status,transfer,audit,display";
const POLL_MS = 2000;
/** A stream says something each second; when it is silent this long, the device is gone. */
const SILENCE_MS = 8000;
/** With this many failures in a row the page says that it polls. */
const PATIENCE = 2;

export class Live {
  private socket: WebSocket | null = null;
  private failures = 0;
  private stopped = false;
  private retry = 0;
  private silence = 0;
  private poll = 0;
  private pollFailures = 0;
  private auditNext = 0;
  private memory = "";

  constructor(
    private readonly client: Client,
    private readonly device: Device,
  ) {}

  /** Asks once for everything, then listens. */
  async start(): Promise<void> {
    await this.askAll().catch(() => {});
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.retry);
    window.clearTimeout(this.silence);
    window.clearTimeout(this.poll);
    this.socket?.close();
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    try {
      const path = "/api/v1/events/ticket";
      const { ticket } = await this.client.json<{ ticket: string }>("POST", path);
      if (!this.stopped) this.open(ticket);
    } catch (error) {
      const wait = error instanceof Refusal ? error.retryAfterS * 1000 : 0;
      this.failed(wait);
    }
  }

  private open(ticket: string): void {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = `types=${TYPES}&ticket=${encodeURIComponent(ticket)}`;
    const socket = new WebSocket(`${scheme}//${location.host}/api/v1/events?${query}`);
    this.socket = socket;
    this.listen(socket);
    socket.addEventListener("message", (event) => {
      if (this.socket !== socket) return;
      this.listen(socket);
      this.failures = 0;
      window.clearTimeout(this.poll);
      this.poll = 0;
      this.device.setConnection("live");
      this.take(String(event.data));
    });
    // A socket that cannot be opened closes as well.
    socket.addEventListener("close", () => {
      if (this.socket === socket) this.failed(0);
    });
  }

  /** Gives the stream until then to say something. */
  private listen(socket: WebSocket): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => socket.close(), SILENCE_MS);
  }

  private take(text: string): void {
    let message: Message;
    try {
      message = JSON.parse(text) as Message;
    } catch {
      return;
    }
    if (message.type === "hello") {
      // What went by while nobody listened, and apps that are gone since.
      void this.askAll().catch(() => {});
    }
    if (message.type === "status") this.lookAtMemory(message.status);
    this.device.take(message);
  }

  /** The stream tells of an app's state, not of every byte that it takes; those are asked for. */
  private lookAtMemory({ memory, apps }: Status): void {
    const key = [memory.used, memory.peak, apps.running].join();
    if (key === this.memory) return;
    this.memory = key;
    void this.askApps().catch(() => {});
  }

  private failed(waitMs: number): void {
    window.clearTimeout(this.silence);
    this.socket = null;
    if (this.stopped) return;
    this.failures += 1;
    if (this.failures < PATIENCE) this.device.setConnection("connecting");
    this.retry = window.setTimeout(
      () => void this.connect(),
      Math.max(waitMs, pauseMs(this.failures)),
    );
    if (!this.poll) this.poll = window.setTimeout(() => void this.pollOnce(), POLL_MS / 2);
  }

  private async pollOnce(): Promise<void> {
    const began = this.poll;
    try {
      await this.askAll();
      for (const name of this.device.apps.keys()) await this.askLog(name);
      this.pollFailures = 0;
      if (this.poll === began && this.failures >= PATIENCE) this.device.setConnection("polling");
      if (this.poll === began) this.device.onDisplay.emit();
    } catch {
      this.pollFailures += 1;
      if (this.poll === began) this.device.setConnection("lost");
    }
    if (this.stopped || this.poll !== began) return;
    const wait = Math.max(POLL_MS, this.pollFailures ? pauseMs(this.pollFailures) : 0);
    this.poll = window.setTimeout(() => void this.pollOnce(), wait);
  }

  private async askAll(): Promise<void> {
    const status = await this.client.get<Status>("/api/v1/status");
    if (this.device.status && status.uptime_ms < this.device.status.uptime_ms) this.auditNext = 0;
    this.device.setStatus(status);
    await this.askApps();
    await this.askAudit().catch(() => {}); // the rest of the page does without it
  }

  private async askApps(): Promise<void> {
    this.device.setApps((await this.client.get<{ apps: App[] }>("/api/v1/apps")).apps);
  }

  private async askAudit(): Promise<void> {
    const audit = await this.client.get<Audit>(`/api/v1/audit?since=${this.auditNext}`);
    this.auditNext = audit.next;
    if (audit.records.length) this.device.addAudit(audit.records);
  }

  private async askLog(name: string): Promise<void> {
    const path = appPath(name, `/log?since=${this.device.log.next(name)}`);
    const { lines } = await this.client.get<Log>(path).catch((error: unknown) => {
      // It was removed a moment ago.
      if (error instanceof Refusal && error.status === 404) return { lines: [] };
      throw error;
    });
    this.device.addLog(lines.map((line) => ({ ...line, app: name })));
  }
}
