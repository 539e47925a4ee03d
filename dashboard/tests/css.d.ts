// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// A stylesheet that a test imports is its text.

declare module "*.css" {
  const text: string;
  export default text;
}
