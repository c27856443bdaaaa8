/* frontend/data/stream.c -- bytes of a sample file, unpacked on the way. */
#include "frontend/data/data_internal.h"

#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "ir/base/diag.h"
#include "ir/comp.h"
#include "ir/options.h"

/* A regular file is mapped, which takes no memory; what a pipe sends is kept whole. */
static size_t max_file_bytes(const struct comp *c, const char *path) {
  struct stat st;

  if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode))
    return SIZE_MAX;
  return options_max_memory(c->opt, 0);
}

static bool tell_damage(const struct data_stream *in, const char *why) {
  return diag_error(in->c->diag, in->loc, "the packed data is damaged: %s", why);
}

/* zlib counts in 32 bits: the file is handed over in pieces. */
static void feed(struct data_stream *in) {
  const size_t piece = (size_t)1 << 30;
  size_t n = in->file.len - in->at;

  n = n < piece ? n : piece;
  in->z.next_in = (z_const Bytef *)(uintptr_t)(in->file.data + in->at);
  in->z.avail_in = (uInt)n;
  in->at += n;
}

static bool inflate_some(struct data_stream *in, uint8_t *bytes, size_t len, size_t *got) {
  *got = 0;
  while (*got < len) {
    const size_t most = (size_t)1 << 30;
    size_t room = len - *got < most ? len - *got : most;
    int status;

    if (in->z.avail_in == 0 && in->at < in->file.len)
      feed(in);
    in->z.next_out = bytes + *got;
    in->z.avail_out = (uInt)room;
    status = inflate(&in->z, Z_NO_FLUSH);
    *got += room - in->z.avail_out;
    if (status == Z_STREAM_END) {
      if (in->z.avail_in == 0 && in->at == in->file.len)
        return true;
      inflateReset(&in->z); /* another member follows, as in files of pigz */
    } else if (status == Z_BUF_ERROR && in->z.avail_in == 0 && in->at == in->file.len) {
      return tell_damage(in, "it ends in the middle");
    } else if (status != Z_OK) {
      return tell_damage(in, in->z.msg ? in->z.msg : "it cannot be unpacked");
    }
  }
  return true;
}

static bool unzip_some(struct data_stream *in, uint8_t *bytes, size_t len, size_t *got) {
  *got = 0;
  while (*got < len) {
    zip_int64_t n = zip_fread(in->entry, bytes + *got, len - *got);

    if (n < 0)
      return tell_damage(in, zip_error_strerror(zip_file_get_error(in->entry)));
    if (n == 0)
      return true;
    *got += (size_t)n;
  }
  return true;
}

static bool get_fresh(struct data_stream *in, uint8_t *bytes, size_t len, size_t *got) {
  if (in->entry)
    return unzip_some(in, bytes, len, got);
  if (in->is_gz)
    return inflate_some(in, bytes, len, got);
  *got = len < in->file.len - in->at ? len : in->file.len - in->at;
  memcpy(bytes, in->file.data + in->at, *got);
  in->at += *got;
  return true;
}

bool data_stream_look(struct data_stream *in) {
  in->head_at = 0;
  return get_fresh(in, in->head, sizeof(in->head), &in->n_head);
}

/* *got < len only at the end. */
static bool get(struct data_stream *in, void *bytes, size_t len, size_t *got) {
  size_t kept = in->n_head - in->head_at;
  size_t fresh;

  kept = kept < len ? kept : len;
  memcpy(bytes, in->head + in->head_at, kept);
  in->head_at += kept;
  if (!get_fresh(in, (uint8_t *)bytes + kept, len - kept, &fresh))
    return false;
  *got = kept + fresh;
  if (in->left != UINT64_MAX)
    in->left -= *got < in->left ? *got : in->left;
  return true;
}

bool data_stream_need(struct data_stream *in, void *bytes, size_t len, const char *what) {
  size_t got;

  if (!get(in, bytes, len, &got))
    return false;
  if (got < len)
    return diag_error(in->c->diag, in->loc, "the file is cut off: it ends within %s", what);
  return true;
}

bool data_stream_skip(struct data_stream *in, uint64_t len, const char *what) {
  uint8_t chunk[16384];

  while (len > 0) {
    size_t n = len < sizeof(chunk) ? (size_t)len : sizeof(chunk);

    if (!data_stream_need(in, chunk, n, what))
      return false;
    len -= n;
  }
  return true;
}

bool data_stream_end(struct data_stream *in) {
  uint8_t more;
  size_t got;

  if (!get(in, &more, 1, &got))
    return false;
  if (got)
    return diag_error(in->c->diag, in->loc, "more bytes follow than the header announces");
  return true;
}

bool data_stream_open(struct data_stream *in, struct comp *c, const char *path) {
  *in = (struct data_stream){.c = c, .path = path, .loc = loc_file(path), .left = UINT64_MAX};
  if (!file_map(c->scratch, c->diag, path, max_file_bytes(c, path), &in->file))
    return false;
  if (in->file.len == 0)
    return diag_error(c->diag, in->loc, "the file is empty; samples are wanted");
  if (in->file.len > 4 && memcmp(in->file.data, "PK", 2) == 0)
    return npz_open(in);
  in->is_gz = in->file.len > 2 && in->file.data[0] == 0x1f && in->file.data[1] == 0x8b;
  if (!in->is_gz)
    in->left = in->file.len;
  else if (inflateInit2(&in->z, 15 + 16) != Z_OK)
    return tell_damage(in, "zlib cannot be started");
  return data_stream_look(in);
}

void data_stream_close(struct data_stream *in) {
  if (in->entry)
    zip_fclose(in->entry);
  if (in->zip)
    zip_discard(in->zip);
  if (in->is_gz)
    inflateEnd(&in->z);
}
