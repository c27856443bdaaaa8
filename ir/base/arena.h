/* ir/base/arena.h -- memory of one compilation: allocated piece by piece, freed at once.
 *
 * An arena owns every block it hands out. Nothing is freed singly. When memory runs out,
 * arena_alloc does not return: it unwinds (longjmp) to the arena_guard given at creation, where
 * snncc.c removes temporary files and ends. An arena is used by one thread; a worker that needs
 * memory of its own is given it before it starts. */
#ifndef IR_BASE_ARENA_H
#define IR_BASE_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Where an arena unwinds to. `wanted_bytes` says which request could not be served. */
struct arena_guard {
  jmp_buf env;
  size_t wanted_bytes;
};

/* NULL when not even the arena itself can be had. `guard` must outlive the arena. */
struct arena *arena_new(struct arena_guard *guard);
void arena_free(struct arena *a);

/* undo(what) runs when the arena is reset or freed, the latest first: for what is not memory but
 * has to live as long, as a mapped file. */
void arena_at_end(struct arena *a, void (*undo)(void *what), void *what);

/* Runs the undos, drops all blocks and keeps the arena. Freed bytes read 0xDD in debug builds
 * (SNNCC_DEBUG) and are poisoned under AddressSanitizer. */
void arena_reset(struct arena *a);

/* n * size zeroed bytes, aligned to 64; n * size is checked. Zero bytes give a valid pointer. */
void *arena_alloc(struct arena *a, size_t n, size_t size);
#define ARENA_NEW(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);
void *arena_memdup(struct arena *a, const void *p, size_t len);

/* Bytes handed out so far. */
size_t arena_used(const struct arena *a);

#endif
