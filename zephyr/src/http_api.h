/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP API's server.
 */

#ifndef AKIRA_HTTP_API_H_
#define AKIRA_HTTP_API_H_

#include <stdint.h>

/**
 * @brief Open the HTTP API and wait until it listens.
 *
 * @retval 0 It listens on akira_http_port().
 * @retval -EADDRINUSE The port could not be opened.
 * @retval -errno TLS has no certificate.
 */
int akira_http_open(void);

/** The port that the API is bound to, or is to be bound to. */
uint16_t akira_http_port(void);

#endif /* AKIRA_HTTP_API_H_ */
