/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUmgr's groups for apps and images, what its group for files may touch, and the UDP transport.
 */

#include <errno.h>
#include <string.h>

#include <zcbor_encode.h>
#include <zephyr/fs/fs.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/grp/fs_mgmt/fs_mgmt.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>
#include <zephyr/net/socket.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/ztest.h>

#include "akira.h"
#include "runtime.h"
#include "smp.h"
#include "storage_mount.h"

#define WAIT_MS     3000
#define CLIENT_PORT 4000

/* A request: its header, then a map. */
static uint8_t request[1472];
static zcbor_state_t body[3];

/* The answer's map, as it came. */
static uint8_t answer[1472];
static size_t answer_len;

static const struct sockaddr_in server = {
	.sin_family = AF_INET,
	.sin_port = htons(CONFIG_AKIRA_SMP_PORT),
	.sin_addr = {.s4_addr = {127, 0, 0, 1}},
};
static int client;

static void begin_request(uint8_t op, uint16_t group, uint8_t command)
{
	memset(request, 0, 8);
	request[0] = op;
	sys_put_be16(group, &request[4]);
	request[7] = command;
	zcbor_new_encode_state(body, ARRAY_SIZE(body), &request[8], sizeof(request) - 8, 1);
	zassert_true(zcbor_map_start_encode(body, 8));
}

static void put_text(const char *key, const char *value)
{
	zassert_true(zcbor_tstr_put_term(body, key, 32) && zcbor_tstr_put_term(body, value, 256));
}

static void put_number(const char *key, uint32_t value)
{
	zassert_true(zcbor_tstr_put_term(body, key, 32) && zcbor_uint32_put(body, value));
}

static void put_bytes(const char *key, const uint8_t *data, size_t len)
{
	zassert_true(zcbor_tstr_put_term(body, key, 32) &&
		     zcbor_bstr_encode_ptr(body, (const char *)data, len));
}

static size_t end_request(void)
{
	size_t len;

	zassert_true(zcbor_map_end_encode(body, 8));
	len = body->payload - request;
	sys_put_be16((uint16_t)(len - 8), &request[2]);

	return len;
}

/* Sends the request and keeps the answer. */
static void ask(void)
{
	size_t len = end_request();
	struct zsock_pollfd waiting = {.fd = client, .events = ZSOCK_POLLIN};
	ssize_t got;

	zassert_equal(zsock_sendto(client, request, len, 0, (const struct sockaddr *)&server,
				   sizeof(server)),
		      len, "errno %d", errno);
	zassert_equal(zsock_poll(&waiting, 1, WAIT_MS), 1, "no answer");
	got = zsock_recv(client, request, sizeof(request), 0);
	zassert_true(got > 8, "errno %d", errno);
	answer_len = (size_t)got - 8;
	memcpy(answer, &request[8], answer_len);
}

static bool has(const void *needle, size_t len)
{
	for (size_t i = 0; i + len <= answer_len; i++) {
		if (memcmp(&answer[i], needle, len) == 0) {
			return true;
		}
	}

	return false;
}

static bool has_text(const char *text)
{
	return has(text, strlen(text));
}

/* The result code: 0 when the answer has none. Codes are less than 24, so they are one byte. */
static int result(void)
{
	for (uint8_t rc = 1; rc < 24; rc++) {
		const uint8_t field[] = {0x62, 'r', 'c', rc};

		if (has(field, sizeof(field))) {
			return rc;
		}
	}

	return 0;
}

static void begin_apps(uint8_t op, uint8_t command, const char *token)
{
	begin_request(op, AKIRA_SMP_GROUP, command);
	if (token != NULL) {
		put_text("token", token);
	}
}

static void *begin(void)
{
	struct sockaddr_in own = server;

	zassert_ok(akira_storage_mount());
	(void)fs_mkdir(AKIRA_MOUNT_POINT "/data");
	(void)fs_mkdir(AKIRA_MOUNT_POINT "/config");
	zassert_ok(akira_smp_udp_open());
	client = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	zassert_true(client >= 0);
	own.sin_port = htons(CLIENT_PORT);
	/* Or it would be sent from the link that mDNS is tested on. */
	zassert_ok(zsock_bind(client, (const struct sockaddr *)&own, sizeof(own)), "errno %d",
		   errno);

	return NULL;
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	app_count = 3;
	last_command[0] = '\0';
}

ZTEST_SUITE(smp, NULL, begin, before, NULL, NULL);

ZTEST(smp, test_apps_are_listed)
{
	begin_apps(MGMT_OP_READ, AKIRA_SMP_LIST, RIGHT_TOKEN);
	ask();
	zassert_equal(result(), 0);
	zassert_true(has_text("app00") && has_text("app02") && has_text("running"));
	zassert_true(has_text("previous") && has_text("1.2.2"), "app01 has been updated");
	zassert_false(has_text("next"), "all fit into one answer");
}

ZTEST(smp, test_a_long_list_comes_in_parts)
{
	char name[8];

	app_count = AKIRA_APPS_MAX;
	begin_apps(MGMT_OP_READ, AKIRA_SMP_LIST, RIGHT_TOKEN);
	ask();
	zassert_true(has_text("app00"));
	zassert_true(has_text("next"), "%zu bytes hold all", answer_len);
	zassert_false(has_text("app15"));

	/* The last byte of the answer ends the map, the one before it is the number. */
	(void)snprintf(name, sizeof(name), "app%02u", answer[answer_len - 2]);
	zassert_false(has_text(name));
	begin_apps(MGMT_OP_READ, AKIRA_SMP_LIST, RIGHT_TOKEN);
	put_number("from", answer[answer_len - 2]);
	ask();
	zassert_true(has_text(name) && has_text("app15"));
	zassert_false(has_text("next"));
}

ZTEST(smp, test_commands_reach_the_runtime)
{
	static const struct {
		uint8_t command;
		const char *words;
	} commands[] = {
		{AKIRA_SMP_START, "start app01"},       {AKIRA_SMP_STOP, "stop app01"},
		{AKIRA_SMP_RESTART, "restart app01"},   {AKIRA_SMP_UNINSTALL, "uninstall app01"},
		{AKIRA_SMP_ROLLBACK, "rollback app01"},
	};

	ARRAY_FOR_EACH_PTR(commands, one) {
		begin_apps(MGMT_OP_WRITE, one->command, RIGHT_TOKEN);
		put_text("name", "app01");
		ask();
		zassert_equal(result(), 0, "%s", one->words);
		zassert_str_equal(last_command, one->words);
	}
}

ZTEST(smp, test_what_goes_wrong_is_told)
{
	begin_apps(MGMT_OP_WRITE, AKIRA_SMP_START, RIGHT_TOKEN);
	put_text("name", "nobody");
	ask();
	zassert_equal(result(), MGMT_ERR_ENOENT);
	zassert_true(has_text("There is no app named nobody."));

	begin_apps(MGMT_OP_WRITE, AKIRA_SMP_START, RIGHT_TOKEN);
	ask();
	zassert_equal(result(), MGMT_ERR_EINVAL, "no name");

	begin_apps(MGMT_OP_WRITE, AKIRA_SMP_START, RIGHT_TOKEN);
	put_text("name", "a-name-that-is-longer-than-any-app-has-it");
	ask();
	zassert_equal(result(), MGMT_ERR_EINVAL, "a name that is too long");
}

ZTEST(smp, test_without_the_token_nothing_is_done)
{
	static const struct {
		uint8_t op;
		uint8_t command;
	} requests[] = {
		{MGMT_OP_READ, AKIRA_SMP_LIST},     {MGMT_OP_WRITE, AKIRA_SMP_START},
		{MGMT_OP_WRITE, AKIRA_SMP_STOP},    {MGMT_OP_WRITE, AKIRA_SMP_RESTART},
		{MGMT_OP_READ, AKIRA_SMP_FILES},    {MGMT_OP_WRITE, AKIRA_SMP_UNINSTALL},
		{MGMT_OP_WRITE, AKIRA_SMP_INSTALL}, {MGMT_OP_WRITE, AKIRA_SMP_ROLLBACK},
	};

	ARRAY_FOR_EACH_PTR(requests, one) {
		for (int wrong = 0; wrong < 2; wrong++) {
			begin_apps(one->op, one->command, wrong == 1 ? "wrong" : NULL);
			put_text("name", "app01");
			put_number("off", 0);
			put_number("len", 4);
			put_bytes("data", (const uint8_t *)"abcd", 4);
			installed_len = 0;
			ask();
			zassert_equal(result(), MGMT_ERR_EACCESSDENIED, "%u", one->command);
			zassert_str_equal(last_command, "");
			zassert_equal(installed_len, 0);
		}
	}
}

static void install(uint32_t offset, const uint8_t *data, size_t len, uint32_t size)
{
	begin_apps(MGMT_OP_WRITE, AKIRA_SMP_INSTALL, offset == 0 ? RIGHT_TOKEN : NULL);
	put_number("off", offset);
	put_bytes("data", data, len);
	if (offset == 0) {
		put_number("len", size);
	}
	ask();
}

ZTEST(smp, test_an_install_in_chunks)
{
	static uint8_t module[1200];

	for (size_t i = 0; i < sizeof(module); i++) {
		module[i] = (uint8_t)(i * 5);
	}
	install(0, module, 500, sizeof(module));
	zassert_equal(result(), 0);
	/* One that comes twice changes nothing, as the device says where it is. */
	install(400, &module[400], 500, 0);
	zassert_equal(result(), 0);
	zassert_equal(installed_len, 500);
	install(500, &module[500], 500, 0);
	zassert_false(has_text("newapp"));
	install(1000, &module[1000], 200, 0);
	zassert_equal(result(), 0);
	zassert_true(has_text("newapp"));
	zassert_equal(installed_len, sizeof(module));
	zassert_mem_equal(installed, module, sizeof(module));

	install(1200, module, 4, 0);
	zassert_equal(result(), MGMT_ERR_EBADSTATE, "it is over");
}

ZTEST(smp, test_an_install_that_is_refused_or_begun_anew)
{
	size_t before_it = aborted;

	install(0, (const uint8_t *)"abcd", 4, 100000);
	zassert_equal(result(), MGMT_ERR_EINVAL);
	zassert_true(has_text("It is too large."));

	install(0, (const uint8_t *)"abcd", 4, 6);
	install(4, (const uint8_t *)"efgh", 4, 0);
	zassert_equal(result(), MGMT_ERR_EINVAL);
	zassert_equal(aborted, before_it + 1, "more than announced");

	install(0, (const uint8_t *)"abcd", 4, 6);
	install(0, (const uint8_t *)"abcd", 4, 6);
	zassert_equal(aborted, before_it + 2, "begun anew");
}

/* The group for images, with the numbers that clients have. */
#define IMAGE_STATE  0
#define IMAGE_UPLOAD 1
#define IMAGE_ERASE  5

static void upload_image(uint32_t offset, const uint8_t *data, size_t len, uint32_t size)
{
	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_IMAGE, IMAGE_UPLOAD);
	put_number("off", offset);
	put_bytes("data", data, len);
	if (offset == 0) {
		put_number("image", 0);
		put_number("len", size);
	}
	ask();
}

ZTEST(smp, test_an_image_comes_through_the_runtime)
{
	static uint8_t image[900];

	for (size_t i = 0; i < sizeof(image); i++) {
		image[i] = (uint8_t)(i * 3);
	}
	resumed = 0;
	upload_image(0, image, 500, sizeof(image));
	zassert_equal(result(), 0);
	zassert_false(has_text("match"));
	upload_image(500, &image[500], 400, 0);
	zassert_equal(result(), 0);
	zassert_true(has_text("match"), "all is there");
	zassert_mem_equal(installed, image, sizeof(image));

	upload_image(900, image, 4, 0);
	zassert_equal(result(), MGMT_ERR_EBADSTATE, "it is over");
	upload_image(0, image, 4, 100000);
	zassert_equal(result(), MGMT_ERR_EINVAL);
	zassert_true(has_text("It is too large."));
}

ZTEST(smp, test_an_image_goes_on_where_it_broke_off)
{
	static const uint8_t offset[] = {0x63, 'o', 'f', 'f', 0x19, 0x01, 0x00};
	static uint8_t image[300];

	resumed = 256;
	upload_image(0, image, 100, sizeof(image));
	zassert_equal(result(), 0);
	zassert_true(has(offset, sizeof(offset)), "256");
	upload_image(256, &image[256], 44, 0);
	zassert_equal(result(), 0);
	zassert_true(has_text("match"));
	resumed = 0;
}

ZTEST(smp, test_other_images_there_are_none)
{
	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_IMAGE, IMAGE_UPLOAD);
	put_number("image", 1);
	put_number("off", 0);
	put_number("len", 4);
	put_bytes("data", (const uint8_t *)"abcd", 4);
	ask();
	zassert_equal(result(), MGMT_ERR_EINVAL);

	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_IMAGE, IMAGE_ERASE);
	ask();
	zassert_equal(result(), MGMT_ERR_ENOTSUP, "nobody erases past the runtime");
}

ZTEST(smp, test_images_are_listed)
{
	image_count = 0;
	begin_request(MGMT_OP_READ, MGMT_GROUP_ID_IMAGE, IMAGE_STATE);
	ask();
	zassert_equal(result(), 0);
	zassert_true(has_text("images") && !has_text("hash"));

	strcpy(images[0].version, "1.2.3");
	strcpy(images[1].version, "1.3.0+7");
	memset(images[1].sha256, 0xb7, sizeof(images[1].sha256));
	images[1].pending = true;
	image_count = 2;
	begin_request(MGMT_OP_READ, MGMT_GROUP_ID_IMAGE, IMAGE_STATE);
	ask();
	zassert_true(has_text("1.2.3") && has_text("1.3.0+7"));
	zassert_true(has(images[1].sha256, sizeof(images[1].sha256)));
	zassert_true(has("\x67pending\xf5", 9) && has("\x67pending\xf4", 9));
}

static void set_image(uint8_t last, bool has_hash, bool confirm)
{
	uint8_t hash[32] = {0};

	hash[31] = last;
	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_IMAGE, IMAGE_STATE);
	if (has_hash) {
		put_bytes("hash", hash, sizeof(hash));
	}
	zassert_true(zcbor_tstr_put_lit(body, "confirm") && zcbor_bool_put(body, confirm));
	ask();
}

ZTEST(smp, test_the_runtime_decides_what_is_tried_and_confirmed)
{
	set_image(0x42, true, false);
	zassert_equal(result(), 0);
	zassert_str_equal(last_command, "test 42");
	zassert_true(has_text("images"), "as it is now");
	set_image(0, false, true);
	zassert_equal(result(), 0);
	zassert_str_equal(last_command, "confirm 00");
	set_image(0xee, true, false);
	zassert_equal(result(), MGMT_ERR_ENOENT);
	zassert_true(has_text("No slot holds that image."));

	last_command[0] = '\0';
	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_IMAGE, IMAGE_STATE);
	put_bytes("hash", (const uint8_t *)"short", 5);
	ask();
	zassert_equal(result(), MGMT_ERR_EINVAL);
	zassert_str_equal(last_command, "");
}

/* MCUmgr's group for files: asks for the length of one. */
static int status_of(const char *path)
{
	begin_request(MGMT_OP_READ, MGMT_GROUP_ID_FS, FS_MGMT_ID_STAT);
	put_text("name", path);
	ask();

	return result();
}

ZTEST(smp, test_only_files_of_apps_can_be_touched)
{
	static const char *const others[] = {
		AKIRA_MOUNT_POINT "/config/token",
		AKIRA_MOUNT_POINT "/data",
		AKIRA_MOUNT_POINT "/data/../config/token",
		AKIRA_MOUNT_POINT "/data/hello",
		AKIRA_MOUNT_POINT "/apps/hello.wasm",
		"/data/hello/x",
		AKIRA_MOUNT_POINT,
		"/",
	};

	/* The app's folder is made for it. */
	begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_FS, FS_MGMT_ID_FILE);
	put_text("name", AKIRA_MOUNT_POINT "/data/hello/x");
	put_number("off", 0);
	put_number("len", 4);
	put_bytes("data", (const uint8_t *)"abcd", 4);
	ask();
	zassert_equal(result(), 0);
	zassert_equal(status_of(AKIRA_MOUNT_POINT "/data/hello/x"), 0);

	ARRAY_FOR_EACH_PTR(others, path) {
		zassert_equal(status_of(*path), MGMT_ERR_EACCESSDENIED, "%s", *path);
		begin_request(MGMT_OP_WRITE, MGMT_GROUP_ID_FS, FS_MGMT_ID_FILE);
		put_text("name", *path);
		put_number("off", 0);
		put_number("len", 1);
		put_bytes("data", (const uint8_t *)"x", 1);
		ask();
		zassert_equal(result(), MGMT_ERR_EACCESSDENIED, "%s", *path);
	}
}

ZTEST(smp, test_files_are_listed)
{
	struct fs_file_t file;

	(void)fs_mkdir(AKIRA_MOUNT_POINT "/data/lister");
	fs_file_t_init(&file);
	zassert_ok(fs_open(&file, AKIRA_MOUNT_POINT "/data/lister/notes.txt",
			   FS_O_CREATE | FS_O_WRITE));
	zassert_equal(fs_write(&file, "abc", 3), 3);
	zassert_ok(fs_close(&file));

	begin_apps(MGMT_OP_READ, AKIRA_SMP_FILES, RIGHT_TOKEN);
	ask();
	zassert_equal(result(), 0);
	zassert_true(has_text("lister"), "the top when no path is given");

	begin_apps(MGMT_OP_READ, AKIRA_SMP_FILES, RIGHT_TOKEN);
	put_text("path", AKIRA_MOUNT_POINT "/data/lister");
	ask();
	zassert_true(has_text("notes.txt"));

	begin_apps(MGMT_OP_READ, AKIRA_SMP_FILES, RIGHT_TOKEN);
	put_text("path", AKIRA_MOUNT_POINT "/config");
	ask();
	zassert_equal(result(), MGMT_ERR_EACCESSDENIED);

	begin_apps(MGMT_OP_READ, AKIRA_SMP_FILES, RIGHT_TOKEN);
	put_text("path", AKIRA_MOUNT_POINT "/data/nothing");
	ask();
	zassert_equal(result(), MGMT_ERR_ENOENT);
}

ZTEST(smp, test_the_runtime_knows_who_asks)
{
	static const uint8_t loopback[] = {127, 0, 0, 1};

	last_peer_len = 0;
	begin_apps(MGMT_OP_READ, AKIRA_SMP_LIST, "wrong");
	ask();
	zassert_equal(last_peer_len, sizeof(loopback));
	zassert_mem_equal(last_peer, loopback, sizeof(loopback));
}

/* What is no request gets no answer, and does no harm. */
ZTEST(smp, test_noise)
{
	static uint8_t noise[sizeof(request)];
	struct zsock_pollfd waiting = {.fd = client, .events = ZSOCK_POLLIN};

	for (size_t len = 1; len < sizeof(noise); len += 97) {
		for (size_t i = 0; i < len; i++) {
			noise[i] = (uint8_t)(i * 31 + len);
		}
		/* Operation 7 there is not. */
		noise[0] = 7;
		(void)zsock_sendto(client, noise, len, 0, (const struct sockaddr *)&server,
				   sizeof(server));
		k_msleep(5);
	}
	while (zsock_poll(&waiting, 1, 100) > 0) {
		(void)zsock_recv(client, noise, sizeof(noise), 0);
	}
	begin_apps(MGMT_OP_READ, AKIRA_SMP_LIST, RIGHT_TOKEN);
	ask();
	zassert_true(has_text("app00"));
}
