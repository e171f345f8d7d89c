/*
 * BearSSL's operations with plain arguments, in the implementations that the Arduino core for the
 * ESP8266 chooses: "m15" and "i15" for numbers, "small" for AES, "ctmul32" for GHASH and Poly1305.
 * All of them return 1 if all is well.
 */
#include <bearssl.h>

int bear_keygen(int curve, const uint8_t *scalar, size_t length, uint8_t *point);
int bear_agree(int curve, const uint8_t *scalar, size_t length, uint8_t *point, size_t size);
int bear_sign(int curve, const uint8_t *scalar, size_t length, const uint8_t *text, size_t size,
              uint8_t *signature);
int bear_verify(int curve, const uint8_t *point, size_t length, const uint8_t *text, size_t size,
                const uint8_t *signature, size_t signature_length);
int bear_rsa_public(const uint8_t *modulus, size_t length, uint8_t *number);
int bear_rsa_private(const uint8_t *const parts[5], size_t length, uint8_t *number);
int bear_hash(int bits, const uint8_t *text, size_t size, uint8_t *digest);
int bear_hmac(int bits, const uint8_t *key, size_t length, const uint8_t *text, size_t size,
              uint8_t *tag);
int bear_aes_gcm(int seal, const uint8_t *key, size_t length, const uint8_t *nonce,
                 const uint8_t *header, size_t header_length, uint8_t *text, size_t size,
                 uint8_t *tag);
int bear_chacha20_poly1305(int seal, const uint8_t *key, const uint8_t *nonce,
                           const uint8_t *header, size_t header_length, uint8_t *text,
                           size_t size, uint8_t *tag);

/* The usual exponent of RSA, 65537. */
static const uint8_t EXPONENT[] = {1, 0, 1};

static const br_hash_class *hash_of(int curve)
{
    return curve == BR_EC_secp384r1 ? &br_sha384_vtable : &br_sha256_vtable;
}

/* Hashes a text; returns the digest's length. */
static size_t digest_of(const br_hash_class *hash, const uint8_t *text, size_t size, uint8_t *to)
{
    br_hash_compat_context context;

    hash->init(&context.vtable);
    hash->update(&context.vtable, text, size);
    hash->out(&context.vtable, to);
    return (hash->desc >> BR_HASHDESC_OUT_OFF) & BR_HASHDESC_OUT_MASK;
}

int bear_keygen(int curve, const uint8_t *scalar, size_t length, uint8_t *point)
{
    return br_ec_all_m15.mulgen(point, scalar, length, curve) != 0;
}

int bear_agree(int curve, const uint8_t *scalar, size_t length, uint8_t *point, size_t size)
{
    return (int)br_ec_all_m15.mul(point, size, scalar, length, curve);
}

int bear_sign(int curve, const uint8_t *scalar, size_t length, const uint8_t *text, size_t size,
              uint8_t *signature)
{
    const br_hash_class *hash = hash_of(curve);
    br_ec_private_key key;
    uint8_t digest[64];

    key.curve = curve;
    key.x = (unsigned char *)scalar;
    key.xlen = length;
    digest_of(hash, text, size, digest);
    return br_ecdsa_i15_sign_raw(&br_ec_all_m15, hash, digest, &key, signature) != 0;
}

int bear_verify(int curve, const uint8_t *point, size_t length, const uint8_t *text, size_t size,
                const uint8_t *signature, size_t signature_length)
{
    br_ec_public_key key;
    uint8_t digest[64];
    size_t digest_length = digest_of(hash_of(curve), text, size, digest);

    key.curve = curve;
    key.q = (unsigned char *)point;
    key.qlen = length;
    return (int)br_ecdsa_i15_vrfy_raw(&br_ec_all_m15, digest, digest_length, &key, signature,
                                      signature_length);
}

int bear_rsa_public(const uint8_t *modulus, size_t length, uint8_t *number)
{
    br_rsa_public_key key;

    key.n = (unsigned char *)modulus;
    key.nlen = length;
    key.e = (unsigned char *)EXPONENT;
    key.elen = sizeof EXPONENT;
    return (int)br_rsa_i15_public(number, length, &key);
}

/* The parts are p, q, d mod p-1, d mod q-1, and 1/q mod p; each is half as long as the modulus. */
int bear_rsa_private(const uint8_t *const parts[5], size_t length, uint8_t *number)
{
    br_rsa_private_key key;

    key.n_bitlen = (uint32_t)(16 * length);
    key.p = (unsigned char *)parts[0];
    key.q = (unsigned char *)parts[1];
    key.dp = (unsigned char *)parts[2];
    key.dq = (unsigned char *)parts[3];
    key.iq = (unsigned char *)parts[4];
    key.plen = key.qlen = key.dplen = key.dqlen = key.iqlen = length;
    return (int)br_rsa_i15_private(number, &key);
}

int bear_hash(int bits, const uint8_t *text, size_t size, uint8_t *digest)
{
    return digest_of(bits == 384 ? &br_sha384_vtable : &br_sha256_vtable, text, size, digest) != 0;
}

int bear_hmac(int bits, const uint8_t *key, size_t length, const uint8_t *text, size_t size,
              uint8_t *tag)
{
    br_hmac_key_context prepared;
    br_hmac_context context;

    br_hmac_key_init(&prepared, bits == 384 ? &br_sha384_vtable : &br_sha256_vtable, key, length);
    br_hmac_init(&context, &prepared, 0);
    br_hmac_update(&context, text, size);
    return br_hmac_out(&context, tag) != 0;
}

int bear_aes_gcm(int seal, const uint8_t *key, size_t length, const uint8_t *nonce,
                 const uint8_t *header, size_t header_length, uint8_t *text, size_t size,
                 uint8_t *tag)
{
    br_aes_small_ctr_keys keys;
    br_gcm_context context;

    br_aes_small_ctr_init(&keys, key, length);
    br_gcm_init(&context, &keys.vtable, br_ghash_ctmul32);
    br_gcm_reset(&context, nonce, 12);
    br_gcm_aad_inject(&context, header, header_length);
    br_gcm_flip(&context);
    br_gcm_run(&context, seal, text, size);
    if (seal) {
        br_gcm_get_tag(&context, tag);
        return 1;
    }
    return (int)br_gcm_check_tag(&context, tag);
}

int bear_chacha20_poly1305(int seal, const uint8_t *key, const uint8_t *nonce,
                           const uint8_t *header, size_t header_length, uint8_t *text,
                           size_t size, uint8_t *tag)
{
    uint8_t found[16];
    uint8_t difference = 0;
    size_t at;

    br_poly1305_ctmul32_run(key, nonce, text, size, header, header_length, found,
                            br_chacha20_ct_run, seal);
    for (at = 0; at < sizeof found; at += 1) {
        difference |= (uint8_t)(found[at] ^ tag[at]);
        if (seal) {
            tag[at] = found[at];
        }
    }
    return seal || difference == 0;
}
