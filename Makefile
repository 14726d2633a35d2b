# Needs git, make and Python 3.11 or newer with its venv module; whatever else there is to it is built here.

PYTHON ?= python3
VENV ?= .venv
DEMO_VENV ?= .venv-demo
AWSCLI_VENV ?= .venv-awscli
PEERS_VENV ?= .venv-peers
SPARK_VENV ?= .venv-spark
JOBS ?= 2
PARTS ?=
BUT ?=
LOCK_FLAGS ?=

bin := $(VENV)/bin
# Each worker takes neighbours, which share what they start, and then steals from the other's end.
pytest := $(bin)/python -m pytest -q -n $(JOBS) --dist worksteal
# Tests that ask the AWS command line find it here.
export RECONCILE_AWSCLI ?= $(CURDIR)/$(AWSCLI_VENV)/bin/aws
# Tests start the command hundreds of times: without compiled modules each start compiles the whole package.
unexport PYTHONDONTWRITEBYTECODE

install := -m pip --disable-pip-version-check --no-input install --quiet --only-binary :all: --require-hashes
compile = $(bin)/uv pip compile --no-config --quiet --universal --python-version 3.11 --only-binary :all: \
	--generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header $(LOCK_FLAGS)

# Without markers, which pip judges by the Python that it runs on: what suits the oldest target suits the others.
compile_lambda = $(bin)/uv pip compile --no-config --quiet --python-version 3.11 \
	--python-platform x86_64-manylinux_2_28 --only-binary :all: --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --constraint requirements.lock $(LOCK_FLAGS)

# A command with its name before it; what it says itself is all that follows.
define step
@printf '%s\n' '-- $(1)'
@$(2)
endef

# Creates an environment with what the locks name, again when a lock changes. A folder of another kind is never emptied.
define environment
@printf '%s\n' '-- $(2) into $(1)'
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(PYTHON) is too old: 3.11 is needed; make PYTHON=…")'
@if test -e $(1)/pyvenv.cfg; then $(PYTHON) -m venv --clear $(1); else $(PYTHON) -m venv $(1); fi
@$(1)/bin/python $(install) $(patsubst %,--requirement %,$(2))
@touch $@
endef

# This checkout, installed so that an edit counts at once.
define editable
@printf '%s\n' '-- pip install --editable . into $(1)'
@$(1)/bin/python -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-build-isolation --editable .
@touch $@
endef

.PHONY: help demo demo-pipelines spark-tests wheel test test-all test-elsewhere coverage check rehearse bench schemas docs site workflows lock clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

help: ## what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(DEMO_VENV)/installed ## the whole loop on the local AWS, without an account
	@$(DEMO_VENV)/bin/python scripts/demo.py

demo-pipelines: $(VENV)/installed ## the Lambdas end to end on the local AWS, as built archives
	@$(bin)/python scripts/demo_pipelines.py

wheel: $(VENV)/installed ## the tool as a wheel in dist, to install it elsewhere
	@$(bin)/python scripts/wheel.py dist

test: $(VENV)/installed $(AWSCLI_VENV)/locked ## the tests, but for the slow ones
	$(call step,pytest,$(pytest) -m "not slow" $(BUT))

test-all: $(VENV)/installed $(AWSCLI_VENV)/locked ## every test, with the branches of the Lambdas that they cover
	$(call step,pytest but for the Lambdas,$(pytest) --ignore=tests/lambdas)
	$(call step,pytest of the Lambdas with coverage,$(covering) -m "not slow" tests/lambdas)
	$(call step,their slow tests with coverage,$(covering) --cov-append -m slow $(covered_slowly))
	$(call step,the other slow tests,$(pytest) -m slow tests/lambdas $(patsubst %,--ignore=%,$(covered_slowly)))
	$(call step,each Lambda is covered as was promised,$(bin)/python scripts/covered.py)

# To record branches takes longer than to run the tests. So only the Lambdas, which promise a share, pay for it each time,
# and of their slow tests those alone without which the share is not reached.
covering = $(pytest) --cov=reconciler.lambdas --cov-report= --cov-fail-under=0
covered_slowly := $(addprefix tests/lambdas/,agent_roster connectwise_load contact_calls)

coverage: $(VENV)/installed $(AWSCLI_VENV)/locked ## every test, with the branches of the whole package that they cover
	$(call step,pytest with coverage,$(pytest) --cov --cov-report=term:skip-covered)

test-elsewhere: $(VENV)/installed $(AWSCLI_VENV)/locked ## the tests two years from now, in another time zone and locale
	$(call step,pytest two years from now,scripts/elsewhere $(pytest) -m "not slow")

check: $(VENV)/installed $(AWSCLI_VENV)/locked ## style, types, who imports whom, and whether what is generated is fresh
	$(call step,ruff check,$(bin)/ruff check --quiet)
	$(call step,ruff format,$(bin)/ruff format --quiet --check)
	$(call step,mypy,$(bin)/mypy --no-error-summary)
	$(call step,lint-imports,$(bin)/lint-imports --no-logo --config pyproject.toml)
	$(call step,words are plain,$(bin)/python scripts/words.py --check)
	$(call step,files and functions are small,$(bin)/python scripts/sizes.py --check)
	$(call step,locks are complete,$(bin)/python scripts/locks.py --check >/dev/null)
	$(call step,schemas are fresh,$(bin)/python -m reconciler.schemas.files --check)
	$(call step,pages are fresh,$(bin)/python scripts/readme.py --check)
	$(call step,the picture is fresh,$(bin)/python scripts/picture.py --check)
	$(call step,the example of evidence is fresh,$(bin)/python scripts/evidence.py --check)
	$(call step,classes of the tables of ConnectWise are fresh,$(bin)/python scripts/connectwise_tables.py --check)
	$(call step,policies are fresh,$(bin)/python scripts/lambda_policies.py --check)
	$(call step,workflows are fresh and safe,$(bin)/python scripts/workflows.py --check)
	$(call step,every requirement has its test,$(bin)/python scripts/requirements.py --check >/dev/null)

rehearse: $(VENV)/installed ## the workflows on this machine, from a pull request to the night and back
	@$(bin)/python scripts/rehearse.py

spark-tests: $(VENV)/installed $(SPARK_VENV)/locked ## the Spark job against the function transform; needs Java 17 and 700 MB
	$(call step,the statement of histories,PYTHONPATH=$(CURDIR) $(SPARK_VENV)/bin/python scripts/spark_equal.py)
	$(call step,commits of the job,PYTHONPATH=$(CURDIR) $(SPARK_VENV)/bin/python scripts/spark_commits.py)
	$(call step,a deployed pipeline,PYTHONPATH=$(CURDIR) $(bin)/python scripts/spark_run.py $(CURDIR)/$(SPARK_VENV)/bin/python)

bench: $(VENV)/installed $(PEERS_VENV)/locked ## ratios against the floor and against peers
	@RECONCILE_PEERS=$(CURDIR)/$(PEERS_VENV)/bin/python $(bin)/python -m benchmarks $(PARTS)

schemas: $(VENV)/installed ## write the JSON Schemas that editors and `validate` read
	@$(bin)/python -m reconciler.schemas.files

docs: $(VENV)/installed ## write the pages and parts of pages that are made from the code
	@$(bin)/python scripts/readme.py
	@$(bin)/python scripts/picture.py
	@$(bin)/python scripts/evidence.py
	@$(bin)/python scripts/lambda_policies.py
	@$(bin)/python scripts/connectwise_tables.py

# The variable silences the notice that the theme is maintained until May 2027 only, and by whom it is succeeded.
site: $(VENV)/installed ## build the documentation as a site, in the folder site
	$(call step,mkdocs build,NO_MKDOCS_2_WARNING=1 $(bin)/mkdocs build --quiet)

workflows: $(VENV)/installed ## write this repository's workflows, which are those of `reconcile init`
	@$(bin)/python scripts/workflows.py

lock: $(VENV)/installed ## write the locks; LOCK_FLAGS=--upgrade takes newer releases
	@$(compile) pyproject.toml --extra sandbox --extra lambdas --extra dev --output-file requirements.lock
	@$(compile) --group awscli --output-file requirements-awscli.lock
	@$(compile) --group peers --output-file requirements-peers.lock
	@$(compile) --no-binary pyspark --group spark --constraint requirements.lock --output-file requirements-spark.lock
	@echo 'setuptools>=77' | $(compile) --no-annotate --constraint requirements.lock - --output-file requirements-build.lock
	@$(compile) --no-annotate pyproject.toml --extra sandbox --constraint requirements.lock --output-file reconciler/init/requirements.lock
	@for file in reconciler/lambdas/*/requirements.in; do \
		$(compile_lambda) $$file --output-file $${file%.in}.txt || exit 1; done

clean: ## remove what was built here
	@for venv in "$(VENV)" "$(DEMO_VENV)" "$(AWSCLI_VENV)" "$(PEERS_VENV)" "$(SPARK_VENV)"; do test ! -e "$$venv/pyvenv.cfg" || rm -rf -- "$$venv"; done
	@rm -rf .coverage .coverage.* .hypothesis .mypy_cache .ruff_cache .import_linter_cache *.egg-info build dist site
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/installed: $(VENV)/locked pyproject.toml
	$(call editable,$(VENV))

$(DEMO_VENV)/installed: $(DEMO_VENV)/locked pyproject.toml
	$(call editable,$(DEMO_VENV))

$(VENV)/locked: requirements.lock
	$(call environment,$(VENV),requirements.lock)

# The command and the sandbox, as a user installs them, and what builds them.
$(DEMO_VENV)/locked: reconciler/init/requirements.lock requirements-build.lock
	$(call environment,$(DEMO_VENV),reconciler/init/requirements.lock requirements-build.lock)

$(AWSCLI_VENV)/locked: requirements-awscli.lock
	$(call environment,$(AWSCLI_VENV),requirements-awscli.lock)

# What `make bench` measures against; nothing else needs it.
$(PEERS_VENV)/locked: requirements-peers.lock
	$(call environment,$(PEERS_VENV),requirements-peers.lock)

# Spark is published as source alone. The build backend of the lock builds it, so that nothing else is fetched.
$(SPARK_VENV)/locked: requirements-spark.lock requirements-build.lock
	$(call environment,$(SPARK_VENV),requirements-build.lock)
	@$(SPARK_VENV)/bin/python $(install) --no-binary pyspark --no-build-isolation --requirement requirements-spark.lock
	@touch $@
