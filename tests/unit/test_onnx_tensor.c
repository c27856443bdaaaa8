/* tests/unit/test_onnx_tensor.c -- element types and storage of TensorProto. */
#include "onnx_model.h"

#include <math.h>

/* The tensor as the constant that a model has for output, as f32; NULL: told. */
static const float *read_tensor(struct unit *u, Onnx__TensorProto *t) {
  struct onnx_model *m = model_new(u, 13, "Identity", "t", "");
  const struct ir_graph *g;

  m->graph.n_initializer = 1;
  m->initializers[0] = t;
  g = onnx_read(&u->comp, "m.onnx", model_pack(m));
  arena_reset(u->comp.scratch);
  return g ? ir_const_in(g, ir_node(g, ir_nth(g, IR_OUTPUT, 0)), 0)->data : NULL;
}

static Onnx__TensorProto tensor_of(int32_t data_type, int64_t *dims, size_t rank) {
  Onnx__TensorProto t = ONNX__TENSOR_PROTO__INIT;

  t.name = (char *)(uintptr_t) "t";
  t.has_data_type = 1;
  t.data_type = data_type;
  t.n_dims = rank;
  t.dims = dims;
  return t;
}

static void raw_data_is_little_endian_of_every_type(void **state) {
  static const struct {
    int32_t data_type;
    const char *bytes;
    size_t len;
    float want[2];
  } rows[] = {
      {1, "\0\0\x80\x3f\0\0\x20\xc0", 8, {1, -2.5f}},
      {2, "\x01\xff", 2, {1, 255}},
      {3, "\x01\xff", 2, {1, -1}},
      {4, "\x01\x02\xff\xff", 4, {513, 65535}},
      {5, "\x01\x02\xff\xff", 4, {513, -1}},
      {6, "\x01\0\0\0\xff\xff\xff\xff", 8, {1, -1}},
      {7, "\x01\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff", 16, {1, -2}},
      {9, "\0\1", 2, {0, 1}},
      {10, "\0\x3c\0\xc1", 4, {1, -2.5f}},
      {10, "\x01\0\xff\x7b", 4, {0x1p-24f, 65504}}, /* smallest subnormal, largest */
      {11, "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\x04\xc0", 16, {1, -2.5f}},
      {12, "\x01\0\0\0\xff\xff\xff\xff", 8, {1, 4294967296.0f}},
      {16, "\x80\x3f\x20\xc0", 4, {1, -2.5f}},
  };
  struct unit *u = *state;
  int64_t dims[] = {2};

  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
    Onnx__TensorProto t = tensor_of(rows[i].data_type, dims, 1);
    const float *got;
    t.has_raw_data = 1;
    t.raw_data = (ProtobufCBinaryData){rows[i].len, (uint8_t *)(uintptr_t)rows[i].bytes};
    got = read_tensor(u, &t);
    if (!got)
      fail_msg("row %zu: %s", i, unit_said(u));
    for (size_t k = 0; k < 2; k++)
      if (got[k] < rows[i].want[k] || got[k] > rows[i].want[k])
        fail_msg("row %zu: element %zu is %g instead of %g", i, k, (double)got[k],
                 (double)rows[i].want[k]);
    t.raw_data.len--;
    assert_null(read_tensor(u, &t));
    unit_assert_said(u, "need");
  }
}

static void typed_fields_hold_what_the_standard_says(void **state) {
  struct unit *u = *state;
  int64_t dims[] = {1, 2}, longs[] = {-3, 4};
  int32_t halves[] = {0x3c00, 0xc100};
  double doubles[] = {1, -2.5};
  uint64_t big[] = {1, UINT64_MAX};
  const float *got;

  Onnx__TensorProto t = tensor_of(7, dims, 2);
  t.n_int64_data = 2;
  t.int64_data = longs;
  got = read_tensor(u, &t);
  assert_true(got && got[0] == -3);
  t = tensor_of(10, dims, 2);
  t.n_int32_data = 2;
  t.int32_data = halves;
  got = read_tensor(u, &t);
  assert_true(got && got[1] == -2.5f);
  t = tensor_of(11, dims, 2);
  t.n_double_data = 2;
  t.double_data = doubles;
  got = read_tensor(u, &t);
  assert_true(got && got[1] == -2.5f);
  t = tensor_of(13, dims, 2);
  t.n_uint64_data = 2;
  t.uint64_data = big;
  assert_null(read_tensor(u, &t));
  unit_assert_said(u, "above 2^63 - 1");
}

/* Numbers may come in pieces, packed and single, and lie at any address. */
static void pieces_are_joined_and_odd_addresses_read(void **state) {
  /* Opset 13, the graph, its node, its output y, and t: 5 of FLOAT. Parts in between are in strings
   * of their own, since \x takes all digits that follow. */
  static const uint8_t file[] = "\x42\x02\x10\x0d"
                                "\x3a\x3b"
                                "\x0a\x10\x0a\x01t\x12\x01y\x22\x08Identity"
                                "b\x03\x0a\x01y"
                                "\x2a\x22\x08\x05\x10\x01\x42\x01t"
                                "\x22\x08\0\0\x80\x3f\0\0\x20\xc0"
                                "\x25\0\0\0\x40"
                                "\x22\0"
                                "\x22\x08\0\0\xc0\x40\0\0\0\x3f";
  struct unit *u = *state;
  uint8_t *odd = arena_alloc(u->comp.arena, sizeof file + 4, 1);

  for (size_t shift = 0; shift < 4; shift++) {
    const float want[] = {1, -2.5f, 2, 6, 0.5f};
    struct bytes b = {odd + shift, sizeof file - 1};
    struct ir_graph *g;
    memcpy(odd + shift, file, sizeof file - 1);
    g = onnx_read(&u->comp, "m.onnx", b);
    if (!g)
      fail_msg("%s", unit_said(u));
    assert_memory_equal(ir_const_in(g, ir_node(g, ir_nth(g, IR_OUTPUT, 0)), 0)->data, want,
                        sizeof want);
    arena_reset(u->comp.scratch);
  }
}

static void floats_at_a_suitable_address_stay_in_the_file(void **state) {
  struct unit *u = *state;
  int64_t dims[] = {2};
  float values[] = {1, -2.5f};
  Onnx__TensorProto t = tensor_of(1, dims, 1);
  struct onnx_model *m = model_new(u, 13, "Identity", "t", "");
  size_t n_in_place = 0;

  t.has_raw_data = 1;
  t.raw_data = (ProtobufCBinaryData){sizeof values, (uint8_t *)values};
  m->graph.n_initializer = 1;
  m->initializers[0] = &t;
  struct bytes packed = model_pack(m);
  for (size_t shift = 0; shift < sizeof(float); shift++) {
    uint8_t *at = (uint8_t *)arena_alloc(u->comp.arena, packed.len + shift, 1) + shift;
    memcpy(at, packed.data, packed.len);
    const struct ir_graph *g = onnx_read(&u->comp, "m.onnx", (struct bytes){at, packed.len});
    const uint8_t *got = ir_const_in(g, ir_node(g, ir_nth(g, IR_OUTPUT, 0)), 0)->data;
    assert_memory_equal(got, values, sizeof values);
    n_in_place += got >= at && got < at + packed.len;
    arena_reset(u->comp.scratch);
  }
  assert_int_equal(n_in_place, 1);
}

static void numbers_must_be_finite_but_for_a_bound(void **state) {
  struct unit *u = *state;
  struct onnx_model *m = model_new(u, 13, "Clip", "x:1,2 t", "");
  int64_t dims[] = {2};
  float values[] = {-INFINITY, NAN};
  double huge[] = {1, 1e300};

  Onnx__TensorProto t = tensor_of(1, NULL, 0);
  t.n_float_data = 1;
  t.float_data = values;
  m->graph.n_initializer = 1;
  m->initializers[0] = &t;
  assert_non_null(strstr(model_read(u, model_pack(m)), "%y = output %x"));
  t.float_data = values + 1;
  assert_non_null(strstr(model_read(u, model_pack(m)), "is NaN"));
  t = tensor_of(11, dims, 1);
  t.n_double_data = 2;
  t.double_data = huge;
  assert_null(read_tensor(u, &t));
  unit_assert_said(u, "element 1 is infinite");
}

static void dims_are_checked_before_anything_is_allocated(void **state) {
  static const struct {
    int64_t dims[9];
    size_t rank;
    const char *said;
  } rows[] = {
      {{-1}, 1, "dimension 0 is -1"},
      {{2, (int64_t)1 << 31}, 2, "dimension 1 is 2147483648"},
      {{INT64_MAX, INT64_MAX}, 2, "dimension 0 is 9223372036854775807"},
      {{46341, 46341}, 2, "more than 2^31 - 1 elements"},
      {{1, 1, 1, 1, 1, 1, 1, 1, 1}, 9, "has 9 dimensions"},
      {{46340, 46340}, 2, "has 0 bytes"},
  };
  struct unit *u = *state;

  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
    Onnx__TensorProto t = tensor_of(1, (int64_t *)(uintptr_t)rows[i].dims, rows[i].rank);
    assert_null(read_tensor(u, &t));
    unit_assert_said(u, rows[i].said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(raw_data_is_little_endian_of_every_type, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(typed_fields_hold_what_the_standard_says, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(pieces_are_joined_and_odd_addresses_read, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(floats_at_a_suitable_address_stay_in_the_file, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(numbers_must_be_finite_but_for_a_bound, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(dims_are_checked_before_anything_is_allocated, unit_begin,
                                      unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
