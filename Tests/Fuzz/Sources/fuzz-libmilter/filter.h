/* A filter that does with the library what the input says. */
#ifndef FUZZ_FILTER_H
#define FUZZ_FILTER_H

#include "input.h"

/* Registers the filter, with the callbacks, flags and settings that the input says; it works on the
 * input until the connection that comes next has ended. */
void filter_prepare(struct input *input);

#endif
