#include "ir/base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#endif

#ifndef ARENA_CHUNK_BYTES /* fuzzing asks for small ones: an input takes little, and often */
#define ARENA_CHUNK_BYTES (256 * 1024)
#endif

enum { ALIGN = 64, CHUNK_BYTES = ARENA_CHUNK_BYTES, BIG_BYTES = CHUNK_BYTES / 4 };

/* The head of every malloc'd piece; the bytes that are handed out begin at the next multiple of
 * ALIGN. */
struct block {
  struct block *next;
  size_t cap;
};

/* What is still to be undone; lives in the arena itself. */
struct ending {
  struct ending *next;
  void (*undo)(void *what);
  void *what;
};

struct arena {
  struct arena_guard *guard;
  struct block *blocks;
  struct ending *endings;
  uint8_t *at, *end; /* what is left of the current chunk */
  size_t used;
};

/* ASan learns which bytes of a chunk were handed out: the rest of each 64-byte cell and all of a
 * dropped chunk trap. */
static void mark(const void *p, size_t len, bool is_usable) {
#ifdef ARENA_ASAN
  if (is_usable)
    ASAN_UNPOISON_MEMORY_REGION(p, len);
  else
    ASAN_POISON_MEMORY_REGION(p, len);
#else
  (void)p;
  (void)len;
  (void)is_usable;
#endif
}

static uint8_t *block_bytes(struct block *b) {
  uintptr_t p = (uintptr_t)b + sizeof *b;
  return (uint8_t *)((p + ALIGN - 1) / ALIGN * ALIGN);
}

_Noreturn static void out_of_memory(struct arena *a, size_t wanted) {
  a->guard->wanted_bytes = wanted;
  longjmp(a->guard->env, 1);
}

/* calloc: fresh pages from the system are zero already, so a big block costs nothing until used. */
static struct block *add_block(struct arena *a, size_t cap) {
  struct block *b = NULL;
  if (cap <= SIZE_MAX - sizeof *b - ALIGN)
    b = calloc(1, cap + sizeof *b + ALIGN);
  if (!b)
    out_of_memory(a, cap);
  b->cap = cap;
  b->next = a->blocks;
  a->blocks = b;
  return b;
}

struct arena *arena_new(struct arena_guard *guard) {
  struct arena *a = calloc(1, sizeof *a);
  if (a)
    a->guard = guard;
  return a;
}

void arena_reset(struct arena *a) {
  for (; a->endings; a->endings = a->endings->next)
    a->endings->undo(a->endings->what);
  while (a->blocks) {
    struct block *b = a->blocks;
    a->blocks = b->next;
    mark(block_bytes(b), b->cap, true);
#ifdef SNNCC_DEBUG
    memset(block_bytes(b), 0xDD, b->cap);
#endif
    free(b);
  }
  a->at = a->end = NULL;
  a->used = 0;
}

void arena_free(struct arena *a) {
  if (!a)
    return;
  arena_reset(a);
  free(a);
}

void *arena_alloc(struct arena *a, size_t n, size_t size) {
  if (size && n > (SIZE_MAX - ALIGN) / size)
    out_of_memory(a, SIZE_MAX);
  size_t len = n * size;
  size_t cell = (len + ALIGN - 1) / ALIGN * ALIGN;
  if (!cell)
    cell = ALIGN;
  a->used += cell;
  if (cell >= BIG_BYTES)
    return block_bytes(add_block(a, cell));
  if ((size_t)(a->end - a->at) < cell || !a->at) {
    struct block *b = add_block(a, CHUNK_BYTES);
    a->at = block_bytes(b);
    a->end = a->at + CHUNK_BYTES;
    mark(a->at, CHUNK_BYTES, false);
  }
  uint8_t *p = a->at;
  a->at += cell;
  mark(p, len, true);
  return p;
}

void arena_at_end(struct arena *a, void (*undo)(void *what), void *what) {
  struct ending *e = ARENA_NEW(a, struct ending, 1);
  *e = (struct ending){a->endings, undo, what};
  a->endings = e;
}

void *arena_memdup(struct arena *a, const void *p, size_t len) {
  void *copy = arena_alloc(a, len, 1);
  if (len)
    memcpy(copy, p, len);
  return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t len) {
  if (len == SIZE_MAX)
    out_of_memory(a, len);
  char *copy = arena_alloc(a, len + 1, 1);
  if (len)
    memcpy(copy, s, len);
  return copy;
}

char *arena_strdup(struct arena *a, const char *s) {
  return arena_strndup(a, s, strlen(s));
}

/* Formatted once where it is short, as nearly all texts are. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) {
  char brief[256];
  va_list again;
  va_copy(again, ap);
  int len = vsnprintf(brief, sizeof brief, fmt, again);
  va_end(again);
  if (len < 0)
    out_of_memory(a, 0);
  if ((size_t)len < sizeof brief)
    return arena_strndup(a, brief, (size_t)len);
  char *s = arena_alloc(a, (size_t)len + 1, 1);
  vsnprintf(s, (size_t)len + 1, fmt, ap);
  return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...) {
  va_list ap;
  va_start(ap, fmt);
  char *s = arena_vprintf(a, fmt, ap);
  va_end(ap);
  return s;
}

size_t arena_used(const struct arena *a) {
  return a->used;
}
