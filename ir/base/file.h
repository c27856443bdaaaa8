/* ir/base/file.h -- bounded input, and outputs that appear whole or not at all. */
#ifndef IR_BASE_FILE_H
#define IR_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag;

struct bytes {
  const uint8_t *data;
  size_t len;
};

/* Reads a regular file, pipe or standard input ("-") whole into the arena; more than max_bytes,
 * a directory or an I/O error is told and gives false. One NUL byte follows the data. */
bool file_read(struct arena *a, struct diag *d, const char *path, size_t max_bytes,
               struct bytes *out);

/* Maps a regular file read-only for as long as the arena lives; pipes and "-" fall back to
 * file_read. A mapping has no NUL behind it. */
bool file_map(struct arena *a, struct diag *d, const char *path, size_t max_bytes,
              struct bytes *out);

/* Maps the file `name` of `folder` ("": the current one), where a stranger chose the name: it may
 * lie in the folder or below, and no link leads to it, symbolic or hard. NULL, or what is wrong:
 * half a sentence for the caller's message. */
const char *file_map_beneath(struct arena *a, const char *folder, const char *name,
                             struct bytes *out);

/* A set of outputs that are committed together: each is written to a temporary file beside its
 * target and synced, and at commit all are renamed one after the other. Uncommitted ones vanish
 * with file_outputs_abandon, which is safe at any time, also in a signal handler. "-" (standard
 * output), devices and pipes are written at commit. The caller ignores SIGXFSZ and SIGPIPE. */
struct file_outputs;
struct file_outputs *file_outputs_new(struct arena *a);
bool file_outputs_add(struct file_outputs *o, struct diag *d, const char *path, const void *data,
                      size_t len);
/* A folder with these files, which appears whole; `path` is new, empty, or a folder that this wrote
 * before and nobody touched since, which it replaces. Beside the files lies a list of them. */
struct file_member {
  const char *path; /* below the folder: "src/net.c" */
  struct bytes data;
};
bool file_outputs_add_folder(struct file_outputs *o, struct diag *d, const char *path,
                             const struct file_member *file, size_t n);
bool file_outputs_commit(struct file_outputs *o, struct diag *d);
void file_outputs_abandon(struct file_outputs *o);

/* Directory part with its slash ("" if none), and file name without directory and last ending. */
const char *file_dir(struct arena *a, const char *path);
const char *file_stem(struct arena *a, const char *path);
/* The last ending with its dot (".c"), or "". Points into path. */
const char *file_ending(const char *path);
/* A name without folders, escapes and control bytes, and not hidden. */
bool file_is_bare(const char *name);

/* CRC-32 (IEEE 802.3, as zlib's crc32). */
uint32_t file_crc32(const void *data, size_t len);

#endif
