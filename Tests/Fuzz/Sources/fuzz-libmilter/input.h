/* An input of libFuzzer, divided as FuzzInput divides it: a number, so many bytes to decide with,
 * and the rest, which is what the MTA sends. */
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

/* The next decision; 0, the plain choice, when they are used up. */
unsigned input_byte(struct input *input);

/* A number of 32 bits. */
uint32_t input_number(struct input *input);

/* A string, or NULL where a decision says so. It is to be freed, and no byte larger than it has to
 * be, so that the address sanitizer sees what is read behind it. */
char *input_text(struct input *input);

#endif
