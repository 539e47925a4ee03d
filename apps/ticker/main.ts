// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// Logs a tick every second until it is stopped, and then says goodbye. The top level of the program
// is what runs when the app starts.

import { sleep_ms, time_ms } from "../assembly/akira";
import { Line } from "../assembly/line";

const SECOND: i32 = 1000;

const line = new Line();
let ticks: i32 = 0;

// The device calls this when it is about to stop the app.
export function on_stop(): void {
  line.text("goodbye after ").number(ticks).text(" ticks").log();
}

line.text("ticking once a second").log();
while (true) {
  ticks++;
  line.text("tick ").number(ticks).text(" at ").number(time_ms()).text(" ms").log();
  sleep_ms(SECOND);
}
