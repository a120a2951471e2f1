PYTHON ?= python3
VENV := .venv
# Most tests wait for processes of their own: more of them at once than there are cores.
TEST_PROCESSES ?= 3
BIN := $(VENV)/bin

.PHONY: install run test lint bench test-live lock messages guide

install: $(VENV)/installed

# A copied or half-made environment is made anew; the stamp is newer than what it was made from.
$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

run: install
	$(BIN)/python -m sandbox.demo

test: install
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python -m bench

test-live: install
	@test -n "$(SALEOR_URL)" || { echo "Set SALEOR_URL, SALEOR_EMAIL and SALEOR_PASSWORD."; exit 2; }
	$(BIN)/python -m pytest tests/live

# Needs uv; everybody else installs from the lock.
lock:
	uv pip compile pyproject.toml --extra embedded --group dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock

# After texts of pages have changed: then translate what is new in app/translations/*/LC_MESSAGES/messages.po, and again.
messages: install
	mkdir -p var
	$(BIN)/pybabel -q extract -F pyproject.toml -k lazy --no-location --sort-output -o var/messages.pot app
	$(BIN)/pybabel -q update -i var/messages.pot -d app/translations --no-fuzzy-matching --ignore-pot-creation-date
	sed -i -E -e '1{/^$$/d}' -e '/^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team):/d' \
		app/translations/*/LC_MESSAGES/messages.po
	$(BIN)/pybabel -q compile -d app/translations

# The pictures of docs/guide, from the sandbox's own shop; needs chromium.
guide: install
	$(BIN)/python -m tests.flows.guide
