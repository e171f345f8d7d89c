/*
 * The ESP8266's core in QEMU, machine `sim`, which answers the instruction `simcall`.
 *
 * The core starts in firmware/bare/start/lx106.S and lies in memory as
 * firmware/bare/link/esp8266.ld says, which is the chip's own map.
 */
#include "hal.h"

#include "text.h"

/* The host's file number of standard output. */
#define OUTPUT 1
/* What unused stack is filled with. */
#define PAINT 0x5AA55AA5u
/* Bytes of the stack that are in use when it is painted, with room to spare. */
#define IN_USE 256u

/* In lx106.S. */
int host_write(uint32_t file, const uint8_t *from, uint32_t length);
void host_exit(uint32_t code) __attribute__((noreturn));

/* In esp8266.ld. */
extern uint32_t _stack_bottom[];
extern uint32_t _stack_top[];

/* Called by lx106.S when memory is set up. */
void entered(void);

void hal_serial_write(const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        int written = host_write(OUTPUT, bytes, (uint32_t)length);

        if (written <= 0) {
            host_exit(72);
        }
        bytes += written;
        length -= (size_t)written;
    }
}

/* Bytes of the stack that were ever used. */
static uint32_t stack_used(void)
{
    const volatile uint32_t *word = _stack_bottom;

    while (word < _stack_top && *word == PAINT) {
        word += 1;
    }
    return (uint32_t)((const char *)_stack_top - (const char *)word);
}

/* Fills the stack below the caller. */
static void paint(void)
{
    volatile uint32_t *word = _stack_bottom;
    uint32_t here;

    while ((char *)word + IN_USE < (char *)&here) {
        *word = PAINT;
        word += 1;
    }
}

void hal_stack_report(const char *what)
{
    text_print("stack of ");
    text_print(what);
    text_print(": ");
    text_print_number(stack_used());
    text_print(" B\r\n");
    paint();
}

void hal_exit(int code)
{
    host_exit((uint32_t)code);
}

void entered(void)
{
    paint();
    setup();
    for (;;) {
        loop();
    }
}
