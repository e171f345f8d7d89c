/*
 * What a firmware's C library has, too: linked in besides libnode_core.a, to prove that the
 * archive's own routines of the same names give way.
 */
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
uint64_t routines_ratio(uint64_t a, uint64_t b, uint64_t c);

void *memcpy(void *to, const void *from, size_t length)
{
    volatile uint8_t *out = to;
    const uint8_t *in = from;
    size_t at;

    for (at = 0; at < length; at += 1) {
        out[at] = in[at];
    }
    return to;
}

void *memset(void *to, int value, size_t length)
{
    volatile uint8_t *out = to;
    size_t at;

    for (at = 0; at < length; at += 1) {
        out[at] = (uint8_t)value;
    }
    return to;
}

/* Asks for __muldi3 and __udivdi3, which libgcc has and the archive as well. */
uint64_t routines_ratio(uint64_t a, uint64_t b, uint64_t c)
{
    return a * b / c;
}
