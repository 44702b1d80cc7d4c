#include "input.h"

#include <stdlib.h>
#include <string.h>

struct input input_divide(const uint8_t *data, size_t size)
{
  struct input input = {data, data, data, 0};
  if (size == 0) return input;
  size_t count = data[0] < size - 1 ? data[0] : size - 1;
  input.decisions = data + 1;
  input.rest = input.decisions_end = input.decisions + count;
  input.rest_size = size - 1 - count;
  return input;
}

unsigned input_byte(struct input *input)
{
  return input->decisions < input->decisions_end ? *input->decisions++ : 0;
}

uint32_t input_number(struct input *input)
{
  uint32_t number = 0;
  for (int i = 0; i < 4; i++) number = number << 8 | input_byte(input);
  return number;
}

char *input_text(struct input *input)
{
  unsigned head = input_byte(input);
  if (head == 0xFF) return NULL;
  size_t left = (size_t)(input->decisions_end - input->decisions);
  /* At most twice the size of a packet. Longer strings would take seconds, and test nothing else. */
  size_t length = head & 0x3F, times = head & 0xC0 ? (size_t)1 << ((head >> 4) - 4) : 1;
  if (length > left) length = left;
  char *text = malloc(length * times + 1);
  if (text == NULL) abort();
  for (size_t i = 0; i < times; i++) memcpy(text + i * length, input->decisions, length);
  text[length * times] = 0;
  input->decisions += length;
  return text;
}
