/* tests/unit/test_onnx_check.c -- the walk over the wire format. */
#include "onnx_model.h"

#include "frontend/onnx/onnx_check.h"

enum { BUDGET = 1 << 20 };

static bool check(struct unit *u, const void *bytes, size_t len, size_t budget) {
  struct buf cut;

  buf_init(&cut, u->comp.scratch);
  return onnx_check(u->comp.diag, loc_file("m.onnx"), (struct bytes){.data = bytes, .len = len},
                    budget, &cut);
}

/* Field 1 of ModelProto is a varint, 2 a string, 7 a message, 25 and its like unknown to a graph.
 */
static void the_wire_format_is_held_to_the_schema(void **state) {
  static const struct {
    const char *bytes;
    size_t len;
    const char *said; /* NULL: accepted */
  } rows[] = {
      {"", 0, NULL},
      {"\x08\x07", 2, NULL},
      {"\x12\x02pt", 4, NULL},
      {"\x3a\x00", 2, NULL},
      {"\xf8\x07\x01", 3, NULL}, /* unknown varint field */
      {"\x08", 1, "cut off"},
      {"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11, NULL},
      {"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12, "more than 10 bytes"},
      {"\x12\x03pt", 4, "\"producer_name\" of ModelProto at byte 0 runs past the end"},
      {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, "runs past the end"},
      {"\x12\x03p\0t", 5, "holds a NUL byte"},
      {"\x3a\x04\x0a\x05\x0a\x00", 6, "\"node\" of GraphProto at byte 2 runs past the end"},
      {"\x3a\x06\x2a\x04\x22\x02xy", 8,
       "\"float_data\" of TensorProto at byte 4 ends within a number"},
      {"\x3a\x08\x2a\x06\x52\x04xyxy", 10, "\"double_data\" of TensorProto at byte 4 ends within"},
      {"\x0a\x00", 2, "wire type of another kind"},
      {"\x38\x00", 2, "wire type of another kind"},
      {"\x0b\x00", 2, "wire type that ONNX does not use"},
      {"\x0c", 1, "wire type that ONNX does not use"},
      {"\x0e\x00", 2, "wire type that ONNX does not use"},
      {"\x00\x00", 2, "malformed tag"},
      {"\x88\x80\x80\x80\x80\x00", 6, "malformed tag"},
      {"\xff\xff\xff\xff\x7f", 5, "malformed tag"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
    bool good = check(u, rows[i].bytes, rows[i].len, BUDGET);
    if (good != !rows[i].said)
      fail_msg("row %zu: %s", i, good ? "accepted" : unit_said(u));
    if (!good)
      unit_assert_said(u, rows[i].said);
  }
}

/* Lengths are of one byte up to 126 of them, so levels are counted from the inside. */
static size_t nest(uint8_t *to, size_t depth) {
  static const uint8_t tags[] = {0x0a, 0x2a, 0x32}; /* node, attribute, graph: g */
  uint8_t inside[512];
  size_t len = 0, used;

  for (size_t level = depth; level-- > 1;) {
    uint8_t head[3] = {level == 1 ? 0x3a : tags[(level - 2) % 3]};
    used = len < 128 ? 2 : 3;
    head[1] = (uint8_t)(len < 128 ? len : (len & 127) | 128);
    head[2] = (uint8_t)(len >> 7);
    memcpy(inside, head, used);
    memcpy(inside + used, to, len);
    len += used;
    memcpy(to, inside, len);
  }
  return len;
}

static void nesting_is_bounded(void **state) {
  struct unit *u = *state;
  uint8_t bytes[512];

  assert_true(check(u, bytes, nest(bytes, ONNX_MAX_NESTING), BUDGET));
  assert_false(check(u, bytes, nest(bytes, ONNX_MAX_NESTING + 1), BUDGET));
  unit_assert_said(u, "nested more than 64 deep");
}

/* The budget must cover what unpacking really takes, within a factor of two. */
struct counter {
  size_t bytes;
};

static void *count_alloc(void *counter, size_t size) {
  ((struct counter *)counter)->bytes += size;
  return malloc(size);
}

static void count_free(void *counter, void *p) {
  (void)counter;
  free(p);
}

static void the_budget_bounds_what_unpacking_takes(void **state) {
  static const char *const fillers[] = {"\x0a", "\x2a", "\x62", "\x6a", "\x5a"};
  struct unit *u = *state;
  enum { N = 20000 };
  uint8_t *bytes = malloc(2 * N + 8);

  for (size_t i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
    struct counter counter = {0};
    ProtobufCAllocator allocator = {count_alloc, count_free, &counter};
    Onnx__GraphProto *graph;
    for (size_t k = 0; k < N; k++)
      bytes[2 * k] = (uint8_t)*fillers[i], bytes[2 * k + 1] = 0;
    graph = onnx__graph_proto__unpack(&allocator, 2 * N, bytes);
    assert_non_null(graph);
    onnx__graph_proto__free_unpacked(graph, &allocator);
    memmove(bytes + 4, bytes, 2 * N);
    memcpy(bytes, "\x3a\xc0\xb8\x02", 4); /* graph, 40000 bytes */
    assert_false(check(u, bytes, 2 * N + 4, counter.bytes / 2));
    unit_assert_said(u, "--max-memory");
    assert_true(check(u, bytes, 2 * N + 4, 4 * counter.bytes));
  }
  free(bytes);
}

static void a_prefix_of_a_model_is_refused_or_read(void **state) {
  struct unit *u = *state;
  struct onnx_model *m =
      model_new(u, 13, "Conv", "x:1,1,5,5 w:2,1,3,3 b:2", "pads=[1,0,1,2] auto_pad=NOTSET");
  struct bytes whole = model_pack(m);
  size_t n_read = 0;

  for (size_t len = 0; len <= whole.len; len++)
    n_read += !strncmp(model_read(u, (struct bytes){.data = whole.data, .len = len}), "ir 1", 4);
  assert_int_equal(n_read, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_wire_format_is_held_to_the_schema, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(nesting_is_bounded, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(the_budget_bounds_what_unpacking_takes, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_prefix_of_a_model_is_refused_or_read, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
