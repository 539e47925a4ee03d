/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUmgr's group for apps. All its handlers run on MCUmgr's one work queue.
 */

#include <string.h>

#include <zcbor_decode.h>
#include <zcbor_encode.h>
#include <zephyr/kernel.h>
#include <zephyr/mgmt/mcumgr/mgmt/handlers.h>
#include <zephyr/mgmt/mcumgr/mgmt/mgmt.h>

#include <mgmt/mcumgr/util/zcbor_bulk.h>

#include "akira.h"
#include "smp.h"

/* What an app takes in an answer at most: its fields and their names. */
#define APP_ROOM 192

int akira_smp_admit(struct smp_streamer *ctxt, const struct zcbor_string *token)
{
	const uint8_t *peer = NULL;

	if (!IS_ENABLED(CONFIG_AKIRA_SMP_TOKEN)) {
		return MGMT_ERR_EOK;
	}
	if (token->len == 0) {
		MGMT_CTXT_SET_RC_RSN(ctxt, "This needs the admin token, as \"token\".");
		return MGMT_ERR_EACCESSDENIED;
	}
#if defined(CONFIG_AKIRA_SMP_UDP)
	peer = akira_smp_udp_peer(ctxt);
#endif

	return akira_smp_result(ctxt,
				akira_admit_admin(token->value, token->len, peer,
						  peer == NULL ? 0 : 4, akira_smp_reason, NULL));
}

size_t akira_smp_room(struct smp_streamer *ctxt)
{
	const zcbor_state_t *zse = ctxt->writer->zs;

	return (size_t)(zse->payload_end - zse->payload);
}

static bool put_app(zcbor_state_t *zse, const struct akira_app *app)
{
	return zcbor_map_start_encode(zse, 7) && zcbor_tstr_put_lit(zse, "name") &&
	       zcbor_tstr_put_term(zse, app->name, sizeof(app->name)) &&
	       zcbor_tstr_put_lit(zse, "version") &&
	       zcbor_tstr_put_term(zse, app->version, sizeof(app->version)) &&
	       zcbor_tstr_put_lit(zse, "state") &&
	       zcbor_tstr_put_term(zse, app->state, sizeof(app->state)) &&
	       (app->previous[0] == '\0' ||
		(zcbor_tstr_put_lit(zse, "previous") &&
		 zcbor_tstr_put_term(zse, app->previous, sizeof(app->previous)))) &&
	       zcbor_tstr_put_lit(zse, "size") && zcbor_uint32_put(zse, app->size) &&
	       zcbor_tstr_put_lit(zse, "memory_used") && zcbor_uint32_put(zse, app->memory_used) &&
	       zcbor_tstr_put_lit(zse, "memory_quota") &&
	       zcbor_uint32_put(zse, app->memory_quota) && zcbor_map_end_encode(zse, 7);
}

/* {"from"} -> {"apps": [...], "next"}: as many as one answer holds, "next" when there are more. */
static int list(struct smp_streamer *ctxt)
{
	zcbor_state_t *zse = ctxt->writer->zs;
	struct zcbor_string token = {0};
	struct akira_app app;
	uint32_t index = 0;
	size_t decoded;
	bool more;
	bool ok;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("token", zcbor_tstr_decode, &token),
		ZCBOR_MAP_DECODE_KEY_DECODER("from", zcbor_uint32_decode, &index),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0) {
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_admit(ctxt, &token);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}

	ok = zcbor_tstr_put_lit(zse, "apps") && zcbor_list_start_encode(zse, AKIRA_APPS_MAX);
	more = akira_app_at(index, &app);
	while (ok && more && akira_smp_room(ctxt) >= APP_ROOM) {
		ok = put_app(zse, &app);
		index++;
		more = akira_app_at(index, &app);
	}
	ok = ok && zcbor_list_end_encode(zse, AKIRA_APPS_MAX);
	if (ok && more) {
		ok = zcbor_tstr_put_lit(zse, "next") && zcbor_uint32_put(zse, index);
	}

	return ok ? MGMT_ERR_EOK : MGMT_ERR_EMSGSIZE;
}

/* {"name"} -> {}. A NULL @p command removes the app. */
static int act(struct smp_streamer *ctxt, const char *command)
{
	struct zcbor_string token = {0};
	struct zcbor_string name = {0};
	char word[AKIRA_NAME_SIZE];
	const char *words[] = {command, word};
	size_t decoded;
	int ret;
	struct zcbor_map_decode_key_val fields[] = {
		ZCBOR_MAP_DECODE_KEY_DECODER("token", zcbor_tstr_decode, &token),
		ZCBOR_MAP_DECODE_KEY_DECODER("name", zcbor_tstr_decode, &name),
	};

	if (zcbor_map_decode_bulk(ctxt->reader->zs, fields, ARRAY_SIZE(fields), &decoded) != 0 ||
	    name.len == 0 || name.len >= sizeof(word)) {
		return MGMT_ERR_EINVAL;
	}
	ret = akira_smp_admit(ctxt, &token);
	if (ret != MGMT_ERR_EOK) {
		return ret;
	}
	memcpy(word, name.value, name.len);
	word[name.len] = '\0';

	return akira_smp_result(
		ctxt, command == NULL
			      ? akira_app_uninstall(word, akira_smp_reason, NULL)
			      : akira_control(words, ARRAY_SIZE(words), akira_smp_reason, NULL));
}

static int start(struct smp_streamer *ctxt)
{
	return act(ctxt, "start");
}

static int stop(struct smp_streamer *ctxt)
{
	return act(ctxt, "stop");
}

static int restart(struct smp_streamer *ctxt)
{
	return act(ctxt, "restart");
}

static int rollback(struct smp_streamer *ctxt)
{
	return act(ctxt, "rollback");
}

static int uninstall(struct smp_streamer *ctxt)
{
	return act(ctxt, NULL);
}

static const struct mgmt_handler handlers[] = {
	[AKIRA_SMP_LIST] = {.mh_read = list},
	[AKIRA_SMP_START] = {.mh_write = start},
	[AKIRA_SMP_STOP] = {.mh_write = stop},
	[AKIRA_SMP_RESTART] = {.mh_write = restart},
	[AKIRA_SMP_UNINSTALL] = {.mh_write = uninstall},
	[AKIRA_SMP_INSTALL] = {.mh_write = akira_smp_install},
	[AKIRA_SMP_FILES] = {.mh_read = akira_smp_list_files},
	[AKIRA_SMP_ROLLBACK] = {.mh_write = rollback},
};

static struct mgmt_group group = {
	.mg_handlers = handlers,
	.mg_handlers_count = ARRAY_SIZE(handlers),
	.mg_group_id = AKIRA_SMP_GROUP,
#if defined(CONFIG_MCUMGR_GRP_ENUM_DETAILS_NAME)
	.mg_group_name = "akira apps",
#endif
};

static void register_group(void)
{
	mgmt_register_group(&group);
}

MCUMGR_HANDLER_DEFINE(akira_apps, register_group);
