/* Plays the MTA on many connections from one thread with epoll.
 *
 * Scripts define the traffic. A script is a sequence of bursts: the bytes of one burst go out in one write,
 * then the reply is waited for and compared, byte for byte. A burst without expected reply is
 * followed by the next one at once. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One exchange: places in the script's bytes. */
struct load_burst {
  size_t out, out_size;
  size_t expect, expect_size;
};

/* The bursts of a connection, in order. */
struct load_script {
  const uint8_t *bytes;
  const struct load_burst *bursts;
  size_t count;
};

/* Connections that do the same. The scripts' memory stays the caller's, until load_free(). */
struct load_group {
  size_t connections;
  struct load_script hello;   /* once, as soon as the connection is there */
  struct load_script message; /* again and again; without bursts the connection stays idle */
  struct load_script goodbye; /* if the group reconnects; the peer then closes */
  size_t messages;            /* for each connection; 0 for as many as there is time for */
  bool reconnects;            /* a new connection for every message */
  double spread;              /* seconds from the first connection's first message to the last's */
};

/* What a group has done in one run. Latencies are nanoseconds from a message's first byte, or from
 * connect() if it reconnects, to the end of the reply to its last command. */
struct load_result {
  const uint64_t *latencies;
  size_t count;
  double in_time; /* messages done before the time was up; of those in progress then, their share */
  uint64_t last;  /* when the last one ended, since the start of the run */
};

struct load;

/* Makes a load; PATH of a unix-domain socket, or NULL and a PORT on 127.0.0.1. */
struct load *load_make(const char *path, uint16_t port, const struct load_group *groups,
                       size_t count);

/* Connects a group's connections and plays their hello scripts. A group that reconnects has nothing
 * to do here. */
bool load_open(struct load *load, size_t group, double timeout);

/* Plays messages for SECONDS, and then waits for those in progress, at most PATIENCE. */
bool load_run(struct load *load, double seconds, double patience);

/* What the last run has done; valid until the next one. */
struct load_result load_result(const struct load *load, size_t group);

/* Why something failed. */
const char *load_error(const struct load *load);

/* Breaks all connections. */
void load_free(struct load *load);

#endif
