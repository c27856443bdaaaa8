/* The textual IR: every op and attribute goes out and comes in again; bad text is told. */
#include "tests/unit/unit.h"

#include "ir/base/buf.h"
#include "ir/ir.h"

static const char analog[] =
    "ir 1\n"
    "graph \"a b\" {facts=[shaped, single, folded, balanced], schedule=layered, steps=64, seed=7}\n"
    "%x = input : f32[1, 2, 4, 6] ; onnx \"m.onnx\" \"x\" none\n"
    "%w = const {value=f32[2, 1, 1, 3]{1, 2.5, 3, 4, 0x1p-149, -0x1.8p-3}} : f32[2, 1, 1, 3]\n"
    "%b = const {value=f32[2]{0, -0}} : f32[2] ; text \"a.snn\" 3 1 4294967295\n"
    "%\"/c \\xC3\" = const {value=f32[]{1}} : f32[]\n"
    "%c = conv %x, %w, %b {stride=[1, 2], pad=[0, 1, 0, 1], dilation=[1, 2], group=2}"
    " : f32[1, 2, 4, 2] ; onnx \"m.onnx\" \"/c\\x01\\\"\" \"Conv\"\n"
    "%one = const {value=f32[]{1}} : f32[] ; onnx none \"one\" none\n"
    "%s = add %c, %one {scale=f32[2]{1, 2}} : f32[1, 2, 4, 2]\n"
    "%r = relu %s {scale=f32[1]{3}} : f32[1, 2, 4, 2]\n"
    "%k = clip %r {min=-inf, max=6, scale=f32[1]{3}} : f32[1, 2, 4, 2]\n"
    "%m = maxpool %k {kernel=[2, 1], stride=[2, 1], pad=[1, 0, 0, 0], dilation=[1, 1]}"
    " : f32[1, 2, 2, 2]\n"
    "%a = avgpool %m {kernel=[2, 2], stride=[1, 1], pad=[1, 1, 1, 1], count_pad=1,"
    " scale=f32[2]{1, 1}} : f32[1, 2, 3, 3]\n"
    "%n = batchnorm %a, %b, %b, %b, %b {epsilon=0.001} : f32[1, 2, 3, 3]\n"
    "%g = global_avgpool %n {scale=f32[]{1}} : f32[1, 2, 1, 1]\n"
    "%f = reshape %g {shape=[1, 2]} : f32[1, 2]\n"
    "%v = const {value=f32[3, 2]{1, 2, 3, 4, 5, 6}} : f32[3, 2]\n"
    "%d = dense %f, %v : f32[1, 3]\n"
    "%mm = matmul %d, %v : f32[1, 2]\n"
    "%sm = softmax %mm {axis=1} : f32[1, 2]\n"
    "%ls = log_softmax %mm {axis=1} : f32[1, 2]\n"
    "%t = transpose %sm {perm=[1, 0]} : f32[2, 1]\n"
    "%p1 = padding %t {pads=[1, 0, 1, 0], mode=reflect} : f32[4, 1]\n"
    "%p2 = padding %p1 {pads=[-1, 0, 0, 2], mode=edge} : f32[3, 3]\n"
    "%p3 = padding %p2 {pads=[0, 0, 0, 0], mode=constant, value_f=-0x1p-1074} : f32[3, 3]\n"
    "%cc = concat %sm, %ls {axis=0} : f32[2, 2]\n"
    "%sl = slice %cc {starts=[1, 0], steps_of=[-1, 5], shape=[2, 1]} : f32[2, 1]\n"
    "%t8 = const {value=i8[2]{-128, 127}} : i8[2]\n"
    "%t16 = const {value=i16[2]{-32768, 32767}} : i16[2]\n"
    "%t32 = const {value=i32[2]{0, 1}} : i32[2]\n"
    "%t64 = const {value=i64[2]{-9223372036854775808, 9223372036854775807}} : i64[2]\n"
    "%u8 = const {value=u8[2]{0, 255}} : u8[2]\n"
    "%bit = const {value=bool[2]{0, 1}} : bool[2]\n"
    "%ga = gather %cc, %t32 {axis=1} : f32[2, 2]\n"
    "%ca = cast %ga : i64[2, 2]\n"
    "%many = const {value=f32[17]{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8}} : f32[17]\n"
    "%more = const {value=i16[17]{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8}} : i16[17]\n"
    "%e0 = sub %cc, %cc : f32[2, 2]\n"
    "%e1 = mul %e0, %one : f32[2, 2]\n"
    "%e2 = div %e1, %cc : f32[2, 2]\n"
    "%e3 = max %e2, %cc : f32[2, 2]\n"
    "%e4 = min %e3, %cc : f32[2, 2]\n"
    "%e5 = pow %e4, %one : f32[2, 2]\n"
    "%e6 = prelu %e5, %one : f32[2, 2]\n"
    "%u0 = neg %e6 : f32[2, 2]\n"
    "%u1 = abs %u0 : f32[2, 2]\n"
    "%u2 = sign %u1 : f32[2, 2]\n"
    "%u3 = sqrt %u2 : f32[2, 2]\n"
    "%u4 = exp %u3 : f32[2, 2]\n"
    "%u5 = log %u4 : f32[2, 2]\n"
    "%u6 = floor %u5 : f32[2, 2]\n"
    "%u7 = ceil %u6 : f32[2, 2]\n"
    "%u9 = round %u7 : f32[2, 2]\n"
    "%u10 = reciprocal %u9 : f32[2, 2]\n"
    "%u11 = tanh %u10 : f32[2, 2]\n"
    "%u12 = sigmoid %u11 : f32[2, 2]\n"
    "%u13 = softplus %u12 : f32[2, 2]\n"
    "%u14 = softsign %u13 : f32[2, 2]\n"
    "%u15 = leaky_relu %u14 {alpha=0.5} : f32[2, 2]\n"
    "%u16 = elu %u15 {alpha=0.5} : f32[2, 2]\n"
    "%u17 = selu %u16 {alpha=0.5, beta=2} : f32[2, 2]\n"
    "%u18 = hard_sigmoid %u17 {alpha=0.5, beta=2} : f32[2, 2]\n"
    "%u19 = thresholded_relu %u18 {alpha=0.5} : f32[2, 2]\n"
    "%u20 = shrink %u19 {alpha=0.5, beta=2} : f32[2, 2]\n"
    "%r0 = reduce_mean %u20 {axes=[0]} : f32[1, 2]\n"
    "%r1 = reduce_sum %u20 {axes=[0, 1]} : f32[1, 1]\n"
    "%r2 = reduce_max %u20 {axes=[]} : f32[2, 2]\n"
    "%r3 = reduce_min %u20 {axes=[1]} : f32[2, 1]\n"
    "%r4 = argmax %u20 {axis=1, last=1} : i64[2, 1]\n"
    "%g0 = gather_elements %cc, %r4 {axis=1} : f32[2, 1]\n"
    "%g1 = gather_nd %cc, %r4 {batch_dims=1} : f32[2]\n"
    "%q0 = quantize %cc, %b, %t8 {axis=0} : i8[2, 2]\n"
    "%q1 = dequantize %q0, %b, %t8 {axis=1} : f32[2, 2]\n"
    "%ct = conv_transpose %x, %w, %b {stride=[1, 2], pad=[0, -1, 0, 1], dilation=[1, 2], group=2}"
    " : f32[1, 2, 4, 15]\n"
    "%mi = maxpool_index %k {kernel=[2, 1], stride=[2, 1], pad=[1, 0, 0, 0], dilation=[1, 1],"
    " column_major=1} : i64[1, 2, 2, 2]\n"
    "%out = output %ca {scale=f32[1]{2}} : i64[2, 2]\n";

static const char spiking[] =
    "ir 1\n"
    "graph \"\" {facts=[spiking, laid_out, placed], schedule=synchronous, spike_words=99, "
    "dt=0.0005}\n"
    "%x = input : f32[1, 2, 4, 4]\n"
    "%e = encode %x {code=current, layout=chw} : current[2, 4, 4]\n"
    "%h = encode %x {code=current, layout=hwc} : current[4, 2, 4]\n"
    "%l = encode %x {code=current, stored=bytes, layout=flat} : current[32]\n"
    "%ep = encode %x {code=poisson, layout=chw, layer=\"in\", spikes_at=0} : spikes[2, 4, 4]\n"
    "%ee = encode %x {code=events, stored=multiples, unit=f32[1]{0.5}, layout=hwc} : spikes[4, 2, "
    "4]\n"
    "%el = encode %x {code=latency, layout=flat} : spikes[32]\n"
    "%p = population %e {model=if, threshold=f32[2]{1, 2}, bias=f32[1]{-1}, unit=f32[1]{2}, "
    "v_init=0.5,"
    " reset=subtract, layer=\"a \\\"b\\\"\", spikes_at=0} : spikes[2, 4, 4]\n"
    "%pc = project_conv %p {kernel=[1, 2], stride=[2, 1], pad=[0, 1, 0, 0], dilation=[1, 1],"
    " group=2, weight=f32[2, 1, 2, 1]{1, 2, 3, 4}, order=kernel, delay=i32[1]{3}, receptor=exc,"
    " layer=\"c\"} : current[2, 2, 4]\n"
    "%pp = population %pc {model=lif, threshold=f32[1]{1}, reset=zero, params=f32[2]{20, 0}, "
    "layer=\"c\"}"
    " : spikes[2, 2, 4]\n"
    "%mp = spike_maxpool %pp {kernel=[2, 2], stride=[2, 2], pad=[0, 1, 0, 1], dilation=[1, 1],"
    " pool=winner, layer=\"c\", spikes_at=90} : spikes[2, 1, 3]\n"
    "%cm = current_maxpool %pc {kernel=[2, 2], stride=[2, 2], pad=[0, 1, 0, 1], dilation=[1, 1], "
    "layer=\"c\"} : current[2, 1, 3]\n"
    "%mc = spike_maxpool %pp {kernel=[1, 1], pool=count, layer=\"c\"} : spikes[2, 2, 4]\n"
    "%sc = spike_concat %mp, %mp {layer=\"d\", spikes_at=95} : spikes[4, 1, 3]\n"
    "%fl = view %mp : spikes[6]\n"
    "%pd = project_dense %mp {weight=f32[1, 2, 1, 3]{1, 2, 3, 4, 5, 6}, order=oihw,"
    " delay=i32[6]{0, 1, 2, 3, 4, 5}, receptor=inh, rule=stdp, rule_params=f32[1]{1}, layer=\"e\"}"
    " : current[1]\n"
    "%q = population {model=poisson, threshold=f32[1]{1}, layer=\"q\"} : spikes[3]\n"
    "%av = project_avgpool %mp {kernel=[1, 3], stride=[1, 1], pad=[0, 1, 0, 1],"
    " weight=f32[2]{1, 2}, delay=i32[1]{1}, layer=\"f\"} : current[2, 1, 3]\n"
    "%oo = project_one_to_one %later {weight=f32[3]{1, 2, 3}, delay=i32[1]{1}, receptor=current,"
    " tau=2.5, layer=\"g\"} : current[3]\n"
    "%al = project_all_but_self %later {weight=f32[1]{-1}, delay=i32[1]{1}, receptor=inh,"
    " layer=\"h\"} : current[3]\n"
    "%sp = project_sparse %q {index=i32[2, 2]{0, 1, 2, 0}, weight=f32[2]{1, 2}, delay=i32[2]{1, 0},"
    " receptor=exc, rule=none, rule_params=f32[1]{0}, layer=\"i\"} : current[3]\n"
    "%later = population %oo, %al, %sp {model=lif_cond, threshold=f32[1]{1}, layer=\"j\"}"
    " : spikes[3]\n"
    "%y = population {model=izhikevich, threshold=f32[1]{30}, params=f32[4]{0.1, 0.2, -65, 2},"
    " layer=\"k\"} : spikes[3]\n"
    "%ev = population {model=events, threshold=f32[1]{1}, index=i32[2, 2]{0, 2, 7, 0}, layer=\"k\"}"
    " : spikes[3]\n"
    "%pat = population {model=pattern, threshold=f32[1]{1}, turn=[8, 8], layer=\"p\"}"
    " : spikes[3]\n"
    "%ttfs = population {model=ttfs, threshold=f32[1]{1}, turn=[0, 4], layer=\"t\"} : spikes[3]\n"
    "%ad = population {model=alif, threshold=f32[1]{1}, params=f32[4]{20, 0, 100, 0.5},"
    " layer=\"ad\"} : spikes[3]\n"
    "%sr = population {model=relu_spiking, threshold=f32[1]{1}, layer=\"sr\"} : spikes[3]\n"
    "%dyn = population {model=ttfs_dyn, threshold=f32[1]{1}, layer=\"d\"} : spikes[3]\n"
    "%signed = population {model=if_signed, threshold=f32[1]{1}, layer=\"s\"} : signed[3]\n"
    "%mo = population {model=if, threshold=f32[1]{1}, reset=modulo, layer=\"n\"} : spikes[3]\n"
    "%on = population {model=if_online, threshold=f32[1]{1}, leak=0.5, refractory=2, layer=\"o\"}"
    " : spikes[3]\n"
    "%z = population {model=lif_nengo, threshold=f32[3]{1, 1, 1}, layer=\"l\"} : spikes[3]\n"
    "%r = readout %oo, %sp {readout=membrane, bias=f32[3]{1, 2, 3}, unit=f32[1]{3}, min=0, "
    "early_exit=2.5,"
    " layer=\"m\"} : f32[3]\n"
    "%rc = readout %z {readout=count, layer=\"m\"} : f32[3]\n"
    "%rs = readout %oo {readout=softmax, layer=\"m\"} : f32[3]\n"
    "%o = output %r : f32[3]\n";

static const char *const texts[] = {analog, spiking};
enum { N_TEXTS = 2 };

static struct ir_graph *parse(struct unit *u, const char *text) {
  return ir_parse(u->comp.arena, u->comp.diag, "t.ir", text, strlen(text));
}

static struct ir_graph *parse_good(struct unit *u, const char *text) {
  struct ir_graph *g = parse(u, text);
  if (!g)
    fail_msg("%s", unit_said(u));
  return g;
}

static const char *print(struct unit *u, const struct ir_graph *g) {
  struct buf b;
  buf_init(&b, u->comp.arena);
  ir_print(g, &b, NULL, NULL);
  return b.data;
}

static void what_is_printed_reads_back_to_the_same_text(void **state) {
  struct unit *u = *state;
  for (size_t i = 0; i < N_TEXTS; i++) {
    const char *once = print(u, parse_good(u, texts[i]));
    assert_string_equal(print(u, parse_good(u, once)), once);
  }
}

static bool has_op(const struct ir_graph *g, enum ir_op op, const char *attr) {
  for (size_t i = 1; i <= ir_n_nodes(g); i++) {
    const struct ir_node *n = ir_node(g, ir_id_at(i));
    for (size_t k = 0; n->op == op && k < n->n_attr; k++)
      if (attr && !strcmp(ir_attr_name(n->attr[k].key), attr))
        return true;
    if (n->op == op && !attr)
      return true;
  }
  return false;
}

/* Keeps the tables and the two texts together: a new op or attribute needs a line above. */
static void the_texts_have_every_op_with_every_attribute(void **state) {
  struct unit *u = *state;
  const struct ir_graph *g[] = {parse_good(u, analog), parse_good(u, spiking)};
  for (int op = 0; op < IR_N_OPS; op++) {
    char *list = arena_strdup(u->comp.arena, ir_op_attrs((enum ir_op)op));
    if (!has_op(g[0], (enum ir_op)op, NULL) && !has_op(g[1], (enum ir_op)op, NULL))
      fail_msg("no %s in the texts", ir_op_name((enum ir_op)op));
    for (char *attr = strtok(list, " ?"); attr; attr = strtok(NULL, " ?"))
      if (!has_op(g[0], (enum ir_op)op, attr) && !has_op(g[1], (enum ir_op)op, attr))
        fail_msg("no %s with %s in the texts", ir_op_name((enum ir_op)op), attr);
  }
}

static void the_texts_have_every_word(void **state) {
  struct unit *u = *state;
  for (int w = 0; w < IR_N_WORDS; w++) {
    const char *item = arena_printf(u->comp.arena, "=%s", ir_word_text((enum ir_word)w));
    if (!strstr(analog, item) && !strstr(spiking, item))
      fail_msg("no %s in the texts", item);
  }
}

static void a_graph_without_attributes_has_no_braces(void **state) {
  const char *text = "ir 1\ngraph \"n\"\n%x = input : f32[1]\n";
  assert_string_equal(print(*state, parse_good(*state, text)), text);
}

static void large_tensors_go_to_the_blob_and_come_back(void **state) {
  struct unit *u = *state;
  struct buf text, blobs;
  const struct ir_graph *g = parse_good(u, analog);
  buf_init(&text, u->comp.arena);
  buf_init(&blobs, u->comp.arena);
  ir_print(g, &text, &blobs, "w b.bin");
  assert_non_null(strstr(text.data, "f32[17] blob \"w b.bin\" 0 68 0x"));
  assert_non_null(strstr(text.data, "i16[17] blob \"w b.bin\" 128 34 0x"));
  assert_int_equal(blobs.len, 128 + 34);
  unit_file(u, "w b.bin", blobs.data, blobs.len);
  const char *path = unit_file(u, "w.ir", text.data, text.len);
  const struct ir_graph *back = ir_parse(u->comp.arena, u->comp.diag, path, text.data, text.len);
  assert_non_null(back);
  assert_string_equal(print(u, back), print(u, g));
}

static void a_blob_that_is_not_as_the_text_says_is_refused(void **state) {
  static const struct {
    const char *tensor, *says;
  } rows[] = {
      {"f32[17] blob \"b.bin\" 0 68 0x1", "have the check sum 0x"},
      {"f32[17] blob \"b.bin\" 0 64 0x1", "the length is 64, but the type takes 68 bytes"},
      {"f32[17] blob \"b.bin\" 64 68 0x1", "68 bytes from 64 on are wanted, but the file has 100"},
      {"f32[2] blob \"b.bin\" 4 8 0x1", "it must be a multiple of 64"},
      {"f32[17] blob \"b.bin\" 9223372036854775807 68 0x1", "are wanted, but the file has 100"},
      {"f32[17] blob \"c.bin\" 0 68 0x1", "c.bin: error: cannot read: No such file"},
      {"f32[17] blob \"../b.bin\" 0 68 0x1", "no \"/\""},
      {"f32[17] blob \".b\" 0 68 0x1", "no \".\" first"},
      {"f32[17] blob \"\" 0 68 0x1", "no \".\" first"},
      {"f32[17] blob \"b.bin\" 0 68 0x100000000", "is not a number of 0 to 4294967295"},
      {"f32[17] lump \"b.bin\" 0 68 0x1", "expected {elements} or blob"},
  };
  struct unit *u = *state;
  char bytes[100] = {0};
  unit_file(u, "b.bin", bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *text = arena_printf(
        u->comp.arena, "ir 1\ngraph \"g\"\n%%x = const {value=%s} : f32[17]\n", rows[i].tensor);
    const char *path = arena_printf(u->comp.arena, "%s/t.ir", u->folder);
    assert_null(ir_parse(u->comp.arena, u->comp.diag, path, text, strlen(text)));
    unit_assert_said(u, rows[i].says);
  }
}

static void bad_text_is_told_with_its_place(void **state) {
  static const struct {
    const char *lines, *says;
  } rows[] = {
      {"%x = inptu : f32[1]", "t.ir:3:6: error: there is no op \"inptu\"; did you mean input?"},
      {"%x = input : f23[1]",
       "t.ir:3:14: error: there is no element type \"f23\"; did you mean f32?"},
      {"%x = input : f32[0]", "each size must be at least 1"},
      {"%x = input : f32[-1]", "each size must be at least 1"},
      {"%x = input : f32[65536, 65536]", "all together at most 2147483647"},
      {"%x = input : f32[9223372036854775808]", "is out of range"},
      {"%x = input : f32[1, 1, 1, 1, 1, 1, 1, 1, 1]", "this type has 9 axes"},
      {"%x = input", "expected \":\", but the text ends"},
      {"%x = input : f32[1] f", "expected the end of the line, but there is \"f\""},
      {"%x input : f32[1]", "expected \"=\", but there is \"i\""},
      {"x = input : f32[1]", "expected \"%\", but there is \"x\""},
      {"% = input : f32[1]", "a name follows %"},
      {"%\"\" = input : f32[1]", "its name has 0 bytes"},
      {"%\"a\\n\" = input : f32[1]", "holds a control byte"},
      {"%\"a = input : f32[1]", "this string has no end"},
      {"%\"a\\q\" = input : f32[1]", "a backslash must be followed by"},
      {"%\"a\\x00\" = input : f32[1]", "a backslash must be followed by"},
      {"%x = input : f32[1]\n%x = input : f32[1]", "t.ir:4:1: error: %x is defined twice"},
      {"%o = output %x : f32[1]", "t.ir:3:13: error: %x is not defined above"},
      {"%x = input {axis=1} : f32[1]", "it has no attribute axis; it takes: none"},
      {"%x = input {axsi=1} : f32[1]", "no attribute \"axsi\"; did you mean axis?"},
      {"%x = input : f32[1]\n%o = output : f32[1]", "0 operands; it takes 1"},
      {"%x = input : f32[2]\n%o = output %x : f32[1]",
       "t.ir:4:1: error: output: its type is f32[1]; from its operands it must be f32[2]"},
      {"%x = input : f32[2]\n%s = softmax %x : f32[2]", "attribute axis is missing"},
      {"%x = input : f32[2]\n%s = softmax %x {axis=0, axis=0} : f32[2]", "twice or out of order"},
      {"%c = const {value=spikes[1]{1}} : f32[1]", "stored data cannot be spikes"},
      {"%c = const {value=f32[1]{}} : f32[1]", "expected a number, but there is \"}\""},
      {"%c = const {value=f32[2]{1}} : f32[2]", "expected \",\", but there is \"}\""},
      {"%c = const {value=f32[1]{1, 2}} : f32[1]", "expected \"}\", but there is \",\""},
      {"%c = const {value=f32[2000000000]{1}} : f32[1]", "the text ends too soon"},
      {"%c = const {value=u8[1]{256}} : u8[1]", "256 is out of range; it must be 0 to 255"},
      {"%c = const {value=u8[1]{-1}} : u8[1]", "-1 is out of range"},
      {"%c = const {value=bool[1]{2}} : bool[1]", "it must be 0 to 1"},
      {"%c = const {value=i16[1]{32768}} : i16[1]", "it must be -32768 to 32767"},
      {"%c = const {value=i32[1]{1.5}} : i32[1]", "\"1.5\" is not a whole number"},
      {"%c = const {value=f32[1]{1e39}} : f32[1]", "1e39 is too large for a float"},
      {"%c = const {value=f32[1]{infinity}} : f32[1]", "\"infinity\" is not a number"},
      {"%c = const {value=f32[1]{nan}} : f32[1]", "value[0] is nan; every value must be finite"},
      {"%c = const {value=f32[1]{0x1p+0p}} : f32[1]", "is not a number"},
      {"%e = encode %e {layout=cwh} : f32[1]", "is not defined above this line"},
      {"%x = input : f32[1]\n%e = encode %x {layout=cwh} : f32[1]",
       "\"cwh\" is none of the values of layout: chw, hwc, flat"},
      {"%x = input : f32[1] ; html \"a\"", "a place begins with onnx or text"},
      {"%x = input : f32[1] ; onnx one", "expected a string or none"},
      {"%x = input : f32[1] ; text \"a\" -1 1 1", "is not a number of 0 to 4294967295"},
      {"%x = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa : f32[1]", "this word has 45 letters"},
  };
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_null(parse(u, arena_printf(u->comp.arena, "ir 1\ngraph \"g\"\n%s", rows[i].lines)));
    unit_assert_said(u, rows[i].says);
  }
}

static void a_bad_head_is_told(void **state) {
  static const struct {
    const char *text, *says;
  } rows[] = {
      {"", "expected a word, but the text ends"},
      {"ir 2\n", "the text must begin with: ir 1"},
      {"ir 1\ngarph \"g\"\n", "the second line must be: graph"},
      {"ir 1\ngraph g\n", "expected \"\"\", but there is \"g\""},
      {"ir 1\ngraph \"g\" {axis=1}\n", "a graph has no attribute axis"},
      {"ir 1\ngraph \"g\" {steps=1, steps=1}\n", "attribute steps is there twice"},
      {"ir 1\ngraph \"g\" {steps=0}\n", "steps is 0; it must be 1 to"},
      {"ir 1\ngraph \"g\" {spike_words=-1}\n", "spike_words is -1; it must be 0 to"},
      {"ir 1\ngraph \"g\" {facts=[flat]}\n", "there is no fact \"flat\""},
      {"ir 1\ngraph \"g\" {schedule=now}\n",
       "none of the values of schedule: layered, synchronous"},
  };
  struct unit *u = *state;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_null(parse(u, rows[i].text));
    unit_assert_said(u, rows[i].says);
  }
}

/* Names longer than what fits, and a name that nobody can see the end of. */
static void a_name_of_256_bytes_is_refused(void **state) {
  struct unit *u = *state;
  char name[257] = {0};
  memset(name, 'n', 256);
  assert_null(
      parse(u, arena_printf(u->comp.arena, "ir 1\ngraph \"\"\n%%%s = input : f32[1]\n", name)));
  unit_assert_said(u, "its name has 256 bytes; 1 to 255 are allowed");
  assert_non_null(
      parse(u, arena_printf(u->comp.arena, "ir 1\ngraph \"\"\n%%%s = input : f32[1]\n", name + 1)));
}

/* Every prefix, copied to memory of its own length so that a sanitizer sees a read past its end. */
static void text_that_ends_anywhere_is_survived(void **state) {
  struct unit *u = *state;
  for (size_t i = 0; i < N_TEXTS; i++)
    for (size_t len = 0; len < strlen(texts[i]); len++) {
      struct arena *a = u->comp.scratch;
      char *part = malloc(len + 1);
      memcpy(part, texts[i], len);
      struct diag *d = diag_new(a, u->err);
      char *exact = realloc(part, len ? len : 1);
      ir_parse(a, d, "t.ir", exact, len);
      arena_reset(a);
      free(exact);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(what_is_printed_reads_back_to_the_same_text, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(the_texts_have_every_op_with_every_attribute, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(the_texts_have_every_word, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_graph_without_attributes_has_no_braces, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(large_tensors_go_to_the_blob_and_come_back, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(a_blob_that_is_not_as_the_text_says_is_refused, unit_begin,
                                      unit_end),
      cmocka_unit_test_setup_teardown(bad_text_is_told_with_its_place, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_bad_head_is_told, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_name_of_256_bytes_is_refused, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(text_that_ends_anywhere_is_survived, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
