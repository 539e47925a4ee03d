/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * A radio beacon as it was written for AkiraOS 1.6: it starts at main, prints with printf_native,
 * waits with delay, and rf_get_rssi takes no parameter there. It also tries what its manifest does
 * not ask for, and expects the refusal of that system, -EPERM.
 */

#define ENV(name) __attribute__((import_module("env"), import_name(#name)))

ENV(printf_native) int printf_native(const char *text);
ENV(delay) int delay(int milliseconds);
ENV(rf_set_power) int rf_set_power(int dbm);
ENV(rf_send) int rf_send(const void *data, int len);
ENV(rf_get_rssi) int rf_get_rssi(void);
ENV(sensor_read) int sensor_read(int sensor);

#define EPERM   1
#define BEACONS 3

static char packet[] = "beacon 0";

int main(void)
{
	if (sensor_read(0) != -EPERM) {
		printf_native("the sensor should have been refused");
		return 1;
	}
	if (rf_set_power(10) < 0) {
		printf_native("the power cannot be set");
		return 1;
	}
	for (int i = 1; i <= BEACONS; i++) {
		packet[sizeof(packet) - 2] = (char)('0' + i);
		if (rf_send(packet, sizeof(packet) - 1) < 0) {
			printf_native("the radio did not send");
			return 1;
		}
		printf_native(packet);
		delay(200);
	}
	printf_native(rf_get_rssi() == 0 ? "nothing heard" : "something heard");
	return 0;
}
