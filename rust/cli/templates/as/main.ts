// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Counts how often the app was started, in the device's key-value store, and says so in its log.
// The top level of the program is what runs when the app starts.

import { app_exit } from "./akira/akira";
import { Bytes } from "./akira/bytes";
import { kv } from "./akira/device";
import { Line } from "./akira/line";

const stored = new Bytes(4);
// Nothing is stored before the first start: then this gives a negative number.
let starts: i32 = kv.get("starts", stored) == 4 ? stored.i32At(0) : 0;
starts++;
stored.setI32(0, starts);
stored.length = 4;

const line = new Line();
if (kv.set("starts", stored) < 0) {
  line.text("cannot store the count").error();
  app_exit(1);
}
line.text("Hello from @NAME@, start number ").number(starts).log();
