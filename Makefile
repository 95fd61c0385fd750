# Everything a person or a machine runs here. `make` alone says what there is.

PORT ?= 8000
PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PYTEST := $(PYTHON) -m pytest -n 2
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
export DJANGO_SETTINGS_MODULE ?= website.settings.dev

.DEFAULT_GOAL := help
.PHONY: help demo test test-sqlite test-postgresql quick lint screenshots messages migrations locks

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

demo: ## Load the demonstration and serve it on http://127.0.0.1:8000 (PORT=… for another port)
	@.ci/setup runtime
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) load_demo
	@echo; echo "  Open http://127.0.0.1:$(PORT)/ (Ctrl-C ends it)"; echo
	@DEBUG=0 exec $(MANAGE) runserver --noreload --insecure 127.0.0.1:$(PORT)

test: ## Set up, lint, then the whole suite on SQLite and on PostgreSQL
	@.ci/setup runtime dev host system
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgresql

test-sqlite: ## The suite on SQLite, browser and second site included (after `make test` has set up once)
	DATABASE_URL= $(PYTEST) -m "not pg and not concurrency" --junitxml=var/tests/sqlite.xml
	@.ci/setup no-skips var/tests/sqlite.xml

test-postgresql: ## The suite on PostgreSQL (TEST_DATABASE_URL=… for another server)
	DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST) -m "not browser and not hostsite" --junitxml=var/tests/postgresql.xml
	@.ci/setup no-skips var/tests/postgresql.xml

quick: ## The fast part of the suite on SQLite
	@.ci/setup runtime dev
	DATABASE_URL= $(PYTEST) -q -m "not browser and not pg and not concurrency and not hostsite and not slow"

lint: ## Style, imports, types, migrations
	@.ci/setup runtime dev
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as run; run()"
	$(PYTHON) -m mypy
	$(MANAGE) makemigrations --check --dry-run

screenshots: ## Pictures of every screen, in screenshots/
	@.ci/setup runtime dev system
	$(PYTHON) tests/browser/screenshots.py

messages: ## Gather the texts to translate and compile the translations
	@.ci/setup runtime dev system
	$(MANAGE) makemessages --locale zh_Hans --no-wrap --no-obsolete --ignore '.venv*' --ignore var --ignore tests
	$(MANAGE) compilemessages --ignore '.venv*'

migrations: ## Make migrations under Wagtail 7.4, so that the LTS stays possible
	@.ci/setup lts
	.venv-lts/bin/python manage.py makemigrations

locks: ## Compile requirements*.txt from requirements*.in (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt
