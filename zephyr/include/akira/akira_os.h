/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What an application that takes this repository as a Zephyr module calls.
 */

#ifndef AKIRA_AKIRA_OS_H_
#define AKIRA_AKIRA_OS_H_

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Boot AkiraOS.
 *
 * Mounts the storage partition (and formats it when it is blank), starts the runtime and its
 * autostart apps, then opens the HTTP API when CONFIG_AKIRA_HTTP is set. Call it once, from a
 * thread. Progress and failures are told on the console.
 *
 * @retval 0 AkiraOS is up.
 * @retval -errno It is not, and no HTTP API is open.
 */
int akira_os_boot(void);

#ifdef __cplusplus
}
#endif

#endif /* AKIRA_AKIRA_OS_H_ */
