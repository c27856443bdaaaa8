#include "ir/ir_internal.h"

#include <ctype.h>
#include <string.h>

#include "ir/base/buf.h"
#include "ir/base/file.h"

enum { BLOB_ALIGN = 64 };

struct printer {
  const struct ir_graph *g;
  struct buf *text;
  struct buf *blobs; /* NULL: every tensor inline */
  const char *blob_name;
};

static void put_name(struct buf *b, const char *name) {
  bool is_bare = *name != '\0';
  for (const char *s = name; *s; s++)
    is_bare = is_bare && (isalnum((unsigned char)*s) || *s == '_' || *s == '.');
  buf_puts(b, "%");
  if (is_bare)
    buf_puts(b, name);
  else
    buf_put_quoted(b, name);
}

static void put_element(struct buf *b, const struct ir_tensor *t, size_t i) {
  switch (t->type.dtype) {
  case IR_F32:
    buf_put_float(b, ((const float *)t->data)[i]);
    break;
  case IR_I8:
    buf_printf(b, "%d", ((const int8_t *)t->data)[i]);
    break;
  case IR_I16:
    buf_printf(b, "%d", ((const int16_t *)t->data)[i]);
    break;
  case IR_I32:
    buf_printf(b, "%lld", (long long)((const int32_t *)t->data)[i]);
    break;
  case IR_I64:
    buf_printf(b, "%lld", (long long)((const int64_t *)t->data)[i]);
    break;
  case IR_U8:
  case IR_BOOL:
    buf_printf(b, "%u", ((const uint8_t *)t->data)[i]);
    break;
  case IR_SPIKES:
  case IR_SIGNED:
  case IR_CURRENT:
  case IR_N_DTYPES:
    break; /* no stored elements: ir_infer_type */
  }
}

static void put_blob(struct printer *p, const struct ir_tensor *t, size_t len) {
  static const char zeros[BLOB_ALIGN];
  buf_put(p->blobs, zeros, (BLOB_ALIGN - p->blobs->len % BLOB_ALIGN) % BLOB_ALIGN);
  buf_puts(p->text, " blob ");
  buf_put_quoted(p->text, p->blob_name);
  buf_printf(p->text, " %zu %zu 0x%08x", p->blobs->len, len, (unsigned)file_crc32(t->data, len));
  buf_put(p->blobs, t->data, len);
}

static void put_tensor(struct printer *p, const struct ir_tensor *t) {
  size_t n = (size_t)ir_type_count(&t->type);
  ir_type_put(p->text, &t->type);
  if (p->blobs && n > IR_INLINE_MAX) {
    put_blob(p, t, n * ir_dtype_size(t->type.dtype));
    return;
  }
  buf_puts(p->text, "{");
  for (size_t i = 0; i < n; i++) {
    buf_puts(p->text, i ? ", " : "");
    put_element(p->text, t, i);
  }
  buf_puts(p->text, "}");
}

static void put_value(struct printer *p, const struct ir_attr *a) {
  switch (ir_attr_kind_of(a->key)) {
  case IR_KIND_INT:
    buf_printf(p->text, "%lld", (long long)a->u.i);
    break;
  case IR_KIND_INTS:
    buf_puts(p->text, "[");
    for (size_t i = 0; i < a->u.ints.n; i++)
      buf_printf(p->text, "%s%lld", i ? ", " : "", (long long)a->u.ints.v[i]);
    buf_puts(p->text, "]");
    break;
  case IR_KIND_FLOAT:
    buf_put_double(p->text, a->u.f);
    break;
  case IR_KIND_WORD:
    buf_puts(p->text, ir_word_text(a->u.word));
    break;
  case IR_KIND_TEXT:
    buf_put_quoted(p->text, a->u.text);
    break;
  case IR_KIND_TENSOR:
    put_tensor(p, &a->u.tensor);
    break;
  }
}

/* Items behind `open`; each further one behind a comma. */
static void put_attrs(struct printer *p, const char *open, const struct ir_attr *v, size_t n) {
  for (size_t i = 0; i < n; i++) {
    buf_printf(p->text, "%s%s=", i ? ", " : open, ir_attr_name(v[i].key));
    put_value(p, &v[i]);
  }
}

static void put_facts(struct buf *b, unsigned facts) {
  const char *before = " {facts=[";
  for (unsigned bit = 1; ir_fact_name(bit); bit <<= 1)
    if (facts & bit) {
      buf_printf(b, "%s%s", before, ir_fact_name(bit));
      before = ", ";
    }
  buf_puts(b, "]");
}

static void put_text_or_none(struct buf *b, const char *s) {
  buf_puts(b, " ");
  if (s)
    buf_put_quoted(b, s);
  else
    buf_puts(b, "none");
}

/* The file without its folder: the text is the same wherever the compilation ran. */
static void put_file(struct buf *b, const char *path) {
  const char *slash = path ? strrchr(path, '/') : NULL;
  put_text_or_none(b, slash ? slash + 1 : path);
}

static void put_loc(struct buf *b, const struct loc *loc) {
  if (loc->line) {
    buf_puts(b, " ; text");
    put_file(b, loc->file);
    buf_printf(b, " %u %u %u", (unsigned)loc->line, (unsigned)loc->col, (unsigned)loc->len);
  } else if (loc->file || loc->node || loc->op) {
    buf_puts(b, " ; onnx");
    put_file(b, loc->file);
    put_text_or_none(b, loc->node);
    put_text_or_none(b, loc->op);
  }
}

static void put_node(struct printer *p, const struct ir_node *n) {
  put_name(p->text, n->name);
  buf_printf(p->text, " = %s", ir_op_name(n->op));
  for (size_t k = 0; k < n->n_in; k++) {
    buf_puts(p->text, k ? ", " : " ");
    put_name(p->text, p->g->nodes[n->in[k].idx].name);
  }
  put_attrs(p, " {", n->attr, n->n_attr);
  buf_puts(p->text, n->n_attr ? "}" : "");
  buf_puts(p->text, " : ");
  ir_type_put(p->text, &n->type);
  put_loc(p->text, &n->loc);
  buf_puts(p->text, "\n");
}

void ir_print(const struct ir_graph *g, struct buf *text, struct buf *blobs,
              const char *blob_name) {
  struct printer p = {g, text, blobs, blob_name};
  buf_puts(text, "ir 1\ngraph ");
  buf_put_quoted(text, g->name);
  if (g->facts)
    put_facts(text, g->facts);
  put_attrs(&p, g->facts ? ", " : " {", g->attr, g->n_attr);
  buf_puts(text, g->facts || g->n_attr ? "}\n" : "\n");
  for (size_t i = 1; i <= g->n_nodes; i++)
    put_node(&p, &g->nodes[i]);
}
