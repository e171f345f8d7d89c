/*
 * The scripted world: everything takes a known time, and the broker answers literal bytes.
 *
 *     0.000 s  boot, first conversion; join asked for
 *     2.000 s  joined; stream opens 0.2 s later; CONNECT, CONNACK; PUBLISH, PUBACK
 *    60.000 s  second conversion; PUBLISH, PUBACK; the end
 */
#include "world.h"

#include "hal.h"
#include "text.h"

/* How long things take, in us. */
#define SAMPLE_US 1000u
#define JOIN_US 2000000u
#define OPEN_US 200000u
#define ANSWER_US 50000u

/* Things that can be under way at once. */
#define PENDING_MAX 8u

/* What a deliberate mistake in the expectations does: see `cargo xtask c-abi`. */
#ifdef BREAK
#define LAST_DIGIT '1'
#else
#define LAST_DIGIT '0'
#endif

typedef struct {
    world_event_t event;
    uint64_t at_us;
    const uint8_t *bytes;
    size_t length;
} pending_t;

/* A message of the node, and the broker's answer to it. */
typedef struct {
    const char *name;
    const uint8_t *expected;
    size_t expected_length;
    const uint8_t *answer;
    size_t answer_length;
} exchange_t;

/* MQTT 3.1.1 section 3.1: version 4, user name and password, keep alive 120 s. */
static const uint8_t connect[] = {
    0x10, 0x29, 0x00, 0x04, 'M', 'Q', 'T', 'T', 0x04, 0xC0, 0x00, 0x78,
    0x00, 0x06, 'n', 'o', 'd', 'e', '-', '1',
    0x00, 0x06, 's', 'e', 'n', 's', 'o', 'r',
    0x00, 0x0D, 'c', 'o', 'r', 'r', 'e', 'c', 't', ' ', 'h', 'o', 'r', 's', 'e'};
/* Section 3.2: accepted, no session present. */
static const uint8_t connack[] = {0x20, 0x02, 0x00, 0x00};
/* Section 3.3: quality of service 1, packet 1 and packet 2. */
static const uint8_t publish_1[] = {
    0x32, 0x1A, 0x00, 0x12, 'r', 'o', 'o', 'm', '/', '1', '/',
    't', 'e', 'm', 'p', 'e', 'r', 'a', 't', 'u', 'r', 'e', 0x00, 0x01, '2', '5', '.', '0'};
static const uint8_t publish_2[] = {
    0x32, 0x1A, 0x00, 0x12, 'r', 'o', 'o', 'm', '/', '1', '/',
    't', 'e', 'm', 'p', 'e', 'r', 'a', 't', 'u', 'r', 'e', 0x00, 0x02, '2', '5', '.', LAST_DIGIT};
/* Section 3.4. */
static const uint8_t puback_1[] = {0x40, 0x02, 0x00, 0x01};
static const uint8_t puback_2[] = {0x40, 0x02, 0x00, 0x02};

static const exchange_t script[] = {
    {"CONNECT", connect, sizeof connect, connack, sizeof connack},
    {"first PUBLISH", publish_1, sizeof publish_1, puback_1, sizeof puback_1},
    {"second PUBLISH", publish_2, sizeof publish_2, puback_2, sizeof puback_2}};
#define EXCHANGES (sizeof script / sizeof script[0])

/* What the tutorial's sketch prints, with the right temperature. */
static const char line[] =
    "TMP36 reading 240\r\nDegrees Celsius 25.0\r\nDegrees Fahrenheit 77.0\r\n";
#define LINES 2u

static uint64_t clock_us;
static pending_t pending[PENDING_MAX];
static size_t pending_count;
static size_t exchanged;
static size_t delivered;
static uint32_t lines;
static int failures;
static const uint8_t *arrived;
static size_t arrived_length;

static bool equal(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
    size_t at;

    if (a_length != b_length) {
        return false;
    }
    for (at = 0; at < a_length; at += 1) {
        if (a[at] != b[at]) {
            return false;
        }
    }
    return true;
}

static void fail(const char *what)
{
    failures += 1;
    text_print("FAIL ");
    text_print(what);
    text_print("\r\n");
}

static void schedule(world_event_t event, uint32_t delay_us, const uint8_t *bytes, size_t length)
{
    if (pending_count == PENDING_MAX) {
        fail("more is under way than the script allows");
        return;
    }
    pending[pending_count].event = event;
    pending[pending_count].at_us = clock_us + delay_us;
    pending[pending_count].bytes = bytes;
    pending[pending_count].length = length;
    pending_count += 1;
}

/* Returns the place of what happens first, or `pending_count`. */
static size_t first(void)
{
    size_t best = 0;
    size_t at;

    for (at = 1; at < pending_count; at += 1) {
        if (pending[at].at_us < pending[best].at_us) {
            best = at;
        }
    }
    return best;
}

uint64_t world_now_us(void)
{
    return clock_us;
}

uint64_t world_random(void)
{
    return 1;
}

void world_sample(void)
{
    schedule(WORLD_SAMPLED, SAMPLE_US, NULL, 0);
}

void world_join(void)
{
    schedule(WORLD_LINK_UP, JOIN_US, NULL, 0);
}

void world_leave(void)
{
    fail("the node left the access point");
}

void world_open(void)
{
    schedule(WORLD_STREAM_OPENED, OPEN_US, NULL, 0);
}

void world_close(void)
{
    fail("the node closed the stream");
}

void world_send(const uint8_t *bytes, size_t length)
{
    const exchange_t *exchange = &script[exchanged];

    if (exchanged == EXCHANGES) {
        fail("the node sent more than the script expects");
        return;
    }
    if (!equal(bytes, length, exchange->expected, exchange->expected_length)) {
        fail(exchange->name);
    }
    exchanged += 1;
    schedule(WORLD_STREAM_READ, ANSWER_US, exchange->answer, exchange->answer_length);
}

void world_print(const uint8_t *bytes, size_t length)
{
    if (equal(bytes, length, (const uint8_t *)line, sizeof line - 1)) {
        lines += 1;
    }
    hal_serial_write(bytes, length);
}

world_event_t world_wait(uint64_t deadline_us)
{
    size_t at = first();
    world_event_t event;

    if (pending_count == 0 || pending[at].at_us > deadline_us) {
        clock_us = deadline_us > clock_us ? deadline_us : clock_us;
        return WORLD_NOTHING;
    }
    clock_us = pending[at].at_us;
    event = pending[at].event;
    arrived = pending[at].bytes;
    arrived_length = pending[at].length;
    delivered += event == WORLD_STREAM_READ ? 1u : 0u;
    pending_count -= 1;
    pending[at] = pending[pending_count];
    return event;
}

uint32_t world_code(void)
{
    return 240;
}

const uint8_t *world_bytes(size_t *length)
{
    *length = arrived_length;
    return arrived;
}

bool world_is_over(void)
{
    return delivered == EXCHANGES || failures > 0;
}

int world_verdict(void)
{
    if (exchanged != EXCHANGES) {
        fail("the node sent less than the script expects");
    }
    if (lines != LINES) {
        fail("the readings on the serial port");
    }
    if (clock_us < 60000000u || clock_us > 61000000u) {
        fail("the second reading is due after 60 s");
    }
    return failures;
}
