/* A filter that calls the library as the input specifies. */
#ifndef FUZZ_FILTER_H
#define FUZZ_FILTER_H

#include "input.h"

/* Registers the filter, with the callbacks, flags, and settings that the input specifies. The filter uses the
 * input until the next connection has ended. */
void filter_prepare(struct input *input);

#endif
