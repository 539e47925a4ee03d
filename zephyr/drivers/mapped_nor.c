/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * NOR flash in memory (akira,mapped-nor), as strict as the virtual device's: an erase works on
 * whole blocks and sets all bits, programming works on whole write blocks and only clears bits.
 * What a chip could not do is refused before anything is changed:
 *
 *   -EINVAL  a range that leaves the chip, or does not start and end where a block does
 *   -EIO     programming that would have to set a bit
 *
 * Both change the memory word by word from the front, so that a power cut leaves what it leaves on
 * a chip: words that are done, then words that are not.
 */

#define DT_DRV_COMPAT akira_mapped_nor

#include <errno.h>
#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/flash.h>
#include <zephyr/kernel.h>
#include <zephyr/toolchain.h>
#include <zephyr/sys/util.h>

#define ERASED 0xff

struct mapped_nor_config {
	uintptr_t base;
	size_t size;
	size_t erase_block;
	struct flash_parameters parameters;
#if defined(CONFIG_FLASH_PAGE_LAYOUT)
	struct flash_pages_layout layout;
#endif
};

struct mapped_nor_data {
	struct k_mutex lock;
};

/* Whether the range is on the chip and made of whole units. */
static bool fits(const struct mapped_nor_config *config, off_t offset, size_t len, size_t unit)
{
	return offset >= 0 && (size_t)offset <= config->size && len <= config->size - offset &&
	       offset % unit == 0 && len % unit == 0;
}

static int mapped_nor_read(const struct device *dev, off_t offset, void *data, size_t len)
{
	const struct mapped_nor_config *config = dev->config;

	if (!fits(config, offset, len, 1)) {
		return -EINVAL;
	}
	memcpy(data, (const void *)(config->base + offset), len);

	return 0;
}

static int mapped_nor_write(const struct device *dev, off_t offset, const void *data, size_t len)
{
	const struct mapped_nor_config *config = dev->config;
	struct mapped_nor_data *state = dev->data;
	volatile uint32_t *cells;
	const uint8_t *from = data;
	size_t words = len / sizeof(uint32_t);
	int ret = 0;

	if (!fits(config, offset, len, config->parameters.write_block_size)) {
		return -EINVAL;
	}
	cells = (volatile uint32_t *)(config->base + offset);

	(void)k_mutex_lock(&state->lock, K_FOREVER);
	for (size_t i = 0; i < words; i++) {
		if ((UNALIGNED_GET((const uint32_t *)from + i) & ~cells[i]) != 0) {
			ret = -EIO;
			break;
		}
	}
	for (size_t i = 0; i < words && ret == 0; i++) {
		cells[i] = UNALIGNED_GET((const uint32_t *)from + i);
	}
	(void)k_mutex_unlock(&state->lock);

	return ret;
}

static int mapped_nor_erase(const struct device *dev, off_t offset, size_t len)
{
	const struct mapped_nor_config *config = dev->config;
	struct mapped_nor_data *state = dev->data;
	volatile uint32_t *cells;

	if (!fits(config, offset, len, config->erase_block)) {
		return -EINVAL;
	}
	cells = (volatile uint32_t *)(config->base + offset);

	(void)k_mutex_lock(&state->lock, K_FOREVER);
	for (size_t i = 0; i < len / sizeof(uint32_t); i++) {
		cells[i] = UINT32_MAX;
	}
	(void)k_mutex_unlock(&state->lock);

	return 0;
}

static const struct flash_parameters *mapped_nor_parameters(const struct device *dev)
{
	const struct mapped_nor_config *config = dev->config;

	return &config->parameters;
}

static int mapped_nor_size(const struct device *dev, uint64_t *size)
{
	const struct mapped_nor_config *config = dev->config;

	*size = config->size;

	return 0;
}

#if defined(CONFIG_FLASH_PAGE_LAYOUT)
static void mapped_nor_layout(const struct device *dev, const struct flash_pages_layout **layout,
			      size_t *len)
{
	const struct mapped_nor_config *config = dev->config;

	*layout = &config->layout;
	*len = 1;
}
#endif

static DEVICE_API(flash, mapped_nor_api) = {
	.read = mapped_nor_read,
	.write = mapped_nor_write,
	.erase = mapped_nor_erase,
	.get_parameters = mapped_nor_parameters,
	.get_size = mapped_nor_size,
#if defined(CONFIG_FLASH_PAGE_LAYOUT)
	.page_layout = mapped_nor_layout,
#endif
};

static int mapped_nor_init(const struct device *dev)
{
	struct mapped_nor_data *state = dev->data;

	return k_mutex_init(&state->lock);
}

/* The one child of an instance, whatever its address. */
#define FIRST_CHILD(child) child,
#define CHILD(n)           GET_ARG_N(1, DT_INST_FOREACH_CHILD(n, FIRST_CHILD))

#define MAPPED_NOR(n)                                                                              \
	BUILD_ASSERT(DT_PROP(CHILD(n), write_block_size) % sizeof(uint32_t) == 0 &&                \
			     DT_PROP(CHILD(n), erase_block_size) %                                 \
					     DT_PROP(CHILD(n), write_block_size) ==                \
				     0 &&                                                          \
			     DT_INST_REG_SIZE(n) % DT_PROP(CHILD(n), erase_block_size) == 0 &&     \
			     DT_INST_REG_ADDR(n) % sizeof(uint32_t) == 0,                          \
		     "the chip is made of whole erase blocks, those of whole write blocks, and "   \
		     "those of words");                                                            \
	static const struct mapped_nor_config config_##n = {                                       \
		.base = DT_INST_REG_ADDR(n),                                                       \
		.size = DT_INST_REG_SIZE(n),                                                       \
		.erase_block = DT_PROP(CHILD(n), erase_block_size),                                \
		.parameters = {.write_block_size = DT_PROP(CHILD(n), write_block_size),            \
			       .erase_value = ERASED},                                             \
		IF_ENABLED(CONFIG_FLASH_PAGE_LAYOUT,                                               \
			   (.layout = {.pages_count = DT_INST_REG_SIZE(n) /                        \
						      DT_PROP(CHILD(n), erase_block_size),         \
				       .pages_size = DT_PROP(CHILD(n), erase_block_size)},)) };   \
	static struct mapped_nor_data data_##n;                                                    \
	DEVICE_DT_INST_DEFINE(n, mapped_nor_init, NULL, &data_##n, &config_##n, POST_KERNEL,       \
			      CONFIG_FLASH_INIT_PRIORITY, &mapped_nor_api);

DT_INST_FOREACH_STATUS_OKAY(MAPPED_NOR)
