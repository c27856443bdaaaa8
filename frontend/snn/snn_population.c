#include "frontend/snn/snn_internal.h"
bool snn_build_population(struct snn_build *b, const struct snn_stmt *s) {
  (void)b;
  (void)s;
  return false;
}
void snn_build_connect(struct snn_build *b, const struct snn_stmt *s) {
  snn_fail(b, s->keyword.loc, "connections between populations are not read yet");
}
void snn_finish_populations(struct snn_build *b) {
  (void)b;
}
void snn_build_experiment(struct snn_build *b, const struct snn_stmt *s) {
  snn_fail(b, s->keyword.loc, "%s is not read yet", s->keyword.text);
}
