/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Mounting of the storage partition.
 */

#ifndef AKIRA_STORAGE_MOUNT_H_
#define AKIRA_STORAGE_MOUNT_H_

/* Where the storage partition's LittleFS is in Zephyr's tree. */
#define AKIRA_MOUNT_POINT "/lfs"

/**
 * @brief Mount the storage partition at AKIRA_MOUNT_POINT.
 *
 * A partition that is blank is formatted. One that has content but does not mount is left as it is.
 *
 * @retval 0 Mounted.
 * @retval -EILSEQ The partition has content that is no LittleFS; nothing was changed.
 * @retval -errno Another failure.
 */
int akira_storage_mount(void);

/** Unmounts; for tests that mount again. */
int akira_storage_unmount(void);

#endif /* AKIRA_STORAGE_MOUNT_H_ */
