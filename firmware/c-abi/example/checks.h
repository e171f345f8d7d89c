/*
 * What the example proves about the library, on the machine that it runs on.
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <node_core.h>

/* Notes an event of the node. */
void checks_event(const node_core_effect_t *event);

/* Expects a result. */
void checks_result(const char *what, node_core_result_t found, node_core_result_t expected);

/* Tells a node that is not set up, and library calls of all kinds, what they must refuse. */
void checks_bad_input(node_core_t *node);

/* Expects that a node which was not drained takes no input. */
void checks_undrained(node_core_t *node);

/* Expects the events and the state of a node that has published two readings. */
void checks_end(const node_core_t *node);

/* How many expectations were not met. */
int checks_failures(void);

#endif
