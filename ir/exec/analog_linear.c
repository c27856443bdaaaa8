#include "ir/exec/analog_internal.h"

#include <cblas.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <sys/mman.h>

#include "ir/base/arena.h"

/* OpenBLAS maps a work buffer for each call that runs at the same time, without end where it cannot
 * have one, and can crash when there are more calls than it has room for (50 in small builds, 128
 * in Debian's, of which its own threads hold some). */
enum { MAX_CALLS = 24, BUFFER_BYTES = 128 << 20 };
static sem_t calls_left;
static size_t n_calls;

/* How many buffers fit into the address space. Where it is tight, one stays for everything else. */
static size_t affordable_calls(void) {
  void *buffer[MAX_CALLS];
  size_t n = 0;

  for (; n < MAX_CALLS; n++) {
    buffer[n] =
        mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer[n] == MAP_FAILED)
      break;
  }
  for (size_t i = 0; i < n; i++)
    munmap(buffer[i], BUFFER_BYTES);
  return n > 1 && n < MAX_CALLS ? n - 1 : n;
}

/* Parallelism is over samples: a BLAS that started threads of its own would only fight for the
 * cores, and its sums would depend on their number. Setting that number is not thread-safe. */
static void set_up_blas(void) {
  openblas_set_num_threads(1);
  n_calls = affordable_calls();
  sem_init(&calls_left, 0, n_calls > 0 ? (unsigned)n_calls : 1);
}

void analog_blas_init(struct arena *a) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once(&once, set_up_blas);
  if (n_calls == 0)
    arena_alloc(a, BUFFER_BYTES, 1); /* out of memory, in the one place that can say so */
}

void analog_gemm(const struct analog_gemm *p) {
  int m = (int)p->m, n = (int)p->n, k = (int)p->k, ldb = (int)p->ldb;
  float beta = p->add ? 1.0f : 0.0f;

  while (sem_wait(&calls_left) != 0)
    ; /* interrupted by a signal */
  /* One row against a transposed matrix is its rows times a vector, which needs no packing. */
  if (m == 1 && p->b_is_transposed)
    cblas_sgemv(CblasRowMajor, CblasNoTrans, n, k, 1.0f, p->b, ldb, p->a, 1, beta, p->c, 1);
  else
    cblas_sgemm(CblasRowMajor, CblasNoTrans, p->b_is_transposed ? CblasTrans : CblasNoTrans, m, n,
                k, 1.0f, p->a, k, p->b, ldb, beta, p->c, (int)p->ldc);
  sem_post(&calls_left);
}

void analog_dense(const struct analog_call *c) {
  const struct ir_type *weight = &c->in[1].type;
  int64_t n_out = weight->dims[0], n_in = weight->dims[1];
  int64_t rows = ir_type_count(&c->node->type) / n_out;
  float *y = c->out;
  bool has_bias = c->node->n_in == 3;

  for (int64_t r = 0; has_bias && r < rows; r++)
    memcpy(y + r * n_out, c->in[2].data, (size_t)n_out * sizeof *y);
  analog_gemm(&(struct analog_gemm){.m = rows,
                                    .n = n_out,
                                    .k = n_in,
                                    .a = c->in[0].data,
                                    .b = c->in[1].data,
                                    .c = y,
                                    .ldb = n_in,
                                    .ldc = n_out,
                                    .b_is_transposed = true,
                                    .add = has_bias});
}

/* An operand of matmul as a stack of matrices: a vector is a row on the left, a column on the right
 * (ONNX MatMul, as numpy.matmul). */
static struct ir_type matrix_type(const struct ir_type *t, bool is_left) {
  struct ir_type m = *t;

  if (t->rank == 1) {
    m.rank = 2;
    m.dims[0] = is_left ? 1 : t->dims[0];
    m.dims[1] = is_left ? t->dims[0] : 1;
  }
  return m;
}

void analog_matmul(const struct analog_call *c) {
  struct ir_type a = matrix_type(&c->in[0].type, true);
  struct ir_type b = matrix_type(&c->in[1].type, false);
  const struct ir_type *taller = a.rank > b.rank ? &a : &b;
  size_t n_batch = taller->rank - 2u;
  int64_t m = a.dims[a.rank - 2], k = a.dims[a.rank - 1], n = b.dims[b.rank - 1];
  int64_t batch[IR_MAX_RANK], size_a = m * k, size_b = k * n;
  struct analog_walk w = {.rank = n_batch, .dims = batch};
  float *y = c->out;

  /* Stacks of scalars, so to say: the walk counts in matrices. */
  a.rank = (uint8_t)(a.rank - 2);
  b.rank = (uint8_t)(b.rank - 2);
  analog_broadcast_strides(&a, n_batch, w.stride[0]);
  analog_broadcast_strides(&b, n_batch, w.stride[1]);
  for (size_t i = 0; i < n_batch; i++) {
    int64_t da = i + a.rank < n_batch ? 1 : a.dims[i + a.rank - n_batch];
    int64_t db = i + b.rank < n_batch ? 1 : b.dims[i + b.rank - n_batch];
    batch[i] = da > db ? da : db;
  }
  do {
    analog_gemm(&(struct analog_gemm){.m = m,
                                      .n = n,
                                      .k = k,
                                      .a = (const float *)c->in[0].data + w.offset[0] * size_a,
                                      .b = (const float *)c->in[1].data + w.offset[1] * size_b,
                                      .c = y,
                                      .ldb = n,
                                      .ldc = n});
    y += m * n;
  } while (analog_walk_next(&w));
}
