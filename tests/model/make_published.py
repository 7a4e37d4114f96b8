#!/usr/bin/env python3
"""Writes small published classifiers and the results of an independent reference for them.

    make_published.py OUTPUT [--encoder DIR]

One directory each under OUTPUT: a sequence classifier with random weights in the publishers' layout, and reference.json:
its options for `tapewatch model import` and the probabilities of its own labels for every text, by Hugging Face's
transformers on PyTorch. tests/model/published was made by it (transformers 5.23.0, torch 2.15.0):

    python3 -m venv venv && venv/bin/pip install torch 'transformers>=5' && venv/bin/python tests/model/make_published.py tests/model/published

`--encoder DIR` makes one more, `encoder`: a published BERT encoder (tests/model/fetch_reference.sh) with its vocabulary
under a random classifier. It is too large to keep: model_import_test.cpp reads OUTPUT from TAPEWATCH_PUBLISHED_MODELS.

Texts hold no name of a special token ("[SEP]"), which the published tokenizer would take for the token and ours takes
for text.
"""

import argparse
import json
import pathlib
import shutil
import unicodedata

import torch
import transformers

TEXTS = [
    "Acme Corp shares plunge 14% after the company cuts its full-year profit forecast",
    "Why are bank stocks falling today?",
    "Bankruptcy",
    "A",
    "",
    "  \t \n ",
    "...!?--",
    "Q3 EPS $1.27 vs. $1.19 est.; revenue +8.4% y/y to €2,310.5m",
    "Société Générale élève sa prévision — naïve façade",
    "Socie\u0301te\u0301 Ge\u0301ne\u0301rale et Nestle\u0301",
    "Münchener Rück übertrifft Erwartungen, Straße ÄÖÜß",
    "İSTANBUL: Türkiye İş Bankası kârını açıkladı",
    "日本銀行は金利を据え置き、円安が進む",
    "阿里巴巴Alibaba股价下跌5%，腾讯",
    "삼성전자 3분기 급감",
    "Η ΕΘΝΙΚΗ ΤΡΑΠΕΖΑ ΟΔΟΣ",
    "Газпром снизил прибыль, Йод",
    "$TSLA to the moon 🚀🚀 but 📉 tomorrow 😱 ❤️",
    "profit\u0000 warn\u0007ing\u200b zero\u200dwidth \ufeffmark soft\u00adhyphen\u0085next\u2028line\u00a0space",
    "Sepp\ufffd l\ufffd raises outlook \ufffd",
    "Apple苹果эппл🍎ＡＢＣ ﬁnance ½ ² ™ Ω ≠ ‰",
    "“Record-breaking” — S&P’s ‘triple-A’ rating… A.B.C. don't",
    "loss" * 30 + " and " + "gain" * 25,
    "Regulators warned on Monday that lenders face mounting losses as defaults climb. " * 8,
    "profit " * 38,
    "profit " * 39,
]
WORDS = ["profit", "Profit", "loss", "##loss", "gain", "##gain", "bank", "Bank", "the", "shares", "##s", "fall", "##ing"]
# Left out, so that words with them are unknown.
UNKNOWN = set("ω≠苹ß")


def vocabulary():
    """The special pieces, every character of the texts (as it is, in lower case, without accents) and some words."""
    characters = set()
    for text in TEXTS:
        for form in (text, text.lower(), unicodedata.normalize("NFD", text), unicodedata.normalize("NFD", text.lower())):
            characters |= {c for c in form if not c.isspace() and unicodedata.category(c)[0] != "C"}
    characters = sorted(characters - UNKNOWN - {"\ufffd"})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters, *("##" + c for c in characters)]
    return pieces + [word for word in WORDS if word not in pieces]


def randomise(model, seed):
    """Weights large enough that the probabilities differ from text to text."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            norm = "norm" in name.lower() and name.endswith("weight")
            spread = 1.0 if name.startswith("classifier") else 0.3
            tensor.copy_(1 + 0.2 * noise if norm else spread * noise)


def bert(words, labels, hidden_size=16, **changes):
    config = transformers.BertConfig(
        vocab_size=words, hidden_size=hidden_size, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
        max_position_embeddings=40, num_labels=len(labels), **changes)
    config.id2label = dict(enumerate(labels))
    return transformers.BertForSequenceClassification(config)


def distilbert(words, labels):
    config = transformers.DistilBertConfig(
        vocab_size=words, dim=16, n_layers=2, n_heads=4, hidden_dim=24, max_position_embeddings=40,
        num_labels=len(labels))
    config.id2label = dict(enumerate(labels))
    return transformers.DistilBertForSequenceClassification(config)


def write(folder, model, pieces, tokenizer, options, seed=None, dtype=torch.float32, lines=True):
    """The directory and its reference.json; `lines`: with vocab.txt, else with tokenizer.json."""
    shutil.rmtree(folder, ignore_errors=True)
    if seed is not None:
        randomise(model, seed)
    model.to(dtype).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "vocab.txt").unlink(missing_ok=True)
    if lines:
        (folder / "tokenizer.json").unlink(missing_ok=True)
        (folder / "vocab.txt").write_text("".join(piece + "\n" for piece in pieces), encoding="utf-8")
    model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
    items = []
    for text in TEXTS:
        inputs = tokenizer(text, truncation=True, max_length=model.config.max_position_embeddings, return_tensors="pt")
        if "token_type_ids" in inputs and model.config.model_type == "distilbert":
            del inputs["token_type_ids"]
        with torch.no_grad():
            probabilities = model(**inputs).logits[0].softmax(dim=0)
        items.append({"text": text, "probabilities": [round(p, 7) for p in probabilities.tolist()]})
    labels = [model.config.id2label[i] for i in range(len(items[0]["probabilities"]))]
    made = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"
    lines = ",\n".join(json.dumps(item) for item in items)
    head = json.dumps({"made_with": made, "options": options, "labels": labels})[:-1]
    (folder / "reference.json").write_text(f'{head}, "items": [\n{lines}\n]}}\n', encoding="ascii")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--encoder", type=pathlib.Path)
    arguments = parser.parse_args()
    pieces = vocabulary()
    numbers = {piece: number for number, piece in enumerate(pieces)}

    def tokenizer(**options):
        return transformers.BertTokenizer(vocab=numbers, model_max_length=40, **options)

    # More rows than pieces and an epsilon that shows, as some published models have them.
    write(arguments.output / "bert_uncased",
          bert(len(pieces) + 8, ["positive", "negative", "neutral"], hidden_size=12, layer_norm_eps=1e-5),
          pieces, tokenizer(do_lower_case=True), {}, seed=1)
    write(arguments.output / "bert_cased", bert(len(pieces), ["LABEL_0", "LABEL_1", "LABEL_2"], type_vocab_size=1),
          pieces, tokenizer(do_lower_case=False),
          {"labels": {"LABEL_0": "neutral", "LABEL_1": "positive", "LABEL_2": "negative"}},
          seed=2, dtype=torch.bfloat16, lines=False)
    stars = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    write(arguments.output / "distilbert_stars", distilbert(len(pieces), stars), pieces,
          tokenizer(do_lower_case=True, strip_accents=False),
          {"labels": dict(zip(stars, ["negative", "negative", "neutral", "positive", "positive"]))},
          seed=3, dtype=torch.float16)
    write(arguments.output / "distilbert_two", distilbert(len(pieces), ["NEGATIVE", "POSITIVE"]), pieces,
          tokenizer(do_lower_case=False, strip_accents=True), {"without_neutral": True}, seed=4, dtype=torch.float16)
    if arguments.encoder:
        published = (arguments.encoder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        model = transformers.BertForSequenceClassification.from_pretrained(arguments.encoder, num_labels=3)
        model.config.id2label = {0: "Bearish", 1: "Bullish", 2: "Neutral"}
        with torch.no_grad():
            model.classifier.weight.normal_(0, 2, generator=torch.Generator().manual_seed(5))
        write(arguments.output / "encoder", model, published,
              transformers.BertTokenizer(vocab={p: i for i, p in enumerate(published)}, model_max_length=512), {})


main()
