/*
 * The machine that you develop on: a terminal.
 */
#include "hal.h"

#include <stdio.h>
#include <stdlib.h>

void hal_serial_write(const uint8_t *bytes, size_t length)
{
    (void)fwrite(bytes, 1, length, stdout);
}

void hal_stack_report(const char *what)
{
    (void)what;
}

void hal_exit(int code)
{
    exit(code);
}

int main(void)
{
    setup();
    for (;;) {
        loop();
    }
}
