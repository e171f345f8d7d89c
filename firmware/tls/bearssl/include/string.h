/* What BearSSL asks of a C library; compiler_builtins has it. */
#ifndef STRING_H
#define STRING_H

#include <stddef.h>

int memcmp(const void *left, const void *right, size_t length);
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
size_t strlen(const char *text);

#endif
