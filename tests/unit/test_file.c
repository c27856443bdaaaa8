#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ir/base/file.h"

static size_t n_files_in(const char *folder) {
  DIR *dir = opendir(folder);
  size_t n = 0;
  assert_non_null(dir);
  for (struct dirent *e = readdir(dir); e; e = readdir(dir))
    n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
  closedir(dir);
  return n;
}

static const char *path_in(struct unit *u, const char *name) {
  return arena_printf(u->comp.arena, "%s/%s", u->folder, name);
}

static void assert_holds(struct unit *u, const char *path, const char *text) {
  struct bytes b;
  assert_true(file_read(u->comp.arena, u->comp.diag, path, 1000, &b));
  assert_int_equal(b.len, strlen(text));
  assert_string_equal((const char *)b.data, text);
}

static void a_file_is_read_and_mapped_whole(void **state) {
  static const size_t sizes[] = {0, 1, 4096, 100000};
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    char *bytes = arena_alloc(u->comp.arena, sizes[i], 1);
    memset(bytes, 'q', sizes[i]);
    const char *path = unit_file(u, "a", bytes, sizes[i]);
    struct bytes r, m;
    assert_true(file_read(u->comp.arena, u->comp.diag, path, 100000, &r));
    assert_int_equal(r.len, sizes[i]);
    assert_memory_equal(r.data, bytes, sizes[i]);
    assert_int_equal(r.data[r.len], 0);
    assert_true(file_map(u->comp.arena, u->comp.diag, path, 100000, &m));
    assert_int_equal(m.len, sizes[i]);
    assert_memory_equal(m.data, bytes, sizes[i]);
  }
}

static void a_pipe_is_read_to_its_end(void **state) {
  struct unit *u = *state;
  int fds[2];
  struct bytes b;
  assert_int_equal(pipe(fds), 0);
  assert_int_equal(write(fds[1], "abc", 3), 3);
  close(fds[1]);
  const char *path = arena_printf(u->comp.arena, "/dev/fd/%d", fds[0]);
  assert_true(file_map(u->comp.arena, u->comp.diag, path, 3, &b));
  assert_int_equal(b.len, 3);
  assert_memory_equal(b.data, "abc", 3);
  close(fds[0]);
}

static void what_cannot_be_read_is_told(void **state) {
  static const struct {
    const char *name, *says;
  } rows[] = {
      {"none", "none: error: cannot read: No such file or directory; check the name"},
      {"", "cannot read: Is a directory; name a file in it"},
      {"big", "big: error: the file is larger than 10 bytes, the most that is read"},
      {"big/x", "cannot read: Not a directory"},
  };
  struct unit *u = *state;
  struct bytes b;
  unit_file(u, "big", "0123456789a", 11);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_false(file_read(u->comp.arena, u->comp.diag, path_in(u, rows[i].name), 10, &b));
    unit_assert_said(u, rows[i].says);
    assert_false(file_map(u->comp.arena, u->comp.diag, path_in(u, rows[i].name), 10, &b));
    unit_assert_said(u, rows[i].says);
  }
}

static void an_endless_stream_is_not_read_beyond_the_limit(void **state) {
  struct unit *u = *state;
  struct bytes b;
  assert_false(file_read(u->comp.arena, u->comp.diag, "/dev/zero", 100000, &b));
  unit_assert_said(u, "/dev/zero: error: the file is larger than 100000 bytes");
}

/* Links, pipes and bad names are golden cases of external data; here is what those cannot make. */
static void a_file_beneath_a_folder_is_mapped_and_nothing_else(void **state) {
  struct unit *u = *state;
  struct bytes b;
  assert_int_equal(mkdir(path_in(u, "d"), 0700), 0);
  unit_file(u, "d/e", "abc", 3);
  unit_file(u, "none", "", 0);
  assert_null(file_map_beneath(u->comp.arena, u->folder, "d/e", &b));
  assert_int_equal(b.len, 3);
  assert_memory_equal(b.data, "abc", 3);
  assert_null(file_map_beneath(u->comp.arena, path_in(u, ""), "./d/./e", &b));
  assert_null(file_map_beneath(u->comp.arena, u->folder, "none", &b));
  assert_int_equal(b.len, 0);
  assert_string_equal(file_map_beneath(u->comp.arena, "/dev", "null", &b), "it is no regular file");
  assert_string_equal(file_map_beneath(u->comp.arena, u->folder, "d/e/f", &b),
                      "a symbolic link, or what is no folder, lies on the way, which is refused");
  assert_string_equal(file_map_beneath(u->comp.arena, path_in(u, "gone"), "d", &b),
                      "there is no such file");
}

static void outputs_appear_at_commit_and_not_before(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  const char *a = path_in(u, "a"), *b = path_in(u, "b");
  unit_file(u, "a", "old", 3);
  assert_true(file_outputs_add(o, u->comp.diag, a, "new", 3));
  assert_true(file_outputs_add(o, u->comp.diag, b, "", 0));
  assert_holds(u, a, "old");
  assert_int_equal(access(b, F_OK), -1);
  assert_true(file_outputs_commit(o, u->comp.diag));
  assert_holds(u, a, "new");
  assert_holds(u, b, "");
  assert_int_equal(n_files_in(u->folder), 2);
}

static void abandoned_outputs_leave_nothing(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  assert_true(file_outputs_add(o, u->comp.diag, path_in(u, "a"), "new", 3));
  assert_int_equal(n_files_in(u->folder), 1);
  file_outputs_abandon(o);
  file_outputs_abandon(o);
  assert_true(file_outputs_commit(o, u->comp.diag));
  assert_int_equal(n_files_in(u->folder), 0);
}

static void committed_outputs_survive_abandon(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  assert_true(file_outputs_add(o, u->comp.diag, path_in(u, "a"), "new", 3));
  assert_true(file_outputs_commit(o, u->comp.diag));
  file_outputs_abandon(o);
  assert_holds(u, path_in(u, "a"), "new");
}

static void a_new_file_has_the_permissions_of_the_umask(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  struct stat st;
  mode_t old = umask(027);
  assert_true(file_outputs_add(o, u->comp.diag, path_in(u, "a"), "x", 1));
  assert_true(file_outputs_commit(o, u->comp.diag));
  umask(old);
  assert_int_equal(stat(path_in(u, "a"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0640);
}

static void a_symbolic_link_keeps_pointing_to_the_file(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  struct stat st;
  unit_file(u, "a", "old", 3);
  assert_int_equal(symlink("a", path_in(u, "link")), 0);
  assert_true(file_outputs_add(o, u->comp.diag, path_in(u, "link"), "new", 3));
  assert_true(file_outputs_commit(o, u->comp.diag));
  assert_int_equal(lstat(path_in(u, "link"), &st), 0);
  assert_true(S_ISLNK(st.st_mode));
  assert_holds(u, path_in(u, "a"), "new");
}

static void what_cannot_be_written_is_told(void **state) {
  static const struct {
    const char *name, *says;
  } rows[] = {
      {"none/a", "none/a: error: cannot write: No such file or directory; check the name and"},
      {"", "cannot write: Is a directory; name a file in it"},
      {"file/a", "cannot write: Not a directory"},
  };
  struct unit *u = *state;
  unit_file(u, "file", "", 0);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct file_outputs *o = file_outputs_new(u->comp.arena);
    assert_false(file_outputs_add(o, u->comp.diag, path_in(u, rows[i].name), "x", 1));
    unit_assert_said(u, rows[i].says);
    file_outputs_abandon(o);
  }
}

/* A device is written to; it is never replaced by a file. */
/* ---- folders ---- */

static bool add_folder(struct unit *u, struct file_outputs *o, const char *where,
                       const char *file) {
  const struct file_member members[] = {{file, {(const uint8_t *)"new", 3}},
                                        {"b/c/d", {(const uint8_t *)"", 0}}};
  return file_outputs_add_folder(o, u->comp.diag, path_in(u, where), members, 2);
}

static void write_folder(struct unit *u, const char *where, const char *file) {
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  assert_true(add_folder(u, o, where, file));
  assert_true(file_outputs_commit(o, u->comp.diag));
  file_outputs_abandon(o);
}

static void a_folder_appears_whole_at_commit(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  struct stat st;
  mode_t mask = umask(027);
  assert_true(add_folder(u, o, "f", "b/a"));
  assert_int_equal(access(path_in(u, "f"), F_OK), -1);
  assert_true(file_outputs_commit(o, u->comp.diag));
  umask(mask);
  assert_holds(u, path_in(u, "f/b/a"), "new");
  assert_holds(u, path_in(u, "f/b/c/d"), "");
  assert_int_equal(stat(path_in(u, "f"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0750);
  assert_int_equal(stat(path_in(u, "f/b/c"), &st), 0);
  assert_int_equal(st.st_mode & 0777, 0750);
  assert_int_equal(n_files_in(u->folder), 1);
}

static void an_abandoned_folder_leaves_nothing(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  assert_true(add_folder(u, o, "f", "a"));
  file_outputs_abandon(o);
  assert_int_equal(n_files_in(u->folder), 0);
  write_folder(u, "f", "a");
  assert_true(add_folder(u, o, "f", "e"));
  file_outputs_abandon(o);
  assert_int_equal(n_files_in(u->folder), 1);
  assert_holds(u, path_in(u, "f/a"), "new");
}

static void a_written_folder_is_replaced_as_a_whole(void **state) {
  struct unit *u = *state;
  write_folder(u, "f", "x/y/a");
  write_folder(u, "f", "x/e");
  assert_int_equal(n_files_in(u->folder), 1);
  assert_int_equal(n_files_in(path_in(u, "f")), 3);
  assert_int_equal(n_files_in(path_in(u, "f/x")), 1);
  assert_holds(u, path_in(u, "f/x/e"), "new");
}

static void what_somebody_else_wrote_is_never_replaced(void **state) {
  static const struct {
    const char *file, *text, *want;
  } rows[] = {
      {"f/a", "New", "f/a: error: was changed since snncc wrote it"},
      {"f/b/mine", "", "f/b/mine: error: was not written by snncc"},
      {"f/.snncc-files", "", "error: was not written by snncc"},
      {"f/.snncc-files", "00000000 ../f/a\n00000000\n0\n\n00000000 b/c/d", "was not written by"},
      {"f", NULL, "f/mine: error: was not written by snncc"},
      {"g", NULL, "g: error: is not empty and not what snncc wrote"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct unit *u = *state;
    const bool is_new = strcmp(rows[i].file, "g") == 0;
    struct file_outputs *o = file_outputs_new(u->comp.arena);
    if (is_new)
      assert_int_equal(mkdir(path_in(u, "g"), 0777), 0);
    else
      write_folder(u, "f", "a");
    if (rows[i].text)
      unit_file(u, rows[i].file, rows[i].text, strlen(rows[i].text));
    else
      assert_int_equal(
          mkdir(path_in(u, arena_printf(u->comp.arena, "%s/mine", rows[i].file)), 0777), 0);
    assert_false(add_folder(u, o, is_new ? "g" : "f", "a"));
    file_outputs_abandon(o);
    unit_assert_said(u, rows[i].want);
    assert_int_equal(n_files_in(u->folder), 1);
    if (rows[i].text)
      assert_holds(u, path_in(u, rows[i].file), rows[i].text);
    unit_end(state);
    unit_begin(state);
  }
}

static void a_full_device_is_told_at_commit(void **state) {
  struct unit *u = *state;
  struct file_outputs *o = file_outputs_new(u->comp.arena);
  struct stat st;
  if (access("/dev/full", W_OK) != 0)
    skip();
  assert_true(file_outputs_add(o, u->comp.diag, "/dev/full", "x", 1));
  assert_false(file_outputs_commit(o, u->comp.diag));
  unit_assert_said(u, "/dev/full: error: cannot write: No space left on device; free some space");
  assert_int_equal(stat("/dev/full", &st), 0);
  assert_true(S_ISCHR(st.st_mode));
}

static void paths_are_taken_apart(void **state) {
  static const struct {
    const char *path, *dir, *stem, *ending;
  } rows[] = {
      {"a/b/net.c", "a/b/", "net", ".c"},
      {"net.c", "", "net", ".c"},
      {"a.b/net", "a.b/", "net", ""},
      {"/x.tar.gz", "/", "x.tar", ".gz"},
      {".hidden", "", ".hidden", ""},
      {"a/.x.ir", "a/", ".x", ".ir"},
      {"-", "", "-", ""},
      {"a/", "a/", "", ""},
  };
  struct arena *a = ((struct unit *)*state)->comp.arena;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_string_equal(file_dir(a, rows[i].path), rows[i].dir);
    assert_string_equal(file_stem(a, rows[i].path), rows[i].stem);
    assert_string_equal(file_ending(rows[i].path), rows[i].ending);
  }
}

static void the_check_sum_is_that_of_ieee_802_3(void **state) {
  (void)state;
  assert_int_equal(file_crc32("123456789", 9), 0xCBF43926u);
  assert_int_equal(file_crc32("", 0), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_file_is_read_and_mapped_whole, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_pipe_is_read_to_its_end, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(an_endless_stream_is_not_read_beyond_the_limit, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_file_beneath_a_folder_is_mapped_and_nothing_else,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(outputs_appear_at_commit_and_not_before, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(abandoned_outputs_leave_nothing, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(committed_outputs_survive_abandon, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_new_file_has_the_permissions_of_the_umask, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_symbolic_link_keeps_pointing_to_the_file, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(what_cannot_be_written_is_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_folder_appears_whole_at_commit, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(an_abandoned_folder_leaves_nothing, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_written_folder_is_replaced_as_a_whole, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(what_somebody_else_wrote_is_never_replaced, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_full_device_is_told_at_commit, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(paths_are_taken_apart, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(the_check_sum_is_that_of_ieee_802_3, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
