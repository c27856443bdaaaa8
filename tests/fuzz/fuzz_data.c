/* Fuzz target: any bytes as a file of samples. The first byte chooses the ending of its name, which
 * tells CIFAR and recordings, whether it holds samples or labels, and the rows that are wanted; the
 * rest is the file. */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "frontend/data/data.h"
#include "ir/samples.h"

enum { MAX_BYTES = 1 << 20 };

/* A file in memory, its names, and sixteen labels that stay. */
static struct {
  int fd;
  char plain[64], bin[256], txt[256], bs2[256], labels[64];
} file;

static void remove_links(void) {
  unlink(file.bin);
  unlink(file.txt);
  unlink(file.bs2);
}

static void link_to_file(char link[256], const char *ending) {
  const char *dir = getenv("TMPDIR");

  snprintf(link, 256, "%s/fuzz-%d%s", dir ? dir : "/tmp", (int)getpid(), ending);
  require(symlink(file.plain, link) == 0);
}

static void open_files(void) {
  static const char sixteen[] = "\0\0\x08\x01\0\0\0\x10"
                                "0123456789012345";
  int labels = memfd_create("labels", 0);

  file.fd = memfd_create("samples", 0);
  require(file.fd >= 0 && labels >= 0);
  require(write(labels, sixteen, sizeof sixteen - 1) == sizeof sixteen - 1);
  snprintf(file.plain, sizeof file.plain, "/proc/self/fd/%d", file.fd);
  snprintf(file.labels, sizeof file.labels, "/proc/self/fd/%d", labels);
  link_to_file(file.bin, ".bin");
  link_to_file(file.txt, ".txt");
  link_to_file(file.bs2, ".bs2");
  require(atexit(remove_links) == 0);
}

/* Every value is finite, fits the model, and can be read. */
static void check_samples(struct comp *c, struct samples *s) {
  struct ir_type type = ir_type_make(
      IR_F32, 4, (int64_t[]){1, (int64_t)s->channels, (int64_t)s->height, (int64_t)s->width});
  float *x;

  if (!samples_prepare(s, c->diag, &type, c->opt))
    return;
  require(s->n > 0);
  x = ARENA_NEW(c->arena, float, s->model_size);
  samples_get(s, 0, x);
  samples_get(s, s->n - 1, x);
  for (size_t i = 0; i < s->model_size; i++)
    require(x[i] - x[i] == 0);
}

static void check_data(struct fuzz *f, const uint8_t *data, size_t len) {
  struct comp *c = &f->comp;
  unsigned how = len ? data[0] : 0;
  const char *path = how & 32 ? file.bs2 : how & 64 ? file.txt : how & 1 ? file.bin : file.plain;
  const char *samples = how & 2 ? file.labels : path;
  struct samples *s;

  if (len < 1 || len > MAX_BYTES)
    return;
  require(ftruncate(file.fd, 0) == 0);
  require(pwrite(file.fd, data + 1, len - 1, 0) == (ssize_t)(len - 1));
  s = data_read(c, samples, how & 2 ? path : NULL, how >> 2 & 3, how & 16 ? 2 : -1);
  if (s)
    check_samples(c, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const char *const argv[] = {"snncc", "in.onnx", "-o", "out.ir", "--max-memory", "4194304"};
  static struct fuzz f;

  if (!f.null) {
    fuzz_begin(&f, 6, argv);
    open_files();
  }
  return fuzz_one(&f, check_data, data, len);
}
