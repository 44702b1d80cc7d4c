/* The library's functions with arguments from the input. */
#ifndef FUZZ_ACTIONS_H
#define FUZZ_ACTIONS_H

#include "input.h"
#include "libmilter/mfapi.h"

/* Calls one of the functions about a connection, at the right time or not. */
void act(struct input *input, SMFICTX *ctx);

/* Calls the functions about the library as a whole; those that last are set back before. */
void settings(struct input *input);

#endif
