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
#ifndef NODE_CORE_H
#define NODE_CORE_H

#include <stddef.h>
#include <stdint.h>

#if UINTPTR_MAX > 0xFFFFFFFFu
#define NODE_CORE_POINTERS_64
#else
#define NODE_CORE_POINTERS_32
#endif

/**
 * Version of this interface: changes whenever a program compiled against the header would no
 * longer fit the library.
 */
#define NODE_CORE_ABI 1

#if defined(NODE_CORE_POINTERS_64)
/**
 * 64-bit words of one `node_core_t`.
 */
#define NODE_CORE_WORDS 392
#endif

#if defined(NODE_CORE_POINTERS_32)
/**
 * 64-bit words of one `node_core_t`.
 */
#define NODE_CORE_WORDS 384
#endif

/**
 * What a call came to. Every error leaves the node as it was.
 */
enum node_core_result_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Done.
   */
  NODE_CORE_OK = 0,
  /**
   * Nothing is left: no effect to poll, or no deadline.
   */
  NODE_CORE_NONE = 1,
  /**
   * A pointer that must not be null is null.
   */
  NODE_CORE_ERROR_NULL = 16,
  /**
   * A pointer is not aligned for what it points to.
   */
  NODE_CORE_ERROR_MISALIGNED = 17,
  /**
   * The memory of the node was not set up by `node_core_init`.
   */
  NODE_CORE_ERROR_NOT_INITIALISED = 18,
  /**
   * The drain rule: poll until `NODE_CORE_NONE`, then handle.
   */
  NODE_CORE_ERROR_NOT_DRAINED = 19,
  /**
   * A number stands for no variant, or is outside the range that its field states.
   */
  NODE_CORE_ERROR_VALUE = 20,
  /**
   * A text is longer than its field allows.
   */
  NODE_CORE_ERROR_TEXT_TOO_LONG = 21,
  /**
   * A text is not UTF-8.
   */
  NODE_CORE_ERROR_TEXT_NOT_UTF8 = 22,
  /**
   * No object is as long as that from there.
   */
  NODE_CORE_ERROR_LENGTH = 23,
  /**
   * The configuration did not come from this library's `node_core_config_default`.
   */
  NODE_CORE_ERROR_ABI = 24,
  /**
   * Configuration: the back-off's base is zero or above its cap.
   */
  NODE_CORE_ERROR_BACKOFF_INVERTED = 32,
  /**
   * Configuration: the client identifier is empty.
   */
  NODE_CORE_ERROR_CLIENT_ID_EMPTY = 33,
  /**
   * Configuration: the gain correction is beyond ±1 000 000 ppm.
   */
  NODE_CORE_ERROR_GAIN_OUT_OF_RANGE = 34,
  /**
   * Configuration: the interval is below 100 ms or above one week.
   */
  NODE_CORE_ERROR_INTERVAL_OUT_OF_RANGE = 35,
  /**
   * Configuration: the oversampling is 0 or above 16.
   */
  NODE_CORE_ERROR_OVERSAMPLE_OUT_OF_RANGE = 36,
  /**
   * Configuration: a password without a user name (MQTT 3.1.1 §3.1.2.9).
   */
  NODE_CORE_ERROR_PASSWORD_WITHOUT_USERNAME = 37,
  /**
   * Configuration: the queue's capacity is 0 or above 32.
   */
  NODE_CORE_ERROR_QUEUE_CAPACITY_OUT_OF_RANGE = 38,
  /**
   * Configuration: a timeout is zero.
   */
  NODE_CORE_ERROR_TIMEOUT_ZERO = 39,
  /**
   * Configuration: the topic is empty or holds a wildcard (MQTT 3.1.1 §4.7.1, §4.7.3).
   */
  NODE_CORE_ERROR_TOPIC_INVALID = 40,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_result_t node_core_result_t;
#else
typedef uint32_t node_core_result_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why a byte stream closed.
 */
enum node_core_close_reason_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The peer closed it in good order.
   */
  NODE_CORE_CLOSE_REASON_FINISHED = 0,
  /**
   * The peer refused the connection.
   */
  NODE_CORE_CLOSE_REASON_REFUSED = 1,
  /**
   * The connection was reset, or the link below it went away.
   */
  NODE_CORE_CLOSE_REASON_RESET = 2,
  /**
   * Connecting or transmitting took too long.
   */
  NODE_CORE_CLOSE_REASON_TIMED_OUT = 3,
  /**
   * The peer's name has no address.
   */
  NODE_CORE_CLOSE_REASON_UNRESOLVED = 4,
  /**
   * The peer did not prove who it is, or somebody touched what it sent.
   */
  NODE_CORE_CLOSE_REASON_UNTRUSTED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_close_reason_t node_core_close_reason_t;
#else
typedef uint8_t node_core_close_reason_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A request to the hardware.
 */
enum node_core_command_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Close the stream; no answer is expected.
   */
  NODE_CORE_COMMAND_CLOSE_STREAM = 0,
  /**
   * Join the access point; answered by `link_up` or `link_down`.
   */
  NODE_CORE_COMMAND_JOIN_WIFI = 1,
  /**
   * Leave the access point and power the radio down; no answer is expected.
   */
  NODE_CORE_COMMAND_LEAVE_WIFI = 2,
  /**
   * Open the stream to the broker; answered by `stream_opened` or `stream_closed`.
   */
  NODE_CORE_COMMAND_OPEN_STREAM = 3,
  /**
   * Start one conversion; answered by `sampled`.
   */
  NODE_CORE_COMMAND_SAMPLE = 4,
  /**
   * Nothing is left to do before the next deadline: the processor may sleep until then.
   */
  NODE_CORE_COMMAND_SLEEP = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_command_t node_core_command_t;
#else
typedef uint8_t node_core_command_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How far a node has come towards its broker.
 */
enum node_core_connection_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The radio is off.
   */
  NODE_CORE_CONNECTION_OFFLINE = 0,
  /**
   * A join was asked for.
   */
  NODE_CORE_CONNECTION_JOINING = 1,
  /**
   * A join failed or the link was lost; the next join follows a pause.
   */
  NODE_CORE_CONNECTION_REJOIN_PAUSE = 2,
  /**
   * A stream was asked for.
   */
  NODE_CORE_CONNECTION_OPENING = 3,
  /**
   * A stream or session failed; the next one follows a pause.
   */
  NODE_CORE_CONNECTION_REOPEN_PAUSE = 4,
  /**
   * CONNECT is sent, its answer is awaited.
   */
  NODE_CORE_CONNECTION_GREETING = 5,
  /**
   * The broker accepted the session.
   */
  NODE_CORE_CONNECTION_ONLINE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_connection_t node_core_connection_t;
#else
typedef uint8_t node_core_connection_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why the broker refused a session: the return codes of MQTT 3.1.1 §3.2.2.3, table 3.1.
 */
enum node_core_connect_refusal_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The broker does not speak this protocol version.
   */
  NODE_CORE_CONNECT_REFUSAL_PROTOCOL_VERSION = 1,
  /**
   * The client identifier is not allowed.
   */
  NODE_CORE_CONNECT_REFUSAL_IDENTIFIER_REJECTED = 2,
  /**
   * The broker is not available.
   */
  NODE_CORE_CONNECT_REFUSAL_SERVER_UNAVAILABLE = 3,
  /**
   * The user name or password is malformed or wrong.
   */
  NODE_CORE_CONNECT_REFUSAL_BAD_CREDENTIALS = 4,
  /**
   * The client may not connect.
   */
  NODE_CORE_CONNECT_REFUSAL_NOT_AUTHORIZED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_connect_refusal_t node_core_connect_refusal_t;
#else
typedef uint8_t node_core_connect_refusal_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The rule from code to temperature.
 */
enum node_core_conversion_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The TMP36 data sheet's transfer function at the board's scale.
   */
  NODE_CORE_CONVERSION_DATASHEET = 0,
  /**
   * `code / 10`, as a well-known tutorial has it; kept to compare against.
   */
  NODE_CORE_CONVERSION_TENTH_OF_CODE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_conversion_t node_core_conversion_t;
#else
typedef uint8_t node_core_conversion_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Which reading goes when the queue is full and one more comes.
 */
enum node_core_drop_policy_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The oldest that is not being sent: the present is worth more.
   */
  NODE_CORE_DROP_POLICY_OLDEST = 0,
  /**
   * The newest: history is worth more.
   */
  NODE_CORE_DROP_POLICY_NEWEST = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_drop_policy_t node_core_drop_policy_t;
#else
typedef uint8_t node_core_drop_policy_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why a reading was given up.
 */
enum node_core_drop_reason_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The queue was full and the policy keeps the oldest.
   */
  NODE_CORE_DROP_REASON_QUEUE_FULL_NEWEST = 0,
  /**
   * The queue was full and the policy keeps the newest.
   */
  NODE_CORE_DROP_REASON_QUEUE_FULL_OLDEST = 1,
  /**
   * The payload did not fit the transmit buffer.
   */
  NODE_CORE_DROP_REASON_TOO_LARGE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_drop_reason_t node_core_drop_reason_t;
#else
typedef uint8_t node_core_drop_reason_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What an effect is.
 */
enum node_core_effect_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * No effect.
   */
  NODE_CORE_EFFECT_NONE = 0,
  /**
   * Do what `what` says, a `node_core_command_t`.
   */
  NODE_CORE_EFFECT_COMMAND = 1,
  /**
   * Something happened; `what` is a `node_core_event_t`. Nothing needs to be done.
   */
  NODE_CORE_EFFECT_EVENT = 2,
  /**
   * Write `bytes` to the serial port.
   */
  NODE_CORE_EFFECT_SERIAL_WRITE = 3,
  /**
   * Write `bytes` to the stream.
   */
  NODE_CORE_EFFECT_STREAM_WRITE = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_effect_kind_t node_core_effect_kind_t;
#else
typedef uint8_t node_core_effect_kind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A fact about the node. In brackets: the fields of the effect that belong to it.
 */
enum node_core_event_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The node started.
   */
  NODE_CORE_EVENT_BOOTED = 0,
  /**
   * The broker refused the session [`why`: `node_core_connect_refusal_t`].
   */
  NODE_CORE_EVENT_CONNECT_REFUSED = 1,
  /**
   * The time between samples changed by command [`time_us`: the interval].
   */
  NODE_CORE_EVENT_INTERVAL_CHANGED = 2,
  /**
   * The station has an address.
   */
  NODE_CORE_EVENT_LINK_JOINED = 3,
  /**
   * The link is down, or a join failed [`why`: `node_core_link_loss_t`].
   */
  NODE_CORE_EVENT_LINK_LOST = 4,
  /**
   * A message of the broker was too long or not for this node, and was skipped.
   */
  NODE_CORE_EVENT_MESSAGE_IGNORED = 5,
  /**
   * The broker broke the protocol [`why`: `node_core_protocol_error_t`].
   */
  NODE_CORE_EVENT_PROTOCOL_BROKEN = 6,
  /**
   * The broker acknowledged a reading, which leaves the queue [`packet_id`, `sequence`].
   */
  NODE_CORE_EVENT_PUBLISH_ACKED = 7,
  /**
   * A reading was written to the stream [`packet_id`, 0 at QoS 0; `duplicate`; `sequence`].
   */
  NODE_CORE_EVENT_PUBLISH_SENT = 8,
  /**
   * A reading was given up [`sequence`; `why`: `node_core_drop_reason_t`].
   */
  NODE_CORE_EVENT_READING_DROPPED = 9,
  /**
   * A reading went to the console only [`sequence`].
   */
  NODE_CORE_EVENT_READING_SHOWN = 10,
  /**
   * A reading was taken [`sequence`; `time_us`: when; `value_mc`].
   */
  NODE_CORE_EVENT_READING_TAKEN = 11,
  /**
   * An attempt failed, the next one follows [`attempt`; `time_us`: the pause].
   */
  NODE_CORE_EVENT_RETRY_SCHEDULED = 12,
  /**
   * A sample was not believed [`code`; `why`: `node_core_sensor_fault_t`].
   */
  NODE_CORE_EVENT_SENSOR_FAULTED = 13,
  /**
   * The session with the broker ended [`why`: `node_core_close_reason_t`].
   */
  NODE_CORE_EVENT_SESSION_CLOSED = 14,
  /**
   * The broker accepted the session [`session_present`].
   */
  NODE_CORE_EVENT_SESSION_OPENED = 15,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_event_t node_core_event_t;
#else
typedef uint8_t node_core_event_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How several conversions become one reading.
 */
enum node_core_filter_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The arithmetic mean: best against noise.
   */
  NODE_CORE_FILTER_MEAN = 0,
  /**
   * The middle one: best against single spikes.
   */
  NODE_CORE_FILTER_MEDIAN = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_filter_t node_core_filter_t;
#else
typedef uint8_t node_core_filter_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why the link to the access point is down.
 */
enum node_core_link_loss_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * No access point answered the scan.
   */
  NODE_CORE_LINK_LOSS_ACCESS_POINT_NOT_FOUND = 0,
  /**
   * The access point refused association, for example because it is full.
   */
  NODE_CORE_LINK_LOSS_ASSOCIATION_FAILED = 1,
  /**
   * The key handshake failed, which is how a wrong password looks.
   */
  NODE_CORE_LINK_LOSS_AUTHENTICATION_FAILED = 2,
  /**
   * Beacons stayed away until the station gave up.
   */
  NODE_CORE_LINK_LOSS_BEACONS_LOST = 3,
  /**
   * The access point ended the association.
   */
  NODE_CORE_LINK_LOSS_DEAUTHENTICATED = 4,
  /**
   * Nothing answered in time.
   */
  NODE_CORE_LINK_LOSS_JOIN_TIMED_OUT = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_link_loss_t node_core_link_loss_t;
#else
typedef uint8_t node_core_link_loss_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a payload looks like.
 */
enum node_core_payload_format_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * `25.0`.
   */
  NODE_CORE_PAYLOAD_FORMAT_PLAIN = 0,
  /**
   * `{"sequence":7,"temperature":25.0,"time":1700000000000}`.
   */
  NODE_CORE_PAYLOAD_FORMAT_JSON = 1,
  /**
   * Losant: `{"data":{"temperature":25.0},"time":1700000000000}`.
   */
  NODE_CORE_PAYLOAD_FORMAT_LOSANT = 2,
  /**
   * Home Assistant: `{"temperature":25.0}`, announced by a retained discovery message.
   */
  NODE_CORE_PAYLOAD_FORMAT_HOME_ASSISTANT = 3,
  /**
   * SenML (RFC 8428).
   */
  NODE_CORE_PAYLOAD_FORMAT_SEN_ML = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_payload_format_t node_core_payload_format_t;
#else
typedef uint8_t node_core_payload_format_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How the broker broke the protocol.
 */
enum node_core_protocol_error_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * A packet's fields do not fit its length, or hold illegal values.
   */
  NODE_CORE_PROTOCOL_ERROR_MALFORMED = 0,
  /**
   * The broker did not answer in time.
   */
  NODE_CORE_PROTOCOL_ERROR_NO_ANSWER = 1,
  /**
   * A packet of this type may not come here or now.
   */
  NODE_CORE_PROTOCOL_ERROR_UNEXPECTED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_protocol_error_t node_core_protocol_error_t;
#else
typedef uint8_t node_core_protocol_error_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why a sample was not turned into a reading.
 */
enum node_core_sensor_fault_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * More voltage than a TMP36 puts out: its ground lead is loose, or it is reversed.
   */
  NODE_CORE_SENSOR_FAULT_ABOVE_RANGE = 0,
  /**
   * A jump that no package can make between two readings.
   */
  NODE_CORE_SENSOR_FAULT_IMPOSSIBLE_STEP = 1,
  /**
   * Code 65535: the ESP8266's converter is set up to measure its own supply.
   */
  NODE_CORE_SENSOR_FAULT_MISCONFIGURED = 2,
  /**
   * The converter did not answer.
   */
  NODE_CORE_SENSOR_FAULT_NO_ANSWER = 3,
  /**
   * Almost no voltage: output open, sensor unpowered, or output shorted to ground.
   */
  NODE_CORE_SENSOR_FAULT_NO_SIGNAL = 4,
  /**
   * The converter is at its end: shorted to the supply, or no divider where one belongs.
   */
  NODE_CORE_SENSOR_FAULT_SATURATED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_sensor_fault_t node_core_sensor_fault_t;
#else
typedef uint8_t node_core_sensor_fault_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What voltage at the sensor's output a code stands for.
 */
enum node_core_scale_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * NodeMCU: 220 kΩ over 100 kΩ in front of the ESP8266, so 3.2 V is code 1024.
   */
  NODE_CORE_SCALE_NODE_MCU = 0,
  /**
   * ESP8266 without a divider: 1.0 V is code 1024.
   */
  NODE_CORE_SCALE_BARE_ESP12 = 1,
  /**
   * ESP32-C3 at 0 dB.
   */
  NODE_CORE_SCALE_ESP32C3_DB0 = 2,
  /**
   * ESP32-C3 at 2.5 dB.
   */
  NODE_CORE_SCALE_ESP32C3_DB2P5 = 3,
  /**
   * ESP32-C3 at 6 dB.
   */
  NODE_CORE_SCALE_ESP32C3_DB6 = 4,
  /**
   * ESP32-C3 at 11 dB.
   */
  NODE_CORE_SCALE_ESP32C3_DB11 = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_scale_t node_core_scale_t;
#else
typedef uint8_t node_core_scale_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * When to leave the access point.
 */
enum node_core_wifi_policy_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint8_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * Join at boot and stay: for mains.
   */
  NODE_CORE_WIFI_POLICY_STAY = 0,
  /**
   * Leave as soon as the queue is empty: for batteries.
   */
  NODE_CORE_WIFI_POLICY_LEAVE_WHEN_IDLE = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum node_core_wifi_policy_t node_core_wifi_policy_t;
#else
typedef uint8_t node_core_wifi_policy_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A node's parameters. Fill with `node_core_config_default`, then change what differs.
 *
 * Texts are UTF-8, end in a NUL, are copied by `node_core_init`, and must lie where single
 * bytes may be read: on the ESP8266 in RAM, not in flash (`PROGMEM`, `ICACHE_RODATA_ATTR`).
 * Null is the empty text. Flags are 0 or 1; other values are `NODE_CORE_ERROR_VALUE`.
 */
typedef struct node_core_config_t {
  /**
   * Version of the interface; leave what `node_core_config_default` wrote.
   */
  uint32_t abi;
  /**
   * Time between readings in ms, 100 to 604 800 000 (one week); default 60 000.
   */
  uint32_t interval_ms;
  /**
   * How long one conversion may take in ms, at least 1; default 100.
   */
  uint32_t sample_timeout_ms;
  /**
   * How long a join may take in ms, at least 1; default 15 000.
   */
  uint32_t join_timeout_ms;
  /**
   * First pause after a failure in ms, 1 to `backoff_cap_ms`; default 1 000.
   */
  uint32_t backoff_base_ms;
  /**
   * Longest pause after failures in ms; default 60 000.
   */
  uint32_t backoff_cap_ms;
  /**
   * How long the broker may take to answer anything in ms, at least 1; default 10 000.
   */
  uint32_t broker_timeout_ms;
  /**
   * Correction of the sensor's gain in ppm, −1 000 000 to 1 000 000; default 0.
   */
  int32_t gain_ppm;
  /**
   * Correction of the sensor's offset in m°C; default 0.
   */
  int32_t offset_mc;
  /**
   * Largest believable change between readings in m°C, 0 believes all; default 20 000.
   */
  int32_t step_max_mc;
  /**
   * MQTT client identifier, 1 to 48 bytes if `reports`; default null.
   */
  const char *client_id;
  /**
   * Topic of the readings, 1 to 80 bytes without wildcards if `reports`; default null.
   */
  const char *topic;
  /**
   * User name, at most 96 bytes, empty for none; default null.
   */
  const char *username;
  /**
   * Password, at most 160 bytes, empty for none; default null.
   */
  const char *password;
  /**
   * Longest silence towards the broker in s, 0 for none; default 60.
   */
  uint16_t keep_alive_s;
  /**
   * Conversions per reading, 1 to 16; default 1.
   */
  uint8_t oversample;
  /**
   * A `node_core_filter_t`; default the mean.
   */
  uint8_t filter;
  /**
   * A `node_core_conversion_t`; default the data sheet's.
   */
  uint8_t conversion;
  /**
   * A `node_core_scale_t`; default NodeMCU.
   */
  uint8_t scale;
  /**
   * Readings kept until they are acknowledged, 1 to 32; default 32.
   */
  uint8_t queue_capacity;
  /**
   * A `node_core_drop_policy_t`; default the oldest goes.
   */
  uint8_t drop_policy;
  /**
   * A `node_core_wifi_policy_t`; default stay.
   */
  uint8_t wifi_policy;
  /**
   * Flag: report to a broker; else readings go to the console only. Default 0.
   */
  uint8_t reports;
  /**
   * A `node_core_payload_format_t`; default plain.
   */
  uint8_t payload_format;
  /**
   * Quality of service, 0 or 1 (MQTT 3.1.1 §4.3); default 1.
   */
  uint8_t qos;
  /**
   * Flag: ask the broker to forget earlier sessions; default 0.
   */
  uint8_t clean_session;
  /**
   * Flag: subscribe to commands; default 0.
   */
  uint8_t commands;
  /**
   * Flag: keep `online`/`offline` in `<topic>/status`; default 0.
   */
  uint8_t status;
  /**
   * Belongs to the library.
   */
  uint8_t reserved;
} node_core_config_t;

/**
 * The memory of one node. C provides it, zeroed, wherever it likes (`static node_core_t node;`
 * places it in `.bss`), and never looks inside. It may be moved with `memcpy` between calls.
 */
typedef struct node_core_t {
  /**
   * Belongs to the library.
   */
  uint64_t opaque[NODE_CORE_WORDS];
} node_core_t;

/**
 * One thing that `node_core_poll` returned. Fields that do not belong to its kind are zero.
 */
typedef struct node_core_effect_t {
  /**
   * An instant or a span in µs.
   */
  uint64_t time_us;
  /**
   * What to write; lies in the node, or in constant memory, and stays valid until the next
   * call with the same node. Null if there is nothing to write.
   */
  const uint8_t *bytes;
  /**
   * How many bytes to write.
   */
  uint32_t length;
  /**
   * Number of a reading since boot, from 0.
   */
  uint32_t sequence;
  /**
   * A temperature in m°C.
   */
  int32_t value_mc;
  /**
   * MQTT packet identifier.
   */
  uint16_t packet_id;
  /**
   * How many attempts in a row have failed.
   */
  uint16_t attempt;
  /**
   * The converter's code that was judged.
   */
  uint16_t code;
  /**
   * A `node_core_effect_kind_t`.
   */
  uint8_t kind;
  /**
   * A `node_core_command_t` or a `node_core_event_t`, as `kind` says.
   */
  uint8_t what;
  /**
   * The reason; the event says of which type.
   */
  uint8_t why;
  /**
   * 1 if the same packet was sent before on this session.
   */
  uint8_t duplicate;
  /**
   * 1 if the broker kept the state of an earlier session.
   */
  uint8_t session_present;
  /**
   * Belongs to the library.
   */
  uint8_t reserved;
} node_core_effect_t;

/**
 * Where a node stands.
 */
typedef struct node_core_state_t {
  /**
   * A `node_core_connection_t`.
   */
  uint8_t connection;
  /**
   * 1 while conversions are under way.
   */
  uint8_t sampling;
  /**
   * Readings that wait to be acknowledged, 0 to 32.
   */
  uint8_t queue_length;
  /**
   * Belongs to the library.
   */
  uint8_t reserved;
} node_core_state_t;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Writes the defaults to `*config`, all of it.
 *
 * Returns `NODE_CORE_OK`, `NODE_CORE_ERROR_NULL` or `NODE_CORE_ERROR_MISALIGNED`.
 *
 * Conditions that no library can check:
 *
 * A non-null `config` points to a `node_core_config_t` that nobody else uses during the call.
 */
node_core_result_t node_core_config_default(struct node_core_config_t *config);

/**
 * Tells that the deadline of `node_core_poll_timeout` has passed. `*now_us` is the time since
 * boot in µs, here and everywhere; it never runs back.
 *
 * A timeout told early does no harm; one told late makes the node late.
 *
 * Returns `NODE_CORE_OK`, and then `node_core_poll` is to be called until it returns
 * `NODE_CORE_NONE`; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
 * `NODE_CORE_ERROR_NOT_INITIALISED`, `NODE_CORE_ERROR_NOT_DRAINED`.
 *
 * Conditions that no library can check:
 *
 * Non-null pointers point to what their types say, which nobody else writes during the call.
 */
node_core_result_t node_core_handle_timeout(struct node_core_t *node, const uint64_t *now_us);

/**
 * Tells that the station is associated and has an address.
 *
 * Returns as `node_core_handle_timeout`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_link_up(struct node_core_t *node, const uint64_t *now_us);

/**
 * Tells that the association was lost, or that a join failed; `why` is a
 * `node_core_link_loss_t`.
 *
 * Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_link_down(struct node_core_t *node,
                                              const uint64_t *now_us,
                                              uint32_t why);

/**
 * Tells what the converter measured: `code` as the SDK returns it, 0 to 65 535.
 *
 * Codes that no sensor can cause (the 65 535 of `system_adc_read` in the wrong mode) are to be
 * told too: the node judges them.
 *
 * Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_sampled(struct node_core_t *node,
                                            const uint64_t *now_us,
                                            uint32_t code);

/**
 * Tells that the byte stream to the broker is open.
 *
 * Returns as `node_core_handle_timeout`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_stream_opened(struct node_core_t *node, const uint64_t *now_us);

/**
 * Tells that the byte stream closed, or could not be opened; `why` is a
 * `node_core_close_reason_t`.
 *
 * Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_VALUE`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_stream_closed(struct node_core_t *node,
                                                  const uint64_t *now_us,
                                                  uint32_t why);

/**
 * Tells that bytes arrived from the broker, decrypted, in any portions.
 *
 * Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_LENGTH`; `bytes` may be null if
 * `length` is 0.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`; `bytes` points to `length` bytes outside the node.
 */
node_core_result_t node_core_handle_stream_read(struct node_core_t *node,
                                                const uint64_t *now_us,
                                                const uint8_t *bytes,
                                                uint32_t length);

/**
 * Tells that bytes arrived at the serial port, in any portions.
 *
 * Returns as `node_core_handle_timeout`, and `NODE_CORE_ERROR_LENGTH`; `bytes` may be null if
 * `length` is 0.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`; `bytes` points to `length` bytes outside the node.
 */
node_core_result_t node_core_handle_serial_read(struct node_core_t *node,
                                                const uint64_t *now_us,
                                                const uint8_t *bytes,
                                                uint32_t length);

/**
 * Tells civil time, in ms since 1970-01-01T00:00:00Z, for example from SNTP.
 *
 * Returns as `node_core_handle_timeout`.
 *
 * Conditions that no library can check:
 *
 * As for `node_core_handle_timeout`.
 */
node_core_result_t node_core_handle_time_known(struct node_core_t *node,
                                               const uint64_t *now_us,
                                               const uint64_t *unix_ms);

/**
 * Sets up a node that boots at `*now_us`; it takes its first reading at once. Any node that was
 * there is replaced.
 *
 * `*seed` spreads the pauses after failures: take it from the chip's hardware generator. Equal
 * seeds and inputs give equal effects, on every machine.
 *
 * Returns `NODE_CORE_OK`, and then `node_core_poll` is to be called until it returns
 * `NODE_CORE_NONE`; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
 * `NODE_CORE_ERROR_ABI`, `NODE_CORE_ERROR_VALUE`, `NODE_CORE_ERROR_TEXT_TOO_LONG`,
 * `NODE_CORE_ERROR_TEXT_NOT_UTF8`, or the rule of the configuration that is broken.
 *
 * Conditions that no library can check:
 *
 * Non-null pointers point to what their types say, which nobody else writes during the call;
 * each text of the configuration ends in a NUL.
 */
node_core_result_t node_core_init(struct node_core_t *node,
                                  const struct node_core_config_t *config,
                                  const uint64_t *seed,
                                  const uint64_t *now_us);

/**
 * Takes the next effect out of a node and writes it to `*effect`.
 *
 * The drain rule: after `node_core_init` and after each `node_core_handle_…`, call this until it
 * returns `NODE_CORE_NONE`, doing what each effect says. Input between two effects is refused
 * with `NODE_CORE_ERROR_NOT_DRAINED`; remember what happened, and tell it afterwards.
 *
 * Returns `NODE_CORE_OK`; `NODE_CORE_NONE`, and `*effect` is zero; or `NODE_CORE_ERROR_NULL`,
 * `NODE_CORE_ERROR_MISALIGNED`, `NODE_CORE_ERROR_NOT_INITIALISED`.
 *
 * Conditions that no library can check:
 *
 * Non-null pointers point to what their types say, which nobody else uses during the call.
 */
node_core_result_t node_core_poll(struct node_core_t *node, struct node_core_effect_t *effect);

/**
 * Writes to `*deadline_us` when `node_core_handle_timeout` is due, in µs since boot. Ask again
 * after each input.
 *
 * Returns `NODE_CORE_OK`; `NODE_CORE_NONE` if nothing is due, ever, and `*deadline_us` is the
 * largest number; or `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED`,
 * `NODE_CORE_ERROR_NOT_INITIALISED`.
 *
 * Conditions that no library can check:
 *
 * Non-null pointers point to what their types say, which nobody else writes during the call.
 */
node_core_result_t node_core_poll_timeout(const struct node_core_t *node, uint64_t *deadline_us);

/**
 * Writes where the node stands to `*state`.
 *
 * Returns `NODE_CORE_OK`, `NODE_CORE_ERROR_NULL`, `NODE_CORE_ERROR_MISALIGNED` or
 * `NODE_CORE_ERROR_NOT_INITIALISED`.
 *
 * Conditions that no library can check:
 *
 * Non-null pointers point to what their types say, which nobody else writes during the call.
 */
node_core_result_t node_core_state(const struct node_core_t *node, struct node_core_state_t *state);

/**
 * Returns how many readings wait to be acknowledged, 0 to 32; 0 where there is no node.
 *
 * Conditions that no library can check:
 *
 * A non-null `node` points to a `node_core_t` that nobody else writes during the call.
 */
uint32_t node_core_queue_length(const struct node_core_t *node);

/**
 * Returns the size of the library's `node_core_t` in bytes: compare it with `sizeof(node_core_t)`
 * where header and library may come from different versions.
 */
uint32_t node_core_size(void);

/**
 * Returns the alignment of `node_core_t` in bytes.
 */
uint32_t node_core_align(void);

/**
 * Returns the library's own `NODE_CORE_ABI`.
 */
uint32_t node_core_abi(void);

/**
 * Returns the library's version, for people: static, never null, ends in a NUL.
 */
const char *node_core_version(void);

/**
 * Returns the number of the link loss that a `REASON_*` of the ESP8266 SDK stands for
 * (`user_interface.h`; `event_info.disconnected.reason` of `wifi_event_handler`). Reasons that
 * have no variant of their own are `NODE_CORE_LINK_LOSS_DEAUTHENTICATED`.
 */
uint32_t node_core_link_loss_of_sdk_reason(uint32_t reason);

/**
 * Returns an outcome in words: static, never null, ends in a NUL. Numbers that are no outcome
 * have a text too.
 */
const char *node_core_result_text(uint32_t result);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

/* Both compilers must see the same layouts: a negative size stops the build where they do not. */
typedef char node_core_size_of_config[sizeof(node_core_config_t) ==
                                      (sizeof(void *) == 8 ? 88 : 72) ? 1 : -1];
typedef char node_core_size_of_effect[sizeof(node_core_effect_t) == 40 ? 1 : -1];
typedef char node_core_size_of_node[sizeof(node_core_t) == 8 * NODE_CORE_WORDS ? 1 : -1];
typedef char node_core_size_of_state[sizeof(node_core_state_t) == 4 ? 1 : -1];

#endif  /* NODE_CORE_H */
