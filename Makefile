# The door of the package: `make` alone prints what can be asked for.
#
# Every verb first sees to .venv (tools/environment.sh), which costs milliseconds when it is
# there and up to date. Behind the verbs stands one command, .venv/bin/wijkteams.
# Works with GNU Make 3.81, the one that macOS ships.

SHELL := /bin/sh
MAKEFLAGS += -rR
.DEFAULT_GOAL := help

# --- Settings: only what stands on make's command line counts, not the shell's environment.
## ROUND=2016         the survey round to report on
ROUND := 2016
## LANGUAGE=nl        the report's language: nl or en
# GNU gettext keeps a variable of this name (en_US:en) in many people's environment.
ifneq ($(origin LANGUAGE),command line)
override LANGUAGE := nl
endif
## COMPARE=2016       earlier rounds to compare with, separated by commas
COMPARE :=
## PARAMS='a=1 b=2'   parameters for the notebooks, separated by spaces
PARAMS :=
## FILE=export.sav    with import: an export; with simulate: where to write it;
##                    with seal: raw files, separated by spaces; with codings: coded interviews
FILE :=
## ACCEPT=1           with import: accept every row of mapping.csv as it stands;
##                    with codings: every row of codes.csv
ACCEPT :=
## WITHOUT=old.sav    with import: take the export with this name out of the round
WITHOUT :=
## CASE=zwolle        with new-case, codings: the id of a case
CASE :=
## NAME=Zwolle        with new-case: the name of the municipality
NAME :=
## YEAR=2027          with new-case: the year of the interviews
YEAR :=
## OUT=folder         with export-codings: where to write (reports/codings)
OUT :=
## CSV=problems.csv   with check: write what is wrong in the answers to this file too
CSV :=
## FORMAT=limesurvey  with simulate: spss, limesurvey, qualtrics, excel or csv; there are also
##                    MUNICIPALITIES, RESPONDENTS, OFFICIALS, SEED and DRIFT
FORMAT :=
MUNICIPALITIES :=
RESPONDENTS :=
OFFICIALS :=
SEED :=
DRIFT :=
## JOBS=2             how many notebooks, or tests, to run at the same time
JOBS :=
## PYTHON=python3.12  the Python to make .venv with (may come from the environment)
## UV=/path/to/uv     the uv to make .venv with (may come from the environment)
## UPGRADE=1          with lock: move to newer versions
UPGRADE :=
## V=1                show the commands
V :=

settings := ROUND LANGUAGE COMPARE PARAMS FILE ACCEPT WITHOUT CASE NAME YEAR OUT CSV FORMAT MUNICIPALITIES \
            RESPONDENTS OFFICIALS SEED DRIFT JOBS PYTHON UV UPGRADE V
verbs := report html pdf notebooks audit new-round import check reconstruct simulate statline seal rounds lab \
         new-case codings export-codings test lint format bench env lock clean distclean help

# A mistyped setting would be ignored in silence, and the wrong report built.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
unknown := $(firstword $(filter-out $(settings),$(given)))
suggest = $(if $(1),; did you mean $(1)?)
ifneq ($(unknown),)
$(error unknown setting $(unknown)$(call suggest,$(shell sh tools/suggest.sh '$(unknown)' $(settings))))
endif

# What belongs to make and the shell stays out of the programs that make starts.
unexport $(filter-out PYTHON UV UPGRADE,$(settings)) PYTHONPATH PYTHONHOME VIRTUAL_ENV

q := $(if $(V),,@)
python := .venv/bin/python
analysis := $(python) -m analysis
# This file exists only for a complete .venv that agrees with the lock and pyproject.toml.
ready := $(shell sh tools/environment.sh stamp)

build = $(analysis) report --round '$(ROUND)' --language '$(LANGUAGE)' \
  $(if $(JOBS),--jobs '$(JOBS)') $(if $(COMPARE),--compare '$(COMPARE)') \
  $(foreach param,$(PARAMS),-p '$(param)')

.PHONY: $(verbs)

# --- The report
report: $(ready) ## Build the whole report: HTML, PDF, tables of numbers and of claims
	$(q)$(build)
html pdf notebooks: $(ready)
	$(q)$(build) --only $@
html: ## Build only the web page
pdf: ## Build only the PDF
notebooks: ## Run only the notebooks
audit: $(ready) ## Compare every published figure with the recomputed one
	$(q)$(analysis) audit --round '$(ROUND)'
# A round that is to be made or filled is named: the default is one of printed totals.
named = $(if $(filter command,$(origin ROUND)),,$(error give the round: make $@ ROUND=2027))
new-round: $(ready) ## Make the folder of a new round, with the settings of the last one (ROUND=)
	$(named)$(q)$(analysis) new-round --round '$(ROUND)'
import: $(ready) ## Take in an export of a survey program (ROUND=, FILE=, then ACCEPT=1)
	$(named)$(q)$(analysis) import --round '$(ROUND)' $(if $(ACCEPT),--accept) \
	  $(if $(WITHOUT),--without '$(WITHOUT)') $(if $(FILE),'$(FILE)')
simulate: $(ready) ## Write an export of answers that nobody gave, to try things with (ROUND=, FORMAT=)
	$(named)$(q)$(analysis) simulate --round '$(ROUND)' --language '$(LANGUAGE)' \
	  $(if $(FORMAT),--format '$(FORMAT)') $(if $(FILE),--to '$(FILE)') \
	  $(foreach name,MUNICIPALITIES RESPONDENTS OFFICIALS SEED DRIFT,$(if $($(name)),\
	    --$(shell echo $(name) | tr A-Z a-z) '$($(name))'))
check: $(ready) ## Check the round's data; write nothing
	$(q)$(analysis) check --round '$(ROUND)' $(if $(CSV),--csv '$(CSV)')
reconstruct: $(ready) ## Tell which printed totals can hold together, and which cannot
	$(q)$(analysis) reconstruct --round '$(ROUND)'
# Names such as 's-Hertogenbosch hold the sign that the shell quotes with.
quoted = '$(subst ','\'',$(1))'
of_case = $(if $(CASE),,$(error give the case: make $@ CASE=zwolle))
new-case: $(ready) ## Make a new case, of which interviews are coded (CASE=, NAME=, YEAR=)
	$(of_case)$(if $(NAME),,$(error give its name: make $@ CASE=zwolle NAME=Zwolle YEAR=2027))$(q)$(analysis) \
	  new-case --case $(call quoted,$(CASE)) --name $(call quoted,$(NAME)) --year $(call quoted,$(YEAR))
codings: $(ready) ## Take in coded interviews of a case (CASE=, FILE=, then ACCEPT=1)
	$(of_case)$(q)$(analysis) codings --case $(call quoted,$(CASE)) $(if $(ACCEPT),--accept) \
	  $(if $(FILE),$(call quoted,$(FILE)))
export-codings: $(ready) ## Write the coding frame and all fragments for other programs (OUT=)
	$(q)$(analysis) export-codings $(if $(OUT),--out $(call quoted,$(OUT)))
statline: $(ready) ## Read youth care by origin from StatLine into a stored snapshot
	$(q)$(analysis) statline
seal: $(ready) ## Accept changed raw files (FILE=): write their checksums in their sidecars
	$(q)$(analysis) seal $(foreach file,$(FILE),'$(file)')
rounds: $(ready) ## List the rounds of the survey
	$(q)$(analysis) rounds
lab: $(ready) ## Open the notebooks in JupyterLab
	$(q)$(python) -m jupyterlab notebooks

# --- The code
test: $(ready) ## Run the tests
	$(q)$(python) -m pytest --numprocesses $(or $(JOBS),auto) --maxprocesses 4 --dist loadfile
lint: $(ready) ## Check style and types
	$(q)failed=0; for check in "ruff check ." "ruff format --check ." mypy; do \
	  $(python) -m $$check || failed=1; done; exit $$failed
format: $(ready) ## Rewrite the code in the project's style
	$(q)$(python) -m ruff check --fix-only --quiet .
	$(q)$(python) -m ruff format .
bench: $(ready) ## Build the report again and print how long each step takes
	$(q)$(build) --force --verbose

# --- The environment
env: $(ready) ## Make .venv, or bring it up to date (every verb does so itself)
$(ready):
	$(q)sh tools/environment.sh create
lock: ## After a change of dependencies: rewrite the locks and environment.yml
	$(q)sh tools/environment.sh lock
clean: ## Delete what was built: reports and processed data
	$(q)find reports data/processed -mindepth 1 ! -name .gitkeep -delete
distclean: clean ## Delete .venv and the tools' caches too
	$(q)rm -rf .venv .venv-uv .pytest_cache .ruff_cache .mypy_cache .hypothesis

help: ## Print this
	@echo "Rebuilds the study of neighbourhood teams and diversity from its data."
	@echo
	@echo "  make VERB [SETTING=value ...]      make report ROUND=2016 LANGUAGE=en"
	@echo
	@echo "Verbs"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | \
	  while IFS='	' read -r verb does; do printf '  %-16s%s\n' "$$verb" "$$does"; done
	@echo
	@echo "Settings"
	@sed -n 's/^## /  /p' Makefile
	@echo
	@echo "make ends with 2 whatever went wrong. The command behind it, .venv/bin/wijkteams,"
	@echo "ends with 1 for problems in the data, 2 for a wrong call, 3 for a fault of its own."

# Anything else that is asked for; the second line keeps make from trying it on this file.
.DEFAULT:
	@$(error unknown verb $@$(call suggest,$(shell sh tools/suggest.sh '$@' $(verbs))))
Makefile: ;
