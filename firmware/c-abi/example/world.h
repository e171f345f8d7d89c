/*
 * The world of the example: a sensor, an access point and a broker that follow a script, where a
 * board has hardware. The functions are those that a board's own file would have; comments name
 * the calls of the ESP8266's SDKs.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the hardware has to say. */
typedef enum {
    WORLD_NOTHING,
    WORLD_LINK_UP,
    WORLD_SAMPLED,
    WORLD_STREAM_OPENED,
    WORLD_STREAM_READ
} world_event_t;

/* Microseconds since boot.
 * ESP8266: system_get_time() wraps after 71 minutes; see hal_esp8266.h. Arduino: micros64(). */
uint64_t world_now_us(void);

/* Waits until something happens and takes it, but not beyond `deadline_us`: then, nothing.
 * On a board, callbacks put what happens into a queue. ESP8266: look into it and return from
 * loop(); RTOS SDK: xQueueReceive with a timeout. */
world_event_t world_wait(uint64_t deadline_us);

/* 64 random bits. ESP8266: os_random() twice, or the register at 0x3FF20E44. */
uint64_t world_random(void);

/* Starts a conversion. ESP8266: system_adc_read(); RTOS SDK: adc_read(&code). */
void world_sample(void);

/* Joins the access point. ESP8266: wifi_station_connect(); Arduino: WiFi.begin(...). */
void world_join(void);

/* Leaves it. ESP8266: wifi_station_disconnect(), wifi_fpm_open(); Arduino: WiFi.forceSleepBegin(). */
void world_leave(void);

/* Opens the stream. ESP8266: espconn_connect() or lwIP's tcp_connect(), then TLS over it: BearSSL
 * (Arduino: WiFiClientSecure) or mbedTLS (RTOS SDK: esp_tls_conn_new()). */
void world_open(void);

/* Closes it. Arduino: client.stop(); RTOS SDK: esp_tls_conn_delete(). */
void world_close(void);

/* Sends. Arduino: client.write(); RTOS SDK: esp_tls_conn_write(). Keep what did not fit. */
void world_send(const uint8_t *bytes, size_t length);

/* Writes to the serial port. ESP8266: os_printf, uart_tx_one_char; Arduino: Serial.write(). */
void world_print(const uint8_t *bytes, size_t length);

/* The code of the last conversion. */
uint32_t world_code(void);

/* The bytes that arrived. */
const uint8_t *world_bytes(size_t *length);

/* Whether the script is at its end. */
bool world_is_over(void);

/* Returns 0 if everything that the script expects was seen, and says what was not. */
int world_verdict(void);

#endif
