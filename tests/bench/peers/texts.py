"""Texts, their tokens, and batches of them."""
import html
import random
import re
import unicodedata

import numpy as np
from tokenizers import BertWordPieceTokenizer

BATCH = 32


def read_texts(path, count):
    """`count` texts, evenly spread over the file: a TSV with a column `text`, or one text per line. None comes twice, and none
    holds markup, which tapewatch removes before it reads a text, and the peers' tokeniser does not."""
    lines = [line.rstrip("\r\n") for line in open(path, encoding="utf-8")]
    header = lines[0].split("\t")
    if "text" in header:
        column = header.index("text")
        lines = [fields[column] for fields in (line.split("\t") for line in lines[1:]) if len(fields) > column]
    lines = list(dict.fromkeys(line for line in lines if is_plain(line)))
    if not lines:
        raise SystemExit(f"peers: {path}: expected texts, found none")
    count = min(count, len(lines))
    return [lines[i * len(lines) // count] for i in range(count)]


def is_plain(line):
    """Read alike by every tokenizer: no JSON, no markup, no bullet, picture or other form of a letter."""
    return (line[:1].isalnum() and "<" not in line and html.unescape(line) == line
            and unicodedata.normalize("NFKC", line) == unicodedata.normalize("NFC", line)
            and not any(unicodedata.category(c) in ("So", "Me") for c in line))


def make_tokenizer(folder, config):
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=config["lower_case"],
                                       strip_accents=config.get("strip_accents", config["lower_case"]))
    tokenizer.enable_truncation(config["max_tokens"])
    return tokenizer


def made_texts(folder, tokens, count, seed=1):
    """Distinct texts of exactly `tokens` tokens, [CLS] and [SEP] included: whole words of the vocabulary."""
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    words = [piece for piece in pieces if re.fullmatch(r"[a-z]{4,}", piece)]
    draw = random.Random(seed)
    return [" ".join(draw.choice(words) for _ in range(tokens - 2)) for _ in range(count)]


def padded(rows):
    """Lists of ids as `ids` and `mask` [rows, longest]."""
    ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
    mask = np.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, :len(row)] = row
        mask[i, :len(row)] = 1
    return {"ids": ids, "mask": mask}


def batches_by_length(rows, size=BATCH):
    """(indices, inputs) of batches of rows of similar length, the longest first."""
    order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
    for first in range(0, len(order), size):
        some = order[first:first + size]
        yield some, padded([rows[i] for i in some])
