/* The library's functions with arguments from the input. */
#ifndef FUZZ_ACTIONS_H
#define FUZZ_ACTIONS_H

#include "input.h"
#include "libmilter/mfapi.h"

/* Calls a function that acts on a connection, at a valid time or not. */
void act(struct input *input, SMFICTX *ctx);

/* Resets the lasting settings, and calls the functions that act on the whole library. */
void settings(struct input *input);

#endif
