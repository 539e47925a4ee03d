/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Console lines on a serial line that a shell uses too.
 */

#ifndef AKIRA_SHELL_CONSOLE_H_
#define AKIRA_SHELL_CONSOLE_H_

#include <stdbool.h>
#include <stddef.h>

/**
 * @brief Write a line of the console through the shell, which keeps its prompt in order.
 *
 * @return false when the shell is not on the console's line or not ready; nothing was written then.
 */
bool akira_shell_console(const char *line, size_t len);

#endif /* AKIRA_SHELL_CONSOLE_H_ */
