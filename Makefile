# Everything a person or a machine runs here. `make` alone says what there is.

export PORT ?= 8000
STRIPE_PORT = $(shell expr $(PORT) + 9)
export STRIPE_API_BASE = http://127.0.0.1:$(STRIPE_PORT)
export DJANGO_SETTINGS_MODULE ?= website.settings.dev
export PYTHONDONTWRITEBYTECODE =  # what is compiled once is kept, in surroundings too where it usually is not
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PYTEST := $(PYTHON) -m pytest -n 2
SCALES ?= 10 100
NUMBER ?= 10000
COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make locks"

.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-postgresql quick bench bench-peers lint screenshots messages migrations locks clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

demo: ## Load the demonstration and serve it on http://127.0.0.1:8000 (PORT=… for another port)
	@.ci/setup runtime free_port
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@echo; echo "  http://127.0.0.1:$(PORT)/   (Ctrl-C ends it)"; echo
	@$(MANAGE) run_clock --every 60 & clock=$$!; \
	$(MANAGE) serve_stripe --port $(STRIPE_PORT) --webhook-url http://127.0.0.1:$(PORT)/webhooks/stripe/ & stripe=$$!; \
	trap "kill $$clock $$stripe 2>/dev/null" EXIT; trap "exit 0" INT TERM; \
	DEBUG=0 PYTHONPATH=.:site $(PYTHON) -m gunicorn --bind 127.0.0.1:$(PORT) \
		--worker-class gthread --threads 8 --log-level warning website.wsgi

test: ## Set up, lint, then the whole suite on SQLite and on PostgreSQL
	@.ci/setup runtime dev host host_lts system
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgresql

test-sqlite: ## The suite on SQLite, browser and second site included (after `make test` has set up once)
	DATABASE_URL= $(PYTEST) -m "not pg and not concurrency"

# Tests that use no database prove nothing more here: they ran in the SQLite lane.
test-postgresql: ## What uses a database, on PostgreSQL (TEST_DATABASE_URL=… for another server)
	@.ci/setup system
	DATABASE_URL=$$(cat var/tests/database-url) $(PYTEST) -m "not hostsite and not pure and (not browser or both_databases)"

quick: ## The fast part of the suite, on SQLite
	@.ci/setup runtime dev
	DATABASE_URL= $(PYTEST) -q -m "not browser and not pg and not concurrency and not hostsite and not slow"

bench: ## Ratios of pages and steps to a constant view and to raw transactions; makes large databases first
	@.ci/setup runtime dev postgresql
	@$(PYTHON) -m benchmarks --server $$(cat var/tests/database-url) --scales $(SCALES)

bench-peers: ## List, product page and placing beside django-oscar's, the same goods (NUMBER=… of them)
	@.ci/setup runtime dev peers postgresql
	@$(PYTHON) -m benchmarks.peers --server $$(cat var/tests/database-url) --number $(NUMBER)

lint: ## Style, direction of imports, types, migrations, freshness of translations
	@.ci/setup runtime dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	PYTHONPATH=.:site .venv/bin/lint-imports
	PYTHONPATH=.:site .venv/bin/mypy
	$(MANAGE) makemigrations --check --dry-run
	$(PYTHON) -m tests.architecture.catalogues

screenshots: ## Pictures of every screen, in screenshots/
	@.ci/setup runtime dev system free_port
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo >/dev/null
	@DEBUG=0 PYTHONPATH=.:site $(PYTHON) -m gunicorn --bind 127.0.0.1:$(PORT) --threads 4 --log-level warning website.wsgi & \
	server=$$!; trap "kill $$server 2>/dev/null" EXIT; \
	PYTHONPATH=.:site $(PYTHON) -m tests.browser.screenshots --base http://127.0.0.1:$(PORT)

messages: ## Gather the texts to translate, and compile the translations
	@.ci/setup runtime dev system
	$(MANAGE) makemessages --locale zh_Hans --no-wrap --no-obsolete --add-location file \
		--ignore '.venv*' --ignore var --ignore tests
	$(MANAGE) compilemessages --ignore '.venv*' --ignore var

migrations: ## Make migrations under Wagtail 7.4, so that the long-term-support release stays possible
	@.ci/setup lts
	.venv-lts/bin/python manage.py makemigrations

locks: ## Compile requirements*.txt from requirements*.in
	@.ci/setup runtime dev
	$(COMPILE) requirements.in --output-file requirements.txt
	$(COMPILE) requirements-dev.in --output-file requirements-dev.txt
	$(COMPILE) requirements-peers.in --output-file requirements-peers.txt
	$(COMPILE) requirements.in --override requirements-lts.in --output-file requirements-lts.txt

clean: ## Remove what can be made again; the demonstration's data too
	rm -rf .venv .venv-lts .venv-peers .venv-host .venv-host-lts var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
