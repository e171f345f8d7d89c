/*
 * A sensor node as a sketch: setup() once, loop() for ever.
 *
 * This file is what goes on a board. It knows node-core and world.h, and no machine.
 */
#include <node_core.h>

#include "checks.h"
#include "hal.h"
#include "world.h"

/* In .bss: zeroed, and not on the stack, which has 4 KiB in an Arduino sketch. */
static node_core_t node;

/* Does what one effect says. */
static void obey(const node_core_effect_t *effect)
{
    switch (effect->kind) {
    case NODE_CORE_EFFECT_COMMAND:
        switch (effect->what) {
        case NODE_CORE_COMMAND_SAMPLE:
            world_sample();
            break;
        case NODE_CORE_COMMAND_JOIN_WIFI:
            world_join();
            break;
        case NODE_CORE_COMMAND_LEAVE_WIFI:
            world_leave();
            break;
        case NODE_CORE_COMMAND_OPEN_STREAM:
            world_open();
            break;
        case NODE_CORE_COMMAND_CLOSE_STREAM:
            world_close();
            break;
        case NODE_CORE_COMMAND_SLEEP:
        default:
            break;
        }
        break;
    case NODE_CORE_EFFECT_SERIAL_WRITE:
        world_print(effect->bytes, effect->length);
        break;
    case NODE_CORE_EFFECT_STREAM_WRITE:
        world_send(effect->bytes, effect->length);
        break;
    case NODE_CORE_EFFECT_EVENT:
        checks_event(effect);
        break;
    default:
        break;
    }
}

/* The drain rule: poll until nothing is left, then handle. */
static void drain(void)
{
    node_core_effect_t effect;

    while (node_core_poll(&node, &effect) == NODE_CORE_OK) {
        obey(&effect);
    }
}

/* Tells the node what happened, one thing at a time. */
static void tell(world_event_t event)
{
    uint64_t now_us = world_now_us();
    size_t length = 0;
    const uint8_t *bytes;
    node_core_result_t result = NODE_CORE_OK;

    switch (event) {
    case WORLD_LINK_UP:
        result = node_core_handle_link_up(&node, &now_us);
        break;
    case WORLD_SAMPLED:
        result = node_core_handle_sampled(&node, &now_us, world_code());
        break;
    case WORLD_STREAM_OPENED:
        result = node_core_handle_stream_opened(&node, &now_us);
        break;
    case WORLD_STREAM_READ:
        bytes = world_bytes(&length);
        result = node_core_handle_stream_read(&node, &now_us, bytes, (uint32_t)length);
        break;
    case WORLD_NOTHING:
    default:
        result = node_core_handle_timeout(&node, &now_us);
        break;
    }
    checks_result("an input of the script", result, NODE_CORE_OK);
    drain();
}

void setup(void)
{
    node_core_config_t config;
    uint64_t seed = world_random();
    uint64_t now_us = world_now_us();

    checks_bad_input(&node);
    hal_stack_report("checks");
    (void)node_core_config_default(&config);
    config.reports = 1;
    config.client_id = "node-1";
    config.topic = "room/1/temperature";
    config.username = "sensor";
    config.password = "correct horse";
    config.keep_alive_s = 120;
    checks_result("init", node_core_init(&node, &config, &seed, &now_us), NODE_CORE_OK);
    hal_stack_report("init");
    checks_undrained(&node);
    drain();
}

void loop(void)
{
    uint64_t deadline_us;

    /* Writes the end of time if nothing is due. */
    (void)node_core_poll_timeout(&node, &deadline_us);
    tell(world_wait(deadline_us));
    if (world_is_over()) {
        hal_stack_report("everything else");
        checks_end(&node);
        hal_exit(checks_failures() + world_verdict() == 0 ? 0 : 1);
    }
}
