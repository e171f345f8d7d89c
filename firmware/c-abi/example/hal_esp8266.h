/*
 * What goes where on a real ESP8266. Documentation in the form of C: nothing includes it, and it
 * was not run on a chip.
 *
 * Time. system_get_time() counts microseconds in 32 bits and wraps after 71.6 minutes. Extended,
 * for one task; call it more often than it wraps:
 *
 *     uint64_t world_now_us(void)
 *     {
 *         static uint32_t low;
 *         static uint32_t high;
 *         uint32_t now = system_get_time();
 *
 *         high += now < low ? 1u : 0u;
 *         low = now;
 *         return ((uint64_t)high << 32) | low;
 *     }
 *
 * Arduino has micros64(), the RTOS SDK esp_timer_get_time(): both are 64 bits wide.
 *
 * Callbacks. The SDK calls back from its own task (espconn, wifi_set_event_handler_cb, timers).
 * Never call node_core_... there: put what happened into a queue, and tell it from the task that
 * owns the node, one event at a time, draining after each.
 *
 *     wifi event                                      tell the node
 *     EVENT_STAMODE_GOT_IP                            node_core_handle_link_up
 *     EVENT_STAMODE_DISCONNECTED, reason              node_core_handle_link_down, with
 *                                                     node_core_link_loss_of_sdk_reason(reason)
 *     TLS handshake finished                          node_core_handle_stream_opened
 *     certificate or pin refused                      node_core_handle_stream_closed,
 *                                                     NODE_CORE_CLOSE_REASON_UNTRUSTED
 *     data received, decrypted                        node_core_handle_stream_read
 *     connection closed, reset or timed out           node_core_handle_stream_closed
 *     SNTP answered                                   node_core_handle_time_known
 *     UART received                                   node_core_handle_serial_read
 *
 *     the node asks for                               call
 *     NODE_CORE_COMMAND_SAMPLE                        system_adc_read(): at most about once in
 *                                                     10 ms while Wi-Fi is on; tell its value with
 *                                                     node_core_handle_sampled after draining
 *     NODE_CORE_COMMAND_JOIN_WIFI                     wifi_station_connect(), WiFi.begin()
 *     NODE_CORE_COMMAND_LEAVE_WIFI                    wifi_station_disconnect()
 *     NODE_CORE_COMMAND_OPEN_STREAM                   espconn_connect or tcp_connect, then TLS:
 *                                                     br_ssl_client_reset (BearSSL),
 *                                                     esp_tls_conn_new (mbedTLS)
 *     NODE_CORE_COMMAND_CLOSE_STREAM                  client.stop(), esp_tls_conn_delete
 *     NODE_CORE_COMMAND_SLEEP                         nothing, or light sleep until
 *                                                     node_core_poll_timeout
 */
