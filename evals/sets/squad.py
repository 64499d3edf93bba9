"""Any reading set in SQuAD's JSON layout: CMRC 2018, DRCD, DuReader and others."""

from __future__ import annotations

import json
from pathlib import Path

from evals.errors import MissingSet
from evals.sets.files import present
from evals.types import Question, Source, Task


def read(folder: Path, part: str) -> Task:
    """One JSON file, or a folder of them of which ``part`` names one (without .json); all without a part.

    Each paragraph is a document and each question is asked within its own. A question is unanswerable if it
    is marked ``is_impossible`` or has no answer but empty ones.
    """
    present(folder)
    paths = [folder] if folder.is_file() else sorted(folder.glob(f"{part or '*'}.json"))
    if not paths:
        raise MissingSet(f"{folder} holds no {part or '*'}.json", f"{folder} 里没有 {part or '*'}.json")
    sources: list[Source] = []
    questions: list[Question] = []
    for path in paths:
        for article in json.loads(path.read_text(encoding="utf-8-sig"))["data"]:
            for paragraph in article["paragraphs"]:
                source = Source(f"{path.stem}-{len(sources)}", article.get("title") or "", paragraph["context"])
                sources.append(source)
                for asked in paragraph["qas"]:
                    answers = tuple(dict.fromkeys(answer["text"] for answer in asked.get("answers") or ()))
                    possible = any(answers) and not asked.get("is_impossible", False)
                    questions.append(
                        Question(
                            f"{path.stem}-{asked['id']}",
                            asked["question"],
                            kind=path.stem,
                            answers=answers if possible else (),
                            answerable=possible,
                            within=(source.id,),
                        )
                    )
    return Task(folder.stem, tuple(sources), tuple(questions))
