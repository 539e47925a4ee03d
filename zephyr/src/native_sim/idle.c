/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Idle clients on native_sim.
 *
 * Zephyr's HTTP server ends an idle client by shutting its socket down. native_sim's offloaded
 * sockets cannot do that, so a handful of silent clients would take every place. The host does it.
 */

#include <zephyr/init.h>
#include <zephyr/kernel.h>

#include "host.h"
#include "http_api.h"

#define PERIOD  K_SECONDS(2)
#define IDLE_MS (CONFIG_HTTP_SERVER_CLIENT_INACTIVITY_TIMEOUT * MSEC_PER_SEC)

static void sweep(struct k_work *work)
{
	akira_host_shut_idle(akira_http_port(), IDLE_MS);
	(void)k_work_schedule(k_work_delayable_from_work(work), PERIOD);
}

static K_WORK_DELAYABLE_DEFINE(sweep_work, sweep);

static int idle_init(void)
{
	(void)k_work_schedule(&sweep_work, PERIOD);

	return 0;
}

SYS_INIT(idle_init, APPLICATION, CONFIG_APPLICATION_INIT_PRIORITY);
