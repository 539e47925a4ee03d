/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Which paths of Zephyr's tree SMP may touch.
 */

#include <string.h>

#include "akira.h"
#include "smp.h"
#include "storage_mount.h"

bool akira_smp_is_data(const char *path, bool top)
{
	const size_t mount = sizeof(AKIRA_MOUNT_POINT) - 1;

	return strncmp(path, AKIRA_MOUNT_POINT, mount) == 0 &&
	       akira_is_data_path(&path[mount], top);
}
