/* Plays the MTA on many connections from one thread with epoll.
 *
 * Scripts define the traffic. A script is a sequence of bursts. The load sends the bytes of a burst in one
 * write, waits for the reply, and compares it byte for byte. If a burst has no expected reply, the next
 * burst follows at once. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One exchange, as positions in the script's bytes. */
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

/* Connections that do the same. The caller owns the scripts' memory, and keeps it until load_free(). */
struct load_group {
  size_t connections;
  struct load_script hello;   /* once, as soon as the connection is open */
  struct load_script message; /* repeatedly; without bursts, the connection stays idle */
  struct load_script goodbye; /* if the group reconnects; the peer then closes */
  size_t messages;            /* for each connection; 0 for no limit but time */
  bool reconnects;            /* a new connection for every message */
  double spread;              /* seconds between the first messages of the first and last connection */
};

/* The results of a group in one run. Latencies are nanoseconds from a message's first byte, or from
 * connect() if it reconnects, to the end of the reply to its last command. */
struct load_result {
  const uint64_t *latencies;
  size_t count;
  double in_time; /* messages completed in time, and the completed share of the others */
  uint64_t last;  /* the end of the last message, since the start of the run */
};

struct load;

/* Creates a load for the PATH of a Unix-domain socket, or, if PATH is NULL, for a PORT on 127.0.0.1. */
struct load *load_make(const char *path, uint16_t port, const struct load_group *groups,
                       size_t count);

/* Connects a group's connections and plays their hello scripts. A group that reconnects has nothing
 * to do here. */
bool load_open(struct load *load, size_t group, double timeout);

/* Plays messages for SECONDS, and then waits for those in progress, at most PATIENCE. */
bool load_run(struct load *load, double seconds, double patience);

/* Returns the results of the last run, which are valid until the next run. */
struct load_result load_result(const struct load *load, size_t group);

/* Returns the text of the last error. */
const char *load_error(const struct load *load);

/* Resets all connections, and frees the load. */
void load_free(struct load *load);

#endif
