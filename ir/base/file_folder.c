/* Folders as outputs: filled under a temporary name beside the target, then renamed, or exchanged
 * with what lies there. */
#include "ir/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ir/base/arena.h"
#include "ir/base/buf.h"
#include "ir/base/diag.h"
#include "ir/base/file_internal.h"
#include "ir/base/map.h"

/* The list of the files beside them: a line for each, CRC-32 and path. */
static const char list_name[] = ".snncc-files";
enum { LIST_BYTES = 1 << 20, CRC_DIGITS = 8 };

/* A path below the temporary folder that is to vanish with it. Linked before it exists. */
struct entry {
  struct entry *next;
  const char *path;
};

struct folder {
  struct arena *arena;
  const char *path, *target;
  char *temporary;
  struct entry *latest; /* files and folders, those in a folder before it */
  bool replaces;        /* there is a folder at the target, which is not empty */
};

struct folder *file_folder_new(struct arena *a, const char *path, const char *target) {
  struct folder *f = ARENA_NEW(a, struct folder, 1);

  *f = (struct folder){.arena = a, .path = path, .target = target};
  f->temporary = arena_printf(a, "%s.snncc-XXXXXX", file_dir(a, target));
  return f;
}

static const char *add_entry(struct folder *f, const char *below) {
  struct entry *e = ARENA_NEW(f->arena, struct entry, 1);

  e->path = arena_printf(f->arena, "%s/%s", f->temporary, below);
  e->next = f->latest;
  f->latest = e;
  return e->path;
}

/* ---- what lies at the target ---- */

/* The paths of a list with their CRC-32, and the folders on the way to them, with a slash. */
static struct map *read_list(struct arena *a, char *text) {
  struct map *known = map_new(a);
  char *end;

  for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
    char *path = line + CRC_DIGITS + 1;

    *end = '\0';
    if (end - line <= CRC_DIGITS)
      continue;
    map_put(known, path, (uint32_t)strtoul(line, NULL, 16));
    for (char *slash = path; (slash = strchr(slash, '/')); slash++)
      map_put(known, arena_strndup(a, path, (size_t)(slash - path) + 1), 0);
  }
  return known;
}

/* NULL: errno says why. It is closed with the arena, also where memory runs out meanwhile. */
static void close_folder(void *dir) {
  if (*(DIR **)dir)
    closedir(*(DIR **)dir);
}
static DIR *open_folder(struct arena *a, const char *path) {
  DIR **dir = ARENA_NEW(a, DIR *, 1);

  arena_at_end(a, close_folder, dir);
  return *dir = opendir(path);
}

static bool is_untouched(const struct folder *f, struct diag *d, const char *path, uint32_t crc) {
  struct bytes data;

  return file_read(f->arena, d, path, SIZE_MAX, &data) &&
         (file_crc32(data.data, data.len) == crc ||
          diag_error(d, loc_file(path),
                     "was changed since snncc wrote it; name another folder, or remove this one"));
}

/* Each file in folder `below` ("src/") of the target is known and untouched, and goes when the new
 * folder is there. known is NULL where there is no list: the folder has to be empty. */
static bool look_into(struct folder *f, struct diag *d, const struct map *known,
                      const char *below) {
  DIR *dir = open_folder(f->arena, arena_printf(f->arena, "%s/%s", f->path, below));
  struct dirent *e;

  if (!dir)
    return file_told(d, f->path, "write", errno);
  while ((errno = 0, e = readdir(dir))) {
    const char *name = arena_printf(f->arena, "%s%s", below, e->d_name), *path, *inside;
    struct stat st;
    uint32_t crc;

    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
      continue;
    if (!known)
      return diag_error(d, loc_file(f->path),
                        "is not empty and not what snncc wrote; name a new or empty folder");
    path = arena_printf(f->arena, "%s/%s", f->path, name);
    inside = arena_printf(f->arena, "%s/", name);
    if (lstat(path, &st) != 0)
      return file_told(d, path, "read", errno);
    add_entry(f, name);
    if (S_ISDIR(st.st_mode) && map_get(known, inside, &crc)) {
      if (!look_into(f, d, known, inside))
        return false;
    } else if (S_ISREG(st.st_mode) && map_get(known, name, &crc)) {
      if (!is_untouched(f, d, path, crc))
        return false;
    } else if (strcmp(name, list_name) != 0) {
      return diag_error(d, loc_file(path),
                        "was not written by snncc, which replaces nothing else; name a new or "
                        "empty folder, or remove this one");
    }
  }
  return !errno || file_told(d, f->path, "read", errno);
}

static bool look_at_target(struct folder *f, struct diag *d) {
  const char *list = arena_printf(f->arena, "%s/%s", f->path, list_name);
  struct bytes text;
  struct stat st;

  if (stat(f->path, &st) != 0)
    return errno == ENOENT || file_told(d, f->path, "write", errno);
  if (lstat(list, &st) != 0 || !S_ISREG(st.st_mode))
    return look_into(f, d, NULL, "");
  return file_read(f->arena, d, list, LIST_BYTES, &text) &&
         look_into(f, d,
                   read_list(f->arena, arena_strndup(f->arena, (const char *)text.data, text.len)),
                   "");
}

/* ---- what is written ---- */

/* The folders on the way to `path`. 0, or errno. */
static int make_folders(struct folder *f, struct map *made, const char *path) {
  for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
    const char *folder = arena_strndup(f->arena, path, (size_t)(slash - path));

    if (map_put(made, folder, 0) && mkdir(add_entry(f, folder), 0777) != 0)
      return errno;
  }
  return 0;
}

static int write_member(struct folder *f, struct map *made, const struct file_member *file) {
  int error = make_folders(f, made, file->path);
  int fd =
      error ? -1 : open(add_entry(f, file->path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (error)
    return error;
  return fd < 0 ? errno : file_write_and_close(fd, file->data);
}

/* Under a temporary name only its owner may look into a folder. */
static int publish(const struct folder *f) {
  mode_t mask = umask(0);

  umask(mask);
  for (const struct entry *e = f->latest; e; e = e->next) {
    struct stat st;
    if (lstat(e->path, &st) == 0 && S_ISDIR(st.st_mode))
      file_sync_folder(e->path);
  }
  if (chmod(f->temporary, 0777 & ~mask) != 0)
    return errno;
  file_sync_folder(f->temporary);
  return 0;
}

static int write_members(struct folder *f, const struct file_member *file, size_t n) {
  struct map *made = map_new(f->arena);
  struct buf list;
  int error = 0;

  buf_init(&list, f->arena);
  for (size_t i = 0; i < n && !error; i++) {
    buf_printf(&list, "%0*x %s\n", CRC_DIGITS,
               (unsigned)file_crc32(file[i].data.data, file[i].data.len), file[i].path);
    error = write_member(f, made, &file[i]);
  }
  if (!error)
    error = write_member(f, made,
                         &(struct file_member){list_name, {(const uint8_t *)list.data, list.len}});
  return error ? error : publish(f);
}

bool file_folder_write(struct folder *f, struct diag *d, const struct file_member *file, size_t n) {
  int error;

  if (!mkdtemp(f->temporary))
    return file_told(d, f->path, "write", errno);
  if (!look_at_target(f, d))
    return false;
  f->replaces = f->latest != NULL;
  error = write_members(f, file, n);
  return !error || file_told(d, f->path, "write", error);
}

int file_folder_commit(const struct folder *f) {
  bool is_done = f->replaces
                     ? renameat2(AT_FDCWD, f->temporary, AT_FDCWD, f->target, RENAME_EXCHANGE) == 0
                     : rename(f->temporary, f->target) == 0;
  int error = is_done ? 0 : errno;

  if (is_done && f->replaces)
    file_folder_remove(f);
  return error;
}

void file_folder_remove(const struct folder *f) {
  for (const struct entry *e = f->latest; e; e = e->next)
    unlink(e->path);
  for (const struct entry *e = f->latest; e; e = e->next)
    rmdir(e->path);
  rmdir(f->temporary);
}
