/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Stands in for the Rust side: commands are noted, the link gives back what it gets, installs are
 * kept.
 */

#include <stdio.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/sys/ring_buffer.h>

#include "akira.h"
#include "runtime.h"

struct akira_upload {
	uint32_t sink;
	uint64_t size;
};

char last_command[64];
size_t app_count = 3;
uint8_t last_peer[4];
size_t last_peer_len;
uint8_t installed[4096];
size_t installed_len;
size_t aborted;
char network_name[32] = "akira-test";

uint64_t resumed;
struct akira_image images[2];
size_t image_count;

/* Of apps, and of firmware. */
static struct akira_upload uploads[2];

void akira_run_job(void *job)
{
	ARG_UNUSED(job);
}

static uint16_t refuse(uint16_t status, const char *why, akira_print print, void *context)
{
	print(context, why, strlen(why), true);

	return status;
}

uint16_t akira_control(const char *const *words, size_t count, akira_print print, void *context)
{
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		len += snprintf(&last_command[len], sizeof(last_command) - len, "%s%s",
				i == 0 ? "" : " ", words[i]);
	}
	if (count > 1 && strcmp(words[1], "nobody") == 0) {
		return refuse(404, "There is no app named nobody.", print, context);
	}
	print(context, "first line", 10, false);
	print(context, "second line", 11, false);

	return 0;
}

uint16_t akira_app_uninstall(const char *name, akira_print print, void *context)
{
	const char *words[] = {"uninstall", name};

	return akira_control(words, ARRAY_SIZE(words), print, context);
}

bool akira_app_at(size_t index, struct akira_app *app)
{
	if (index >= app_count) {
		return false;
	}
	memset(app, 0, sizeof(*app));
	(void)snprintf(app->name, sizeof(app->name), "app%02zu", index);
	strcpy(app->version, "1.2.3-a-version-with-its-build");
	strcpy(app->previous, index == 1 ? "1.2.2" : "");
	strcpy(app->state, "running");
	app->size = 70000;
	app->memory_used = 80000;
	app->memory_quota = 131072;

	return true;
}

RING_BUF_DECLARE(echo, 4096);

struct akira_link *akira_link_open(void)
{
	return (struct akira_link *)&echo;
}

void akira_link_receive(struct akira_link *link, const uint8_t *data, size_t len)
{
	ARG_UNUSED(link);
	(void)ring_buf_put(&echo, data, len);
}

size_t akira_link_transmit(struct akira_link *link, uint8_t *out, size_t size)
{
	ARG_UNUSED(link);

	return ring_buf_get(&echo, out, size);
}

void akira_link_tick(struct akira_link *link)
{
	ARG_UNUSED(link);
}

void akira_link_close(struct akira_link *link)
{
	ARG_UNUSED(link);
}

uint16_t akira_admit_admin(const uint8_t *token, size_t len, const uint8_t *peer, size_t peer_len,
			   akira_print print, void *context)
{
	last_peer_len = peer_len;
	memcpy(last_peer, peer_len == 0 ? last_peer : peer, peer_len);
	if (len != strlen(RIGHT_TOKEN) || memcmp(token, RIGHT_TOKEN, len) != 0) {
		return refuse(401, "The token is wrong.", print, context);
	}

	return 0;
}

struct akira_upload *akira_upload_begin(uint32_t sink, uint64_t size, const uint8_t *sha256,
					uint16_t *status, akira_print print, void *context)
{
	if (size > sizeof(installed) || (sha256 != NULL && sha256[0] != 0xa5)) {
		*status = refuse(413, "It is too large.", print, context);
		return NULL;
	}
	uploads[sink].sink = sink;
	uploads[sink].size = size;
	installed_len = sink == AKIRA_UPLOAD_FIRMWARE ? resumed : 0;

	return &uploads[sink];
}

uint16_t akira_upload_chunk(struct akira_upload *upload, uint64_t offset, const uint8_t *data,
			    size_t len, uint64_t *received, akira_print print, void *context)
{
	if (offset == installed_len) {
		if (installed_len + len > upload->size) {
			return refuse(400, "It is more than announced.", print, context);
		}
		memcpy(&installed[installed_len], data, len);
		installed_len += len;
	}
	*received = installed_len;

	return 0;
}

uint16_t akira_upload_end(struct akira_upload *upload, char *name, akira_print print, void *context)
{
	if (upload->size != installed_len) {
		return refuse(400, "It is not whole.", print, context);
	}
	strcpy(name, upload->sink == AKIRA_UPLOAD_APP ? "newapp" : "");

	return 0;
}

void akira_upload_abort(struct akira_upload *upload)
{
	if (upload != NULL) {
		aborted++;
	}
}

bool akira_image_at(uint32_t slot, struct akira_image *image)
{
	if (slot >= image_count) {
		return false;
	}
	*image = images[slot];

	return true;
}

uint16_t akira_image_set(const uint8_t *sha256, bool confirm, akira_print print, void *context)
{
	(void)snprintf(last_command, sizeof(last_command), "%s %02x", confirm ? "confirm" : "test",
		       sha256 == NULL ? 0 : sha256[31]);
	if (sha256 != NULL && sha256[31] == 0xee) {
		return refuse(404, "No slot holds that image.", print, context);
	}

	return 0;
}

bool akira_is_data_path(const char *path, bool top)
{
	return (top && strcmp(path, "/data") == 0) ||
	       (strncmp(path, "/data/", 6) == 0 && strstr(path, "..") == NULL &&
		(top || strchr(&path[6], '/') != NULL));
}

bool akira_network_name(char *name)
{
	strcpy(name, network_name);

	return true;
}
