"""A chat model's opinion of the answers in a report: is each statement borne out, is the question answered.

Optional (the extra ``llm``) and no part of the gate: another judge gives other figures, so each table and file names
its judge.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from assistant.llm import model as llm
from assistant.llm.model import TEMPERATURE
from assistant.prompts import render
from evals.errors import EvaluationError
from evals.provenance import commit, machine, versions
from evals.report import Report
from evals.statistics import Estimate, estimate
from evals.types import Record
from index.errors import ModelError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from rich.table import Table

FORMAT = "policyqa-judge-1"

_TIMEOUT = 120.0
_RETRIES = 2

LABELS = {
    "faithfulness": "有据语句占比",
    "faithful": "全部语句有据",
    "relevance": "切题（0–2）",
}
"""Every mean that a judge gives, in the order of the table."""

_log = logging.getLogger(__name__)


class Cited(NamedTuple):
    """A statement of an answer, and the quotes that its markers name; without quotes nothing bears it out."""

    text: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge says of one answer.

    ``borne_out`` has a verdict for each of ``statements``, ``relevance`` is 0, 1 or 2; either is ``None`` if the
    judge's reply, kept in ``replies``, cannot be parsed. ``error`` is empty, or what the judge died of.
    """

    id: str
    kind: str
    question: str
    statements: tuple[Cited, ...]
    borne_out: tuple[bool, ...] | None = None
    relevance: int | None = None
    replies: tuple[str, ...] = ()
    error: str = ""

    @property
    def scores(self) -> dict[str, float]:
        """The value of each of ``LABELS``: zero where there is no verdict, or nothing was said."""
        verdicts = self.borne_out or (False,)
        return {
            "faithfulness": sum(verdicts) / len(verdicts),
            "faithful": float(all(verdicts)),
            "relevance": float(self.relevance or 0),
        }

    def has(self, name: str) -> bool:
        """Whether the judge gave a verdict for that one of ``LABELS``."""
        return (self.relevance if name == "relevance" else self.borne_out) is not None


class Figure(NamedTuple):
    """A mean over all judged cases; ``unparsed`` and ``failed`` of them had no verdict, and count as zero."""

    value: Estimate
    unparsed: int
    failed: int


def chat_model(name: str, base_url: str, key: str = "") -> BaseChatModel:
    """The model ``name`` of an OpenAI-compatible server; nothing is sent yet. ``MissingExtra`` without its package."""
    return llm.chat_model(name, base_url, key, timeout=_TIMEOUT, retries=_RETRIES)


def circumstances(
    report: Report, path: Path, system: str, name: str, base_url: str, judged: int
) -> dict[str, Any]:
    """Who judged what: the judge, its server without a password, and the report with its data and commit."""
    parts = urlsplit(base_url)
    server = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return {
        "judge": name,
        "server": server,
        "temperature": TEMPERATURE,
        "report": path.name,
        "system": system,
        "set": report.about["set"],
        "split": report.about["split"],
        "data": report.about["data"],
        "seed": int(report.about.get("seed", 0)),
        "cases": len(report.of(system)),
        "answered": sum(record.answered for record in report.of(system)),
        "judged": judged,
        "commit of the report": report.about["commit"],
        "commit": commit(),
        "versions": versions() | {each: version(each) for each in ("langchain", "langchain-openai")},
        "machine": machine(),
    }


def answered(report: Report, system: str, limit: int = 0) -> tuple[Record, ...]:
    """The cases that ``system`` answered, in their order, or ``limit`` of them, drawn by the report's seed.

    ``EvaluationError`` if there is none.
    """
    found = [record for record in report.of(system) if record.answered]
    if not found:
        raise EvaluationError(
            f"the report has no answer of {system} to judge; its systems are {', '.join(report.systems)}",
            f"报告中没有 {system} 的回答可供评判；其中的系统有：{'、'.join(report.systems)}",
        )
    if not limit:
        return tuple(found)
    seed = report.about.get("seed", 0)
    drawn = sorted(found, key=lambda record: hashlib.sha256(f"{seed}:{record.id}".encode()).digest())[:limit]
    kept = {record.id for record in drawn}
    return tuple(record for record in found if record.id in kept)


def judge(
    records: Sequence[Record], model: BaseChatModel, progress: Callable[[int], None] | None = None
) -> tuple[Judgement, ...]:
    """A judgement for each record, in their order; ``progress`` is told how many there are so far.

    A judge that fails with the first case is not there to judge: ``ModelError``. Later failures are recorded.
    """
    found: list[Judgement] = []
    for record in records:
        try:
            found.append(_judgement(record, model))
        except Exception as error:  # whatever a server does to its client
            why = f"{type(error).__name__}: {error}"
            if not found:
                raise ModelError(
                    f"the judge does not answer ({why}); check --model, --base-url and the key",
                    f"评判模型没有应答（{why}）；请检查 --model、--base-url 和密钥",
                ) from error
            _log.warning("the judge failed at case %s: %s", record.id, why)
            found.append(Judgement(record.id, record.kind, record.question, statements(record), error=why))
        if progress is not None:
            progress(len(found))
    return tuple(found)


_MARKERS = re.compile(r"((?:\[[0-9]{1,4}\])+)")
# prompts/outdated.md, llm_instead.md and llm_removed.md, which cite nothing
_NOTICE = re.compile(r"^(?:注意：所引《.*请核对现行规定。|（对话模型.*(?:作答|略去)。）)$", re.MULTILINE)


def statements(record: Record) -> tuple[Cited, ...]:
    """What the answer says, cut behind its markers; markers that name no citation ("国发[2021]4号") are text.

    An answer without any marker, such as a baseline's, is one statement that stands on all of its citations.
    """
    found: list[Cited] = []
    text = ""
    for piece in _MARKERS.split(_NOTICE.sub("", record.text)):
        text += piece
        named = [int(number) for number in re.findall(r"\d+", piece)] if _MARKERS.fullmatch(piece) else []
        if named and all(1 <= marker <= len(record.citations) for marker in named):
            quotes = tuple(record.citations[marker - 1].text for marker in named)
            found.append(Cited(text.removesuffix(piece).strip(), quotes))
            text = ""
    if text.strip():
        found.append(Cited(text.strip(), () if found else tuple(quote.text for quote in record.citations)))
    return tuple(found)


def faithfulness_prompt(cited: Sequence[Cited]) -> str:
    """What the judge is asked of the statements, numbered from 1."""
    lines = (
        _data({"编号": number, "陈述": each.text, "引文": each.quotes})
        for number, each in enumerate(cited, start=1)
    )
    return render("judge_faithfulness", count=str(len(cited)), data="\n".join(lines))


def relevance_prompt(record: Record) -> str:
    """What the judge is asked of the answer as a whole."""
    history = [{"问题": turn.question, "回答": turn.answer} for turn in record.history]
    answer = "\n".join(each.text for each in statements(record))
    return render("judge_relevance", data=_data({"历史": history, "问题": record.question, "回答": answer}))


def verdicts(reply: str, count: int) -> tuple[bool, ...] | None:
    """The verdicts 1 to ``count`` of a reply, ``None`` unless each stands there once and no other does."""
    found = re.findall(r"^判定([0-9]{1,4})[：:] ?(是|否)[ \r]*$", _spoken(reply), re.MULTILINE)
    if sorted(int(number) for number, _ in found) != list(range(1, count + 1)):
        return None
    return tuple(word == "是" for _, word in sorted(found, key=lambda verdict: int(verdict[0])))


def grade(reply: str) -> int | None:
    """The grade of a reply, ``None`` unless exactly one stands there."""
    found = re.findall(r"^判定[：:] ?([012])[ \r]*$", _spoken(reply), re.MULTILINE)
    return int(found[0]) if len(found) == 1 else None


def figures(judgements: Sequence[Judgement], seed: int = 0) -> dict[str, Figure]:
    """The mean of each of ``LABELS`` over all of ``judgements``."""
    return {
        name: Figure(
            estimate([each.scores[name] for each in judgements], seed),
            sum(not each.has(name) and not each.error for each in judgements),
            sum(bool(each.error) for each in judgements),
        )
        for name in LABELS
    }


def table(about: dict[str, Any], found: dict[str, Figure]) -> Table:
    """A row a figure, under the name of the judge."""
    from rich.table import Table
    from rich.text import Text

    title = f"{about['set']}：{about['system']} 的 {about['judged']} 个回答，由 {about['judge']} 评判"
    shown = Table(
        "指标",
        "均值",
        "95% 区间",
        "n",
        "无法解析",
        "裁判出错",
        title=Text(title),
        caption="模型的意见，不是门槛；无法解析和裁判出错的题计为 0，仍在 n 中",
    )
    for name, (value, unparsed, failed) in found.items():
        interval = f"{value.low:.3f} … {value.high:.3f}"
        shown.add_row(LABELS[name], f"{value.mean:.3f}", interval, str(value.n), str(unparsed), str(failed))
    return shown


def save(about: dict[str, Any], found: dict[str, Figure], judgements: Sequence[Judgement], path: Path) -> None:
    """Write all of it as JSON to ``path``, at once or not at all."""
    value = {
        "format": FORMAT,
        "about": about,
        "figures": {
            name: {**each.value._asdict(), "unparsed": each.unparsed, "failed": each.failed}
            for name, each in found.items()
        },
        "cases": [
            {**asdict(each), "statements": [cited._asdict() for cited in each.statements]} for each in judgements
        ],
    }
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_bytes(f"{json.dumps(value, ensure_ascii=False, indent=1)}\n".encode("utf-8", "replace"))
    temporary.replace(path)


def _judgement(record: Record, model: BaseChatModel) -> Judgement:
    said = statements(record)
    cited = [each for each in said if each.quotes]
    replies = [str(model.invoke(relevance_prompt(record)).text)]
    borne_out: tuple[bool, ...] | None = ()
    if cited:
        replies.append(str(model.invoke(faithfulness_prompt(cited)).text))
        borne_out = verdicts(replies[-1], len(cited))
    if borne_out is not None:
        following = iter(borne_out)
        borne_out = tuple(bool(each.quotes) and next(following) for each in said)
    return Judgement(record.id, record.kind, record.question, said, borne_out, grade(replies[0]), tuple(replies))


def _data(value: dict[str, Any]) -> str:
    """``value`` as one line of JSON that closes no tag: whatever it quotes stays inside its quotation marks."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _spoken(reply: str) -> str:
    """The reply without the thoughts that some models print before it."""
    return re.sub(r"\A\s*<think>.*?</think>", "", reply, flags=re.DOTALL)
