// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Requests to the device that served this page.

/** Why something was not done: the device's own sentence, or why there is none. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterS: number = 0,
  ) {
    super(message);
  }
}

export const UNREACHABLE = "The device does not answer. See that it is on and that you can reach it.";

/** What an answer that is an error says; a body that does not say it gets a sentence of ours. */
export function refusalOf(status: number, body: string, retryAfter: string | null): Refusal {
  const seconds = Math.max(0, Number.parseInt(retryAfter ?? "", 10) || 0);
  try {
    const error = (JSON.parse(body) as { error?: { code?: unknown; message?: unknown } }).error;
    if (typeof error?.code === "string" && typeof error.message === "string") {
      return new Refusal(status, error.code, error.message, seconds);
    }
  } catch {
    // Not JSON: answered below the API.
  }
  return new Refusal(status, "http", `The device answered with HTTP status ${status}.`, seconds);
}

/** The sentence of whatever was thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export class Client {
  /** Called when the device no longer knows the token. */
  onUnauthorized: (refusal: Refusal) => void = () => {};
  /** Called when another token has taken the place of the one that the session began with. */
  onToken: (token: string) => void = () => {};
  private current: string;

  constructor(token: string) {
    this.current = token;
  }

  get token(): string {
    return this.current;
  }

  /** Goes on with another token; the old one has ended. */
  renew(token: string): void {
    this.current = token;
    this.onToken(token);
  }

  async send(method: string, path: string, json?: unknown): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.current}` };
    const sentWith = this.current;
    if (json !== undefined) headers["Content-Type"] = "application/json";
    let answer: Response;
    try {
      answer = await fetch(path, {
        method,
        headers,
        cache: "no-store",
        credentials: "omit",
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      });
    } catch {
      throw new Refusal(0, "unreachable", UNREACHABLE);
    }
    if (!answer.ok) {
      const body = await answer.text().catch(() => "");
      const refusal = refusalOf(answer.status, body, answer.headers.get("Retry-After"));
      // A request that was under way while the token was replaced says nothing of the new one.
      if (refusal.status === 401 && sentWith === this.current) this.onUnauthorized(refusal);
      throw refusal;
    }
    return answer;
  }

  async json<T>(method: string, path: string, json?: unknown): Promise<T> {
    const answer = await this.send(method, path, json);
    try {
      return (await answer.json()) as T;
    } catch {
      throw new Refusal(answer.status, "broken", "The device's answer broke off. Try again.");
    }
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>("GET", path);
  }
}

/** The path of an app's resource. */
export const appPath = (name: string, rest = "") =>
  `/api/v1/apps/${encodeURIComponent(name)}${rest}`;
