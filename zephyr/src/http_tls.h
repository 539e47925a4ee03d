/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP API's certificate.
 */

#ifndef AKIRA_HTTP_TLS_H_
#define AKIRA_HTTP_TLS_H_

/**
 * @brief Give the API's certificate and private key to Zephyr's TLS credentials.
 *
 * They are what the runtime keeps in its storage. Where there is nothing yet, a pair is made.
 *
 * @retval 0 They are there, and the console tells the certificate's SHA-256.
 * @retval -errno There is no TLS without them.
 */
#if defined(CONFIG_AKIRA_HTTP_TLS)
int akira_tls_open(void);
#else
static inline int akira_tls_open(void)
{
	return 0;
}
#endif

#endif /* AKIRA_HTTP_TLS_H_ */
