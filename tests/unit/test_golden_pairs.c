/* The model zoo's pairs of input and output for mnist-8, from import to the executor's result. They
 * are in the folder that SNNCC_ONNX names; without it the test is skipped. */
#include "frontend/frontend.h"
#include "ir/base/file.h"
#include "ir/exec/analog.h"
#include "ir/ir.h"

#include "onnx.pb-c.h"
#include "unit.h"

#include <math.h>

enum { N_PAIRS = 3 };

/* The f32 elements of a TensorProto file; their number must be the type's. */
static const float *read_tensor(struct unit *u, const char *path, const struct ir_type *type) {
  size_t n = (size_t)ir_type_count(type);
  float *x = ARENA_NEW(u->comp.arena, float, n);
  struct bytes file;
  Onnx__TensorProto *t;

  if (!file_read(u->comp.arena, u->comp.diag, path, 1 << 20, &file))
    fail_msg("%s", unit_said(u));
  t = onnx__tensor_proto__unpack(NULL, file.len, file.data);
  assert_non_null(t);
  assert_int_equal(t->data_type, ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT);
  if (t->n_float_data == n) {
    memcpy(x, t->float_data, n * sizeof *x);
  } else {
    assert_int_equal(t->raw_data.len, n * sizeof *x);
    memcpy(x, t->raw_data.data, n * sizeof *x);
  }
  onnx__tensor_proto__free_unpacked(t, NULL);
  return x;
}

static const struct ir_type *type_of(const struct ir_graph *g, enum ir_op op) {
  return &ir_node(g, ir_nth(g, op, 0))->type;
}

/* max |a - b| <= 1e-4 max |b|; not so where a NaN is. */
static void assert_close(const float *a, const float *b, int64_t n) {
  float largest = 0;

  for (int64_t i = 0; i < n; i++)
    largest = fmaxf(largest, fabsf(b[i]));
  for (int64_t i = 0; i < n; i++)
    assert_true(fabsf(a[i] - b[i]) <= 1e-4f * largest);
}

static void mnist_8_gives_the_outputs_of_the_model_zoo(void **state) {
  struct unit *u = *state;
  const char *folder = getenv("SNNCC_ONNX");
  struct ir_graph *g;
  struct exec_analog *e;

  if (folder == NULL) {
    print_message("SNNCC_ONNX is not set: no golden pairs to compare with\n");
    skip();
  }
  g = frontend_read(&u->comp, arena_printf(u->comp.arena, "%s/mnist-8_zoo.onnx", folder));
  if (g == NULL)
    fail_msg("%s", unit_said(u));
  e = exec_analog_new(u->comp.arena, g);
  for (int i = 0; i < N_PAIRS; i++) {
    const char *pair =
        arena_printf(u->comp.arena, "%s/mnist-8_zoo.testdata/test_data_set_%d", folder, i);
    const struct ir_type *out = type_of(g, IR_OUTPUT);
    const char *x = arena_printf(u->comp.arena, "%s/input_0.pb", pair);
    const char *y = arena_printf(u->comp.arena, "%s/output_0.pb", pair);

    exec_analog_set_input(e, 0, read_tensor(u, x, type_of(g, IR_INPUT)));
    exec_analog_run(e);
    assert_close(exec_analog_output(e, 0), read_tensor(u, y, out), ir_type_count(out));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(mnist_8_gives_the_outputs_of_the_model_zoo, unit_begin,
                                      unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
