#!/usr/bin/env python3
"""Writes the last hidden states computed by an independent reference (Hugging Face's transformers on PyTorch).

    reference_states.py MODEL_DIR IDS.json STATES.json

MODEL_DIR: config.json and model.safetensors of a BERT or MPNet. IDS: a list of lists of token ids. STATES: for each of
them the states, tokens x hidden. tests/train/reference_test.cpp runs it where TAPEWATCH_REFERENCE_PYTHON names a Python
that has it: `apt-get install python3-torch`, then a virtual environment with --system-site-packages and
`pip install 'transformers==4.44.2' 'numpy<2'`.
"""

import json
import sys

import torch
import transformers


def main() -> None:
    folder, ids_path, states_path = sys.argv[1:4]
    model = transformers.AutoModel.from_pretrained(folder, torch_dtype=torch.float32).eval()
    with open(ids_path, encoding="ascii") as file:
        texts = json.load(file)
    with torch.no_grad():
        states = [model(torch.tensor([ids])).last_hidden_state[0].tolist() for ids in texts]
    with open(states_path, "w", encoding="ascii") as file:
        json.dump(states, file)


main()
