/* An input of libFuzzer, divided as FuzzInput divides it: a number N, N bytes for decisions, and the
 * rest, which the MTA sends. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
  const uint8_t *decisions, *decisions_end;
  const uint8_t *rest;
  size_t rest_size;
};

struct input input_divide(const uint8_t *data, size_t size);

/* Returns the next decision, or 0, the plain choice, if no decision is left. */
unsigned input_byte(struct input *input);

/* Returns a 32-bit number from the next decisions. */
uint32_t input_number(struct input *input);

/* Returns a string or NULL, as a decision selects. The caller frees it. Its memory has the exact size,
 * so that the address sanitizer detects reads after its end. */
char *input_text(struct input *input);

#endif
