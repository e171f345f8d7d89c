/*
 * Printing without a C library.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

/* Prints a text that ends in a NUL. */
void text_print(const char *text);

/* Prints a number in decimal. */
void text_print_number(uint32_t number);

#endif
