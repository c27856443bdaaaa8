/* frontend/data/npz.c -- arrays of an .npz: a zip file whose entries are named key.npy. */
#include "frontend/data/data_internal.h"

#include <string.h>
#include <zip.h>

#include "ir/base/arena.h"
#include "ir/base/diag.h"
#include "ir/comp.h"

enum { MAX_KEYS_TOLD = 12 };

/* Usual names, in pairs. */
static const char *const usual[][2] = {
    {"x", "y"},
    {"images", "labels"},
    {"x_test", "y_test"},
    {"x_train", "y_train"},
    {"X", "Y"},
    {"data", "labels"},
    {"data", "target"},
    {"arr_0", "arr_1"},
    {"test_images", "test_labels"},
    {"train_images", "train_labels"},
};
enum { N_USUAL = sizeof(usual) / sizeof(usual[0]) };

bool npz_open(struct data_stream *in) {
  zip_error_t error;
  zip_source_t *source;

  zip_error_init(&error);
  source = zip_source_buffer_create(in->file.data, in->file.len, 0, &error);
  if (source)
    in->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (!in->zip) {
    diag_error(in->c->diag, in->loc, "the .npz (zip) is damaged: %s", zip_error_strerror(&error));
    zip_source_free(source);
  }
  zip_error_fini(&error);
  return in->zip != NULL;
}

/* Key of entry i without its ".npy", or NULL when it is no array. */
static const char *key_of(const struct data_stream *in, zip_uint64_t i) {
  const char *name = zip_get_name(in->zip, i, ZIP_FL_ENC_GUESS);
  size_t len = name ? strlen(name) : 0;

  if (len <= 4 || memcmp(name + len - 4, ".npy", 4) != 0)
    return NULL;
  return arena_strndup(in->c->arena, name, len - 4);
}

static bool has_key(const struct data_stream *in, const char *key) {
  return zip_name_locate(in->zip, arena_printf(in->c->arena, "%s.npy", key), ZIP_FL_ENC_GUESS) >= 0;
}

/* Number of arrays; *keys lists them for messages, *only is the last one. */
static size_t list_keys(const struct data_stream *in, const char **keys, const char **only) {
  zip_int64_t n_entries = zip_get_num_entries(in->zip, 0);
  size_t n = 0;

  *keys = "";
  *only = NULL;
  for (zip_int64_t i = 0; i < n_entries; i++) {
    const char *key = key_of(in, (zip_uint64_t)i);

    if (!key)
      continue;
    *only = key;
    if (++n <= MAX_KEYS_TOLD)
      *keys = arena_printf(in->c->arena, "%s%s%s", *keys, n > 1 ? ", " : "",
                           diag_quote(in->c->diag, key));
    else if (n == MAX_KEYS_TOLD + 1)
      *keys = arena_printf(in->c->arena, "%s, ..", *keys);
  }
  return n;
}

/* The usual name that is there; NULL when there is none, or several as in files that hold both a
 * training and a test set. */
static const char *find_usual(const struct data_stream *in, enum data_role role) {
  const char *found = NULL;

  for (size_t i = 0; i < N_USUAL; i++) {
    if (!has_key(in, usual[i][role]))
      continue;
    if (found && strcmp(found, usual[i][role]) != 0)
      return NULL;
    found = usual[i][role];
  }
  return found;
}

/* NULL: told. */
static const char *choose_key(const struct data_stream *in, const char *key, enum data_role role) {
  const char *keys, *only;
  size_t n = list_keys(in, &keys, &only);

  if (n == 0) {
    diag_error(in->c->diag, in->loc, "this .npz (zip) holds no arrays, which end in .npy");
    return NULL;
  }
  if (key) {
    if (has_key(in, key))
      return key;
    diag_error(in->c->diag, in->loc, "no array %s in this .npz; it holds %s",
               diag_quote(in->c->diag, key), keys);
    return NULL;
  }
  if (n == 1)
    return only;
  key = find_usual(in, role);
  if (!key)
    diag_error(in->c->diag, in->loc,
               "which array holds the %s? this .npz has %s; %s:KEY says which",
               role == DATA_SAMPLES ? "samples" : "labels", keys, in->path);
  return key;
}

bool npz_open_entry(struct data_stream *in, const char *key, enum data_role role) {
  zip_stat_t st;
  zip_int64_t at;

  key = choose_key(in, key, role);
  if (!key)
    return false;
  at = zip_name_locate(in->zip, arena_printf(in->c->arena, "%s.npy", key), ZIP_FL_ENC_GUESS);
  if (in->entry)
    zip_fclose(in->entry);
  in->key = key;
  in->entry = zip_fopen_index(in->zip, (zip_uint64_t)at, 0);
  if (!in->entry)
    return diag_error(in->c->diag, in->loc, "array %s cannot be unpacked: %s",
                      diag_quote(in->c->diag, key), zip_strerror(in->zip));
  in->left = UINT64_MAX;
  if (zip_stat_index(in->zip, (zip_uint64_t)at, 0, &st) == 0 && (st.valid & ZIP_STAT_SIZE))
    in->left = st.size;
  in->loc = loc_file(arena_printf(in->c->arena, "%s:%s", in->path, key));
  return data_stream_look(in);
}

const char *npz_labels_key(const struct data_stream *in) {
  for (size_t i = 0; i < N_USUAL; i++)
    if (strcmp(in->key, usual[i][DATA_SAMPLES]) == 0 && has_key(in, usual[i][DATA_LABELS]))
      return usual[i][DATA_LABELS];
  return NULL;
}
