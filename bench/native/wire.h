// What the stub and the C client share: clock, log records, option parsing.
#ifndef WIRE_H
#define WIRE_H
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

// One record of a log: 24 bytes, little-endian, the same in the stub's log and in a client's stamps.
enum { KIND_REQUEST = 0, KIND_CONTENT = 1, KIND_END = 2 };
struct record {
  uint64_t trace; // low 64 bits of the request's trace id
  int64_t ns;     // CLOCK_MONOTONIC
  uint32_t index; // of the content event, from 0
  uint32_t kind;
};

struct journal {
  struct record *records;
  size_t used, capacity;
  const char *path;
};

static inline int64_t mono(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void die(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

// Records stay in memory until the end: a write to disk while streams are paced would be a hiccup of our own making.
static void journal_open(struct journal *j, const char *path, size_t capacity) {
  j->path = path;
  if (!path) return;
  j->capacity = capacity;
  j->records = mmap(NULL, capacity * sizeof(struct record), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (j->records == MAP_FAILED) die("mmap");
}

static inline void journal_add(struct journal *j, uint64_t trace, int64_t ns, uint32_t index, uint32_t kind) {
  if (!j->path) return;
  if (j->used == j->capacity) {
    fprintf(stderr, "the log is full at %zu records\n", j->capacity);
    exit(1);
  }
  j->records[j->used++] = (struct record){trace, ns, index, kind};
}

static void journal_close(struct journal *j) {
  if (!j->path) return;
  FILE *file = fopen(j->path, "wb");
  if (!file) die(j->path);
  if (fwrite(j->records, sizeof(struct record), j->used, file) != j->used) die("fwrite");
  if (fclose(file)) die("fclose");
}

// Options are pairs: --name value.
static const char *option(int argc, char **argv, const char *name, const char *otherwise) {
  for (int i = 1; i + 1 < argc; i += 2)
    if (!strcmp(argv[i] + 2, name)) return argv[i + 1];
  return otherwise;
}

static int64_t number_option(int argc, char **argv, const char *name, int64_t otherwise) {
  const char *text = option(argc, argv, name, NULL);
  return text ? strtoll(text, NULL, 10) : otherwise;
}

#endif
