/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What stands in for the Rust side, and what it has seen.
 */

#ifndef AKIRA_TEST_RUNTIME_H_
#define AKIRA_TEST_RUNTIME_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "akira.h"

/* The admin token. */
#define RIGHT_TOKEN "right-token"

/* The last command, with spaces between its words. */
extern char last_command[64];

/* How many apps there are: app00, app01 and so on. */
extern size_t app_count;

/* The address that the last token came from; length 0 for none. */
extern uint8_t last_peer[4];
extern size_t last_peer_len;

/* What was installed last. */
extern uint8_t installed[4096];
extern size_t installed_len;
extern size_t aborted;

/* Bytes of a firmware image that are there from an upload that broke off. */
extern uint64_t resumed;

/* The images in the slots. */
extern struct akira_image images[2];
extern size_t image_count;

/* The device's name. */
extern char network_name[32];

#endif /* AKIRA_TEST_RUNTIME_H_ */
