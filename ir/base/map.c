#include "ir/base/map.h"

#include <stddef.h>
#include <string.h>

#include "ir/base/arena.h"

struct slot {
  const char *key; /* NULL: free */
  uint64_t hash;
  uint32_t value;
};

/* Open addressing, at most half full; n_slots is a power of two. */
struct map {
  struct arena *arena;
  struct slot *slots;
  size_t n_slots, n_used;
  uint64_t seed;
};

/* FNV-1a with a seed, so that nobody can write a file whose names all collide. */
static uint64_t hash_of(const struct map *m, const char *key) {
  uint64_t h = m->seed;
  for (; *key; key++)
    h = (h ^ (unsigned char)*key) * 0x100000001B3u;
  return h ^ h >> 32;
}

/* The slot of the key, or the free one where it would go. */
static struct slot *find(const struct map *m, const char *key, uint64_t hash) {
  size_t i = (size_t)hash & (m->n_slots - 1);
  while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key) != 0))
    i = (i + 1) & (m->n_slots - 1);
  return &m->slots[i];
}

static void grow(struct map *m) {
  struct slot *old = m->slots;
  size_t n_old = m->n_slots;
  m->n_slots *= 2;
  m->slots = ARENA_NEW(m->arena, struct slot, m->n_slots);
  for (size_t i = 0; i < n_old; i++)
    if (old[i].key)
      *find(m, old[i].key, old[i].hash) = old[i];
}

struct map *map_new(struct arena *a) {
  struct map *m = ARENA_NEW(a, struct map, 1);
  m->arena = a;
  m->n_slots = 16;
  m->slots = ARENA_NEW(a, struct slot, m->n_slots);
  m->seed = (uint64_t)(uintptr_t)m * 0x9E3779B97F4A7C15u | 1;
  return m;
}

bool map_put(struct map *m, const char *key, uint32_t value) {
  uint64_t hash = hash_of(m, key);
  if (find(m, key, hash)->key)
    return false;
  if (2 * (m->n_used + 1) > m->n_slots)
    grow(m);
  *find(m, key, hash) = (struct slot){arena_strdup(m->arena, key), hash, value};
  m->n_used++;
  return true;
}

bool map_get(const struct map *m, const char *key, uint32_t *value) {
  const struct slot *s = find(m, key, hash_of(m, key));
  if (s->key)
    *value = s->value;
  return s->key != NULL;
}
