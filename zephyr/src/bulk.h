/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * External memory for what is large.
 */

#ifndef AKIRA_SRC_BULK_H_
#define AKIRA_SRC_BULK_H_

/**
 * @brief Take the external memory that apps may use.
 *
 * Before akira_start(). It is kept; later calls change nothing.
 *
 * @retval 0 It is there.
 * @retval -ENOMEM No external region of the shared multi heap has that much.
 */
int akira_bulk_open(void);

#endif /* AKIRA_SRC_BULK_H_ */
