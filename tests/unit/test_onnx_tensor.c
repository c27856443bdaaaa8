/* tests/unit/test_onnx_tensor.c -- element types and storage of TensorProto. */
#include "onnx_model.h"

#include <math.h>

#include "frontend/onnx/onnx_internal.h"

static bool read_tensor(struct unit *u, const Onnx__TensorProto *t, struct ir_tensor *out) {
  struct onnx_import im = {.c = &u->comp, .path = "m.onnx"};

  return onnx_tensor_read(&im, t, loc_file("m.onnx"), out);
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
    double want[2];
  } rows[] = {
      {1, "\0\0\x80\x3f\0\0\x20\xc0", 8, {1, -2.5}},
      {2, "\x01\xff", 2, {1, 255}},
      {3, "\x01\xff", 2, {1, -1}},
      {4, "\x01\x02\xff\xff", 4, {513, 65535}},
      {5, "\x01\x02\xff\xff", 4, {513, -1}},
      {6, "\x01\0\0\0\xff\xff\xff\xff", 8, {1, -1}},
      {7, "\x01\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff", 16, {1, -2}},
      {9, "\0\1", 2, {0, 1}},
      {10, "\0\x3c\0\xc1", 4, {1, -2.5}},
      {10, "\x01\0\xff\x7b", 4, {0x1p-24, 65504}}, /* smallest subnormal, largest */
      {11, "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\x04\xc0", 16, {1, -2.5}},
      {12, "\x01\0\0\0\xff\xff\xff\xff", 8, {1, 4294967295.0}},
      {16, "\x80\x3f\x20\xc0", 4, {1, -2.5}},
  };
  struct unit *u = *state;
  int64_t dims[] = {2};

  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
    Onnx__TensorProto t = tensor_of(rows[i].data_type, dims, 1);
    struct ir_tensor out;
    t.has_raw_data = 1;
    t.raw_data = (ProtobufCBinaryData){rows[i].len, (uint8_t *)(uintptr_t)rows[i].bytes};
    if (!read_tensor(u, &t, &out))
      fail_msg("row %zu: %s", i, unit_said(u));
    for (size_t k = 0; k < 2; k++) {
      double got = out.type.dtype == IR_F32 ? (double)((const float *)out.data)[k]
                                            : (double)((const int64_t *)out.data)[k];
      if (got < rows[i].want[k] || got > rows[i].want[k])
        fail_msg("row %zu: element %zu is %g instead of %g", i, k, got, rows[i].want[k]);
    }
    t.raw_data.len--;
    assert_false(read_tensor(u, &t, &out));
    unit_assert_said(u, "need");
  }
}

static void typed_fields_hold_what_the_standard_says(void **state) {
  struct unit *u = *state;
  int64_t dims[] = {1, 2}, longs[] = {-3, 4};
  int32_t halves[] = {0x3c00, 0xc100};
  double doubles[] = {1, -2.5};
  uint64_t big[] = {1, UINT64_MAX};
  struct ir_tensor out;

  Onnx__TensorProto t = tensor_of(7, dims, 2);
  t.n_int64_data = 2;
  t.int64_data = longs;
  assert_true(read_tensor(u, &t, &out));
  assert_int_equal(((const int64_t *)out.data)[0], -3);
  t = tensor_of(10, dims, 2);
  t.n_int32_data = 2;
  t.int32_data = halves;
  assert_true(read_tensor(u, &t, &out));
  assert_true(ir_f32_of(out)[1] == -2.5f);
  t = tensor_of(11, dims, 2);
  t.n_double_data = 2;
  t.double_data = doubles;
  assert_true(read_tensor(u, &t, &out));
  assert_true(ir_f32_of(out)[1] == -2.5f);
  t = tensor_of(13, dims, 2);
  t.n_uint64_data = 2;
  t.uint64_data = big;
  assert_false(read_tensor(u, &t, &out));
  unit_assert_said(u, "above 2^63 - 1");
}

static void numbers_must_be_finite_unless_they_bound_something(void **state) {
  struct unit *u = *state;
  int64_t dims[] = {2};
  float values[] = {INFINITY, NAN};
  double huge[] = {1, 1e300};
  struct ir_tensor out;

  Onnx__TensorProto t = tensor_of(1, NULL, 0);
  t.n_float_data = 1;
  t.float_data = values;
  assert_true(read_tensor(u, &t, &out));
  assert_int_equal(out.type.rank, 0);
  t.float_data = values + 1;
  assert_false(read_tensor(u, &t, &out));
  unit_assert_said(u, "is NaN");
  t = tensor_of(11, dims, 1);
  t.n_double_data = 2;
  t.double_data = huge;
  assert_false(read_tensor(u, &t, &out));
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
      {{46340, 46340}, 2, "has 0 values"},
  };
  struct unit *u = *state;
  struct ir_tensor out;

  for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
    Onnx__TensorProto t = tensor_of(1, (int64_t *)(uintptr_t)rows[i].dims, rows[i].rank);
    assert_false(read_tensor(u, &t, &out));
    unit_assert_said(u, rows[i].said);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(raw_data_is_little_endian_of_every_type, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(typed_fields_hold_what_the_standard_says, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(numbers_must_be_finite_unless_they_bound_something,
                                      unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(dims_are_checked_before_anything_is_allocated, unit_begin,
                                      unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
