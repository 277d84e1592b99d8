PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run demo demo-remove worker backup restore move doctor audit lint-deploy test check faults bench-reading bench-queue bench-review bench-outreach bench-analytics bench-backup bench-bucket bench-tenants calibrate stand-ins screenshots

help:            ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 24

run: $(VENV)/.app        ## install what is missing, start everything, print the app's address (PORT=8501)
	@$(BIN)/python -m lib --server.port $(PORT)

demo: $(VENV)/.app       ## add sample data: made-up events, drawn cards, groups, campaigns, history
	@$(BIN)/python -m lib.demo

demo-remove: $(VENV)/.app    ## take the sample data away again
	@$(BIN)/python -m lib.demo --remove

worker: $(VENV)/.app     ## workers (WORKERS, at least one) on the queue of DATABASE_URL, until Ctrl+C
	@$(BIN)/python -m lib.jobs

doctor: $(VENV)/.app     ## look whether this installation is well, and what to do where it is not
	@$(BIN)/python -m lib.doctor

backup: $(VENV)/.app     ## put database and images into one file in BACKUP_FOLDER, and read it back
	@$(BIN)/python -m lib.backup make

restore: given-FILE $(VENV)/.app    ## take everything back from FILE=…, into an empty place (REPLACE=1: in place of what is there)
	@$(BIN)/python -m lib.backup restore "$(FILE)" $(if $(REPLACE),--replace)

move: given-TO $(VENV)/.app    ## copy everything to the place that the settings in TO=… lead to, and compare both
	@$(BIN)/python -m lib.backup move "$(TO)"

given-%:
	@test -n "$($*)" || { echo "Say which file: make $(MAKECMDGOALS) $*=…" >&2; exit 1; }

test: $(VENV)/.tests     ## install what tests need on top, run all but the slow ones (make check has those)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

faults: $(VENV)/.tests   ## pull every plug there is, and look whether anything is lost (about ten minutes)
	@$(BIN)/python -m pytest -n 2 tests/faults tests/engines/test_malformed.py -m "faults_long or not faults_long"

audit: $(VENV)/.tests    ## ask whether anything the app runs with has a known vulnerability (no failure without a network)
	@$(BIN)/python -m tests.audit

lint-deploy: $(VENV)/.tests    ## look the files over by which it is put on a server
	@$(BIN)/python -m pytest -q tests/unit/test_deploy.py tests/unit/test_deploy_documents.py

check: $(VENV)/.tests    ## linters, types, dependencies, all tests on every PostgreSQL there is
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pip check
	$(BIN)/python -m tests.audit
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --all-servers -m "not faults_long"

N ?= 60
EASY ?= 6
bench-reading: $(VENV)/.tests  ## measure the reader on drawn and written cards (N=60, EASY=6 by EasyOCR), and CARDS=folder
	@$(BIN)/python -m tests.bench.reading --count $(N) --easy $(EASY) $(if $(CARDS),--cards "$(CARDS)")

bench-queue: $(VENV)/.tests    ## measure the queue, the memory of 1,000 uploads and the Capture page: build/bench-queue.json
	@$(BIN)/python -m tests.bench.queue

bench-review: $(VENV)/.tests   ## measure the review page with 1,000,000 contacts and with 10,000: build/bench-review.json
	@$(BIN)/python -m tests.bench.review

bench-outreach: $(VENV)/.tests ## measure writing drafts at a model's server, merging and exporting: build/bench-outreach.json
	@$(BIN)/python -m tests.bench.outreach

bench-analytics: $(VENV)/.tests  ## measure the dashboards with 1,000,000 contacts and with 10,000: build/bench-analytics.json
	@$(BIN)/python -m tests.bench.analytics

bench-tenants: $(VENV)/.tests   ## measure what many tenants would cost with 1,000,000 contacts (15 GB of disk, half an hour): build/bench-tenants.json
	@$(BIN)/python -m tests.bench.tenants

bench-backup: $(VENV)/.tests   ## measure backup, restore and move of 100,000 contacts and 1,000 images (CONTACTS=N): build/bench-backup.json
	@$(BIN)/python -m tests.bench.backup $(if $(CONTACTS),--contacts $(CONTACTS))

bench-bucket: $(VENV)/.tests   ## measure what a bucket far away costs, and how long a failing one is waited for: build/bench-bucket.json
	@$(BIN)/python -m tests.bench.bucket

calibrate: $(VENV)/.tests  ## fit how sure the reader is to how often it was right: lib/cards/confidence.py
	@$(BIN)/python -m tests.bench.calibrate

stand-ins: $(VENV)/.tests  ## a database, an S3 store and a sign-in provider to try the server's way with (PORT of the app), until Ctrl+C
	@$(BIN)/python -m tests.hosting --app-port $(PORT)

screenshots: $(VENV)/.tests  ## look at every page on three screens: build/screenshots, and the README's picture
	@$(BIN)/python -m pytest tests/browser/test_look.py -m "slow or not slow"
	@cp build/screenshots/full-review-light.png docs/review.png

$(VENV)/.app: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Meishi needs Python 3.11 or newer; set PYTHON=python3.11." if sys.version_info < (3, 11) else 0)'
	@echo "Installing (2.3 GB, a few minutes the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.tests: $(VENV)/.app tests/requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@tests/install_chromium $(BIN)/playwright
	@tests/install_pgbouncer
	@tests/install_nginx
	@touch $@
