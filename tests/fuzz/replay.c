/* main of a fuzz target without a fuzzer: runs the files that it is given, and of folders all
 * files. A file that takes longer than ten seconds ends it by SIGALRM. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { MAX_BYTES = 1 << 24, MAX_SECONDS = 10 };

static size_t n_files;

/* A copy of exactly its size, so that AddressSanitizer sees a read past its end. */
static void run_file(const char *path) {
  static uint8_t bytes[MAX_BYTES];
  FILE *f = fopen(path, "rb");
  size_t len;
  uint8_t *copy;

  require(f != NULL);
  len = fread(bytes, 1, sizeof bytes, f);
  fclose(f);
  copy = malloc(len ? len : 1);
  require(copy != NULL);
  memcpy(copy, bytes, len);
  fprintf(stderr, "%s\n", path);
  alarm(MAX_SECONDS);
  LLVMFuzzerTestOneInput(copy, len);
  alarm(0);
  free(copy);
  n_files++;
}

static void run_folder(const char *path) {
  struct dirent **entry;
  int n = scandir(path, &entry, NULL, alphasort);

  if (n < 0) {
    run_file(path);
    return;
  }
  for (int i = 0; i < n; i++) {
    char file[4096];
    snprintf(file, sizeof file, "%s/%s", path, entry[i]->d_name);
    if (entry[i]->d_name[0] != '.')
      run_file(file);
    free(entry[i]);
  }
  free(entry);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    run_folder(argv[i]);
  printf("%zu files\n", n_files);
  return n_files == 0;
}
