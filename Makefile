# Lifeguard.  `make help` lists the targets; nothing is registered here twice: sources, tests,
# migrations and .proto files are found by their names.

MAKEFLAGS += --no-builtin-rules
SHELL     := /bin/bash
CC        ?= gcc
ifeq ($(origin CC),default)
CC        := gcc
endif
BUILD     ?= build
# V=1 shows the whole commands
Q         := $(if $(V),,@)
say        = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)')

ROOMS     := base stream json db link protect watch run
SERVICES  := $(filter-out gateway,$(notdir $(patsubst %/,%,$(dir $(wildcard services/*/main.c)))))
PACKAGES  := libzmq libpq libprotobuf-c libuv libsodium libmicrohttpd jansson libcurl

WARNINGS  := -Wall -Wextra -Wconversion -Wswitch-enum -Wshadow -Wmissing-prototypes -Wvla -Werror
CFLAGS    := -std=c17 -D_GNU_SOURCE -g $(WARNINGS)
INCLUDES  := -I. -isystem $(BUILD)/gen
HARDENING := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fPIE -ftrivial-auto-var-init=zero
LINKING   := -pie -Wl,-z,relro,-z,now,-z,noexecstack
SANITISE  := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
ifneq ($(findstring clang,$(CC)),) # clang 14 wants a word of its own for it
HARDENING := $(filter-out -ftrivial-auto-var-init=zero,$(HARDENING))
endif
ifeq ($(shell uname -m),x86_64)
HARDENING += -fstack-clash-protection -fcf-protection
else
HARDENING += -mbranch-protection=standard
endif
# asked only when something is built, so that `make help` works on a bare machine
LIBS       = $(shell pkg-config --libs $(PACKAGES)) -linih -lm
SYSTEM    := -isystem /usr/include/postgresql

include $(wildcard .ci/*.mk)

# --- what there is, by name ------------------------------------------------------------
PROTOS     := $(wildcard proto/*.proto)
GEN_C      := $(PROTOS:proto/%.proto=$(BUILD)/gen/proto/%.pb-c.c)
GEN_H      := $(GEN_C:.c=.h) $(BUILD)/gen/proto/registry.inc $(BUILD)/gen/proto/all.inc \
	$(BUILD)/gen/proto/codes.inc
CODES      := $(wildcard proto/codes/*.csv)
SCHEMAS    := $(wildcard common/db/schema/*.sql services/*/schema/*.sql)
room_c      = $(filter-out %_test.c,$(wildcard common/$(1)/*.c common/$(1)/*/*.c))
service_c   = $(filter-out %_test.c,$(wildcard services/$(1)/*.c services/$(1)/*/*.c services/$(1)/*/*/*.c))
objects     = $(patsubst %.c,$(BUILD)/$(2)/%.o,$(1))
gen_objects = $(patsubst $(BUILD)/gen/%.c,$(BUILD)/$(1)/gen/%.o,$(GEN_C))

# A room's tests are linked with the room and those below it, nothing else: the wall is real.
below_base    := base
below_stream  := base stream
below_json    := base stream json
below_db      := base stream db
below_link    := base stream link
below_protect := base stream protect
below_watch   := base stream link watch
below_run     := $(ROOMS)

BINARIES := $(SERVICES:%=$(BUILD)/bin/lg-%) \
	$(if $(wildcard services/gateway/main.c),$(BUILD)/bin/lg-gateway) \
	$(if $(wildcard services/gateway/cli/main.c),$(BUILD)/bin/lifeguard) \
	$(if $(wildcard services/matching/tools/main.c),$(BUILD)/bin/lg-match)
ROOM_TESTS    := $(wildcard common/*/*_test.c common/*/*/*_test.c)
SERVICE_TESTS := $(wildcard services/*/*_test.c services/*/*/*_test.c services/*/*/*/*_test.c)
UNIT_TESTS    := $(patsubst %.c,$(BUILD)/test/%,$(ROOM_TESTS) $(SERVICE_TESTS))
HARNESSES     := $(patsubst %.c,$(BUILD)/%,$(filter-out tests/bench/%,$(wildcard tests/*/*_main.c)))
# their peers come from packages that a site does not need
BENCHES       := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*_main.c))

# every target of the list that `help` prints, and those that it does not
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*[#][#] .*/\1/p' Makefile) benches san unit clean
.SECONDARY:
.DELETE_ON_ERROR:

all: $(BINARIES) $(HARNESSES) ## build every program (build/bin)
benches: $(BENCHES)
san: $(patsubst $(BUILD)/bin/%,$(BUILD)/san/bin/%,$(BINARIES)) $(UNIT_TESTS) ## the same under ASan and UBSan

help: ## print this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

clean: ## forget what was built (data under run/ stay)
	rm -rf $(BUILD)

run: ## build, start a demo site, import the sample, serve until Ctrl-C (EXIT=1: stop after the check)
	@deploy/install.sh run
	@$(MAKE) --no-print-directory -j2 all
	@EXIT=$(EXIT) deploy/run.sh run

down: ## stop the demo site
	@deploy/run.sh down

test: ## install what is missing, build with sanitisers, run everything
	@deploy/install.sh test
	@$(MAKE) --no-print-directory -j2 all san
	@tests/support/run_all.sh

sim: ## the bus under faults in virtual time, each broken rule caught (SEEDS=5000, FIRST=1)
	@$(MAKE) --no-print-directory $(BUILD)/tests/sim/sim_main
	@tests/sim/run.sh

deb: ## build the Debian package, with units and `lifeguard site create` (build/lifeguard_*.deb)
	@deploy/install.sh deb
	@$(MAKE) --no-print-directory -j2 all >&2
	@deploy/debian/build.sh $(BUILD)

faults: ## two sites, whatever breaks (SCHEDULES=20 SEED=s)
	@deploy/install.sh test
	@$(MAKE) --no-print-directory -j2 all
	@SCHEDULES=$(SCHEDULES) SEED=$(SEED) tests/faults/schedules.sh

patroni: ## the primary of three PostgreSQL nodes killed under load (root; KILLS=10)
	@deploy/install.sh patroni
	@$(MAKE) --no-print-directory -j2 all
	@KILLS=$(KILLS) tests/patroni/run.sh

bench-core: ## events per second beside a broker, latency, import, memory: `name: value`
	@deploy/install.sh bench
	@$(MAKE) --no-print-directory -j2 all benches
	@tests/bench/core.sh

bench-bus: ## the bus beside NATS, a table as queue, and itself without seals: `name: value`
	@deploy/install.sh bench
	@$(MAKE) --no-print-directory -j2 all benches
	@tests/bench/bus.sh

scale: ## instances that come and go under load; what two do more than one; 1 to 20 sites
	@deploy/install.sh bench
	@$(MAKE) --no-print-directory -j2 all benches
	@tests/scale/run.sh
	@tests/scale/growth.sh
	@tests/scale/sites.sh

bench-absence: ## a site away while 1,000,000 events gather: others, memory, catching up
	@$(MAKE) --no-print-directory -j2 all
	@tests/bench/absence.sh

bench-replay: ## 1,000,000 events into a projection that was dropped, under traffic
	@$(MAKE) --no-print-directory -j2 all
	@tests/bench/replay.sh

bench-journey: ## a rescue in India to an inbox in Nepal; commands a second beside pgbench
	@deploy/install.sh bench
	@$(MAKE) --no-print-directory -j2 all benches
	@tests/bench/journey.sh

bench-matching: ## two files of 10,000 to 1,000,000 people linked, one person against as many
	@$(MAKE) --no-print-directory -j2 $(BUILD)/bin/lg-match $(BUILD)/tests/matching/invent_main $(BUILD)/tests/matching/known_main
	@tests/bench/matching.sh
	@FEBRL_WHOLE=1 tests/matching/febrl.sh

bench-clk: $(BUILD)/tests/matching/clk_main $(BUILD)/tests/matching/encodings_main ## comparisons of encodings a second; a question to 1,000,000 people
	@$(BUILD)/tests/matching/clk_main speed
	@$(BUILD)/tests/matching/encodings_main

hostile: ## a linked site in an attacker's hands, and a flood of connections
	@$(MAKE) --no-print-directory -j2 all
	@tests/protection/hostile.sh

lint: ## format, house rules, READMEs against the programs
	@deploy/install.sh test
	@$(MAKE) --no-print-directory -j2 all
	@tests/tidy/lint.sh

proto-baseline: ## record what was added to proto/ (refused while something that others rely on is broken)
	@tests/tidy/baseline.sh record

format: ## clang-format every source
	clang-format -i $(shell git ls-files '*.c' '*.h')

hooks: ## lint before each commit
	git config core.hooksPath .ci/hooks

# --- generated -------------------------------------------------------------------------
$(BUILD)/gen/proto/%.pb-c.c $(BUILD)/gen/proto/%.pb-c.h &: proto/%.proto
	@mkdir -p $(BUILD)/gen
	$(call say,PROTO,$@)
	$(Q)protoc-c --c_out=$(BUILD)/gen proto/$*.proto

$(BUILD)/gen/proto/registry.inc: proto/registry.txt proto/registry.awk
	@mkdir -p $(@D)
	$(call say,AWK,$@)
	$(Q)awk -f proto/registry.awk $< > $@

$(BUILD)/gen/proto/codes.inc: $(CODES) proto/codes.awk
	@mkdir -p $(@D)
	$(call say,AWK,$@)
	$(Q)awk -f proto/codes.awk $(CODES) > $@

$(BUILD)/gen/proto/all.inc: $(PROTOS)
	@mkdir -p $(@D)
	@for p in $(PROTOS:.proto=); do echo "#include \"$$p.pb-c.h\""; done > $@

# migrations, put into the programs as they are read
$(BUILD)/gen/schema.inc: $(SCHEMAS) common/db/schema.awk
	@mkdir -p $(@D)
	$(call say,AWK,$@)
	$(Q)awk -f common/db/schema.awk $(SCHEMAS) > $@

# what a difference of two names costs, per pair of sounds
SOUNDS := services/matching/engine/text/sounds
$(BUILD)/gen/$(SOUNDS).inc: $(SOUNDS).txt $(SOUNDS).awk
	@mkdir -p $(@D)
	$(call say,AWK,$@)
	$(Q)awk -f $(SOUNDS).awk $< > $@

GENERATED := $(BUILD)/gen/$(SOUNDS).inc $(GEN_C) $(GEN_H) $(if $(SCHEMAS),$(BUILD)/gen/schema.inc)

# --- objects: opt (shipped) and san (tested) ----------------------------------------------
$(BUILD)/opt/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) $(HARDENING) $(INCLUDES) $(SYSTEM) -MD -MP -c $< -o $@
$(BUILD)/san/%.o: %.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(CFLAGS) $(SANITISE) $(INCLUDES) $(SYSTEM) -MD -MP -c $< -o $@
$(BUILD)/opt/gen/%.o: $(BUILD)/gen/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=c17 -g -w $(HARDENING) $(INCLUDES) -c $< -o $@
$(BUILD)/san/gen/%.o: $(BUILD)/gen/%.c | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=c17 -g -w $(SANITISE) $(INCLUDES) -c $< -o $@

define library # flavour, room
$(BUILD)/$(1)/lib/$(2).a: $(call objects,$(call room_c,$(2)),$(1)) $(if $(filter stream,$(2)),$(call gen_objects,$(1)))
	@mkdir -p $$(@D)
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach f,opt san,$(foreach r,$(ROOMS),$(eval $(call library,$(f),$(r)))))
libraries = $(patsubst %,$(BUILD)/$(1)/lib/%.a,$(2))
grouped   = -Wl,--start-group $(1) -Wl,--end-group

# --- programs --------------------------------------------------------------------------
# what stands in tools/ is a program of its own beside the service
program_c = $(filter-out services/$(1)/tools/%,$(call service_c,$(1)))
define program # service
$(BUILD)/bin/lg-$(1): $(call objects,$(call program_c,$(1)),opt) $(call libraries,opt,$(ROOMS))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(LINKING) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) $$(LIBS) -o $$@
$(BUILD)/san/bin/lg-$(1): $(call objects,$(call program_c,$(1)),san) $(call libraries,san,$(ROOMS))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(SANITISE) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) $$(LIBS) -o $$@
endef
$(foreach s,$(SERVICES),$(eval $(call program,$(s))))

# the gateway's house holds two programs: the door and the `lifeguard` command; the engine of
# matching has one for files
gateway_c := $(filter-out services/gateway/cli/%,$(call service_c,gateway))
cli_c     := $(filter services/gateway/cli/%,$(call service_c,gateway))
match_c   := $(wildcard services/matching/tools/*.c services/matching/tools/*/*.c services/matching/engine/*.c services/matching/engine/*/*.c)
match_c   := $(filter-out %_test.c,$(match_c))
define house # binary, sources
$(BUILD)/bin/$(1): $(call objects,$(2),opt) $(call libraries,opt,$(ROOMS))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(LINKING) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) $$(LIBS) -o $$@
$(BUILD)/san/bin/$(1): $(call objects,$(2),san) $(call libraries,san,$(ROOMS))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(SANITISE) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) $$(LIBS) -o $$@
endef
$(eval $(call house,lg-gateway,$(gateway_c)))
$(eval $(call house,lifeguard,$(cli_c)))
$(eval $(call house,lg-match,$(match_c)))

# --- unit tests: beside their unit, always sanitised ----------------------------------------
define room_test # room, test source
$(BUILD)/test/$(2:.c=): $(BUILD)/san/$(2:.c=.o) $(call libraries,san,$(below_$(1)))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(SANITISE) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) -lcmocka $$(LIBS) -o $$@
endef
$(foreach r,$(ROOMS),$(foreach t,$(wildcard common/$(r)/*_test.c common/$(r)/*/*_test.c),$(eval $(call room_test,$(r),$(t)))))

define service_test # service, test source
$(BUILD)/test/$(2:.c=): $(BUILD)/san/$(2:.c=.o) $(call objects,$(filter-out %/main.c,$(call service_c,$(1))),san) $(call libraries,san,$(ROOMS))
	@mkdir -p $$(@D)
	$$(call say,LINK,$$@)
	$$(Q)$(CC) $(SANITISE) $$(filter %.o,$$^) $$(call grouped,$$(filter %.a,$$^)) -lcmocka $$(LIBS) -o $$@
endef
$(foreach s,$(SERVICES) gateway,$(foreach t,$(wildcard services/$(s)/*_test.c services/$(s)/*/*_test.c services/$(s)/*/*/*_test.c),$(eval $(call service_test,$(s),$(t)))))

# one room's tests while working on it: make unit ROOM=common/db
ROOM ?=
unit: $(if $(ROOM),$(filter $(BUILD)/test/$(ROOM)/%,$(UNIT_TESTS)),$(UNIT_TESTS)) ## run the unit tests (ROOM=common/db: one room)
	@tests/support/run_units.sh $^

# one person against many, with the service's own memory
$(BUILD)/tests/matching/known_main: $(call objects,$(filter services/matching/engine/% services/matching/memory/%,$(call service_c,matching)),opt)

# tests/*/x_main.c: programs that tests and benches run (optimised)
$(BUILD)/tests/%: $(BUILD)/opt/tests/%.o $(call libraries,opt,$(ROOMS))
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LINKING) $(filter %.o,$^) $(call grouped,$(filter %.a,$^)) $(LIBS) $(if $(findstring nats,$*),-lnats) $(if $(findstring rabbit,$*),-lrabbitmq) -o $@

$(BUILD)/tests/matching/encodings_main: $(call objects,$(filter services/matching/engine/%,$(match_c)) services/matching/memory/encodings.c,opt)
# the encodings' measure stands on the engine
$(BUILD)/tests/matching/clk_main: $(call objects,$(filter services/matching/engine/%,$(match_c)),opt)

-include $(shell find $(BUILD)/opt $(BUILD)/san -name '*.d' 2>/dev/null)
