/* The floor: the cost of a filter that does only what is unavoidable.
 *
 * It has a thread for each connection, and makes one read() for each burst and one write() for all
 * replies to it. It knows just enough of the protocol to do the same as bench-filter, does not check
 * the order of commands, and ignores macros. A correct milter library cannot be as fast.
 *
 *   floor MODE unix:PATH | floor MODE inet:PORT@127.0.0.1 */
#include "host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char added_header[] = "X-Bench\0checked";

enum { FULL, RCPT, NOREPLY, BLOCK };
static int mode;

struct replies {
  uint8_t bytes[4096];
  size_t count;
};

static void put(struct replies *r, char code, const void *payload, size_t size)
{
  uint8_t *to = r->bytes + r->count;
  uint32_t length = htonl((uint32_t)size + 1);
  memcpy(to, &length, 4);
  to[4] = (uint8_t)code;
  if (size)
    memcpy(to + 5, payload, size);
  r->count += 5 + size;
}

static void negotiate(struct replies *r)
{
  /* Version 6, adding header fields, and, by mode, only RCPT or no reply to header fields. */
  uint32_t steps = mode == RCPT ? 0x377 : mode == NOREPLY ? 0x80 : 0;
  uint32_t options[3] = { htonl(6), htonl(1), htonl(steps) };
  put(r, 'O', options, sizeof options);
}

/* Returns whether the connection goes on. */
static bool handle(struct replies *r, char code, const uint8_t *payload, size_t size)
{
  switch (code) {
  case 'O':
    negotiate(r);
    return true;
  case 'D':
  case 'A':
    return true;
  case 'Q':
    return false;
  case 'L':
    if (mode == BLOCK && size > 8 && memcmp(payload, "X-Block", 8) == 0)
      usleep(500000);
    if (mode != NOREPLY)
      put(r, 'c', NULL, 0);
    return true;
  case 'E':
    if (mode == RCPT) {
      put(r, 'c', NULL, 0);
    } else {
      put(r, 'h', added_header, sizeof added_header);
      put(r, 'a', NULL, 0);
    }
    return true;
  default:
    put(r, 'c', NULL, 0);
    return true;
  }
}

static void *serve(void *argument)
{
  int s = (int)(intptr_t)argument;
  size_t room = 128 * 1024, count = 0;
  uint8_t *buffer = malloc(room);
  struct replies replies;
  bool goes_on = buffer != NULL;
  while (goes_on) {
    ssize_t n = read(s, buffer + count, room - count);
    if (n <= 0)
      break;
    count += (size_t)n;
    replies.count = 0;
    size_t at = 0;
    while (goes_on && count - at >= 5) {
      uint32_t length;
      memcpy(&length, buffer + at, 4);
      length = ntohl(length);
      if (length < 1 || length > 65536) {
        goes_on = false;
        break;
      }
      if (count - at < 4 + length)
        break;
      /* The load generator never has that many replies outstanding. */
      if (replies.count > sizeof replies.bytes - 64)
        abort();
      goes_on = handle(&replies, (char)buffer[at + 4], buffer + at + 5, length - 1);
      at += 4 + length;
    }
    if (at) {
      memmove(buffer, buffer + at, count - at);
      count -= at;
    }
    if (replies.count && write(s, replies.bytes, replies.count) != (ssize_t)replies.count)
      break;
  }
  free(buffer);
  close(s);
  return NULL;
}

static int fail(const char *what)
{
  perror(what);
  return 1;
}

static int open_listener(const char *spec)
{
  struct sockaddr_un local = { .sun_family = AF_UNIX };
  struct sockaddr_in inet = { .sin_family = AF_INET };
  bool is_local = strncmp(spec, "unix:", 5) == 0;
  int s = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
  int one = 1;
  if (s < 0)
    return -1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  snprintf(local.sun_path, sizeof local.sun_path, "%s", spec + 5);
  inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  inet.sin_port = htons((uint16_t)atoi(spec + 5));
  const struct sockaddr *address = is_local ? (void *)&local : (void *)&inet;
  if (bind(s, address, is_local ? sizeof local : sizeof inet) != 0 || listen(s, 4096) != 0)
    return -1;
  return s;
}

int main(int argc, char **argv)
{
  static const char *const modes[] = { "full", "rcpt", "noreply", "block" };
  host_end_with_parent();
  for (mode = 0; argc == 3 && mode < 4 && strcmp(argv[1], modes[mode]) != 0; mode++)
    ;
  if (argc != 3 || mode == 4 || strlen(argv[2]) < 6) {
    fprintf(stderr, "usage: floor full|rcpt|noreply|block unix:PATH|inet:PORT@127.0.0.1\n");
    return 64;
  }
  int listener = open_listener(argv[2]);
  if (listener < 0)
    return fail(argv[2]);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  for (;;) {
    int s = accept(listener, NULL, NULL);
    int one = 1;
    if (s < 0)
      return fail("accept");
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* fails on Unix sockets, harmlessly */
    pthread_t thread;
    int error = pthread_create(&thread, &attributes, serve, (void *)(intptr_t)s);
    if (error) {
      fprintf(stderr, "pthread_create: %s\n", strerror(error));
      return 1;
    }
  }
}
