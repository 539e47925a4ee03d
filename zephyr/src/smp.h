/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * MCUmgr: what the files of the group for apps share, and the UDP transport.
 */

#ifndef AKIRA_SMP_H_
#define AKIRA_SMP_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zcbor_common.h>
#include <zephyr/mgmt/mcumgr/smp/smp.h>

/** The group's number, the first that MCUmgr leaves to others. */
#define AKIRA_SMP_GROUP 64

/** The group's commands. */
enum akira_smp_command {
	AKIRA_SMP_LIST,
	AKIRA_SMP_START,
	AKIRA_SMP_STOP,
	AKIRA_SMP_RESTART,
	AKIRA_SMP_UNINSTALL,
	AKIRA_SMP_INSTALL,
	AKIRA_SMP_FILES,
	AKIRA_SMP_ROLLBACK,
};

/** Takes the sentence that says what was wrong, for akira_smp_result(). An akira_print. */
void akira_smp_reason(void *context, const char *line, size_t len, bool is_error);

/** The result of a handler for this HTTP status (0: done), with the sentence of akira_smp_reason().
 */
int akira_smp_result(struct smp_streamer *ctxt, uint16_t status);

/** Whether a request with this @p token may be carried out: 0, or the result of the handler. */
int akira_smp_admit(struct smp_streamer *ctxt, const struct zcbor_string *token);

/** Handler of AKIRA_SMP_INSTALL. */
int akira_smp_install(struct smp_streamer *ctxt);

/** Handler of AKIRA_SMP_FILES. */
int akira_smp_list_files(struct smp_streamer *ctxt);

/** Room in an answer that is being written, in bytes. */
size_t akira_smp_room(struct smp_streamer *ctxt);

/** Whether @p path, such as /lfs/data/hello/x, is in an app's folder; with @p top also the folders.
 */
bool akira_smp_is_data(const char *path, bool top);

/**
 * @brief Take requests over UDP from now on.
 *
 * @retval 0 It does, on akira_smp_port().
 * @retval -errno The port cannot be opened.
 */
int akira_smp_udp_open(void);

/** The UDP port. */
uint16_t akira_smp_port(void);

/** The address that a request came from, 4 bytes; NULL when it came over something else. */
const uint8_t *akira_smp_udp_peer(struct smp_streamer *ctxt);

#endif /* AKIRA_SMP_H_ */
