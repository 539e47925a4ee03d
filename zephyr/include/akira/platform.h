/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * What the Rust side needs from Zephyr. Implemented by zephyr/src/, one file per section below, and
 * bound by rust/zephyr/build.rs. It includes no Zephyr header, so that bindgen needs none.
 *
 * Common rules: text comes as (pointer, length) without a terminator; results are 0 or a count, or
 * a negative errno as Linux numbers them; every function may be called from any thread, none from
 * an interrupt. Enumerations are passed by value only, never in memory: how large one is there,
 * each compiler decides.
 */

#ifndef AKIRA_PLATFORM_H_
#define AKIRA_PLATFORM_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- log.c ------------------------------------------------------------------------------- */

/** Writes one line to the console, whole: lines of several threads do not mix. */
void akira_console(const char *line, size_t len);

/** Reports an unrecoverable error of the Rust side and stops the system (k_panic). */
void akira_panic(const char *text, size_t len);

/* ---- clock.c ----------------------------------------------------------------------------- */

/** Milliseconds since boot. */
uint64_t akira_uptime_ms(void);

/* ---- heap.c ------------------------------------------------------------------------------ */

/** Memory of the module's own heap; NULL when it is full. @p align is a power of two. */
void *akira_heap_alloc(size_t size, size_t align);

/** Resizes what akira_heap_alloc() gave, moving it if need be; NULL (and no change) when full. */
void *akira_heap_realloc(void *ptr, size_t size, size_t align);

/** Gives memory back. */
void akira_heap_free(void *ptr);

/** Whether large blocks have memory of their own, the functions akira_bulk_*(). */
bool akira_bulk_present(void);

/** Bytes that apps may take of the heap above when large blocks have memory of their own. */
size_t akira_bulk_inner_limit(void);

/** A block of that memory, aligned to 8 bytes; NULL when it is full. @p size is above zero. */
void *akira_bulk_alloc(size_t size);

/** Resizes what akira_bulk_alloc() gave, moving it if need be; NULL (and no change) when full. */
void *akira_bulk_realloc(void *ptr, size_t size);

/** Gives such a block back. */
void akira_bulk_free(void *ptr);

/** Bytes that apps may cost altogether (CONFIG_AKIRA_APP_HEAP_SIZE). */
size_t akira_app_heap_size(void);

/** @brief Execution limit of apps whose manifest names none, in milliseconds. */
uint32_t akira_exec_timeout_ms(void);

/** @brief Longest execution limit that an app's manifest can ask for, in milliseconds. */
uint32_t akira_exec_timeout_max_ms(void);

/* ---- random.c ---------------------------------------------------------------------------- */

/** Fills @p out from a cryptographically secure source; -ENODEV when there is none. */
int akira_random(void *out, size_t len);

/* ---- device.c ---------------------------------------------------------------------------- */

/** Zephyr's name of the board, terminated. */
const char *akira_device_name(void);

/** The admin token given to a simulated device on its command line, terminated; NULL if none. */
const char *akira_provisioned_token(void);

/* ---- storage.c --------------------------------------------------------------------------- */

/** An open file of the pool (CONFIG_AKIRA_MAX_OPEN_FILES). */
struct akira_file;

/** What is at a path. */
struct akira_stat {
	bool is_dir;
	uint32_t size;
};

/** Bits of akira_fs_open()'s @p mode. */
enum akira_fs_mode {
	AKIRA_FS_READ = 1,
	AKIRA_FS_WRITE = 2,
	AKIRA_FS_CREATE = 4,
	AKIRA_FS_TRUNCATE = 8,
	AKIRA_FS_APPEND = 16,
};

/** Where akira_fs_seek() starts. */
enum akira_fs_whence {
	AKIRA_FS_START = 0,
	AKIRA_FS_CURRENT = 1,
	AKIRA_FS_END = 2,
};

/** Called per directory entry; false ends the listing. */
typedef bool (*akira_fs_each)(void *context, const char *name, size_t name_len,
			      struct akira_stat stat);

/** Opens a file. -ENFILE when the pool is used up. */
int akira_fs_open(const char *path, size_t path_len, uint32_t mode, struct akira_file **file);

/** Closes a file and gives its handle back, also when it returns an error. */
int akira_fs_close(struct akira_file *file);

int32_t akira_fs_read(struct akira_file *file, void *out, size_t len);
int32_t akira_fs_write(struct akira_file *file, const void *data, size_t len);

/** Moves the position and returns the new one. */
int32_t akira_fs_seek(struct akira_file *file, int32_t offset, enum akira_fs_whence whence);

/** Returns when what was written is on flash. */
int akira_fs_sync(struct akira_file *file);

int akira_fs_remove(const char *path, size_t path_len);

/** Renames; an existing file at @p to is replaced atomically. */
int akira_fs_rename(const char *from, size_t from_len, const char *to, size_t to_len);

int akira_fs_stat(const char *path, size_t path_len, struct akira_stat *stat);

/** Makes a directory; one that is there already is no error. */
int akira_fs_mkdir(const char *path, size_t path_len);

int akira_fs_list(const char *path, size_t path_len, akira_fs_each each, void *context);

/** Size of the partition and what no block of it uses, in bytes. */
int akira_fs_space(uint32_t *total, uint32_t *free_bytes);

/* ---- threads.c --------------------------------------------------------------------------- */

/** Starts slot @p slot's thread on akira_run_job(@p job). @p priority: 1 to 10, the most urgent. */
int akira_thread_start(uint32_t slot, uint8_t priority, void *job);

/** True when slot @p slot's thread has ended (or never was); false when @p timeout_ms ran out. */
bool akira_thread_join(uint32_t slot, uint32_t timeout_ms);

/** The slot whose thread calls, or -1. */
int akira_thread_slot(void);

/** Waits for event @p event; true when it was signalled, also before the wait. */
bool akira_event_wait(uint32_t event, uint64_t timeout_ms);

/** Ends the current or next wait for event @p event. */
void akira_event_signal(uint32_t event);

/** Forgets a signal that nobody took. */
void akira_event_reset(uint32_t event);

/** Takes a mutex of the pool (CONFIG_AKIRA_MAX_MUTEXES); its id, or -1 when all are taken. */
int akira_mutex_new(void);

/** Gives an unlocked mutex back. */
void akira_mutex_delete(int mutex);

/** Locks; a thread that holds it already is a defect and stops the system. */
void akira_mutex_lock(int mutex);

/** Locks when nobody, this thread included, holds it. */
bool akira_mutex_try_lock(int mutex);

void akira_mutex_unlock(int mutex);

/** True while somebody holds it. */
bool akira_mutex_is_locked(int mutex);

/* ---- rf.c -------------------------------------------------------------------------------- */

/** Whether there is a packet radio that works. */
bool akira_rf_present(void);

/** Tells how the radio is set: at boot as Kconfig says. */
void akira_rf_tuning(uint32_t *frequency_hz, int8_t *power_dbm);

/** Sends one packet and returns when it is on the air; -EINVAL when the radio cannot send that. */
int akira_rf_send(const void *packet, size_t len);

/** Sets the radio; -EINVAL for what it cannot do, or may not do here. */
int akira_rf_tune(uint32_t frequency_hz, int8_t power_dbm);

/* ---- net.c ------------------------------------------------------------------------------- */

/*
 * TCP sockets of a pool (CONFIG_AKIRA_NET_SOCKETS). A socket is used by one thread at a time, and
 * nothing but akira_net_wait() blocks.
 */

/** Begins to connect to a name or an address; akira_net_wait() for writing tells the outcome. */
int akira_net_connect(const char *host, size_t len, uint16_t port, int *sock);

/** Listens, on a simulated device on loopback only. */
int akira_net_listen(uint16_t port, int *sock);

/**
 * Waits until the socket can be written to (or a connection is made), or else read from: 1 when it
 * is so, 0 when @p timeout_ms ran out, or why the connection was not made.
 */
int akira_net_wait(int sock, bool write, uint32_t timeout_ms);

/** Takes a connection made to a socket that listens; -EAGAIN when there is none. */
int akira_net_accept(int listener, int *sock);

/** Takes what has arrived; 0 when the peer has closed, -EAGAIN when there is nothing yet. */
int32_t akira_net_recv(int sock, void *out, size_t len);

/** Sends what there is room for; -EAGAIN when there is none. */
int32_t akira_net_send(int sock, const void *data, size_t len);

/** Closes the socket and gives it back. */
void akira_net_close(int sock);

/* ---- firmware.c -------------------------------------------------------------------------- */

/*
 * MCUboot's two slots. Offsets count from the start of a slot. One thread at a time writes; anybody
 * may read.
 */

enum akira_firmware_slot {
	/** The one that MCUboot boots from. */
	AKIRA_FIRMWARE_PRIMARY = 0,
	/** The one that an update is written to. */
	AKIRA_FIRMWARE_SECONDARY = 1,
};

/** What MCUboot does at the next boot. */
enum akira_firmware_swap {
	AKIRA_FIRMWARE_SWAP_NONE = 0,
	AKIRA_FIRMWARE_SWAP_TEST = 1,
	AKIRA_FIRMWARE_SWAP_PERMANENT = 2,
	AKIRA_FIRMWARE_SWAP_REVERT = 3,
};

/** Sizes of a slot, in bytes. */
struct akira_firmware_info {
	uint32_t size;
	uint32_t erase_block;
	uint32_t write_block;
	/** The largest image that MCUboot can swap. */
	uint32_t image_max;
};

/** Bytes of the longest key that akira_firmware_key() gives. */
#define AKIRA_FIRMWARE_KEY_MAX 65

/** Tells the sizes of the slots; false when there are none that can be used. */
bool akira_firmware_info(struct akira_firmware_info *info);

/** Reads @p len bytes of an enum akira_firmware_slot; -EINVAL for what leaves it. */
int akira_firmware_read(uint32_t slot, uint32_t offset, void *out, size_t len);

/**
 * @brief Begins to write the secondary slot at @p offset, a multiple of the erase block.
 *
 * Afterwards the slot's trailer is erased: whatever the slot holds, it is not swapped. What an
 * earlier one has buffered is forgotten. -EINVAL for another offset or one past the largest image.
 */
int akira_firmware_open(uint32_t offset);

/**
 * @brief Writes the next bytes, and erases each block before the first of its.
 *
 * They may stay in the buffer. -EBADF when nothing is open, also after a failure; -ENOSPC past the
 * largest image.
 */
int akira_firmware_write(const void *data, size_t len);

/** Writes what is in the buffer, padded, and closes. */
int akira_firmware_flush(void);

/** Erases trailer and header of the secondary slot. */
int akira_firmware_erase(void);

/** Has MCUboot swap the slots at the next boot, on trial. */
int akira_firmware_request_test(void);

/** An enum akira_firmware_swap. */
int akira_firmware_swap(void);

/** 1 when the trailer of the primary slot says that the image is confirmed, else 0. */
int akira_firmware_confirmed(void);

/** Confirms the image in the primary slot. */
int akira_firmware_confirm(void);

/**
 * @brief Writes a public key of the build to @p out, which has room for AKIRA_FIRMWARE_KEY_MAX.
 *
 * 32 bytes of an Ed25519 key, or 65 of a point on P-256. Returns their number; 0 when there are not
 * more than @p index keys.
 */
size_t akira_firmware_key(size_t index, uint8_t *out);

/** The text of the key file given to a simulated device, which counts instead of the build's. */
const char *akira_firmware_key_text(size_t *len);

/** Whether images need no signature where there is no key, as the build's bootloader has it. */
bool akira_firmware_unsigned(void);

/* ---- reboot.c ---------------------------------------------------------------------------- */

/** Whether akira_reboot() restarts the device. */
bool akira_can_reboot(void);

/** Restarts the device and does not return; -ENOTSUP when it cannot. */
int akira_reboot(void);

/** How long a boot must last to count as a good one, in milliseconds. */
uint32_t akira_health_ms(void);

/* ---- policy.c ---------------------------------------------------------------------------- */

/** The capabilities by their bits, the lowest first. zephyr/cmake/akira_policy.cmake reads it. */
#define AKIRA_CAPABILITY_NAMES                                                                     \
	"display,input,sensor,rf,fs_read,fs_write,network_client,network_server,hid,ipc"

/** What akira_signature_policy() says of unsigned apps and of those whose signer is unknown. */
enum akira_signatures {
	AKIRA_SIGNATURES_OFF = 0,
	AKIRA_SIGNATURES_WARN = 1,
	AKIRA_SIGNATURES_REQUIRE = 2,
};

/** An enum akira_signatures. */
uint32_t akira_signature_policy(void);

/** The bits of the capabilities that this device grants at most. */
uint32_t akira_grantable(void);

/** Instructions that one entry into app code may take; 0 when they are not counted. */
uint32_t akira_instruction_budget(void);

/* ---- display.c --------------------------------------------------------------------------- */

/** Tells the display's size in pixels; false when there is none. */
bool akira_display_info(uint16_t *width, uint16_t *height);

/**
 * @brief Shows a rectangle of pixels.
 *
 * @p pixels are RGB565 in the processor's byte order, row by row. The rectangle must lie on the
 * display (-EINVAL); -ENODEV when there is no display.
 */
int akira_display_write(uint16_t x, uint16_t y, uint16_t width, uint16_t height,
			const uint16_t *pixels);

/**
 * @brief Reads row @p y of what is shown into @p out, @p len pixels of it.
 *
 * -EINVAL when the display has no such row or the row is not @p len long, -ENODEV when there is no
 * display, -EOPNOTSUPP when the panel cannot be read.
 */
int akira_display_read(uint16_t y, uint16_t *out, size_t len);

/* ---- input.c ----------------------------------------------------------------------------- */

/** The kinds of input events, here and in akira_input_event(), which the Rust side exports. */
enum akira_input_kind {
	/** Code: the button's number, 0 to 7; value: 1 pressed, 0 released. */
	AKIRA_INPUT_BUTTON = 1,
	/** Code: x << 16 | y in pixels; value: 1 touched, 0 released. */
	AKIRA_INPUT_TOUCH = 2,
	/** Code: the channel; value: 0 to 65535. */
	AKIRA_INPUT_ANALOG = 3,
};

/** What a device has of input. */
struct akira_input_info {
	/** A bit for each button that is there. */
	uint32_t buttons;
	/** A touch screen. */
	bool touch;
	/** Analog channels, numbered from 0. */
	uint8_t analog;
};

/** Tells what there is of input; all of it zero when there is nothing. */
void akira_input_info(struct akira_input_info *info);

/**
 * @brief Feeds an event into a simulated input device, from where it comes back as if somebody had
 * pressed.
 *
 * -EOPNOTSUPP on a device with real input, -ENOENT for a button or channel that is not there,
 * -EINVAL for a kind or value that does not exist, -EAGAIN when too many events wait.
 */
int akira_sim_input(uint32_t kind, uint32_t code, int32_t value);

/* ---- sensor.c ---------------------------------------------------------------------------- */

/** Ids of sensors are below this. */
#define AKIRA_SENSOR_IDS 16

/** Writes the ids that the device has, ascending and at most @p len; returns how many there are. */
size_t akira_sensor_ids(uint8_t *out, size_t len);

/** Measures, in the unit of the native API; -ENOENT when the device has no such sensor. */
int akira_sensor_read(uint8_t id, float *value);

/**
 * @brief Sets what a simulated sensor measures from now on, in the unit of the native API.
 *
 * -EOPNOTSUPP on a device with real sensors, -ENOENT when it has no such sensor, -EINVAL for what
 * is not a number or cannot be represented.
 */
int akira_sim_sensor(uint8_t id, float value);

#ifdef __cplusplus
}
#endif

#endif /* AKIRA_PLATFORM_H_ */
