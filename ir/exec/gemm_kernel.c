/* Built once per instruction set, with GEMM naming the function (gemm.h), which is all that is
 * visible of it. */
#include "ir/exec/gemm.h"

#include <stddef.h>
#include <string.h>

#ifndef GEMM
#define GEMM gemm_baseline
#endif
#if defined(__AVX512F__)
enum { VECTOR = 16 };
#elif defined(__AVX2__)
enum { VECTOR = 8 };
#else
enum { VECTOR = 4 };
#endif
enum { WIDTH = 2 * VECTOR, HEIGHT = 4 }; /* of the tile of c that stays in registers */

typedef float vector __attribute__((vector_size(VECTOR * sizeof(float))));
typedef float lanes __attribute__((vector_size(GEMM_LANES * sizeof(float))));

/* The rows k, k + 1, ... of WIDTH columns of b, one after the other; zeros stand for columns that
 * b does not have. */
struct panel {
  int64_t at_k, n_k, at_n, n_n;
  _Alignas(64) float b[GEMM_BLOCK * WIDTH];
};

static void pack(const struct gemm *p, struct panel *to) {
  for (int64_t i = 0; i < to->n_k; i++) {
    float *row = to->b + i * WIDTH;
    const float *from = p->b + (to->at_k + i) * p->ldb + to->at_n;

    if (p->b_is_transposed)
      for (int64_t j = 0; j < to->n_n; j++)
        row[j] = p->b[(to->at_n + j) * p->ldb + to->at_k + i];
    else
      memcpy(row, from, (size_t)to->n_n * sizeof *row);
    for (int64_t j = to->n_n; j < WIDTH; j++)
      row[j] = 0;
  }
}

/* Adds one block to `rows` rows of c from row i on. `rows` is a constant wherever this is used. */
static inline __attribute__((always_inline)) void tile(const struct gemm *p, const struct panel *b,
                                                       int64_t i, int64_t rows) {
  const float *a = p->a + i * p->k + b->at_k;
  vector sum[HEIGHT][2] = {{{0}}};
  float out[WIDTH];

  for (int64_t k = 0; k < b->n_k; k++) {
    vector v[2];
    memcpy(v, b->b + k * WIDTH, sizeof v);
    for (int64_t r = 0; r < rows; r++) {
      sum[r][0] += a[r * p->k + k] * v[0];
      sum[r][1] += a[r * p->k + k] * v[1];
    }
  }
  for (int64_t r = 0; r < rows; r++) {
    float *c = p->c + (i + r) * p->ldc + b->at_n;
    bool is_first = b->at_k == 0 && !p->add;

    memcpy(out, sum[r], sizeof out);
    for (int64_t j = 0; j < b->n_n; j++)
      c[j] = is_first ? out[j] : c[j] + out[j];
  }
}

static float dot(const float *a, const float *b, int64_t n) {
  lanes sum = {0}, x, y;
  float lane[GEMM_LANES];
  int64_t i = 0;

  for (; i + GEMM_LANES <= n; i += GEMM_LANES) {
    memcpy(&x, a + i, sizeof x);
    memcpy(&y, b + i, sizeof y);
    sum += x * y;
  }
  memcpy(lane, &sum, sizeof lane);
  for (int half = GEMM_LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++)
      lane[l] += lane[l + half];
  for (; i < n; i++)
    lane[0] += a[i] * b[i];
  return lane[0];
}

void GEMM(const struct gemm *p) {
  struct panel b;

  /* One row against a transposed matrix reads it once: packing would cost as much again. */
  if (p->m == 1 && p->b_is_transposed) {
    for (int64_t j = 0; j < p->n; j++)
      p->c[j] = (p->add ? p->c[j] : 0) + dot(p->a, p->b + j * p->ldb, p->k);
    return;
  }
  for (b.at_n = 0; b.at_n < p->n; b.at_n += WIDTH) {
    b.n_n = p->n - b.at_n < WIDTH ? p->n - b.at_n : WIDTH;
    for (b.at_k = 0; b.at_k < p->k; b.at_k += GEMM_BLOCK) {
      int64_t i = 0;

      b.n_k = p->k - b.at_k < GEMM_BLOCK ? p->k - b.at_k : GEMM_BLOCK;
      pack(p, &b);
      for (; i + HEIGHT <= p->m; i += HEIGHT)
        tile(p, &b, i, HEIGHT);
      for (; i < p->m; i++)
        tile(p, &b, i, 1);
    }
  }
}
