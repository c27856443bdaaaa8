/* ir/base/map.h -- names to numbers. It cannot be walked: hash order must reach no output. */
#ifndef IR_BASE_MAP_H
#define IR_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct map;

struct map *map_new(struct arena *a);

/* False, changing nothing, when the key is there already. The key is copied. */
bool map_put(struct map *m, const char *key, uint32_t value);
bool map_get(const struct map *m, const char *key, uint32_t *value);

#endif
