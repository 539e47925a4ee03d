/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * Boot: storage, runtime, HTTP API, in this order. What fails is told on the console, and what
 * comes after it stays out.
 */

#include <errno.h>
#include <stdarg.h>

#include <zephyr/kernel.h>

#include <akira/akira_os.h>
#include <akira/platform.h>
#include "akira.h"
#include "bulk.h"
#include "rf.h"
#include "storage_mount.h"

#if defined(CONFIG_AKIRA_HTTP)
#include "http_api.h"
#endif

#include "serial.h"
#include "tick.h"
#if defined(CONFIG_AKIRA_MDNS)
#include "mdns.h"
#endif
#if defined(CONFIG_AKIRA_SMP_UDP)
#include "smp.h"
#endif
#if defined(CONFIG_UART_NATIVE_PTY)
#include "native_sim/pty.h"
#endif

static void say(const char *format, ...)
{
	char line[160];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintk(line, sizeof(line), format, arguments);
	va_end(arguments);

	akira_console(line, MIN((size_t)MAX(len, 0), sizeof(line) - 1));
}

static int mount_storage(void)
{
	int ret = akira_storage_mount();

	if (ret == -EILSEQ) {
		say("akira: the storage partition holds no file system that can be mounted; it "
		    "was left as it is. Erase it to start afresh.");
	} else if (ret < 0) {
		say("akira: the storage partition cannot be mounted (error %d)", ret);
	}

	return ret;
}

/* A device whose serial line does not work serves its others all the same. */
static int open_serial(void)
{
	int ret = 0;

#if defined(CONFIG_AKIRA_SERIAL)
	ret = akira_serial_open();

	if (ret < 0) {
		say("akira: the serial line %s does not work (error %d)", akira_serial_name(), ret);
	} else {
		say("akira: serial line at %s", akira_serial_name());
	}
#endif
#if defined(CONFIG_AKIRA_SHELL) && defined(CONFIG_UART_NATIVE_PTY)
	say("akira: shell at %s", akira_pty_name(DEVICE_DT_GET(DT_CHOSEN(zephyr_shell_uart))));
#endif
	return ret;
}

/* As above. */
static int open_smp(void)
{
	int ret = 0;

#if defined(CONFIG_AKIRA_SMP_UDP)
	ret = akira_smp_udp_open();

	if (ret < 0) {
		say("akira: UDP port %u cannot be opened for SMP (error %d)", akira_smp_port(),
		    ret);
	} else {
		say("akira: SMP at udp://%s:%u", CONFIG_AKIRA_SMP_HOST, akira_smp_port());
	}
#endif
	return ret;
}

int akira_os_boot(void)
{
	bool all_serve;
	int ret;

	ret = mount_storage();
	if (ret < 0) {
		return ret;
	}

#if defined(CONFIG_AKIRA_APP_MEMORY_EXTERNAL)
	ret = akira_bulk_open();
	if (ret < 0) {
		say("akira: no external memory has %u bytes for apps; is its region in the shared "
		    "multi heap?",
		    (unsigned int)akira_app_heap_size());
		return ret;
	}
#endif

	ret = akira_start();
	if (ret < 0) {
		say("akira: the runtime did not start (error %d); no HTTP API is open", ret);
		return ret;
	}

	akira_tick_open();
#if defined(CONFIG_AKIRA_RF)
	akira_rf_open();
#endif
	all_serve = open_serial() >= 0;
	all_serve = open_smp() >= 0 && all_serve;

#if defined(CONFIG_AKIRA_HTTP)
	ret = akira_http_open();
	if (ret == -EADDRINUSE) {
		say("akira: TCP port %u cannot be opened; is another device running on it?",
		    akira_http_port());
	}
	if (ret < 0) {
		return ret;
	}
#if defined(CONFIG_AKIRA_MDNS)
	akira_mdns_open(akira_http_port());
#endif
	if (all_serve) {
		akira_ready();
	}
	say("akira: ready, HTTP API at http%s://%s:%u",
	    IS_ENABLED(CONFIG_AKIRA_HTTP_TLS) ? "s" : "", CONFIG_AKIRA_HTTP_HOST,
	    akira_http_port());
#else
	if (all_serve) {
		akira_ready();
	}
	say("akira: ready");
#endif

	return 0;
}
