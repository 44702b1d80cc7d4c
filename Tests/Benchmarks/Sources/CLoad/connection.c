#define _GNU_SOURCE
#include "connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const struct load_script *script(const struct load *l, const struct connection *c)
{
  const struct load_group *plan = &l->groups[c->group].plan;
  return c->phase == HELLO ? &plan->hello : c->phase == GOODBYE ? &plan->goodbye : &plan->message;
}

const char *connection_place(const struct load *l, const struct connection *c, char *text,
                             size_t size)
{
  static const char *const phases[] = { "closed", "waiting for room in the backlog", "connecting",
                                        "hello", "ready", "message", "goodbye" };
  const struct group *group = &l->groups[c->group];
  const struct load_script *s = script(l, c);
  int command = '?';
  if (c->burst < s->count && s->bursts[c->burst].out_size > 4) {
    /* The peer replies to the last frame of the burst. */
    const struct load_burst *b = &s->bursts[c->burst];
    size_t at = 0;
    while (at + 5 <= b->out_size) {
      const uint8_t *frame = s->bytes + b->out + at;
      command = frame[4];
      at += 4 + ((size_t)frame[0] << 24 | (size_t)frame[1] << 16 | (size_t)frame[2] << 8 | frame[3]);
    }
  }
  snprintf(text, size, "connection %zu of group %u, %s, burst %zu of %zu (command %c)",
           (size_t)(c - group->connections) + 1, c->group + 1, phases[c->phase], c->burst + 1,
           s->count, command);
  return text;
}

/* Records an error. Always returns false, so that the caller can return it. */
static bool fail(struct load *l, const struct connection *c, const char *what)
{
  char place[200];
  snprintf(l->error, sizeof l->error, "%s: %s", connection_place(l, c, place, sizeof place), what);
  return false;
}

static void print_bytes(char *text, size_t size, const uint8_t *bytes, size_t count)
{
  size_t at = 0;
  text[0] = 0;
  for (size_t i = 0; i < count && i < 48 && at + 6 < size; i++)
    at += (size_t)snprintf(text + at, size - at,
                           bytes[i] >= 32 && bytes[i] < 127 ? "%c" : "\\x%02x", bytes[i]);
  if (count > 48)
    snprintf(text + at, size - at, " (%zu bytes)", count);
}

static bool wrong_reply(struct load *l, const struct connection *c, const uint8_t *expected,
                        size_t expected_size, size_t got_size)
{
  char want[260], got[260], what[640];
  print_bytes(want, sizeof want, expected, expected_size);
  print_bytes(got, sizeof got, l->buffer, got_size);
  snprintf(what, sizeof what, "wrong reply: expected [%s], got [%s]", want, got);
  return fail(l, c, what);
}

void connection_break(struct connection *c)
{
  struct linger none = { .l_onoff = 1, .l_linger = 0 };
  if (c->descriptor < 0)
    return;
  setsockopt(c->descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close(c->descriptor);
  c->descriptor = -1;
  c->phase = CLOSED;
}

static bool has_more(const struct load *l, const struct connection *c)
{
  size_t messages = l->groups[c->group].plan.messages;
  return l->running && (messages ? c->done < messages : now() < l->end);
}

static void begin_script(struct connection *c, enum phase phase)
{
  c->phase = phase;
  c->burst = c->sent = c->got = 0;
}

static void rest(struct load *l, struct connection *c, enum phase phase)
{
  begin_script(c, phase);
  l->busy--;
}

static bool note_latency(struct load *l, struct connection *c)
{
  struct group *g = &l->groups[c->group];
  uint64_t end = now();
  if (g->count == g->room) {
    size_t room = g->room ? g->room * 2 : 4096;
    uint64_t *more = realloc(g->latencies, room * sizeof *more);
    if (!more)
      return fail(l, c, "out of memory");
    g->latencies = more;
    g->room = room;
  }
  g->latencies[g->count++] = end - c->start;
  g->last = end - l->start;
  c->done++;
  return true;
}

/* Begins the next phase after the current phase's script. */
static bool finish_script(struct load *l, struct connection *c)
{
  const struct load_group *plan = &l->groups[c->group].plan;
  switch (c->phase) {
  case HELLO:
    if (plan->reconnects) {
      begin_script(c, MESSAGE); /* the latency includes connect() */
      return true;
    }
    rest(l, c, READY);
    return true;
  case MESSAGE:
    if (!note_latency(l, c))
      return false;
    if (plan->reconnects) {
      begin_script(c, GOODBYE);
    } else if (has_more(l, c)) {
      begin_script(c, MESSAGE);
      c->start = now();
    } else {
      rest(l, c, READY);
    }
    return true;
  default:
    return true;
  }
}

/* Sends the script until the connection has to wait for the peer. */
static bool advance(struct load *l, struct connection *c)
{
  while (c->phase == HELLO || c->phase == MESSAGE || c->phase == GOODBYE) {
    const struct load_script *s = script(l, c);
    if (c->burst == s->count) {
      if (c->phase == GOODBYE)
        return true;
      if (!finish_script(l, c))
        return false;
      continue;
    }
    const struct load_burst *b = &s->bursts[c->burst];
    if (c->sent < b->out_size) {
      ssize_t n = send(c->descriptor, s->bytes + b->out + c->sent, b->out_size - c->sent,
                       MSG_NOSIGNAL);
      if (n < 0 && errno == EAGAIN)
        return true;
      if (n < 0)
        return fail(l, c, strerror(errno));
      c->sent += (size_t)n;
    } else if (c->got < b->expect_size) {
      return true;
    } else {
      if (c->phase == MESSAGE && !l->is_over)
        l->groups[c->group].bursts_in_time++;
      c->burst++;
      c->sent = c->got = 0;
    }
  }
  return true;
}

bool connection_begin(struct load *l, struct connection *c)
{
  c->start = now();
  begin_script(c, MESSAGE);
  return advance(l, c);
}

bool connection_open(struct load *l, struct connection *c)
{
  if (c->phase == WAITING)
    l->waiting--;
  else
    c->start = now();
  int family = l->address.any.sa_family;
  c->descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->descriptor < 0)
    return fail(l, c, strerror(errno));
  int one = 1;
  if (family == AF_INET)
    setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  begin_script(c, CONNECTING);
  bool done = connect(c->descriptor, &l->address.any, l->address_size) == 0;
  if (!done && errno == EAGAIN) {
    close(c->descriptor);
    c->descriptor = -1;
    c->phase = WAITING;
    l->waiting++;
    return true;
  }
  if (!done && errno != EINPROGRESS)
    return fail(l, c, strerror(errno));
  /* Edge-triggered, for both directions: no further epoll_ctl() for this connection. */
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c };
  if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->descriptor, &event) != 0)
    return fail(l, c, strerror(errno));
  if (!done)
    return true;
  begin_script(c, HELLO);
  return advance(l, c);
}

static bool handle_end(struct load *l, struct connection *c)
{
  if (c->phase != GOODBYE)
    return fail(l, c, "the filter closed the connection");
  connection_break(c);
  if (has_more(l, c))
    return connection_open(l, c);
  rest(l, c, CLOSED);
  return true;
}

static bool receive(struct load *l, struct connection *c)
{
  for (;;) {
    ssize_t n = recv(c->descriptor, l->buffer, sizeof l->buffer, 0);
    if (n < 0 && errno == EAGAIN)
      return true;
    if (n == 0 || (n < 0 && errno == ECONNRESET))
      return handle_end(l, c);
    if (n < 0)
      return fail(l, c, strerror(errno));
    const struct load_script *s = script(l, c);
    const struct load_burst *b = &s->bursts[c->burst];
    bool is_expected = (c->phase == HELLO || c->phase == MESSAGE) && c->burst < s->count;
    size_t left = is_expected ? b->expect_size - c->got : 0;
    const uint8_t *expected = is_expected ? s->bytes + b->expect + c->got : NULL;
    if ((size_t)n > left || memcmp(l->buffer, expected, (size_t)n) != 0)
      return wrong_reply(l, c, expected, left, (size_t)n);
    c->got += (size_t)n;
    if (!advance(l, c))
      return false;
    /* After a short read, the socket is empty, and epoll reports bytes that arrive later. */
    if ((size_t)n < sizeof l->buffer)
      return true;
  }
}

bool connection_handle(struct load *l, struct connection *c, uint32_t events)
{
  if (c->phase == CONNECTING) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(c->descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
      return fail(l, c, strerror(error ? error : errno));
    if (!(events & EPOLLOUT))
      return true;
    begin_script(c, HELLO);
    return advance(l, c);
  }
  if (events & EPOLLOUT && !advance(l, c))
    return false;
  return events & (EPOLLIN | EPOLLHUP | EPOLLERR) ? receive(l, c) : true;
}
