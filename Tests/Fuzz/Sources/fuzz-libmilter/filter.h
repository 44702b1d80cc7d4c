/* A filter that calls the library as the input specifies. */
#ifndef FUZZ_FILTER_H
#define FUZZ_FILTER_H

#include "input.h"

/* Registers the filter, with the callbacks, flags and settings that the input specifies; it works on the
 * input until the connection that comes next has ended. */
void filter_prepare(struct input *input);

#endif
