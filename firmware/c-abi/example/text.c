/*
 * Printing without a C library.
 */
#include "text.h"

#include "hal.h"

void text_print(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length += 1;
    }
    hal_serial_write((const uint8_t *)text, length);
}

void text_print_number(uint32_t number)
{
    uint8_t digits[10];
    size_t start = sizeof digits;

    do {
        start -= 1;
        digits[start] = (uint8_t)('0' + number % 10u);
        number /= 10u;
    } while (number != 0u);
    hal_serial_write(digits + start, sizeof digits - start);
}
