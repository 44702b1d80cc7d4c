#define _GNU_SOURCE
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/* The number of connections to open at the same time, which is below every backlog. */
static const size_t opening_at_once = 64;

uint64_t now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool make_groups(struct load *l, const struct load_group *plans, size_t count)
{
  l->groups = calloc(count, sizeof *l->groups);
  if (!l->groups)
    return false;
  l->group_count = count;
  for (size_t i = 0; i < count; i++) {
    struct group *g = &l->groups[i];
    g->plan = plans[i];
    g->connections = calloc(plans[i].connections, sizeof *g->connections);
    if (!g->connections)
      return false;
    for (size_t j = 0; j < plans[i].connections; j++) {
      g->connections[j].descriptor = -1;
      g->connections[j].group = (uint32_t)i;
    }
  }
  return true;
}

struct load *load_make(const char *path, uint16_t port, const struct load_group *groups,
                       size_t count)
{
  struct load *l = calloc(1, sizeof *l);
  if (!l)
    return NULL;
  if (path) {
    l->address.local.sun_family = AF_UNIX;
    snprintf(l->address.local.sun_path, sizeof l->address.local.sun_path, "%s", path);
    l->address_size = sizeof l->address.local;
  } else {
    l->address.inet.sin_family = AF_INET;
    l->address.inet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    l->address.inet.sin_port = htons(port);
    l->address_size = sizeof l->address.inet;
  }
  l->epoll = epoll_create1(EPOLL_CLOEXEC);
  if (l->epoll < 0 || !make_groups(l, groups, count)) {
    load_free(l);
    return NULL;
  }
  return l;
}

void load_free(struct load *l)
{
  for (size_t i = 0; i < l->group_count; i++) {
    struct group *g = &l->groups[i];
    for (size_t j = 0; g->connections && j < g->plan.connections; j++)
      connection_break(&g->connections[j]);
    free(g->connections);
    free(g->latencies);
  }
  free(l->groups);
  if (l->epoll >= 0)
    close(l->epoll);
  free(l);
}

const char *load_error(const struct load *l) { return l->error; }

struct load_result load_result(const struct load *l, size_t group)
{
  const struct group *g = &l->groups[group];
  /* Counts bursts, because connections that take turns complete their messages all at once. */
  size_t bursts = g->plan.message.count;
  double in_time = bursts ? (double)g->bursts_in_time / (double)bursts : 0;
  return (struct load_result){ g->latencies, g->count, in_time, g->last };
}

/* Waits once for events and handles them. */
static bool turn(struct load *l)
{
  struct epoll_event events[256];
  int n = epoll_wait(l->epoll, events, 256, l->waiting || l->unbegun ? 1 : 100);
  if (n < 0 && errno != EINTR) {
    snprintf(l->error, sizeof l->error, "epoll_wait: %s", strerror(errno));
    return false;
  }
  l->is_over = now() > l->end;
  for (int i = 0; i < n; i++)
    if (!connection_handle(l, events[i].data.ptr, events[i].events))
      return false;
  for (size_t i = 0; l->waiting && i < l->group_count; i++)
    for (size_t j = 0; j < l->groups[i].plan.connections; j++) {
      struct connection *c = &l->groups[i].connections[j];
      if (c->phase == WAITING && !connection_open(l, c))
        return false;
    }
  return true;
}

/* Reports the connections that missed the deadline. */
static bool fail_late(struct load *l, double seconds)
{
  char place[200] = "";
  for (size_t i = 0; i < l->group_count && !place[0]; i++)
    for (size_t j = 0; j < l->groups[i].plan.connections && !place[0]; j++) {
      const struct connection *c = &l->groups[i].connections[j];
      if (c->phase != CLOSED && c->phase != READY)
        connection_place(l, c, place, sizeof place);
    }
  snprintf(l->error, sizeof l->error,
           "%zu connections are still waiting for a reply after %.1f s; the first is %s", l->busy,
           seconds, place);
  return false;
}

bool load_open(struct load *l, size_t group, double timeout)
{
  struct group *g = &l->groups[group];
  uint64_t deadline = now() + (uint64_t)(timeout * 1e9);
  if (g->plan.reconnects)
    return true;
  while (g->opened < g->plan.connections || l->busy > 0) {
    while (g->opened < g->plan.connections && l->busy < opening_at_once) {
      l->busy++;
      if (!connection_open(l, &g->connections[g->opened++]))
        return false;
    }
    if (!turn(l))
      return false;
    if (now() > deadline)
      return fail_late(l, timeout);
  }
  return true;
}

static void reset(struct load *l, struct group *g)
{
  g->count = g->bursts_in_time = g->begun = 0;
  g->last = 0;
  if (g->plan.message.count)
    l->unbegun += g->plan.connections;
}

/* Begins messages on the connections whose time has come. */
static bool begin_due(struct load *l, struct group *g)
{
  size_t due = g->plan.message.count ? g->plan.connections : 0;
  double elapsed = (double)(now() - l->start) / 1e9;
  if (elapsed < g->plan.spread)
    due = (size_t)((double)due * elapsed / g->plan.spread);
  for (; g->begun < due; g->begun++) {
    struct connection *c = &g->connections[g->begun];
    l->unbegun--;
    if (c->phase != READY && !(g->plan.reconnects && c->phase == CLOSED))
      continue;
    c->done = 0;
    l->busy++;
    if (!(c->phase == READY ? connection_begin(l, c) : connection_open(l, c)))
      return false;
  }
  return true;
}

bool load_run(struct load *l, double seconds, double patience)
{
  l->start = now();
  l->end = l->start + (uint64_t)(seconds * 1e9);
  l->running = true;
  l->is_over = false;
  uint64_t deadline = l->end + (uint64_t)(patience * 1e9);
  l->unbegun = 0;
  for (size_t i = 0; i < l->group_count; i++)
    reset(l, &l->groups[i]);
  while (l->busy > 0 || l->unbegun > 0) {
    for (size_t i = 0; i < l->group_count && l->unbegun > 0; i++)
      if (!begin_due(l, &l->groups[i]))
        return false;
    if (!turn(l))
      return false;
    if (now() > deadline)
      return fail_late(l, seconds + patience);
  }
  l->running = false;
  return true;
}
