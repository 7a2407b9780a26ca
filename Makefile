# SPDX-License-Identifier: MIT
# The only build system: GNU make, no configure step.
#
#   make            build/debug/bin/...
#   make demo       set up, build, run the pipeline on real streams
#   make check      set up, build, run the tests
#   make ci         everything that CI runs
#   make MODE=...   debug release asan coverage fuzz

SHELL = /bin/sh
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := all

VERSION = 0.1.0
ABI = 0

MODE ?= debug
B = build/$(MODE)
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
SANITIZE ?= address,undefined

PKGS = libxml-2.0 yajl zlib libzstd libpcre2-8 libxxhash
ifneq ($(MAKECMDGOALS),clean)
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)
endif
CHECK_LIBS = $(shell $(PKG_CONFIG) --libs check 2>/dev/null)

MODE_debug = -O1 -g
MODE_release = -O2 -flto=auto -g
MODE_asan = -O1 -g -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
MODE_coverage = -O0 -g --coverage
MODE_fuzz = -O1 -g -fsanitize=fuzzer-no-link,$(SANITIZE) -fno-sanitize-recover=all

WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings
WERROR =
BASE_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 \
	-fvisibility=hidden -fPIC $(WARN) $(WERROR) $(MODE_$(MODE))
BASE_LDFLAGS = $(filter -f% --coverage -g -O%,$(MODE_$(MODE)))

LIB_SRC = $(wildcard libevent-model/core/*.c libevent-model/formats/*.c)
LIB_OBJ = $(LIB_SRC:%.c=$(B)/%.o)
LIB = $(B)/libevent-model.a
TEST_SRC = $(wildcard libevent-model/test/*.c)
TEST_OBJ = $(TEST_SRC:%.c=$(B)/%.o)

# tool name : source file
TOOL_ttee = tee
TOOL_tconv = convert
TOOL_tmerge = merge
TOOL_tfilter = filter
TOOL_tsum = summarize
TOOL_trerun = rerun-list
TOOL_tdiff = diff-run
TOOL_trun = run
TOOL_tstore = store
ALL_TOOLS = ttee tconv tmerge tfilter tsum trerun tdiff trun tstore
TOOLS = $(foreach t,$(ALL_TOOLS),$(if $(wildcard tools/$(TOOL_$(t)).c),$(t)))
TOOL_BIN = $(TOOLS:%=$(B)/bin/%)
TOOL_COMMON = $(filter-out $(foreach t,$(ALL_TOOLS),tools/$(TOOL_$(t)).c),$(wildcard tools/*.c))
TOOL_COMMON_OBJ = $(TOOL_COMMON:%.c=$(B)/%.o)
COMMON = $(B)/tools/common.a
AR = $(if $(findstring flto,$(BASE_CFLAGS)),gcc-ar,ar)

.PHONY: all lib tools unit corpus deps demo check run-check asan FORCE clean

all: lib tools
lib: $(LIB)
tools: $(TOOL_BIN)

# Rebuild when flags change, and only then.
FLAGS = $(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(PKG_CFLAGS) $(PKG_LIBS)
$(B)/.flags: FORCE
	@mkdir -p $(B)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

$(B)/libevent-model/core/%.o: libevent-model/core/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libevent-model/formats/%.o: libevent-model/formats/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libevent-model/test/%.o: libevent-model/test/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A tool sees the public header alone.
$(B)/tools/%.o: tools/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -DVERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $(LIB_OBJ)

# main.o stays out: nothing in an archive would pull it in.
$(COMMON): $(filter-out %/main.o,$(TOOL_COMMON_OBJ))
	@rm -f $@
	$(AR) rcs $@ $^

define tool_rule
$(B)/bin/$(1): $(B)/tools/main.o $(B)/tools/$(TOOL_$(1)).o $(COMMON) $(LIB)
	@mkdir -p $$(@D)
	$$(CC) $$(BASE_LDFLAGS) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS) -lcsv -lm
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(t))))

$(B)/unit: $(TEST_OBJ) $(LIB)
	$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv $(CHECK_LIBS)

unit: $(B)/unit
	$(RUN) $(B)/unit

CORPUS ?= ../shared/corpus
$(B)/libevent-model/test/corpus/%.o: libevent-model/test/corpus/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) -D_DEFAULT_SOURCE -Ilibevent-model/include $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/corpus: $(B)/libevent-model/test/corpus/corpus.o $(LIB)
	$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv

corpus: $(B)/corpus
	$(B)/corpus $(CORPUS) testdata/EXCEPTIONS.tsv $(ONLY)

# ---- what has to be installed ----

DEPS_COMMANDS = cc:build-essential $(PKG_CONFIG):pkg-config
DEPS_PKGS = libxml-2.0:libxml2-dev yajl:libyajl-dev zlib:zlib1g-dev \
	libzstd:libzstd-dev libpcre2-8:libpcre2-dev libxxhash:libxxhash-dev \
	check:check
DEPS_HEADERS = csv.h:libcsv-dev

deps:
	@PKG_CONFIG=$(PKG_CONFIG) sh .ci/deps.sh \
	    "$(DEPS_COMMANDS)" "$(DEPS_PKGS)" "$(DEPS_HEADERS)"

# ---- for people ----

demo: deps
	@$(MAKE) --no-print-directory MODE=$(MODE) tools
	@B=$(B) sh tools/test/demo.sh

check: deps
	@$(MAKE) --no-print-directory MODE=$(MODE) RUN='$(RUN)' run-check

run-check: all $(B)/unit $(B)/corpus
	@B=$(B) RUN='$(RUN)' CORPUS=$(CORPUS) CC='$(CC)' sh tools/test/check.sh $(SUITES)

asan:
	CK_FORK=no CORPUS_ANY_SIZE=1 ASAN_OPTIONS=$(ASAN_OPTIONS) $(MAKE) MODE=asan check

ASAN_OPTIONS ?= detect_leaks=1:allocator_may_return_null=1

clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(wildcard $(B)/tools/*.d)
