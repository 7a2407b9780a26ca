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

# make V=1 prints the commands.
Q = $(if $(V),,@)

VERSION = 0.1.0
ABI = 0

MODE ?= debug
B = build/$(MODE)
PREFIX ?= /usr/local
PKG_CONFIG ?= pkg-config
CLANG_FORMAT ?= clang-format
SANITIZE ?= address,undefined

PKGS = libxml-2.0 yajl zlib libzstd libpcre2-8
ifneq ($(MAKECMDGOALS),clean)
# xxhash is its header alone.
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) libxxhash 2>/dev/null)
PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null)
endif
# Only what records or reads recordings loads it.
STORE_LIBS = -Wl,--as-needed $(shell $(PKG_CONFIG) --libs sqlite3 2>/dev/null)
CHECK_LIBS = $(shell $(PKG_CONFIG) --libs check 2>/dev/null)

MODE_debug = -O1 -g
MODE_release = -O2 -flto=auto -g
# The library as it is installed: no LTO, so that the static one is plain
# objects.  The tools are installed from MODE=release.
MODE_install = -O2 -g
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

.PHONY: all lib tools conformance unit corpus deps demo check run-check asan valgrind lint coverage \
	replay fuzz bench ci install install-files uninstall FORCE clean

all: lib tools conformance
lib: $(LIB)
tools: $(TOOL_BIN)

# Rebuild when flags change, and only then.
FLAGS = $(CC) $(BASE_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(PKG_CFLAGS) $(PKG_LIBS)
$(B)/.flags: FORCE
	@mkdir -p $(B)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

$(B)/libevent-model/core/%.o: libevent-model/core/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libevent-model/formats/%.o: libevent-model/formats/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/libevent-model/test/%.o: libevent-model/test/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# A tool sees the public header alone.
$(B)/tools/%.o: tools/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -DVERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

# main.o stays out: nothing in an archive would pull it in.
$(COMMON): $(filter-out %/main.o,$(TOOL_COMMON_OBJ))
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

define tool_rule
$(B)/bin/$(1): $(B)/tools/main.o $(B)/tools/$(TOOL_$(1)).o $(COMMON) $(LIB)
	@mkdir -p $$(@D)
	$(if $(V),,@echo "  LD  $$@")
	$(Q)$$(CC) $$(BASE_LDFLAGS) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(PKG_LIBS) -lcsv -lm -pthread $$(STORE_LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool_rule,$(t))))

$(B)/unit: $(TEST_OBJ) $(LIB)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv $(CHECK_LIBS)

unit: $(B)/unit
	$(RUN) $(B)/unit

# ---- the conformance suite's runner ----

CONF_SRC = $(filter-out conformance/runner/tconform.c,$(wildcard conformance/runner/*.c))
CONF_OBJ = $(CONF_SRC:%.c=$(B)/%.o)
CONF_TEST_OBJ = $(patsubst %.c,$(B)/%.o,$(wildcard conformance/test/*.c))
CONF = $(B)/conformance/runner.a
# The library as others have it: only em_ names are visible.
CONF_LIB = $(B)/install/libevent-model.a

$(B)/conformance/%.o: conformance/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Iconformance/runner $(PKG_CFLAGS) -DVERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(CONF): $(CONF_OBJ)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

# What testees of the suite are held against, and their mutants: one program
# for each of these, and what they share.
CONF_REF_ALL = $(wildcard conformance/reference/*.c)
CONF_REF_MAIN = $(filter %/reader.c %/filter.c %/writer.c %/library-reader.c %/harness.c,$(CONF_REF_ALL))
CONF_REF = $(CONF_REF_MAIN:conformance/reference/%.c=$(B)/conformance/%)
CONF_REF_COMMON = $(patsubst %.c,$(B)/%.o,$(filter-out $(CONF_REF_MAIN),$(CONF_REF_ALL)))

$(CONF_REF): $(B)/conformance/%: $(B)/conformance/reference/%.o $(CONF_REF_COMMON) $(CONF) $(CONF_LIB)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv -lm

$(B)/bin/tconform: $(B)/conformance/runner/tconform.o $(CONF) $(CONF_LIB)
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv -lm

# The harness in C that authors copy.
HARNESS_OBJ = $(patsubst %.c,$(B)/%.o,$(wildcard conformance/harnesses/*.c))

$(B)/conformance/harness-check: $(HARNESS_OBJ) $(CONF_LIB)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv -lm $(CHECK_LIBS)

conformance: $(B)/bin/tconform $(CONF_REF) $(B)/conformance/harness-check

$(B)/conform-unit: $(CONF_TEST_OBJ) $(CONF) $(CONF_LIB)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv -lm $(CHECK_LIBS)

CORPUS ?= ../shared/corpus
$(B)/libevent-model/test/corpus/%.o: libevent-model/test/corpus/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -D_DEFAULT_SOURCE -Ilibevent-model/include $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/corpus: $(B)/libevent-model/test/corpus/corpus.o $(LIB)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv

corpus: $(B)/corpus
	$(B)/corpus $(CORPUS) testdata/EXCEPTIONS.tsv $(ONLY)

# ---- what has to be installed ----

DEPS_COMMANDS = cc:build-essential $(PKG_CONFIG):pkg-config
DEPS_PKGS = libxml-2.0:libxml2-dev yajl:libyajl-dev zlib:zlib1g-dev \
	libzstd:libzstd-dev libpcre2-8:libpcre2-dev libxxhash:libxxhash-dev \
	sqlite3:libsqlite3-dev check:check
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

run-check: all $(B)/unit $(B)/conform-unit $(B)/corpus replay
	@B=$(B) RUN='$(RUN)' CORPUS=$(CORPUS) CC='$(CC)' sh tools/test/check.sh $(SUITES)

# ---- for developers ----

ASAN_OPTIONS ?= detect_leaks=1:allocator_may_return_null=1
asan:
	CK_FORK=no CORPUS_ANY_SIZE=1 ASAN_OPTIONS=$(ASAN_OPTIONS) $(MAKE) MODE=asan check

# A slice: the unit tests, every leak an error.
VALGRIND = valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect
valgrind: deps
	@$(MAKE) --no-print-directory $(B)/unit
	@for s in str arena in out event; do \
	    echo "$$s"; \
	    CK_RUN_SUITE=$$s CK_FORK=no CK_TIMEOUT_MULTIPLIER=50 \
	        timeout 120 $(VALGRIND) $(B)/unit || exit 1; \
	done

lint:
	sh .ci/lint.sh $(CLANG_FORMAT)

coverage:
	$(MAKE) MODE=coverage check
	@find build/coverage/libevent-model -name '*.o' | grep -v /test/ | \
	    xargs gcov -n 2>/dev/null | \
	    awk '/^File/ { f = $$2 } /^Lines executed/ && f ~ /libevent-model\/(core|formats)/ { print $$2 " " f }' | sort -t: -k2 -n

# Fuzz targets: with clang's libFuzzer, or replayed over the seeds with any
# compiler.
FUZZ_TIME ?= 60
FUZZ = $(filter-out common replay,$(patsubst libevent-model/fuzz/%.c,%,$(wildcard libevent-model/fuzz/*.c)))
$(B)/libevent-model/fuzz/%.o: libevent-model/fuzz/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "  CC  $<")
	$(Q)$(CC) $(BASE_CFLAGS) -Ilibevent-model/include -Ilibevent-model/core $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(B)/fuzz/%: $(B)/libevent-model/fuzz/%.o $(B)/libevent-model/fuzz/common.o $(LIB)
	@mkdir -p $(@D)
	$(CC) -fsanitize=fuzzer,$(SANITIZE) $(BASE_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv

# Targets of the conformance suite, which has nothing to do with the library.
CONF_FUZZ = $(patsubst conformance/fuzz/%.c,%,$(wildcard conformance/fuzz/*.c))
$(CONF_FUZZ:%=$(B)/fuzz/%): $(B)/fuzz/%: $(B)/conformance/fuzz/%.o $(B)/conformance/test/naive.o $(CONF)
	@mkdir -p $(@D)
	$(CC) -fsanitize=fuzzer,$(SANITIZE) $(BASE_LDFLAGS) -o $@ $^

$(CONF_FUZZ:%=$(B)/replay/%): $(B)/replay/%: $(B)/conformance/fuzz/%.o $(B)/conformance/test/naive.o $(B)/libevent-model/fuzz/replay.o $(CONF)
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^

.PRECIOUS: $(B)/libevent-model/fuzz/%.o
$(B)/replay/%: $(B)/libevent-model/fuzz/%.o $(B)/libevent-model/fuzz/common.o $(B)/libevent-model/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lcsv

replay: $(FUZZ:%=$(B)/replay/%) $(CONF_FUZZ:%=$(B)/replay/%)

fuzz:
	@$(MAKE) --no-print-directory MODE=fuzz CC=clang $(FUZZ:%=build/fuzz/fuzz/%) $(CONF_FUZZ:%=build/fuzz/fuzz/%)
	@sh .ci/fuzz.sh build/fuzz/fuzz $(FUZZ_TIME) $(FUZZ) $(CONF_FUZZ)

bench: deps
	@$(MAKE) --no-print-directory MODE=release tools
	sh tools/bench/bench.sh build/release/bin $(BENCH_MB)
	sh tools/bench/documents.sh build/release/bin

ci:
	sh .ci/ci.sh

# ---- installing ----

DESTDIR ?=
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
includedir = $(PREFIX)/include
mandir = $(PREFIX)/share/man
datadir = $(PREFIX)/share/testpipe

SONAME = libevent-model.so.$(ABI)
$(B)/$(SONAME): $(LIB_OBJ) libevent-model/libevent-model.map
	$(CC) $(BASE_LDFLAGS) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) \
	    -Wl,--version-script=libevent-model/libevent-model.map -Wl,-z,defs \
	    -o $@ $(LIB_OBJ) $(PKG_LIBS) -lcsv

# One object in which only em_ names are visible, so that nothing internal
# clashes with a user's names.
$(B)/install/libevent-model.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	$(if $(V),,@echo "  LD  $@")
	$(Q)$(CC) -r -nostdlib $(if $(findstring flto,$(BASE_CFLAGS)),-O2 -flto -flinker-output=nolto-rel) -o $(B)/install/all.o $(LIB_OBJ)
	$(Q)objcopy --localize-hidden $(B)/install/all.o
	@rm -f $@
	$(Q)ar rcs $@ $(B)/install/all.o

# PREFIX may be another one this time.
$(B)/event-model.pc: libevent-model/event-model.pc.in FORCE
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' $< > $@

INSTALL_BIN = $(TOOL_BIN)
install: deps
	@$(MAKE) --no-print-directory MODE=release tools
	@$(MAKE) --no-print-directory MODE=install \
	    INSTALL_BIN='$(TOOLS:%=build/release/bin/%)' install-files

install-files: $(INSTALL_BIN) $(B)/bin/tconform $(CONF_REF) $(B)/conformance/harness-check $(B)/$(SONAME) $(B)/install/libevent-model.a $(B)/event-model.pc
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libdir)/pkgconfig $(DESTDIR)$(includedir) \
	    $(DESTDIR)$(datadir)/schemas $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man3 \
	    $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man7 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 $(INSTALL_BIN) $(B)/bin/tconform $(DESTDIR)$(bindir)
	install -d $(DESTDIR)$(PREFIX)/libexec/testpipe $(DESTDIR)$(datadir)/conformance/reference
	install -m 755 $(CONF_REF) $(B)/conformance/harness-check $(DESTDIR)$(PREFIX)/libexec/testpipe
	install -m 644 conformance/reference/*.conf $(DESTDIR)$(datadir)/conformance/reference
	$(B)/bin/tconform copy --suite conformance $(DESTDIR)$(datadir)/conformance
	install -m 644 $(B)/install/libevent-model.a $(DESTDIR)$(libdir)
	install -m 755 $(B)/$(SONAME) $(DESTDIR)$(libdir)
	ln -sf $(SONAME) $(DESTDIR)$(libdir)/libevent-model.so
	install -m 644 $(B)/event-model.pc $(DESTDIR)$(libdir)/pkgconfig
	install -m 644 libevent-model/include/event-model.h $(DESTDIR)$(includedir)
	install -m 644 schemas/*.json schemas/PROTOCOL.md $(DESTDIR)$(datadir)/schemas
	for s in 1 3 5 7; do install -m 644 man/*.$$s $(DESTDIR)$(mandir)/man$$s; done
	for t in $(TOOLS) tconform; do install -m 644 tools/completion.bash \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; done

uninstall:
	cd $(DESTDIR)$(bindir) && rm -f $(TOOLS) tconform
	rm -rf $(DESTDIR)$(PREFIX)/libexec/testpipe
	cd $(DESTDIR)$(libdir) && rm -f libevent-model.a libevent-model.so $(SONAME) pkgconfig/event-model.pc
	rm -f $(DESTDIR)$(includedir)/event-model.h
	rm -rf $(DESTDIR)$(datadir)
	for p in man/*; do rm -f $(DESTDIR)$(mandir)/man$${p##*.}/$${p##*/}; done
	cd $(DESTDIR)$(PREFIX)/share/bash-completion/completions && rm -f $(TOOLS) tconform

clean:
	rm -rf build

-include $(CONF_OBJ:.o=.d) $(wildcard $(B)/conformance/reference/*.d) $(B)/conformance/runner/tconform.d $(CONF_TEST_OBJ:.o=.d) $(LIB_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(wildcard $(B)/tools/*.d $(B)/libevent-model/test/corpus/*.d $(B)/libevent-model/fuzz/*.d)
