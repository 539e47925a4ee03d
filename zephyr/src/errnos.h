/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Error numbers for the Rust side.
 */

#ifndef AKIRA_SRC_ERRNOS_H_
#define AKIRA_SRC_ERRNOS_H_

/**
 * @brief Number an error as the Rust side does.
 *
 * @param error An errno of this image's C library, positive.
 * @return The negative number that Linux has for it, or for the nearest that apps know.
 */
int akira_errno(int error);

#endif /* AKIRA_SRC_ERRNOS_H_ */
