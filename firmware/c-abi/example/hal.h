/*
 * What the example needs of a machine. One file per machine implements it:
 *
 *     hal_lx106.c    the ESP8266's core in QEMU, machine `sim`; the world is scripted
 *     hal_host.c     the machine you develop on; the world is scripted as well
 *     hal_esp8266.h  which calls of the ESP8266's SDKs belong in each function
 */
#ifndef HAL_H
#define HAL_H

#include <stddef.h>
#include <stdint.h>

/* Writes to the serial port. */
void hal_serial_write(const uint8_t *bytes, size_t length);

/* Prints how much stack was used since the last report, where the machine can tell. */
void hal_stack_report(const char *what);

/* Ends the program; 0 is success. */
void hal_exit(int code);

/* The example, as Arduino and the SDKs call it: once, then for ever. */
void setup(void);
void loop(void);

#endif
