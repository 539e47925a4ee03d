// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Sends a module and tells how far it is, which fetch cannot.

import type { App } from "./types";
import { type Client, Refusal, appPath, refusalOf } from "./client";

/** What happened to an upload: the app, and whether it is new. */
export interface Uploaded {
  app: App;
  isNew: boolean;
}

/**
 * Installs or updates an app. Without a name the device reads it from the module's manifest, and
 * without a manifest it says what is missing.
 */
export function upload(
  client: Client,
  file: Blob,
  fileName: string,
  name: string | null,
  denied: readonly string[],
  onProgress: (sent: number, size: number) => void,
): Promise<Uploaded> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const query = denied.length ? `?deny=${denied.map(encodeURIComponent).join(",")}` : "";
    if (name === null) request.open("POST", "/upload");
    else request.open("PUT", appPath(name, query));
    request.setRequestHeader("Authorization", `Bearer ${client.token}`);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    const broken = () =>
      failed(
        new Refusal(0, "unreachable", "The connection broke off, so nothing was installed. Try again."),
      );
    request.addEventListener("error", broken);
    request.addEventListener("abort", broken);
    request.addEventListener("load", () => {
      if (request.status !== 200 && request.status !== 201) {
        const { status, responseText } = request;
        const refusal = refusalOf(status, responseText, request.getResponseHeader("Retry-After"));
        if (status === 401) client.onUnauthorized(refusal);
        failed(refusal);
        return;
      }
      try {
        done({ app: JSON.parse(request.responseText) as App, isNew: request.status === 201 });
      } catch {
        broken();
      }
    });
    if (name === null) {
      const form = new FormData();
      form.append("file", file, fileName);
      request.send(form);
    } else {
      request.setRequestHeader("Content-Type", "application/wasm");
      request.send(file);
    }
  });
}
