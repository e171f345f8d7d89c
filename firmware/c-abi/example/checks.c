/*
 * Expectations about results, events and state.
 */
#include "checks.h"

#include "text.h"

/* Readings that the script lets the node publish. */
#define READINGS 2u

static int failures;
static uint32_t taken;
static uint32_t sent;
static uint32_t acked;
static uint32_t sessions;

void checks_result(const char *what, node_core_result_t found, node_core_result_t expected)
{
    if (found != expected) {
        failures += 1;
        text_print("FAIL ");
        text_print(what);
        text_print(": expected ");
        text_print(node_core_result_text(expected));
        text_print(", found ");
        text_print(node_core_result_text(found));
        text_print("\r\n");
    }
}

static void expect(const char *what, uint32_t found, uint32_t expected)
{
    if (found != expected) {
        failures += 1;
        text_print("FAIL ");
        text_print(what);
        text_print(": expected ");
        text_print_number(expected);
        text_print(", found ");
        text_print_number(found);
        text_print("\r\n");
    }
}

void checks_event(const node_core_effect_t *event)
{
    switch (event->what) {
    case NODE_CORE_EVENT_READING_TAKEN:
        /* Code 240 of the NodeMCU is 750 mV, which the data sheet calls 25 degrees. */
        expect("value of a reading", (uint32_t)event->value_mc, 25000);
        expect("number of a reading taken", event->sequence, taken);
        taken += 1;
        break;
    case NODE_CORE_EVENT_PUBLISH_SENT:
        expect("number of a reading sent", event->sequence, sent);
        sent += 1;
        expect("packet identifier", event->packet_id, sent);
        expect("duplicate", event->duplicate, 0);
        break;
    case NODE_CORE_EVENT_PUBLISH_ACKED:
        expect("number of a reading acknowledged", event->sequence, acked);
        acked += 1;
        break;
    case NODE_CORE_EVENT_SESSION_OPENED:
        expect("session present", event->session_present, 0);
        sessions += 1;
        break;
    default:
        break;
    }
}

/* What a configuration must not hold, and the answer to it. */
static void check_configurations(node_core_t *node)
{
    static const char long_topic[] =
        "0123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789!";
    static const uint64_t zero = 0;
    node_core_config_t config;

    (void)node_core_config_default(&config);
    config.abi = 0;
    checks_result("abi", node_core_init(node, &config, &zero, &zero), NODE_CORE_ERROR_ABI);

    (void)node_core_config_default(&config);
    config.filter = 200;
    checks_result("filter", node_core_init(node, &config, &zero, &zero), NODE_CORE_ERROR_VALUE);

    (void)node_core_config_default(&config);
    config.oversample = 17;
    checks_result("oversample", node_core_init(node, &config, &zero, &zero),
                  NODE_CORE_ERROR_OVERSAMPLE_OUT_OF_RANGE);

    (void)node_core_config_default(&config);
    config.reports = 1;
    checks_result("client identifier", node_core_init(node, &config, &zero, &zero),
                  NODE_CORE_ERROR_CLIENT_ID_EMPTY);
    config.client_id = "node-1";
    config.topic = long_topic;
    checks_result("long topic", node_core_init(node, &config, &zero, &zero),
                  NODE_CORE_ERROR_TEXT_TOO_LONG);
    config.topic = "room/\xFF";
    checks_result("topic not UTF-8", node_core_init(node, &config, &zero, &zero),
                  NODE_CORE_ERROR_TEXT_NOT_UTF8);
    config.topic = "room/#";
    checks_result("wildcard", node_core_init(node, &config, &zero, &zero),
                  NODE_CORE_ERROR_TOPIC_INVALID);
}

void checks_bad_input(node_core_t *node)
{
    static const uint64_t zero = 0;
    static uint64_t words[2];
    const uint64_t *odd = (const uint64_t *)(const void *)((const char *)words + 4);
    node_core_config_t config;
    node_core_effect_t effect;
    node_core_state_t state;

    expect("abi of the library", node_core_abi(), NODE_CORE_ABI);
    expect("size of a node", node_core_size(), (uint32_t)sizeof(node_core_t));
    checks_result("default to null", node_core_config_default(NULL), NODE_CORE_ERROR_NULL);
    (void)node_core_config_default(&config);
    checks_result("no node", node_core_init(NULL, &config, &zero, &zero), NODE_CORE_ERROR_NULL);
    checks_result("no configuration", node_core_init(node, NULL, &zero, &zero),
                  NODE_CORE_ERROR_NULL);
    checks_result("no seed", node_core_init(node, &config, NULL, &zero), NODE_CORE_ERROR_NULL);
    checks_result("no time", node_core_init(node, &config, &zero, NULL), NODE_CORE_ERROR_NULL);
    checks_result("odd time", node_core_init(node, &config, &zero, odd),
                  NODE_CORE_ERROR_MISALIGNED);
    check_configurations(node);

    checks_result("poll before init", node_core_poll(node, &effect),
                  NODE_CORE_ERROR_NOT_INITIALISED);
    checks_result("state before init", node_core_state(node, &state),
                  NODE_CORE_ERROR_NOT_INITIALISED);
    checks_result("timeout before init", node_core_handle_timeout(node, &zero),
                  NODE_CORE_ERROR_NOT_INITIALISED);
    checks_result("unknown link loss", node_core_handle_link_down(node, &zero, 6),
                  NODE_CORE_ERROR_VALUE);
    checks_result("unknown close reason", node_core_handle_stream_closed(node, &zero, 256),
                  NODE_CORE_ERROR_VALUE);
    checks_result("code of 17 bits", node_core_handle_sampled(node, &zero, 65536),
                  NODE_CORE_ERROR_VALUE);
    checks_result("bytes at null", node_core_handle_stream_read(node, &zero, NULL, 1),
                  NODE_CORE_ERROR_NULL);
    expect("reason 201 of the SDK", node_core_link_loss_of_sdk_reason(201),
           NODE_CORE_LINK_LOSS_ACCESS_POINT_NOT_FOUND);
}

void checks_undrained(node_core_t *node)
{
    static const uint64_t zero = 0;

    checks_result("input to a node that is not drained", node_core_handle_link_up(node, &zero),
                  NODE_CORE_ERROR_NOT_DRAINED);
}

void checks_end(const node_core_t *node)
{
    node_core_state_t state;

    checks_result("state", node_core_state(node, &state), NODE_CORE_OK);
    expect("connection", state.connection, NODE_CORE_CONNECTION_ONLINE);
    expect("sampling", state.sampling, 0);
    expect("queue", state.queue_length, 0);
    expect("queue length", node_core_queue_length(node), 0);
    expect("readings taken", taken, READINGS);
    expect("readings sent", sent, READINGS);
    expect("readings acknowledged", acked, READINGS);
    expect("sessions", sessions, 1);
}

int checks_failures(void)
{
    return failures;
}
