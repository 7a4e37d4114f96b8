#!/usr/bin/env python3
"""Writes tests/model/shipped_tokens.json: the token ids of reference.json's texts with the shipped model's vocabulary, by a
tokenizer that is not ours. To be run again whenever model/weights/builtin/vocab.txt changes.

    make_shipped_tokens.py

Made with Hugging Face's tokenizers 0.19.1:

    python3 -m venv venv && venv/bin/pip install 'tokenizers==0.19.1'
"""

import json
import pathlib

import tokenizers

HERE = pathlib.Path(__file__).parent
VOCABULARY = HERE.parents[1] / "model" / "weights" / "builtin" / "vocab.txt"


def main() -> None:
    reference = json.loads((HERE / "reference.json").read_text(encoding="ascii"))
    tokenizer = tokenizers.BertWordPieceTokenizer(str(VOCABULARY), lowercase=True)
    items = []
    for item in reference["items"]:
        tokenizer.no_truncation()
        full = tokenizer.encode(item["text"]).ids
        tokenizer.enable_truncation(reference["max_tokens"])
        ids = tokenizer.encode(item["text"]).ids
        items.append({"name": item["name"], "truncated": len(full) > len(ids), "ids": ids})
    lines = ",\n".join(json.dumps(item) for item in items)
    with open(HERE / "shipped_tokens.json", "w", encoding="ascii") as file:
        file.write(f'{{"made_with": "tokenizers {tokenizers.__version__}", "items": [\n{lines}\n]}}\n')


main()
