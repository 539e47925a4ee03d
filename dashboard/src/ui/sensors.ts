// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// What the sensors measure; on a simulated device it can be set. Analog channels too.

import { sentence } from "../api/client";
import type { Sensor } from "../api/types";
import { measured } from "../model/format";
import { rangeOf } from "../model/range";
import type { Context } from "./context";
import { freshId, h, on, say, set } from "./dom";
import type { Inputs } from "./inputs";

const ANALOG_CHANNELS = [0, 1];
const ANALOG_MOST = 65_535;

/** A slider with its label and its value in words. */
function slider(label: string, least: number, most: number, step: number) {
  const input = h("input", { type: "range", min: least, max: most, step, id: freshId("slider") });
  const value = h("output", { for: input.id });
  const row = h("div", { class: "slider" }, h("label", { for: input.id }, label), input, value);
  return { input, value, row };
}

/** One sensor: its slider follows what is measured, unless it is being moved. */
class SensorRow {
  private readonly parts: ReturnType<typeof slider>;
  private sending = false;
  private wanted: number | null = null;

  constructor(
    private readonly context: Context,
    private sensor: Sensor,
  ) {
    const { least, most, step } = rangeOf(sensor.unit, sensor.value);
    this.parts = slider(sensor.name.replaceAll("_", " "), least, most, step);
    this.element = this.parts.row;
    const { input } = context.guard(this.parts.input) && this.parts;
    on(input, {
      input: () => {
        this.wanted = Number(input.value);
        this.say(this.wanted);
        void this.send();
      },
    });
    this.show(sensor);
  }

  readonly element: HTMLElement;

  show(sensor: Sensor): void {
    this.sensor = sensor;
    if (this.sending) return;
    if (sensor.value !== null) {
      const { least, most } = rangeOf(sensor.unit, sensor.value);
      const { input } = this.parts;
      set(input, {
        min: Math.min(Number(input.min), least),
        max: Math.max(Number(input.max), most),
      });
      input.value = String(sensor.value);
    }
    this.say(sensor.value);
  }

  private say(value: number | null): void {
    const text = value === null ? "cannot be read" : measured(value, this.sensor.unit);
    say(this.parts.value, text);
    set(this.parts.input, { "aria-valuetext": text });
  }

  /** One request at a time, always with the newest value. */
  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.wanted !== null) {
      const value = this.wanted;
      this.wanted = null;
      try {
        const path = `/api/v1/sensors/${this.sensor.id}`;
        this.sensor = await this.context.client.json<Sensor>("PUT", path, { value });
      } catch (error) {
        this.context.tell(sentence(error), "bad");
      }
    }
    this.sending = false;
    this.show(this.sensor);
  }
}

export function sensorsView(context: Context) {
  const { client } = context;
  const rows = new Map<number, SensorRow>();
  const none = h("p", { class: "quiet" }, "This device has no sensors.");
  const list = h("div", { class: "sliders" });
  const refresh = async () => {
    const { sensors } = await client.get<{ sensors: Sensor[] }>("/api/v1/sensors");
    none.hidden = sensors.length > 0;
    for (const sensor of sensors) {
      const row = rows.get(sensor.id);
      if (row) {
        row.show(sensor);
        continue;
      }
      const made = new SensorRow(context, sensor);
      rows.set(sensor.id, made);
      list.append(made.element);
    }
  };
  return { element: h("div", {}, h("h3", {}, "Sensors"), none, list), refresh };
}

export function analogView(context: Context, inputs: Inputs): HTMLElement {
  const list = h("div", { class: "sliders" });
  for (const channel of ANALOG_CHANNELS) {
    const { input, value, row } = slider(`channel ${channel}`, 0, ANALOG_MOST, 1);
    input.value = String(Math.ceil(ANALOG_MOST / 2));
    say(value, input.value);
    context.guard(input);
    on(input, {
      input: () => {
        say(value, input.value);
        inputs.send({ kind: "analog", channel, value: Number(input.value) });
      },
    });
    list.append(row);
  }
  return h("div", {}, h("h3", {}, "Analog inputs"), list);
}
