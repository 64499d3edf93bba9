# Every target first makes .venv, once, and is quick from then on.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
Q ?= 2021年碳达峰任务有哪些

.PHONY: help setup ask serve test lint eval bench clean

help:
	@echo "make ask Q=问题   在终端回答一个问题"
	@echo "make serve        打开网页 http://127.0.0.1:7860"
	@echo "make test         运行测试"
	@echo "make lint         检查代码"
	@echo "make eval         运行评测，低于门槛即失败"
	@echo "make bench        测量速度与内存"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "正在安装依赖（首次约需几分钟）…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $(READY)

ask: $(READY)
	@$(BIN)/policyqa ask "$(Q)"

serve: $(READY)
	@$(BIN)/policyqa serve

test: $(READY)
	@$(BIN)/python -m pytest

lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

eval: $(READY)
	@$(BIN)/policyqa eval gate

bench: $(READY)
	@$(BIN)/python -m evals.bench

clean:
	rm -rf $(VENV)
