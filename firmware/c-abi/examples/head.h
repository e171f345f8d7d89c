/*
 * node-core: the brain of a Wi-Fi temperature sensor node, for C.
 *
 * Written by `cargo run --manifest-path firmware/c-abi/Cargo.toml --example header`; do not edit.
 *
 * The node does nothing by itself. It is told what happened (node_core_handle_...), asked what is
 * to be done (node_core_poll), and asked when it wants to be woken (node_core_poll_timeout):
 *
 *     node_core_init
 *         |
 *         v
 *     node_core_poll until NODE_CORE_NONE, doing what each effect says   <---+
 *         |                                                                  |
 *         v                                                                  |
 *     wait for something to happen, or for node_core_poll_timeout            |
 *         |                                                                  |
 *         v                                                                  |
 *     one node_core_handle_...   --------------------------------------------+
 *
 * Rules, for every function:
 *
 * - Memory is the caller's: one node_core_t per node, zeroed before node_core_init. Nothing is
 *   allocated, nothing needs to be freed, and no pointer is kept after a call returns.
 * - Bytes of an effect belong to the node and are valid until the next call with that node.
 * - Times are microseconds since boot as 64 bits, and never run back. On the ESP8266,
 *   system_get_time() wraps after 71 minutes: extend it (see example/hal_esp8266.h).
 * - 64-bit numbers cross by pointer and all other scalars as 32 bits, because two compilers meet
 *   here, and what they may disagree on is how wide, narrow and structured values travel by value.
 *   In structures, enumerations are stored as uint8_t.
 * - Every error code means that the call changed nothing. No call ever ends the program.
 * - A node is used by one task at a time, and never from an interrupt.
 */
