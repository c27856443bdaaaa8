# snncc: `make demo` and `make test` do everything, packages included; `make` builds the compiler.
# Objects go to build/. See README.md and docs/ARCHITECTURE.md.

B        := build
PREFIX   ?= /usr/local
DESTDIR  ?=
CC       ?= cc
CFLAGS   ?= -O2 -g
VERSION  := 0.1.0
PKGS     := libprotobuf-c libzip zlib libcjson

WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wconversion -Werror
CPPFLAGS += -I. -I$(B)/gen -Iruntime/include -DSNNCC_VERSION='"$(VERSION)"' -D_GNU_SOURCE
# No contraction: float results are the same bits in the executor and in generated C.
STD      := -std=c11 -ffp-contract=off -pthread
# Asked for once, and not before something is compiled: the packages may be missing until then.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)

# ---- sources ----
DIRS := ir/base ir ir/exec frontend frontend/onnx frontend/data frontend/image frontend/ini frontend/snn passes passes/analysis backends \
        backends/c backends/image backends/text backends/host backends/report runtime/image
SRC  := $(sort $(wildcard $(addsuffix /*.c,$(DIRS))))
GEN  := $(B)/gen/onnx.pb-c.c $(B)/gen/kernel_text.c $(B)/gen/snn.tab.c $(B)/gen/snn.lex.c
OBJ  := $(SRC:%.c=$(B)/%.o) $(GEN:%.c=%.o)
# The executor's kernels, once per kind of numbers; they and the matrix product once more for wider
# vectors. The best is chosen at run time (ir/exec/isa.h).
ISAS := baseline
ifneq (,$(findstring x86_64,$(shell $(CC) -dumpmachine 2>/dev/null)))
ISAS += avx2 avx512
endif
GEMM  := $(ISAS:%=$(B)/ir/exec/gemm_kernel_%.o)
FLOAT := $(ISAS:%=$(B)/ir/exec/spiking_kernels_float_%.o)
INT8  := $(ISAS:%=$(B)/ir/exec/spiking_kernels_int8_%.o)
INT16 := $(ISAS:%=$(B)/ir/exec/spiking_kernels_int16_%.o)
OBJ   := $(filter-out %/spiking_kernels.o %/gemm_kernel.o,$(OBJ)) $(GEMM) $(FLOAT) $(INT8) $(INT16)
LIB  := $(B)/libsnncc.a
BIN  := $(B)/snncc

.PHONY: all demo test check diff firmware-test firmware-bench conformance fuzz replay results faults faulty image-damage proof clean lint golden-accept unit install uninstall
all: $(BIN)

$(BIN): $(B)/snncc.o $(LIB)
	$(CC) $(CFLAGS) -pthread -o $@ $^ $(PKG_LIBS) -lm
$(LIB): $(OBJ)
	@rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -MMD -MP -c -o $@ $<
# $(call variant,name of the variant,flags)
variant = @mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(STD) $(WARN) $(CFLAGS) -O3 $(2) $(1) -MMD -MP -c -o $@ $<
FLAGS_avx2   := -march=x86-64-v3
FLAGS_avx512 := -march=x86-64-v4 -mprefer-vector-width=512
$(GEMM): $(B)/ir/exec/gemm_kernel_%.o: ir/exec/gemm_kernel.c
	$(call variant,-DGEMM=gemm_$*,$(FLAGS_$*))
$(FLOAT): $(B)/ir/exec/spiking_kernels_float_%.o: ir/exec/spiking_kernels.c
	$(call variant,-DSPIKING_KERNELS=spiking_kernels_float_$*,$(FLAGS_$*))
$(INT8): $(B)/ir/exec/spiking_kernels_int8_%.o: ir/exec/spiking_kernels.c
	$(call variant,-DSNN_INT8 -DSPIKING_KERNELS=spiking_kernels_int8_$*,$(FLAGS_$*))
$(INT16): $(B)/ir/exec/spiking_kernels_int16_%.o: ir/exec/spiking_kernels.c
	$(call variant,-DSNN_INT16 -DSPIKING_KERNELS=spiking_kernels_int16_$*,$(FLAGS_$*))
$(B)/gen/%.o: $(B)/gen/%.c
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) -w $(CFLAGS) -MMD -MP -c -o $@ $<

# ---- generated ----
ONNX_PROTO ?= /usr/include/onnx/onnx.proto
$(B)/gen/onnx.pb-c.c: $(ONNX_PROTO)
	@mkdir -p $(@D)
	protoc-c --proto_path=$(dir $(ONNX_PROTO)) --c_out=$(@D) $(notdir $(ONNX_PROTO))
$(B)/gen/onnx.pb-c.h: $(B)/gen/onnx.pb-c.c ;
$(patsubst %.c,$(B)/%.o,$(wildcard frontend/onnx/*.c)): | $(B)/gen/onnx.pb-c.c

# Grammar and scanner of the network language, made inside build/gen so that no path gets into them.
$(B)/gen/snn.tab.c: frontend/snn/snn.y
	@mkdir -p $(@D)
	@cp $< $(@D)/snn.y
	cd $(@D) && bison -Wall -Werror -Wcounterexamples -d -o snn.tab.c snn.y
$(B)/gen/snn.lex.c: frontend/snn/snn.l $(B)/gen/snn.tab.c
	@cp $< $(@D)/snn.l
	cd $(@D) && flex --header-file=snn.lex.h -o snn.lex.c snn.l
$(B)/gen/snn.tab.h: $(B)/gen/snn.tab.c ;
$(B)/gen/snn.lex.h: $(B)/gen/snn.lex.c ;
$(patsubst %.c,$(B)/%.o,$(wildcard frontend/snn/*.c)): | $(B)/gen/snn.lex.c

# The runtime as strings, which generated C carries, and --main writes; and what --package writes.
RUNTIME := $(sort $(wildcard runtime/include/snn/*.h runtime/kernels/*.h runtime/port/*.ld runtime/port/*/*.c))
PACKAGE := $(sort $(shell find backends/c/package -type f))
# $(call strings,name of the array,files)
strings = echo 'const struct text_file $(1)[] = {'; \
          for f in $(2); do \
            echo "{\"$$f\","; sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $$f; echo '},'; \
          done; \
          echo '};'; echo 'const size_t n_$(1) = sizeof $(1) / sizeof *$(1);'
$(B)/gen/kernel_text.c: $(RUNTIME) $(PACKAGE)
	@mkdir -p $(@D)
	@{ echo '#include "backends/c/kernel_text.h"'; \
	   $(call strings,kernel_texts,$(RUNTIME)); \
	   $(call strings,package_texts,$(PACKAGE)); } >$@.tmp
	@mv $@.tmp $@

# As many compilers as cores, unless make was told how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc))

# ---- tests ----
# `make check` is for every edit: unit tests, goldens, lint. `make test` is all of it, under sanitizers
# and over every route, and ends with "N passed, N failed".
UNIT := $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
$(B)/unit/%: tests/unit/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -MMD -MP -o $@ $< $(LIB) $(PKG_LIBS) \
	  -lcmocka -lm
unit: $(UNIT)
# Every integer kernel by Frama-C's Eva: minutes.
proof:
	@.ci/packages proof
	@tests/proof/run.sh
# The fuzz targets, each with a main that runs files; tests/fuzz/run.sh builds them for fuzzers.
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,$(B)/fuzz/replay_%,$(wildcard tests/fuzz/fuzz_*.c))
$(B)/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -o $@ $^ $(PKG_LIBS) -lm
replay: $(FUZZ)
# What makes calls fail, and models damaged, under tests/faults/.
$(B)/faults/shim.so: tests/faults/shim.c tests/faults/faults.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STD) $(WARN) -O1 -fPIC -shared -o $@ $<
$(B)/faults/driver: tests/faults/driver.c tests/faults/faults.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(STD) $(WARN) -O1 -o $@ $<
$(B)/faults/damage: tests/faults/damage.c tests/fuzz/fuzz_onnx.c tests/fuzz/fuzz.h $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DCONVERT_EVERY=1 $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -o $@ $(filter-out %.h,$^) $(PKG_LIBS) -lm
$(B)/faults/image_damage: tests/faults/damage.c tests/faults/refuse_img.c tests/fuzz/crc32c_fast.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -o $@ $^ $(PKG_LIBS) -lm
faults: all
	@tests/run.sh faults_all
faulty: $(B)/faults/shim.so $(B)/faults/driver $(B)/faults/damage $(B)/faults/image_damage
# Every truncation and every other value of every byte of an image of LeNet-5.
image-damage: all $(B)/faults/image_damage
	@tests/faults/image.sh $(B)/faults/image_damage
fuzz:
	@.ci/packages fuzz
	@tests/fuzz/run.sh $(or $(SECONDS),60)
$(B)/diff/host $(B)/diff/cases $(B)/conformance/onnx_tests $(B)/conformance/analog: $(B)/%: tests/%.c $(LIB)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STD) $(WARN) $(CFLAGS) -MMD -MP -o $@ $< $(LIB) $(PKG_LIBS) -lm
check: all
	@tests/run.sh unit golden lint
# Random networks: N against generated C under all compilers, N on each board under emulation.
diff: all
	@tests/diff/random.sh $(or $(N),200)
firmware-test:
	@.ci/packages firmware
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@tests/firmware/run.sh $(or $(N),3)
test:
	@.ci/packages test
	@echo "building $(BIN)"
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@tests/run.sh unit golden lint asan replay coverage faults diff firmware package models onnx build
demo:
	@.ci/packages build
	@echo "building $(BIN)"
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@models/demo.sh
# Instructions, memory and code of an inference, and the code of each function.
firmware-bench:
	@.ci/packages firmware
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@tests/firmware/bench.sh --functions
# docs/RESULTS.md and docs/plots/: every network, every test image; IMAGES=100 for a trial.
results:
	@.ci/packages results
	@$(MAKE) --no-print-directory -s $(JOBS) all
	@python3 tests/bench/results.py $(if $(IMAGES),--images $(IMAGES))
lint: all
	@tests/run.sh lint
# ONNX's own tests; part of group onnx.
conformance: all
	@tests/conformance/onnx_tests.sh
golden-accept: all
	tests/golden/run.sh --accept

# ---- installation ----
# The runtime's headers are for C generated with --runtime external, snn/image for images.
INCLUDE := $(DESTDIR)$(PREFIX)/include/snn
PC      := $(DESTDIR)$(PREFIX)/lib/pkgconfig/snn.pc
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(INCLUDE)/kernels $(INCLUDE)/image $(dir $(PC))
	install -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/snncc
	install -m 644 runtime/include/snn/*.h $(INCLUDE)
	install -m 644 runtime/kernels/*.h $(INCLUDE)/kernels
	install -m 644 runtime/image/*.* $(INCLUDE)/image
	printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$${prefix}/include' '' 'Name: snn' \
	  'Description: kernels of spiking neural networks, header only' 'Version: $(VERSION)' \
	  'Cflags: -I$${includedir}' >$(PC)
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/snncc $(PC)
	rm -rf $(INCLUDE)

-include $(OBJ:.o=.d) $(B)/snncc.d $(UNIT:=.d) $(B)/diff/host.d $(B)/diff/cases.d $(B)/conformance/onnx_tests.d \
  $(B)/conformance/analog.d

clean:
	rm -rf $(B)
