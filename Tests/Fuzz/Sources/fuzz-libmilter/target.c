/* An MTA sends any bytes over a real socket to a C filter on the drop-in library, which calls the
 * library with any arguments.
 *
 * The library closes a connection after its last callback has returned, so the library is idle at the
 * start of each input. */
#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "filter.h"
#include "libmilter/mfapi.h"

static struct sockaddr_un address;
static socklen_t address_size = sizeof address;

static void fail(const char *what)
{
  perror(what);
  abort();
}

static void *serve(void *unused)
{
  (void)unused;
  if (smfi_main() != MI_SUCCESS) fail("smfi_main");
  return NULL;
}

/* Makes the library serve a socket with an address that the system chooses. */
static void start(void)
{
  static const uint8_t plain[1];
  static struct input input;
  char spec[32];
  pthread_t thread;
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un any = {.sun_family = AF_UNIX};
  if (listener < 0 || bind(listener, (struct sockaddr *)&any, sizeof any.sun_family) ||
      listen(listener, 16) ||
      getsockname(listener, (struct sockaddr *)&address, &address_size)) {
    fail("socket");
  }
  snprintf(spec, sizeof spec, "fd:%d", listener);
  smfi_setconn(spec);
  input = input_divide(plain, 0);
  filter_prepare(&input);
  /* The library still formats and writes the output of smfi_setdbg(1), which nobody reads. */
  if (!freopen("/dev/null", "w", stdout)) fail("/dev/null");
  if (smfi_opensocket(0) != MI_SUCCESS) fail("smfi_opensocket");
  if (pthread_create(&thread, NULL, serve, NULL)) fail("pthread_create");
}

/* Reads the bytes that have arrived. Returns 0 if the filter has closed the connection. */
static int take(int connection)
{
  static char replies[1 << 16];
  ssize_t got = read(connection, replies, sizeof replies);
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

/* Sends the MTA's bytes and reads the replies, until the filter closes. */
static void converse(int connection, const uint8_t *bytes, size_t size)
{
  int is_open = 1;
  if (size == 0) shutdown(connection, SHUT_WR);
  while (is_open) {
    struct pollfd poll_one = {connection, POLLIN | (size > 0 ? POLLOUT : 0), 0};
    if (poll(&poll_one, 1, -1) < 0 && errno != EINTR) fail("poll");
    if (size > 0 && poll_one.revents & POLLOUT) {
      ssize_t sent = send(connection, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) sent = (ssize_t)size; /* the filter has closed */
      if (sent > 0) {
        bytes += sent;
        size -= (size_t)sent;
      }
      if (size == 0) shutdown(connection, SHUT_WR);
    }
    if (poll_one.revents & (POLLIN | POLLHUP | POLLERR)) is_open = take(connection);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static int is_started;
  if (!is_started) start();
  is_started = 1;
  struct input input = input_divide(data, size);
  filter_prepare(&input);
  int connection = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, address_size)) {
    fail("connect");
  }
  converse(connection, input.rest, input.rest_size);
  close(connection);
  return 0;
}
