/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright (c) 2026 The AkiraOS-in-Rust authors
 *
 * The HTTP API's certificate. See http_tls.h.
 *
 * Nobody vouches for a certificate that is made here: who connects compares its SHA-256 with what
 * the console told, or trusts the certificate itself.
 */

#include <errno.h>
#include <string.h>

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <zephyr/kernel.h>
#include <zephyr/net/tls_credentials.h>
#include <zephyr/random/random.h>

#include <akira/platform.h>
#include "akira.h"
#include "http_tls.h"

/* A device need not know the date, and nobody could renew the certificate for it. */
#define NOT_BEFORE "20200101000000"
#define NOT_AFTER  "20991231235959"
#define NAMES      4

BUILD_ASSERT(CONFIG_MBEDTLS_HEAP_SIZE >= 3 * CONFIG_MBEDTLS_SSL_MAX_CONTENT_LEN + 16384,
	     "raise CONFIG_MBEDTLS_HEAP_SIZE: not even one client has room");

/* Chain and key in PEM, with an end. Zephyr's TLS credentials point to it. */
static uint8_t identity[AKIRA_TLS_PEM_MAX + 1];

static void say(const char *text, const char *more)
{
	char line[160];
	int len = snprintk(line, sizeof(line), "akira: %s%s", text, more);

	akira_console(line, MIN((size_t)len, sizeof(line) - 1));
}

static int random_bytes(void *context, unsigned char *out, size_t len)
{
	ARG_UNUSED(context);

	return sys_csrand_get(out, len) == 0 ? 0 : MBEDTLS_ERR_PK_BAD_INPUT_DATA;
}

/* The names that the device goes by. */
static int set_names(mbedtls_x509write_cert *certificate, const char *name, const char *local)
{
	static uint8_t loopback[] = {127, 0, 0, 1};
	mbedtls_x509_san_list names[NAMES] = {0};
	const char *const texts[NAMES - 1] = {name, local, "localhost"};

	for (size_t i = 0; i < NAMES; i++) {
		mbedtls_x509_subject_alternative_name *node = &names[i].node;

		names[i].next = i + 1 < NAMES ? &names[i + 1] : NULL;
		if (i < NAMES - 1) {
			node->type = MBEDTLS_X509_SAN_DNS_NAME;
			node->san.unstructured_name.p = (unsigned char *)texts[i];
			node->san.unstructured_name.len = strlen(texts[i]);
		} else {
			node->type = MBEDTLS_X509_SAN_IP_ADDRESS;
			node->san.unstructured_name.p = loopback;
			node->san.unstructured_name.len = sizeof(loopback);
		}
	}

	return mbedtls_x509write_crt_set_subject_alternative_name(certificate, names);
}

static int describe(mbedtls_x509write_cert *certificate)
{
	mbedtls_asn1_sequence usage = {
		.buf =
			{
				.tag = MBEDTLS_ASN1_OID,
				.len = MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH),
				.p = (unsigned char *)MBEDTLS_OID_SERVER_AUTH,
			},
	};
	char name[AKIRA_TLS_NAME];
	char local[AKIRA_TLS_NAME + sizeof(".local")];
	char subject[AKIRA_TLS_NAME + sizeof("CN=")];
	uint8_t serial[16];
	int ret = random_bytes(NULL, serial, sizeof(serial));

	akira_tls_name(name);
	snprintk(local, sizeof(local), "%s.local", name);
	snprintk(subject, sizeof(subject), "CN=%s", name);
	/* A number, and not a negative one. */
	serial[0] = (serial[0] & 0x7f) | 0x40;

	mbedtls_x509write_crt_set_version(certificate, MBEDTLS_X509_CRT_VERSION_3);
	mbedtls_x509write_crt_set_md_alg(certificate, MBEDTLS_MD_SHA256);
	ret = ret != 0 ? ret
		       : mbedtls_x509write_crt_set_serial_raw(certificate, serial, sizeof(serial));
	ret = ret != 0 ? ret : mbedtls_x509write_crt_set_subject_name(certificate, subject);
	ret = ret != 0 ? ret : mbedtls_x509write_crt_set_issuer_name(certificate, subject);
	ret = ret != 0 ? ret
		       : mbedtls_x509write_crt_set_validity(certificate, NOT_BEFORE, NOT_AFTER);
	ret = ret != 0 ? ret
		       : mbedtls_x509write_crt_set_key_usage(certificate,
							     MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
	ret = ret != 0 ? ret : mbedtls_x509write_crt_set_ext_key_usage(certificate, &usage);

	return ret != 0 ? ret : set_names(certificate, name, local);
}

/* Writes a certificate for @p key, signed with it, and the key behind it. */
static int write_identity(mbedtls_pk_context *key)
{
	mbedtls_x509write_cert certificate;
	size_t len;
	int ret;

	mbedtls_x509write_crt_init(&certificate);
	mbedtls_x509write_crt_set_subject_key(&certificate, key);
	mbedtls_x509write_crt_set_issuer_key(&certificate, key);
	ret = describe(&certificate);
	if (ret == 0) {
		ret = mbedtls_x509write_crt_pem(&certificate, identity, sizeof(identity),
						random_bytes, NULL);
	}
	mbedtls_x509write_crt_free(&certificate);
	if (ret != 0) {
		return ret;
	}
	len = strlen((const char *)identity);

	return mbedtls_pk_write_key_pem(key, &identity[len], sizeof(identity) - len);
}

/* Makes a key and a certificate. */
static int make(void)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id;
	mbedtls_pk_context key;
	int ret;

	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	if (psa_crypto_init() != PSA_SUCCESS || psa_generate_key(&attributes, &id) != PSA_SUCCESS) {
		return -EIO;
	}

	mbedtls_pk_init(&key);
	ret = mbedtls_pk_copy_from_psa(id, &key);
	(void)psa_destroy_key(id);
	if (ret == 0) {
		ret = write_identity(&key);
	}
	mbedtls_pk_free(&key);

	return ret;
}

/* Whether TLS can be served with what is in `identity`. */
static bool is_usable(size_t len)
{
	mbedtls_x509_crt chain;
	mbedtls_pk_context key;
	bool usable;

	mbedtls_x509_crt_init(&chain);
	mbedtls_pk_init(&key);
	usable = mbedtls_x509_crt_parse(&chain, identity, len + 1) == 0 &&
		 mbedtls_pk_parse_key(&key, identity, len + 1, NULL, 0, random_bytes, NULL) == 0 &&
		 mbedtls_pk_check_pair(&chain.pk, &key, random_bytes, NULL) == 0;
	mbedtls_pk_free(&key);
	mbedtls_x509_crt_free(&chain);

	return usable;
}

static int take_identity(void)
{
	size_t len;

	if (psa_crypto_init() != PSA_SUCCESS) {
		return -EIO;
	}
	len = akira_tls_load(identity);
	identity[len] = '\0';
	if (len > 0 && is_usable(len)) {
		return 0;
	}

	if (make() != 0) {
		return -EIO;
	}
	if (len > 0) {
		/* The device must stay within reach of who stored that. */
		say("the stored certificate cannot be used, so there is another for this boot", "");
	} else if (!akira_tls_keep(identity, strlen((const char *)identity))) {
		say("the certificate could not be stored, so the next boot makes another", "");
	}

	return 0;
}

int akira_tls_open(void)
{
	char sha256[AKIRA_TLS_SHA256];
	size_t len;
	int ret = take_identity();

	if (ret < 0) {
		say("no certificate could be made for TLS", "");
		return ret;
	}

	len = strlen((const char *)identity);
	/* Each of the two looks for its own part. */
	ret = tls_credential_add(CONFIG_AKIRA_HTTP_TLS_TAG, TLS_CREDENTIAL_SERVER_CERTIFICATE,
				 identity, len + 1);
	if (ret == 0) {
		ret = tls_credential_add(CONFIG_AKIRA_HTTP_TLS_TAG, TLS_CREDENTIAL_PRIVATE_KEY,
					 identity, len + 1);
	}
	if (ret == 0) {
		akira_tls_served(identity, len, sha256);
		say("TLS certificate SHA-256: ", sha256);
	}

	return ret;
}
