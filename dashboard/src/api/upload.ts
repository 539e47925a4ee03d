// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Sends a module or a firmware image and tells how far it is, which fetch cannot.

import type { App, Firmware } from "./types";
import { type Client, Refusal, appPath, refusalOf } from "./client";

type Progress = (sent: number, size: number) => void;

interface Parcel {
  method: string;
  path: string;
  body: XMLHttpRequestBodyInit;
  /** What the body is; none for a form, which says so itself. */
  type?: string;
  /** What to say when the connection breaks off. */
  broken: string;
  onProgress: Progress;
  /** Aborted when the operator stops it. */
  signal?: AbortSignal;
}

/** Sends it; the answer's status and its JSON. */
function post<T>(client: Client, parcel: Parcel): Promise<{ status: number; json: T }> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open(parcel.method, parcel.path);
    request.setRequestHeader("Authorization", `Bearer ${client.token}`);
    if (parcel.type) request.setRequestHeader("Content-Type", parcel.type);
    request.upload.addEventListener("progress", (event) => parcel.onProgress(event.loaded, event.total));
    const broken = () => failed(new Refusal(0, "unreachable", parcel.broken));
    request.addEventListener("error", broken);
    request.addEventListener("abort", broken);
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      if (status !== 200 && status !== 201) {
        const refusal = refusalOf(status, responseText, request.getResponseHeader("Retry-After"));
        if (status === 401) client.onUnauthorized(refusal);
        failed(refusal);
        return;
      }
      try {
        done({ status, json: JSON.parse(responseText) as T });
      } catch {
        broken();
      }
    });
    parcel.signal?.addEventListener("abort", () => request.abort());
    request.send(parcel.body);
  });
}

/** What happened to an upload: the app, and whether it is new. */
export interface Uploaded {
  app: App;
  isNew: boolean;
}

/**
 * Installs or updates an app. Without a name the device reads it from the module's manifest, and
 * without a manifest it says what is missing.
 */
export async function upload(
  client: Client,
  file: Blob,
  fileName: string,
  name: string | null,
  denied: readonly string[],
  onProgress: Progress,
): Promise<Uploaded> {
  const broken = "The connection broke off, so nothing was installed. Try again.";
  const query = denied.length ? `?deny=${denied.map(encodeURIComponent).join(",")}` : "";
  const form = new FormData();
  if (name === null) form.append("file", file, fileName);
  const { status, json } = await post<App>(
    client,
    name === null
      ? { method: "POST", path: "/upload", body: form, broken, onProgress }
      : { method: "PUT", path: appPath(name, query), body: file, type: "application/wasm", broken, onProgress },
  );
  return { app: json, isNew: status === 201 };
}

/** Sends the rest of a firmware image of which the device has the first `offset` bytes. */
export async function sendImage(
  client: Client,
  image: Uint8Array<ArrayBuffer>,
  sha256: string,
  offset: number,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<Firmware> {
  const { json } = await post<Firmware>(client, {
    method: "PUT",
    path: `/api/v1/firmware?sha256=${sha256}${offset ? `&offset=${offset}` : ""}`,
    body: image.subarray(offset),
    type: "application/octet-stream",
    broken: "The upload broke off. The device keeps what it has; go on when it answers again.",
    onProgress: (sent) => onProgress(Math.min(offset + sent, image.length), image.length),
    signal,
  });
  return json;
}
