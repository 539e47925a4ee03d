/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Event streams that are open.
 */

#ifndef AKIRA_HTTP_STREAM_H_
#define AKIRA_HTTP_STREAM_H_

#include <stdbool.h>

#include "akira.h"

/**
 * @brief Serve a stream over a socket whose client speaks WebSocket.
 *
 * @retval true Both belong to the thread of the streams.
 * @retval false There is no place for them.
 */
bool akira_stream_serve(struct akira_stream *stream, int fd);

#endif /* AKIRA_HTTP_STREAM_H_ */
