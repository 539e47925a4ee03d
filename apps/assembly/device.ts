// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 The AkiraOS-in-Rust authors

// The native API with strings and buffers in the place of addresses. Results are those of the
// functions in akira.ts: 0 or a count, or a negative error number. Timeouts are milliseconds: 0
// does not wait, a negative number waits for ever.

import * as native from "./akira";
import { Bytes } from "./bytes";

// Texts on their way to the device. A call is over before the next one needs it.
const words = new Bytes(1024);
const answer = new Bytes(64);

function encoded(text: string): Bytes {
  return words.clear().text(text);
}

// Drawing. Colours are 0xRRGGBB; flush() shows what was drawn.
export namespace display {
  // Pixels from left to right.
  export function width(): i32 {
    const size = native.display_size();
    return size < 0 ? size : size >> 16;
  }

  // Pixels from top to bottom.
  export function height(): i32 {
    const size = native.display_size();
    return size < 0 ? size : size & 0xffff;
  }

  export function clear(color: i32): i32 {
    return native.display_clear(color);
  }

  export function pixel(x: i32, y: i32, color: i32): i32 {
    return native.display_pixel(x, y, color);
  }

  export function rect(x: i32, y: i32, width: i32, height: i32, color: i32): i32 {
    return native.display_rect(x, y, width, height, color);
  }

  export function text(x: i32, y: i32, text: string, color: i32): i32 {
    const bytes = encoded(text);
    return native.display_text(x, y, bytes.start, bytes.length, color);
  }

  export function textLarge(x: i32, y: i32, text: string, color: i32): i32 {
    const bytes = encoded(text);
    return native.display_text_large(x, y, bytes.start, bytes.length, color);
  }

  // Pixels of two bytes, RGB565, row by row.
  export function blit(x: i32, y: i32, width: i32, height: i32, pixels: StaticArray<u16>): i32 {
    const start = changetype<usize>(pixels);
    return native.display_blit(x, y, width, height, start, pixels.length * 2);
  }

  export function flush(): i32 {
    return native.display_flush();
  }
}

// What nextEvent() found.
export class InputEvent {
  // INPUT_BUTTON and so on.
  kind: i32 = 0;
  code: i32 = 0;
  value: i32 = 0;
  // Milliseconds since boot.
  time: i32 = 0;
}

export namespace input {
  // Whether a button is pressed now: BUTTON_A and so on.
  export function pressed(button: i32): bool {
    const buttons = native.input_read_buttons();
    return buttons > 0 && (buttons & (1 << button)) != 0;
  }

  // 0 to 65535, 32768 in the middle.
  export function analog(channel: i32): i32 {
    return native.input_read_analog(channel);
  }

  // Takes the next event; 1 when there was one, 0 when none came in time.
  export function nextEvent(event: InputEvent, timeout: i32): i32 {
    const came = native.input_next_event(answer.start, 16, timeout);
    if (came == 1) {
      event.kind = answer.i32At(0);
      event.code = answer.i32At(4);
      event.value = answer.i32At(8);
      event.time = answer.i32At(12);
    }
    return came;
  }
}

export namespace sensor {
  // Reads a sensor, SENSOR_TEMPERATURE and so on. Not a number when that fails.
  export function read(id: i32): f32 {
    return native.sensor_read(id, answer.start) < 0 ? NaN : load<f32>(answer.start);
  }

  // The ids of the sensors that this app may read, a byte each.
  export function list(ids: Bytes): i32 {
    return ids.took(native.sensor_list(ids.start, ids.size));
  }
}

export namespace rf {
  export function send(packet: Bytes): i32 {
    return native.rf_send(packet.start, packet.length);
  }

  export function receive(packet: Bytes, timeout: i32): i32 {
    return packet.took(native.rf_recv(packet.start, packet.size, timeout));
  }

  // How strong the last packet was, in dBm; 0 before the first one.
  export function rssi(): i32 {
    const result = native.rf_status(answer.start, 16);
    return result < 0 ? 0 : answer.i32At(8);
  }
}

// Settings: small values under short names.
export namespace kv {
  // Reads a value and gives its length, -2 (ENOENT) when there is none. What is longer than the
  // buffer leaves it empty.
  export function get(key: string, value: Bytes): i32 {
    const bytes = encoded(key);
    const result = native.storage_kv_get(bytes.start, bytes.length, value.start, value.size);
    value.took(result > value.size ? 0 : result);
    return result;
  }

  export function set(key: string, value: Bytes): i32 {
    const bytes = encoded(key);
    return native.storage_kv_set(bytes.start, bytes.length, value.start, value.length);
  }

  export function remove(key: string): i32 {
    const bytes = encoded(key);
    return native.storage_kv_delete(bytes.start, bytes.length);
  }
}

export namespace net {
  // Connects to a host and port of the manifest's scope and gives a handle.
  export function connect(host: string, port: i32): i32 {
    const bytes = encoded(host);
    return native.net_connect(bytes.start, bytes.length, port);
  }

  export function listen(port: i32): i32 {
    return native.net_listen(port);
  }

  export function accept(handle: i32, timeout: i32): i32 {
    return native.net_accept(handle, timeout);
  }

  export function send(handle: i32, data: Bytes): i32 {
    return native.net_send(handle, data.start, data.length);
  }

  export function receive(handle: i32, data: Bytes, timeout: i32): i32 {
    return data.took(native.net_recv(handle, data.start, data.size, timeout));
  }

  export function close(handle: i32): i32 {
    return native.net_close(handle);
  }

  // The body of a page; what does not fit is cut.
  export function get(url: string, body: Bytes): i32 {
    const bytes = encoded(url);
    return body.took(native.http_get(bytes.start, bytes.length, body.start, body.size));
  }
}

// Messages between apps that name each other as peers.
export namespace ipc {
  export function send(peer: string, message: Bytes): i32 {
    const bytes = encoded(peer);
    return native.ipc_send(bytes.start, bytes.length, message.start, message.length);
  }

  export function receive(message: Bytes, sender: Bytes, timeout: i32): i32 {
    const result = native.ipc_recv(
      answer.start,
      32,
      message.start,
      message.size,
      timeout,
    );
    message.took(result);
    sender.clear();
    if (result >= 0) {
      for (let place = 0; place < 32 && load<u8>(answer.start + place) != 0; place++) {
        sender.byte(load<u8>(answer.start + place));
      }
    }
    return result;
  }
}

export namespace hid {
  // Which keys are down: at most six usage codes.
  export function keyboard(modifiers: i32, keys: Bytes): i32 {
    return native.hid_send_keyboard(modifiers, keys.start, keys.length);
  }

  export function mouse(buttons: i32, dx: i32, dy: i32, wheel: i32): i32 {
    return native.hid_send_mouse(buttons, dx, dy, wheel);
  }

  export function gamepad(buttons: i32, axes: Bytes): i32 {
    return native.hid_send_gamepad(buttons, axes.start, axes.length);
  }
}

// Files in the app's own folder. Flags are OPEN_READ and so on.
export namespace fs {
  export function open(path: string, flags: i32): i32 {
    const bytes = encoded(path);
    return native.fs_open(bytes.start, bytes.length, flags);
  }

  export function read(handle: i32, data: Bytes): i32 {
    return data.took(native.fs_read(handle, data.start, data.size));
  }

  export function write(handle: i32, data: Bytes): i32 {
    return native.fs_write(handle, data.start, data.length);
  }

  export function close(handle: i32): i32 {
    return native.fs_close(handle);
  }

  export function size(path: string): i32 {
    const bytes = encoded(path);
    return native.fs_stat(bytes.start, bytes.length);
  }

  export function remove(path: string): i32 {
    const bytes = encoded(path);
    return native.fs_delete(bytes.start, bytes.length);
  }
}

// A random number from the whole range; 0 when the device has no generator.
export function random(): i32 {
  return native.random(answer.start, 4) < 0 ? 0 : answer.i32At(0);
}
