/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 */

/*
 * A thermometer as it was written for AkiraOS 1.4: it imports from the module env, colours are
 * RGB565, texts end with a zero, sensors are read in thousandths, and it starts at _start. It shows
 * the temperature, sends it by radio and ends. The device runs it as it is, behind the same checks
 * as any other app.
 */

#define ENV(name) __attribute__((import_module("env"), import_name(#name)))

ENV(log) int env_log(int level, const char *message);
ENV(display_clear) int display_clear(int color);
ENV(display_rect) int display_rect(int x, int y, int width, int height, int color);
ENV(display_text) int display_text(int x, int y, const char *text, int color);
ENV(display_text_large) int display_text_large(int x, int y, const char *text, int color);
ENV(sensor_read) int sensor_read(int sensor);
ENV(rf_send) int rf_send(const void *data, int len);
ENV(rf_get_rssi) int rf_get_rssi(int unused);
ENV(mem_alloc) char *mem_alloc(int size);
ENV(mem_free) void mem_free(void *block);
ENV(bt_shell_is_ready) int bt_shell_is_ready(void);
ENV(bt_shell_print) int bt_shell_print(int color, const char *text);

#define LOG_ERROR 1
#define LOG_INFO  3

#define WHITE 0xffff
#define BLUE  0x001f
#define RED   0xf800

#define TEMPERATURE 0
#define TEXT_SIZE   32

/* Writes thousandths as text with one digit after the point. */
static int put_thousandths(char *text, int value)
{
	char digits[12];
	int count = 0;
	int len = 0;

	if (value < 0) {
		text[len++] = '-';
		value = -value;
	}
	value = (value + 50) / 100;
	do {
		digits[count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0 || count < 2);
	while (count > 1) {
		text[len++] = digits[--count];
	}
	text[len++] = '.';
	text[len++] = digits[0];
	text[len] = '\0';
	return len;
}

static void draw(const char *text, int temperature)
{
	int height = temperature / 250;

	display_clear(0);
	display_text(8, 8, "AkiraOS 1.4", WHITE);
	display_text_large(8, 30, text, WHITE);
	display_rect(150, 220 - height, 20, height, temperature > 30000 ? RED : BLUE);
}

void _start(void)
{
	int temperature = sensor_read(TEMPERATURE);
	char *text = mem_alloc(TEXT_SIZE);
	int len;

	if (text == 0) {
		env_log(LOG_ERROR, "no memory");
		return;
	}
	len = put_thousandths(text, temperature);
	env_log(LOG_INFO, text);
	draw(text, temperature);
	if (rf_send(text, len) < 0) {
		env_log(LOG_ERROR, "the radio did not send");
	}
	if (rf_get_rssi(0) == 0) {
		env_log(LOG_INFO, "the radio has heard nothing yet");
	}
	/* There is no such shell on this system; the text goes to the log. */
	if (bt_shell_is_ready() == 0) {
		bt_shell_print(WHITE, "no shell");
	}
	mem_free(text);
}
