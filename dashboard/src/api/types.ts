// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What the device answers, as docs/openapi.yaml says it. Sizes are bytes, times milliseconds.

export type AppState = "installed" | "loaded" | "running" | "stopped" | "failed";
export type Level = "debug" | "info" | "error";

export interface Transfer {
  id: number;
  transport: string;
  sink: string;
  name: string | null;
  received: number;
  size: number | null;
}

export interface Status {
  device: string;
  name?: string;
  version: string;
  wamr: string;
  abi: number;
  uptime_ms: number;
  apps: { installed: number; running: number; max_running: number };
  memory: { used: number; peak: number; system: number; total: number };
  storage: { free: number; total: number };
  transfers?: Transfer[];
}

export interface Scope {
  sensors: number[] | null;
  storage_bytes: number | null;
  hosts: string[];
  ports: number[];
  peers: string[];
}

export interface App {
  name: string;
  version: string;
  state: AppState;
  reason: string | null;
  exit_code: number | null;
  size: number;
  sha256: string;
  /** The version that is kept until this one has run healthily. */
  previous?: { version: string; sha256: string } | null;
  capabilities: string[];
  requested: string[];
  scope: Scope;
  signer: string | null;
  memory_quota: number;
  memory_used: number;
  memory_peak: number;
  autostart: boolean;
  restart: "never" | "on-failure" | "always";
  restart_in_ms: number | null;
  priority: number;
  run_ms: number;
  description: string;
}

export interface LogLine {
  seq: number;
  t_ms: number;
  level: Level;
  text: string;
}

export interface Log {
  lines: LogLine[];
  next: number;
  dropped: number;
}

export interface AuditRecord {
  seq: number;
  boot: number;
  t_ms: number;
  kind: string;
  app: string | null;
  count: number;
  text: string;
}

export interface Audit {
  records: AuditRecord[];
  next: number;
  dropped: number;
}

export interface Sensor {
  id: number;
  name: string;
  unit: string;
  value: number | null;
}

export interface Config {
  name: string;
  allowed_origins: string[];
  read_token: boolean;
  tls: { enabled: boolean; certificate_sha256: string | null };
}

export interface Keys {
  keys: { name: string; fingerprint: string }[];
  policy: string;
}

export type SlotState =
  | "empty" | "running" | "trial" | "receiving" | "partial" | "ready" | "pending" | "previous" | "bad";

export interface Slot {
  slot: "primary" | "secondary";
  state: SlotState;
  image: { version: string; sha256: string; size: number; security_counter: number | null } | null;
  reason: string | null;
  size: number;
  image_max: number;
}

export interface Firmware {
  slots: [Slot, Slot];
  swap: "none" | "test" | "permanent" | "revert";
  confirmed: boolean;
  can_reboot: boolean;
  upload: { sha256: string | null; size: number | null; offset: number; active: boolean } | null;
  health: { state: "checking" | "healthy" | "failed"; left_ms: number | null; reason: string | null };
  boots: number;
  safe_mode: boolean;
  last: {
    version: string;
    sha256: string;
    verdict: "open" | "confirmed" | "reverted";
    reason: string | null;
  } | null;
  keys: { kind: string; sha256: string }[];
}

export type InputEvent =
  | { kind: "button"; button: string; pressed: boolean }
  | { kind: "touch"; x: number; y: number; pressed: boolean }
  | { kind: "analog"; channel: number; value: number };
