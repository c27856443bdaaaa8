/* Type rules: shapes that come out, and what is told where operands and attributes do not fit. */
#include "tests/unit/unit.h"

#include "ir/ir.h"

/* Operands by name, f32 unless the name says so. */
static const char analog_head[] = "ir 1\ngraph \"g\"\n"
                                  "%img = input : f32[1, 4, 8, 6]\n"
                                  "%line = input : f32[1, 4, 9]\n"
                                  "%cube = input : f32[1, 2, 4, 5, 6]\n"
                                  "%vec = input : f32[5]\n"
                                  "%mat = input : f32[2, 5]\n"
                                  "%int = input : i64[2]\n"
                                  "%k3 = input : f32[6, 4, 3, 3]\n"
                                  "%k32 = input : f32[6, 2, 3, 3]\n"
                                  "%k1 = input : f32[6, 4, 3]\n"
                                  "%kc = input : f32[3, 2, 2, 2, 2]\n"
                                  "%b6 = input : f32[6]\n"
                                  "%b4 = input : f32[4]\n"
                                  "%w35 = input : f32[3, 5]\n"
                                  "%big = input : f32[1, 1, 40000, 40000]\n"
                                  "%long = input : f32[40000]\n"
                                  "%tall = input : f32[65000, 1]\n"
                                  "%t1 = input : f32[4, 6, 3]\n"
                                  "%pick = input : i64[2, 3]\n"
                                  "%one = input : f32[]\n"
                                  "%zero = input : u8[]\n"
                                  "%zeros = input : u8[5]\n"
                                  "%bytes = input : u8[2, 5]\n";

static const char spiking_head[] =
    "ir 1\ngraph \"g\" {facts=[spiking], schedule=synchronous}\n"
    "%img = input : f32[1, 2, 4, 6]\n"
    "%two = input : f32[2, 2, 4, 6]\n"
    "%cur = encode %img {code=current, layout=chw} : current[2, 4, 6]\n"
    "%flat = encode %img {code=current, layout=flat} : current[48]\n"
    "%sp = population %cur {model=if, threshold=f32[1]{1}, layer=\"\"}"
    " : spikes[2, 4, 6]\n"
    "%q = population {model=if, threshold=f32[1]{1}, layer=\"\"}"
    " : spikes[3]\n";

struct row {
  const char *line; /* the part behind "%t = "; the type is the one that is expected */
  const char *says; /* NULL: it is right */
};

static const struct row analog_rows[] = {
    {"conv %img, %k3 : f32[1, 6, 6, 4]", NULL},
    {"conv %img, %k3, %b6 {pad=[1, 1, 1, 1]} : f32[1, 6, 8, 6]", NULL},
    {"conv %img, %k3 {stride=[2, 3], pad=[0, 1, 1, 0]} : f32[1, 6, 4, 2]", NULL},
    {"conv %img, %k3 {dilation=[3, 2]} : f32[1, 6, 2, 2]", NULL},
    {"conv %img, %k32 {group=2} : f32[1, 6, 6, 4]", NULL},
    {"conv %line, %k1 {stride=[4]} : f32[1, 6, 2]", NULL},
    {"conv %cube, %kc : f32[1, 3, 3, 4, 5]", NULL},
    {"conv %img, %k32 : f32[1]", "weight has 2 input channels, operand has 4"},
    {"conv %img, %k32 {group=3} : f32[1]", "group is 3; it must divide the 4 input and 6 output"},
    {"conv %img, %k32 {group=0} : f32[1]", "group is 0"},
    {"conv %img, %k32 {group=-2} : f32[1]", "group is -2"},
    {"conv %img, %k1 : f32[1]", "both need the same number of axes"},
    {"conv %img, %k3, %b4 : f32[1]", "bias is f32[4]; it must be f32[6]"},
    {"conv_transpose %line, %t1 {stride=[2], pad=[1, -1]} : f32[1, 6, 19]", NULL},
    {"conv_transpose %img, %k3 : f32[1]", "axis 0 of the weight must have 4 channels"},
    {"conv_transpose %line, %t1 {group=3} : f32[1]", "group is 3; it must divide the 4 input"},
    {"conv_transpose %line, %t1, %b4 : f32[1]", "bias is f32[4]; it must be f32[6]"},
    {"conv_transpose %line, %t1 {pad=[65535, 0]} : f32[1]", "pad leaves"},
    {"conv_transpose %line, %t1 {pad=[65536, 0]} : f32[1]", "pad is 65536; it must be within"},
    {"mul %img, %vec : f32[1]", "sizes must be equal or 1"},
    {"sub %mat, %int : f32[1]", "both need the same element type"},
    {"max %int, %int : i64[2]", NULL},
    {"pow %int, %int : i64[2]", "operand 1 is i64[2]; it must be f32"},
    {"prelu %mat, %vec : f32[2, 5]", NULL},
    {"tanh %int : i64[2]", "operand 1 is i64[2]; it must be f32"},
    {"shrink %vec : f32[5]", NULL},
    {"reduce_mean %img {axes=[1, 3]} : f32[1, 1, 8, 1]", NULL},
    {"reduce_sum %img {axes=[3, 1]} : f32[1]", "axes[1] is 1; the axes"},
    {"reduce_max %img {axes=[4]} : f32[1]", "axes[0] is 4"},
    {"reduce_min %img {axes=[-1]} : f32[1]", "axes[0] is -1"},
    {"argmax %mat {axis=1} : i64[2, 1]", NULL},
    {"argmax %mat {axis=2} : i64[1]", "axis is 2"},
    {"maxpool_index %img {kernel=[2, 2]} : i64[1, 4, 7, 5]", NULL},
    {"maxpool_index %int {kernel=[2, 2]} : i64[1]", "it must be f32"},
    {"gather_elements %mat, %pick {axis=1} : f32[2, 3]", NULL},
    {"gather_elements %mat, %int {axis=1} : f32[1]", "has other axes, or shorter ones"},
    {"gather_elements %mat, %mat {axis=1} : f32[1]", "they must be i32 or i64"},
    {"gather_nd %mat, %int : f32[]", NULL},
    {"gather_nd %cube, %int {batch_dims=0} : f32[4, 5, 6]", NULL},
    {"gather_nd %vec, %int : f32[1]", "that picks nothing out of f32[5]"},
    {"gather_nd %mat, %int {batch_dims=9223372036854775807} : f32[1]",
     "batch_dims is 922337203685"},
    {"gather_nd %cube, %pick {batch_dims=1} : f32[1]",
     "axis 0 of f32[1, 2, 4, 5, 6] and i64[2, 3]"},
    {"quantize %mat, %one, %zero : u8[2, 5]", NULL},
    {"quantize %mat, %vec, %zero : u8[2, 5]", "both need one value, or one per index of axis"},
    {"quantize %mat, %one, %int : i64[1]", "integers and the zero of one type"},
    {"dequantize %bytes, %vec, %zeros {axis=1} : f32[2, 5]", NULL},
    {"dequantize %bytes, %vec, %zeros : f32[1]", "axis 0 of u8[2, 5] has another size"},
    {"dequantize %mat, %one, %zero : f32[1]", "integers and the zero of one type"},
    {"conv %vec, %vec : f32[1]", "the operand is f32[5]; it needs at least 3 axes"},
    {"conv %int, %k3 : f32[1]", "operand 1 is i64[2]; it must be f32"},
    {"conv %img, %k3 {stride=[0, 1]} : f32[1]", "stride is 0; it must be 1 to 2147483647"},
    {"conv %img, %k3 {stride=[1]} : f32[1]", "stride has 1 values; for 2 spatial axes it takes 2"},
    {"conv %img, %k3 {dilation=[9223372036854775807, 1]} : f32[1]", "dilation is 9223372036854"},
    {"conv %img, %k3 {dilation=[4, 1]} : f32[1]",
     "the window is 9 wide, the operand with its padd"},
    {"conv %img, %k3 {pad=[-1, 0, 0, 0]} : f32[1]", "pad is -1; it must be 0 to 65535"},
    {"conv %img, %k3 {pad=[65536, 0, 0, 0]} : f32[1]", "pad is 65536; it must be 0 to 65535"},
    {"maxpool %img {kernel=[3, 3], pad=[3, 0, 0, 0]} : f32[1]", "pad is 3; it must be at least"},
    {"conv %img, %k3 {pad=[1, 1]} : f32[1]", "pad has 2 values; for 2 spatial axes it takes 4"},
    {"dense %mat, %w35 : f32[2, 3]", NULL},
    {"dense %vec, %w35 : f32[3]", NULL},
    {"dense %img, %w35 : f32[3]", "the weight must be f32[outputs, 6]"},
    {"dense %mat, %w35, %b4 : f32[3]", "bias is f32[4]; it must be f32[3]"},
    {"matmul %w35, %vec : f32[3]", NULL},
    {"matmul %vec, %vec : f32[]", NULL},
    {"matmul %img, %b6 : f32[1, 4, 8]", NULL},
    {"matmul %b4, %k1 : f32[6, 3]", NULL},
    {"matmul %mat, %w35 : f32[6]", "operands are f32[2, 5] and f32[3, 5]; the last size"},
    {"add %img, %b6 : f32[1, 4, 8, 6]", NULL},
    {"add %mat, %int : f32[1]", "both need the same element type"},
    {"add %img, %vec : f32[1]", "sizes must be equal or 1, counted from the last axis"},
    {"add %tall, %long : f32[1]", "the result is f32[65000, 40000]; each size must be at least 1"},
    {"relu %img {scale=f32[4]{1, 1, 1, 1}} : f32[1, 4, 8, 6]", NULL},
    {"relu %img {scale=i32[1]{1}} : f32[1]", "scale is i32[1]; it must be f32"},
    {"relu %int : f32[1]", "operand 1 is i64[2]; it must be f32"},
    {"clip %vec {min=2, max=1} : f32[5]", "min is 2, max is 1; min must not be above max"},
    {"clip %vec {min=nan} : f32[5]", "min is nan"},
    {"maxpool %img {kernel=[3, 2], stride=[2, 2]} : f32[1, 4, 3, 3]", NULL},
    {"maxpool %img {kernel=[3]} : f32[1]", "the kernel has 1 spatial axes, the operand has 2"},
    {"maxpool %img {kernel=[0, 1]} : f32[1]", "kernel is 0; it must be 1 to"},
    {"maxpool %vec {kernel=[1]} : f32[1]", "it needs at least 3 axes"},
    {"avgpool %line {kernel=[9]} : f32[1, 4, 1]", NULL},
    {"avgpool %line {kernel=[9], count_pad=2} : f32[1, 4, 1]", "count_pad is 2; it must be 0 or 1"},
    {"avgpool %line {kernel=[10]} : f32[1]", "the window is 10 wide"},
    {"global_avgpool %cube : f32[1, 2, 1, 1, 1]", NULL},
    {"batchnorm %img, %b4, %b4, %b4, %b4 : f32[1, 4, 8, 6]", NULL},
    {"batchnorm %img, %b4, %b4, %b6, %b4 : f32[1]", "mean is f32[6]; it must be f32[4]"},
    {"batchnorm %img, %b4, %b4, %b4, %b4 {epsilon=-1} : f32[1]", "epsilon is -1"},
    {"softmax %mat {axis=1} : f32[2, 5]", NULL},
    {"softmax %mat {axis=2} : f32[2, 5]", "axis is 2; the operand is f32[2, 5], so it must be"},
    {"log_softmax %mat {axis=-1} : f32[2, 5]", "axis is -1"},
    {"reshape %mat {shape=[5, 1, 2]} : f32[5, 1, 2]", NULL},
    {"reshape %vec {shape=[]} : f32[]", "with 5 elements, the shape asked for is f32[] with 1"},
    {"reshape %vec {shape=[5, 0]} : f32[]", "the shape is f32[5, 0]; each size must be at least 1"},
    {"reshape %vec {shape=[4294967296, 4294967296]} : f32[]", "all together at most 2147483647"},
    {"reshape %vec {shape=[1, 1, 1, 1, 1, 1, 1, 1, 5]} : f32[]", "shape has 9 axes"},
    {"transpose %img {perm=[0, 2, 3, 1]} : f32[1, 8, 6, 4]", NULL},
    {"transpose %img {perm=[0, 1, 2]} : f32[1]", "perm has 3 values, the operand f32[1, 4, 8, 6]"},
    {"transpose %mat {perm=[0, 0]} : f32[1]", "perm[1] is 0; each of 0 to 1 must be there once"},
    {"transpose %mat {perm=[0, 64]} : f32[1]", "perm[1] is 64"},
    {"concat %mat, %w35 {axis=0} : f32[5, 5]", NULL},
    {"concat %mat, %w35 {axis=1} : f32[1]", "operand 1 is f32[2, 5], operand 2 is f32[3, 5]"},
    {"concat %mat, %vec {axis=1} : f32[1]", "operand 2 is f32[5]"},
    {"concat %vec, %int {axis=0} : f32[1]", "operand 2 is i64[2]"},
    {"concat %big, %big {axis=0} : f32[1]", "the result is f32[2, 1, 40000, 40000]; each size"},
    {"padding %mat {pads=[1, 2, 0, -1]} : f32[3, 6]", NULL},
    {"padding %mat {pads=[1, 2]} : f32[1]", "pads has 2 values; for f32[2, 5] it takes 4"},
    {"padding %mat {pads=[0, 5, 0, 0], mode=reflect} : f32[1]",
     "a reflection of 5 elements has at"},
    {"padding %mat {pads=[-1, 0, -1, 0]} : f32[1]", "pads -1 and -1 leave nothing of 2 elements"},
    {"padding %mat {pads=[-3, 0, 3, 0]} : f32[1]", "pads -3 and 3 leave nothing"},
    {"padding %mat {pads=[9223372036854775807, 0, 0, 0]} : f32[1]", "each must lie within"},
    {"slice %mat {starts=[0, 4], steps_of=[1, -2], shape=[2, 3]} : f32[2, 3]", NULL},
    {"slice %mat {starts=[0, 4], steps_of=[1, 1], shape=[2, 2]} : f32[1]",
     "axis 1: 2 elements from 4"},
    {"slice %mat {starts=[0, 0], steps_of=[1, 0], shape=[2, 2]} : f32[1]", "in steps of 0"},
    {"slice %mat {starts=[0], steps_of=[1], shape=[2]} : f32[1]", "for f32[2, 5] each takes 2"},
    {"slice %mat {starts=[0, 1], steps_of=[1, 9223372036854775807], shape=[2, 2]} : f32[1]",
     "in steps of 9223372036854775807"},
    {"gather %mat, %int {axis=1} : f32[2, 2]", NULL},
    {"gather %mat, %vec {axis=1} : f32[2, 2]", "the indices are f32[5]; they must be i32 or i64"},
    {"cast %int : f32[2]", NULL},
    {"cast %int : spikes[2]", "the result is spikes; a cast gives numbers"},
    {"relu %img, %img : f32[1]", "2 operands; it takes 1"},
    {"view %img : f32[1]", "the operand is f32[1, 4, 8, 6]; it must be spikes or current"},
};

static const struct row spiking_rows[] = {
    {"encode %img {code=current, layout=hwc} : current[6, 2, 4]", NULL},
    {"encode %img {code=poisson, layout=hwc} : spikes[6, 2, 4]", NULL},
    {"encode %img {code=latency, layout=flat} : spikes[48]", NULL},
    {"encode %two {code=current, layout=chw} : f32[1]",
     "it must have 3 axes, or 4 with the first 1"},
    {"encode %cur {code=current, layout=chw} : f32[1]", "it must be f32"},
    {"project_conv %sp {kernel=[1, 2], weight=f32[1, 2, 1, 2]{1, 2, 3, 4}, order=oihw}"
     " : current[1, 4, 5]",
     NULL},
    {"project_conv %sp {kernel=[1, 1], group=2, weight=f32[2, 1, 1, 1]{1, 2}, order=kernel}"
     " : current[2, 4, 6]",
     NULL},
    {"project_conv %sp {kernel=[1, 1], weight=f32[1, 1, 1, 1]{1}, order=oihw} : f32[1]",
     "weight is f32[1, 1, 1, 1]; with order oihw it must be f32[1, 2, 1, 1]"},
    {"project_conv %sp {kernel=[1, 1], weight=f32[1, 1, 1, 1]{1}, order=kernel} : f32[1]",
     "weight is f32[1, 1, 1, 1]; with order kernel it must be f32[2, 1, 1, 1]"},
    {"project_conv %sp {kernel=[1, 1], weight=f32[1]{1}, order=oihw} : f32[1]", "must have 4 axes"},
    {"project_conv %q {kernel=[1, 1], weight=f32[1, 1, 1, 1]{1}, order=oihw} : f32[1]",
     "a window needs a map"},
    {"project_conv %sp {kernel=[1, 1], group=9223372036854775807,"
     " weight=f32[1, 1, 1, 1]{1}, order=kernel} : f32[1]",
     "group is 9223372036854775807; it must divide the 2 input channels"},
    {"project_dense %q {weight=f32[2, 3]{1, 2, 3, 4, 5, 6}, order=oihw} : current[2]", NULL},
    {"project_dense %q {weight=f32[3, 2]{1, 2, 3, 4, 5, 6}, order=kernel} : current[2]", NULL},
    {"project_dense %q {weight=f32[3, 2]{1, 2, 3, 4, 5, 6}, order=oihw} : f32[1]",
     "with order oihw it must be f32[3, 3]"},
    {"project_dense %q {weight=f32[1]{1}, order=oihw} : f32[1]", "a size for the targets and one"},
    {"project_dense %q {weight=i32[1, 3]{1, 1, 1}, order=oihw} : f32[1]", "must be f32"},
    {"project_dense %img {weight=f32[1, 3]{1, 1, 1}, order=oihw} : f32[1]", "spikes or current"},
    {"project_avgpool %sp {kernel=[4, 6], weight=f32[1]{1}} : current[2, 1, 1]", NULL},
    {"project_avgpool %sp {kernel=[4, 6], weight=f32[3]{1, 1, 1}} : current[2, 1, 1]",
     "weight has 3 values; 1 or 2 are allowed"},
    {"project_one_to_one %q {weight=f32[1]{1}} : current[3]", NULL},
    {"project_one_to_one %q {weight=f32[1]{1}, tau=-1} : current[3]", "tau is -1"},
    {"project_one_to_one %q {weight=f32[1]{1}, delay=i32[1]{-1}} : current[3]", "delay[0] is -1"},
    {"project_one_to_one %q {weight=f32[1]{1}, delay=f32[1]{1}} : current[3]", "must be i32"},
    {"project_one_to_one %q {weight=f32[1]{1}, delay=i32[2]{1, 1}} : current[3]", "has 2 values"},
    {"project_all_but_self %sp {weight=f32[1]{1}} : current[2, 4, 6]", NULL},
    {"project_sparse %q {index=i32[2, 2]{0, 1, 0, 1}, weight=f32[2]{1, 1}} : current[9]",
     "index[1] is (0, 1), the pair before it (0, 1); pairs must ascend"},
    {"project_sparse %q {index=i32[1, 2]{3, 0}, weight=f32[1]{1}} : current[9]",
     "index[0] is (3, 0); there are 3 sources and 9 targets"},
    {"project_sparse %q {index=i32[1, 2]{0, -1}, weight=f32[1]{1}} : current[9]", "is (0, -1)"},
    {"project_sparse %q {index=i32[2]{0, 0}, weight=f32[1]{1}} : current[9]",
     "i32[n, 2], pairs of source and target"},
    {"project_sparse %q {index=i32[1, 2]{0, 0}, weight=f32[1]{1}} : f32[9]",
     "must be given as curr"},
    {"population %flat, %flat {model=if, threshold=f32[48]"
     "{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,"
     " 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, layer=\"\"}"
     " : spikes[48]",
     NULL},
    {"population %flat, %cur {model=if, threshold=f32[1]{1}, layer=\"\"} : f32[1]",
     "operand 1 is current[48], operand 2 is current[2, 4, 6]; they must be equal"},
    {"population %q {model=if, threshold=f32[1]{1}, layer=\"\"} : f32[1]", "it must be current"},
    {"population {model=if, threshold=f32[1]{1}, layer=\"\"} : f32[1]", "must be given as spikes"},
    {"population {model=if, threshold=f32[1]{1}, layer=\"\"} : spikes[1, 1]", "has 2 axes"},
    {"population %cur {model=if, threshold=f32[3]{1, 1, 1}, layer=\"\"} : f32[1]",
     "threshold has 3 values; 1, 2 or 48 are allowed"},
    {"population %cur {model=if, threshold=f32[1]{1}, v_init=inf, layer=\"\"} : f32[1]",
     "v_init is"},
    {"spike_maxpool %sp {kernel=[3, 2], stride=[2, 2], pad=[1, 0, 0, 0], layer=\"\"}"
     " : spikes[2, 2, 3]",
     NULL},
    {"population %cur {model=if_signed, threshold=f32[1]{1}, layer=\"\"} : signed[2, 4, 6]", NULL},
    {"population %cur {model=if, threshold=f32[1]{1}, leak=-1, layer=\"\"} : f32[1]",
     "leak is -1; it must be a float32 of 0 or more"},
    {"population %cur {model=if, threshold=f32[1]{1}, refractory=65536, layer=\"\"} : f32[1]",
     "refractory is 65536; it must be from 0 to 65535"},
    {"population %cur {model=pattern, threshold=f32[1]{1}, turn=[16, 16], layer=\"\"}"
     " : spikes[2, 4, 6]",
     NULL},
    {"population %cur {model=pattern, threshold=f32[1]{1}, layer=\"\"} : spikes[2, 4, 6]",
     "model is pattern, which needs a turn"},
    {"population %cur {model=if, threshold=f32[1]{1}, turn=[0, 4], layer=\"\"} : spikes[2, 4, 6]",
     "model is if, which has no turn"},
    {"population %cur {model=pattern, threshold=f32[1]{1}, turn=[0, 17], layer=\"\"}"
     " : spikes[2, 4, 6]",
     "from step 0 and with 1 to 16 steps"},
    {"population %cur {model=ttfs, threshold=f32[1]{1}, turn=[0, 1], layer=\"\"}"
     " : spikes[2, 4, 6]",
     "from step 0 and with 2 to 65535 steps"},
    {"population %cur {model=ttfs, threshold=f32[1]{1}, turn=[-4, 4], layer=\"\"}"
     " : spikes[2, 4, 6]",
     "from step 0"},
    {"population %cur {model=ttfs, threshold=f32[1]{1}, turn=[4], layer=\"\"} : spikes[2, 4, 6]",
     "must be [first step, steps]"},
    {"spike_maxpool %cur {kernel=[1, 1], layer=\"\"} : f32[1]", "it must be spikes"},
    {"spike_concat %sp, %sp, %sp {layer=\"\"} : spikes[6, 4, 6]", NULL},
    {"spike_concat %sp, %q {layer=\"\"} : f32[1]", "height and width must be equal"},
    {"spike_concat %sp, %cur {layer=\"\"} : f32[1]",
     "operand 2 is current[2, 4, 6]; all must be spikes, or all signed"},
    {"view %sp : spikes[48]", NULL},
    {"view %cur : current[48]", NULL},
    {"readout %cur {readout=membrane, bias=f32[2]{1, 1}, layer=\"\"} : f32[48]", NULL},
    {"readout %cur {readout=membrane, early_exit=0, layer=\"\"} : f32[48]",
     "early_exit is 0; it must be a float32 above 0"},
    {"readout %sp {readout=membrane, layer=\"\"} : f32[48]", "it must be current"},
    {"readout %sp {readout=count, layer=\"\"} : f32[48]", NULL},
    {"readout %cur {readout=count, layer=\"\"} : f32[48]",
     "readout=count has one, which sends spikes"},
    {"readout %sp, %sp {readout=count, layer=\"\"} : f32[48]", "2 operands"},
    {"readout %sp {readout=count, bias=f32[1]{1}, layer=\"\"} : f32[48]",
     "bias is not for readout=count"},
    {"readout %cur {readout=softmax, layer=\"\"} : f32[48]", NULL},
    {"readout %cur {readout=softmax, min=0, layer=\"\"} : f32[48]",
     "min is for readout=membrane only"},
    {"relu %img : f32[1, 2, 4, 6]", "an analog op in a spiking graph"},
};

static void check_rows(struct unit *u, const char *head, const struct row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const char *text = arena_printf(u->comp.arena, "%s%%t = %s", head, rows[i].line);
    const struct ir_graph *g = ir_parse(u->comp.arena, u->comp.diag, "t.ir", text, strlen(text));
    if (!g != !!rows[i].says)
      fail_msg("%s: %s", rows[i].line, unit_said(u));
    if (rows[i].says)
      unit_assert_said(u, rows[i].says);
  }
}

static void analog_ops_follow_their_rules(void **state) {
  check_rows(*state, analog_head, analog_rows, sizeof analog_rows / sizeof analog_rows[0]);
}

static void spiking_ops_follow_their_rules(void **state) {
  check_rows(*state, spiking_head, spiking_rows, sizeof spiking_rows / sizeof spiking_rows[0]);
}

static void a_type_is_shown_as_in_the_text(void **state) {
  struct arena *a = ((struct unit *)*state)->comp.arena;
  struct ir_type t = ir_type_make(IR_U8, 3, (const int64_t[]){1, 28, 5});
  struct ir_type scalar = ir_type_make(IR_F32, 0, NULL);
  assert_string_equal(ir_type_text(a, &t), "u8[1, 28, 5]");
  assert_string_equal(ir_type_text(a, &scalar), "f32[]");
  assert_int_equal(ir_type_count(&t), 140);
  assert_int_equal(ir_type_count(&scalar), 1);
  assert_true(ir_type_equal(&t, &t));
  assert_false(ir_type_equal(&t, &scalar));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(analog_ops_follow_their_rules, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(spiking_ops_follow_their_rules, unit_begin, unit_end),
      cmocka_unit_test_setup_teardown(a_type_is_shown_as_in_the_text, unit_begin, unit_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
