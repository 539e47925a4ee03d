/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Answers, written past Zephyr's server.
 */

#ifndef AKIRA_HTTP_ANSWER_H_
#define AKIRA_HTTP_ANSWER_H_

#include <stdbool.h>

#include "akira.h"
#include "http_connection.h"

/**
 * @brief Send an answer.
 *
 * The server's own status line lacks the space that the standard asks for after the status, and it
 * knows no length of an answer, so all of it is written here. The body goes piece by piece, one
 * chunk each, where its length is not known. Does not block longer than a client that takes the
 * answer at CONFIG_AKIRA_HTTP_BODY_RATE makes it.
 *
 * @p exchange may be NULL when the reply has no more than its first piece.
 *
 * @retval true The answer is on its way.
 * @retval false The client does not take it; the connection can only be closed.
 */
bool akira_http_answer(struct akira_connection *connection, struct akira_http_exchange *exchange,
		       const struct akira_http_reply *reply);

/** Tell a client that waits for it to send its body. */
void akira_http_continue(struct akira_connection *connection);

#endif /* AKIRA_HTTP_ANSWER_H_ */
