/* tests/unit/test_data_formats.c -- sample files: every format, and every way to be wrong. */
#include "unit.h"

#include <zip.h>
#include <zlib.h>

#include "frontend/data/data.h"
#include "ir/recordings.h"
#include "ir/samples.h"

/* ---- making files ---- */

struct blob {
  uint8_t bytes[16384];
  size_t len;
};

static void put(struct blob *b, const void *bytes, size_t len) {
  memcpy(b->bytes + b->len, bytes, len);
  b->len += len;
}

/* An .npy with the given descr and shape, in front of `payload`. */
static struct blob npy(const char *descr, const char *shape, const void *payload, size_t len) {
  struct blob b = {.len = 0};
  char dict[256];
  int n = snprintf(dict, sizeof(dict), "{'descr': '%s', 'fortran_order': False, 'shape': %s, }\n",
                   descr, shape);

  put(&b, "\x93NUMPY\x01\x00", 8);
  put(&b, (uint8_t[]){(uint8_t)n, 0}, 2);
  put(&b, dict, (size_t)n);
  put(&b, payload, len);
  return b;
}

/* Two pictures of 2 x 3 bytes, 0 .. 11. */
static struct blob idx_images(void) {
  struct blob b = {.len = 0};

  put(&b, "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03", 16);
  for (uint8_t i = 0; i < 12; i++)
    put(&b, &i, 1);
  return b;
}

static struct blob gz(struct blob raw) {
  struct blob b = {.len = 0};
  z_stream z = {0};

  assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  z.next_in = raw.bytes;
  z.avail_in = (uInt)raw.len;
  z.next_out = b.bytes;
  z.avail_out = sizeof(b.bytes);
  assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
  b.len = sizeof(b.bytes) - z.avail_out;
  deflateEnd(&z);
  return b;
}

struct entry {
  const char *name;
  struct blob blob;
};

static const char *npz(struct unit *u, struct entry *entries, size_t n) {
  const char *path = arena_printf(u->comp.arena, "%s/d.npz", u->folder);
  zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);

  for (size_t i = 0; i < n; i++)
    zip_file_add(z, entries[i].name,
                 zip_source_buffer(z, entries[i].blob.bytes, entries[i].blob.len, 0), 0);
  assert_int_equal(zip_close(z), 0);
  return path;
}

static const char *save(struct unit *u, const char *name, struct blob b) {
  return unit_file(u, name, b.bytes, b.len);
}

static struct samples *read_all(struct unit *u, const char *path, const char *labels) {
  struct samples *s = data_read(&u->comp, path, labels, 0, -1);

  if (!s)
    fail_msg("%s", unit_said(u));
  return s;
}

/* ---- what is read ---- */

static void idx_is_read_plain_and_packed(void **state) {
  struct unit *u = *state;
  const char *paths[] = {save(u, "i", idx_images()), save(u, "i.gz", gz(idx_images()))};

  for (int i = 0; i < 2; i++) {
    struct samples *s = read_all(u, paths[i], NULL);

    assert_int_equal(s->n, 2);
    assert_int_equal(s->dtype, SAMPLES_U8);
    assert_int_equal(s->channels, 1);
    assert_int_equal(s->height, 2);
    assert_int_equal(s->width, 3);
    assert_int_equal(((const uint8_t *)s->data)[11], 11);
    assert_null(s->labels);
  }
}

static void npy_types_become_bytes_or_floats(void **state) {
  static const struct {
    const char *descr;
    uint8_t bytes[16];
    size_t len;
    float want[2];
  } rows[] = {
      {"<f4", {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, 8, {1, -2}},
      {">f4", {0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0}, 8, {1, -2}},
      {"<f8", {0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0}, 16, {1, -2}},
      {"|i1", {1, 0xfe}, 2, {1, -2}},
      {"<i2", {1, 0, 0xfe, 0xff}, 4, {1, -2}},
      {">i2", {0, 1, 0xff, 0xfe}, 4, {1, -2}},
      {"<i8", {1, 0, 0, 0, 0, 0, 0, 0, 0xfe, 255, 255, 255, 255, 255, 255, 255}, 16, {1, -2}},
      {"<u2", {1, 0, 0xff, 0xff}, 4, {1, 65535}},
      {"|b1", {1, 0}, 2, {1, 0}},
  };

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    struct samples *s = read_all(
        *state, save(*state, "a.npy", npy(rows[i].descr, "(1, 2)", rows[i].bytes, rows[i].len)),
        NULL);

    assert_int_equal(s->dtype, SAMPLES_F32);
    assert_int_equal(s->channels, 2);
    assert_memory_equal(s->data, rows[i].want, sizeof(rows[i].want));
  }
}

static void skip_and_limit_pick_samples_and_their_labels(void **state) {
  struct unit *u = *state;
  const char *x = save(u, "x.npy", npy("|u1", "(4, 2)", "\0\1\2\3\4\5\6\7", 8));
  const char *y = save(u, "y.npy", npy("<i2", "(4,)", "\4\0\5\0\6\0\7\0", 8));
  struct samples *s = data_read(&u->comp, x, y, 1, 2);

  assert_non_null(s);
  assert_int_equal(s->n, 2);
  assert_memory_equal(s->data, "\2\3\4\5", 4);
  assert_int_equal(s->labels[0], 5);
  assert_int_equal(s->labels[1], 6);
  s = data_read(&u->comp, x, NULL, 3, 100);
  assert_int_equal(s->n, 1);
}

static void labels_may_be_one_hot(void **state) {
  struct unit *u = *state;
  const char *x = save(u, "x.npy", npy("|u1", "(2, 2)", "\0\1\2\3", 4));
  const char *y = save(u, "y.npy", npy("|u1", "(2, 3)", "\0\0\1\1\0\0", 6));
  struct samples *s = read_all(u, x, y);

  assert_int_equal(s->labels[0], 2);
  assert_int_equal(s->labels[1], 0);
}

static void an_npz_gives_samples_and_labels_by_key(void **state) {
  struct unit *u = *state;
  struct entry entries[] = {
      {"x_test.npy", npy("|u1", "(2, 2)", "\0\1\2\3", 4)},
      {"y_test.npy", npy("|u1", "(2,)", "\1\0", 2)},
      {"x_train.npy", npy("|u1", "(3, 2)", "\0\1\2\3\4\5", 6)},
      {"y_train.npy", npy("|u1", "(3,)", "\3\4\5", 3)},
  };
  const char *path = npz(u, entries, 2);

  assert_int_equal(read_all(u, path, NULL)->labels[0], 1);
  path = npz(u, entries, 4);
  assert_null(data_read(&u->comp, path, NULL, 0, -1));
  unit_assert_said(u, "which array holds the samples?");
  path = arena_printf(u->comp.arena, "%s:x_train", path);
  assert_int_equal(read_all(u, path, NULL)->labels[2], 5);
  assert_null(data_read(&u->comp, arena_printf(u->comp.arena, "%s2", path), NULL, 0, -1));
  unit_assert_said(u, "\"x_test\", \"y_test\", \"x_train\", \"y_train\"");
}

static void the_only_array_of_an_npz_needs_no_key(void **state) {
  struct entry entries[] = {{"pixels.npy", npy("|u1", "(2, 2)", "\0\1\2\3", 4)}};
  struct samples *s = read_all(*state, npz(*state, entries, 1), NULL);

  assert_int_equal(s->n, 2);
  assert_null(s->labels);
}

static void cifar_records_are_planes_with_labels(void **state) {
  struct unit *u = *state;
  struct blob b = {.len = (size_t)2 * 3073};
  struct samples *s;

  memset(b.bytes, 9, b.len);
  b.bytes[3072] = 77;
  b.bytes[3073] = 4;
  s = read_all(u, save(u, "c.bin", b), NULL);
  assert_int_equal(s->n, 2);
  assert_int_equal(s->layout, SAMPLES_CHW);
  assert_int_equal(s->channels, 3);
  assert_int_equal(s->labels[0], 9);
  assert_int_equal(s->labels[1], 4);
  assert_int_equal(((const uint8_t *)s->data)[3071], 77);
  assert_int_equal(((const uint8_t *)s->data)[3072], 9);
}

/* ---- what is refused ---- */

static void refuse(struct unit *u, struct blob b, const char *said) {
  const char *path = save(u, "bad.npy", b);

  if (data_read(&u->comp, path, NULL, 0, -1))
    fail_msg("accepted, not: %s", said);
  unit_assert_said(u, said);
}

static struct blob text(const char *s) {
  struct blob b = {.len = 0};

  put(&b, s, strlen(s));
  return b;
}

static void bad_npy_headers_are_told(void **state) {
  static const struct {
    const char *descr, *shape, *said;
  } rows[] = {
      {"|O", "(2, 2)", "Python objects"},
      {"<f2", "(2, 2)", "elements of type \"<f2\""},
      {"", "(2, 2)", "elements of type \"\""},
      {"<c8", "(2, 2)", "elements of type \"<c8\""},
      {"|u1", "(2, 3)", "shape [2, 3], which takes 6 bytes, but 4 follow"},
      {"|u1", "(2, 1)", "which takes 2 bytes, but 4 follow"},
      {"|u1", "()", "a single number"},
      {"|u1", "(2, 0)", "holds nothing"},
      {"|u1", "(0,)", "holds nothing"},
      {"|u1", "(9223372036854775808, 1)", "more than any file holds"},
      {"|u1", "(4294967296, 4294967296)", "more than any file holds"},
      {"|u1", "(99999999999999999999,)", "more than 64 bits"},
      {"|u1", "(-2, 2)", "not all whole numbers"},
      {"|u1", "(2.5, 2)", "closing parenthesis"},
      {"|u1", "2", "no tuple"},
      {"|u1", "(1,1,1,1,1,1,1,1,4)", "more than 8 axes"},
      {"|u1", "(1,1,1,1,4)", "up to three are read"},
      {"|u1', 'x': '", "(2, 2)", "a key \"x\""},
      {"|u1", "(2, 2), 'shape': (4,)", "a key \"shape\""},
      {"|u1", "(2, 2", "not all whole numbers"},
      {"|u1", "(2 2)", "closing parenthesis"},
  };

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
    refuse(*state, npy(rows[i].descr, rows[i].shape, "\0\1\2\3", 4), rows[i].said);
}

static void bad_files_are_told(void **state) {
  static const uint8_t nan[8] = {0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f};
  static const uint8_t huge[8] = {0, 0, 0, 0, 0, 0, 0xf0, 0x7e};
  struct unit *u = *state;
  struct blob b = idx_images();

  refuse(u, text(""), "the file is empty");
  refuse(u, text("1,2,3\n4,5,6\n"), "begins with bytes 31 2c 32 2c");
  refuse(u, npy("<f4", "(2, 1)", nan, 8), "value 0 of sample 1 (from 0) is nan");
  refuse(u, npy("<f8", "(1, 1)", huge, 8), "finite f32");
  b.len--;
  refuse(u, b, "which takes 12 bytes, but 11 follow");
  b.len = 9;
  refuse(u, b, "cut off: it ends within the IDX header");
  b = text("\x93NUMPY\x01");
  refuse(u, b, "cut off");
  b = text("\x93NUMPY\x09\x01\x01\x01");
  refuse(u, b, ".npy version 9");
  refuse(u, text("PK\3\4 not really a zip file"), "the .npz (zip) is damaged");
  assert_null(data_read(&u->comp, save(u, "c.bin", text("short")), NULL, 0, -1));
  unit_assert_said(u, "records of 3073 bytes");
}

static void damaged_packing_is_told(void **state) {
  struct unit *u = *state;
  struct blob b = gz(idx_images());

  b.len -= 9;
  refuse(u, b, "it ends in the middle");
  b = gz(idx_images());
  b.bytes[b.len - 8] ^= 1;
  refuse(u, b, "incorrect data check");
  b = gz(idx_images());
  b.bytes[10] |= 6; /* a block of the type that does not exist */
  refuse(u, b, "the packed data is damaged: invalid block type");
  b = idx_images();
  b.len--;
  refuse(u, gz(b), "cut off: it ends within the elements");
  b.len += 2;
  refuse(u, gz(b), "more bytes follow");
}

/* The header of a small file may not make the reader take much memory. */
static void memory_is_bounded_by_the_option(void **state) {
  struct unit *u = *state;
  struct blob b = idx_images();

  memset(b.bytes + 4, 0x10, 8);
  refuse(u, gz(b), "raise --max-memory");
  u->opt.max_memory = 11;
  refuse(u, gz(idx_images()), "take 12 bytes of memory; at most 11 are allowed");
}

static void labels_that_do_not_belong_are_told(void **state) {
  static const struct {
    const char *descr, *shape, *payload;
    size_t len;
    const char *said;
  } rows[] = {
      {"|u1", "(3,)", "\0\1\2", 3, "3 labels for 2 samples"},
      {"|i1", "(2,)", "\0\xff", 2, "label 1 (from 0) is -1"},
      {"<i4", "(2,)", "\0\0\0\0\0\0\0\2", 8, "is 3.35544e+07"},
      {"<f4", "(2,)", "\0\0\0\0\0\0\0\x3f", 8, "is 0.5"},
      {"|u1", "(2, 2)", "\0\1\1\1", 4, "row 1 (from 0) of the labels"},
      {"|u1", "(2, 2)", "\0\1\0\0", 4, "row 1 (from 0) of the labels"},
  };
  struct unit *u = *state;
  const char *x = save(u, "x.npy", npy("|u1", "(2, 2)", "\0\1\2\3", 4)), *y;

  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    y = save(u, "y.npy", npy(rows[i].descr, rows[i].shape, rows[i].payload, rows[i].len));
    assert_null(data_read(&u->comp, x, y, 0, -1));
    unit_assert_said(u, rows[i].said);
  }
  /* what is skipped is not looked at, and counts in messages */
  y = save(u, "y.npy", npy("|i1", "(2,)", "\xff\xfe", 2));
  assert_null(data_read(&u->comp, x, y, 1, -1));
  unit_assert_said(u, "label 1 (from 0) is -2");
  assert_null(data_read(&u->comp, x, NULL, 2, -1));
  unit_assert_said(u, "--skip 2 leaves nothing of 2 samples");
  assert_null(data_read(&u->comp, arena_printf(u->comp.arena, "%s/none", u->folder), NULL, 0, -1));
  unit_assert_said(u, "No such file");
}

/* ---- recordings ---- */

/* 5 bytes: x, y, polarity, time. */
static void put_event(struct blob *b, uint8_t x, uint8_t y, uint8_t polarity, uint32_t time_us) {
  put(b,
      (uint8_t[]){x, y, (uint8_t)((uint32_t)polarity << 7 | time_us >> 16), (uint8_t)(time_us >> 8),
                  (uint8_t)time_us},
      5);
}

static const char *save_text(struct unit *u, const char *name, const char *text) {
  return unit_file(u, name, text, strlen(text));
}

/* The list, and one recording beside it: events of steps 0, 0 (again), 2 and 7 of 1 ms. */
static const char *save_list(struct unit *u, const char *list) {
  struct blob b = {.len = 0};

  put_event(&b, 33, 2, 1, 7999);
  put_event(&b, 1, 2, 0, 0);
  put_event(&b, 1, 2, 0, 999);
  put_event(&b, 0, 33, 1, 2000);
  save(u, "b.bs2", b);
  u->opt.event_step = 1000;
  return save_text(u, "list.txt", list);
}

static void recordings_are_binned_sorted_and_labelled(void **state) {
  struct unit *u = *state;
  const char *path = save_list(u, "# name label\r\nb.bs2\t7\n\nb.bs2  12");
  struct samples *s = data_read(&u->comp, path, NULL, 1, -1);
  static const uint64_t want[] = {2 * 34 + 1, 2ull << 32 | (34 * 34 + 33 * 34),
                                  7ull << 32 | (34 * 34 + 2 * 34 + 33)};

  if (!s)
    fail_msg("%s", unit_said(u));
  assert_int_equal(s->n, 1);
  assert_int_equal(s->first, 1);
  assert_int_equal(s->labels[0], 12);
  assert_int_equal(s->recordings->begin[1], 3);
  assert_memory_equal(s->recordings->event, want, sizeof want);
  s = data_read(&u->comp, arena_printf(u->comp.arena, "%s/b.bs2", u->folder), NULL, 0, -1);
  assert_true(s && s->n == 1 && !s->labels && s->recordings->begin[1] == 3);
}

static void bad_recordings_are_told(void **state) {
  static const struct {
    const char *list, *said;
  } rows[] = {
      {"# nothing\n\n", "lists no recordings"},
      {"b.bs2 7\nb.bs2\n", "list.txt:2:1: error: \"b.bs2\"; the name of a recording and its label"},
      {"b.bs2 seven", "are wanted: 60001 7"},
      {"b.bs2 1234567", "are wanted: 60001 7"},
      {" b.bs2 1", "are wanted: 60001 7"},
      {"c.bs2 1", "recording \"c.bs2\""},
      {"60001 1", "recording \"list/60001.bs2\""},
      {"../b.bs2 1", "recording \"../b.bs2\""},
      {"odd.bs2 1", "6 bytes; events of 5 bytes do not fit"},
      {"outside.bs2 1", "event 1 is at x 3, y 34; recordings are 34 x 34"},
  };
  struct unit *u = *state;
  struct blob b = {.len = 0};

  put_event(&b, 3, 33, 0, 1);
  put_event(&b, 3, 34, 0, 1);
  save(u, "outside.bs2", b);
  save_text(u, "odd.bs2", "abcdef");
  for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
    if (data_read(&u->comp, save_list(u, rows[i].list), NULL, 0, -1))
      fail_msg("accepted: %s", rows[i].list);
    unit_assert_said(u, rows[i].said);
  }
  assert_null(data_read(&u->comp, save_list(u, "b.bs2 1"), NULL, 1, -1));
  unit_assert_said(u, "--skip 1 leaves nothing of 1 samples");
  u->opt.max_memory = 24;
  assert_null(data_read(&u->comp, save_list(u, "b.bs2 1"), NULL, 0, -1));
  unit_assert_said(u, "4 events take 32 bytes of memory; at most 24 are allowed");
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, unit_begin, unit_end)
  const struct CMUnitTest tests[] = {
      TEST(idx_is_read_plain_and_packed),
      TEST(npy_types_become_bytes_or_floats),
      TEST(skip_and_limit_pick_samples_and_their_labels),
      TEST(labels_may_be_one_hot),
      TEST(an_npz_gives_samples_and_labels_by_key),
      TEST(the_only_array_of_an_npz_needs_no_key),
      TEST(cifar_records_are_planes_with_labels),
      TEST(bad_npy_headers_are_told),
      TEST(bad_files_are_told),
      TEST(damaged_packing_is_told),
      TEST(memory_is_bounded_by_the_option),
      TEST(labels_that_do_not_belong_are_told),
      TEST(recordings_are_binned_sorted_and_labelled),
      TEST(bad_recordings_are_told),
  };

  return cmocka_run_group_tests(tests, NULL, NULL);
}
