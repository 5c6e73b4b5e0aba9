# Two commands: `make run` starts the product, `make test` proves it. Everything else is `guangsha --help`.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UI_SOURCES := $(shell find web/ui -path web/ui/node_modules -prune -o -path web/ui/dist -prune -o -type f -print)

.PHONY: run test ui install clean

run: $(VENV)/.run web/ui/dist/.built
	@PORT=$(PORT) $(BIN)/guangsha up

test: $(VENV)/.dev web/ui/dist/.built
	@$(BIN)/python -m tests.suite

ui: web/ui/dist/.built

install: $(VENV)/.run

$(VENV)/pyvenv.cfg:
	@echo "[1/3] 建立 Python 环境 / creating the Python environment ($(VENV))"
	@$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更高版本 / Python 3.11 or later is required") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/pyvenv.cfg .lock/run.txt
	@echo "[2/3] 安装依赖 / installing dependencies from .lock/run.txt"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .lock/run.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run .lock/dev.txt
	@echo "[+] 安装测试依赖 / installing what the tests need from .lock/dev.txt"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r .lock/dev.txt
	@touch $@

web/ui/dist/.built: $(UI_SOURCES)
	@echo "[3/3] 构建浏览器组件 / building the browser islands"
	@command -v npm >/dev/null || { echo "需要 Node.js 20 或更高版本（含 npm）/ Node.js 20 or later (with npm) is required"; exit 1; }
	@cd web/ui && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build
	@touch $@

clean:
	rm -rf $(VENV) web/ui/dist web/ui/node_modules .data
