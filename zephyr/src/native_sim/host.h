/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What native_sim's image asks of the host it runs on. Implemented in host_bottom.c, which is
 * compiled against the host's C library; only plain C types cross between the two.
 */

#ifndef AKIRA_NATIVE_SIM_HOST_H_
#define AKIRA_NATIVE_SIM_HOST_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Fills @p out from the host's random source; 0, or -1 when it fails. */
int akira_host_random(void *out, size_t len);

/** Reads a file of the host's; its length, or -1 when it cannot be read or is not below @p size. */
int akira_host_read_file(const char *path, char *out, size_t size);

/** From now on SIGTERM and SIGINT only ask to stop, once. */
void akira_host_watch_stop(void);

/** Whether one of them has come. */
bool akira_host_stop_asked(void);

/** A TCP port of the host's loopback that is free now; 0 when there is none. */
uint16_t akira_host_free_port(void);

/** Says @p text on standard error and ends the process as a power cut ends a device. */
void akira_host_cut_power(const char *text);

#endif /* AKIRA_NATIVE_SIM_HOST_H_ */
