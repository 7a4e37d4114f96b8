#!/usr/bin/env python3
"""Writes tests/model/reference.json: the results of an independent reference for the published encoder.

    make_reference.py MODEL_DIR [OUTPUT]

MODEL_DIR is what tests/model/fetch_reference.sh unpacks (all-MiniLM-L6-v2: config.json, vocab.txt, tokenizer.json,
model.safetensors). The reference is Hugging Face's transformers (BertTokenizerFast, BertModel) on PyTorch; made with
transformers 4.44.2, tokenizers 0.19.1 and torch 1.13.1:

    apt-get install python3-torch && python3 -m venv --system-site-packages venv
    venv/bin/pip install 'transformers==4.44.2' 'numpy<2'

For every text: the token ids at a window of `max_tokens`, the whole last hidden state of [CLS] and the mean over all
tokens, rounded to 7 digits. Texts are stored as JSON strings; none holds the name of a special token ("[SEP]"), which
the published tokenizer would take for the token and ours takes for text.
"""

import json
import pathlib
import sys

import torch
import transformers

MAX_TOKENS = 128
TEXTS = {
    "plain": "Acme Corp shares plunge 14% after the company cuts its full-year profit forecast",
    "question": "Why are bank stocks falling today?",
    "one word": "Bankruptcy",
    "one letter": "A",
    "empty": "",
    "only spaces": "  \t \n ",
    "only punctuation": "...!?--",
    "amounts": "Q3 EPS $1.27 vs. $1.19 est.; revenue +8.4% y/y to €2,310.5m (guidance: £1.1bn–£1.2bn)",
    "accents": "Société Générale élève sa prévision; Crédit Agricole, Nestlé et L'Oréal à la hausse — naïve façade",
    "combining marks": "Socie\u0301te\u0301 Ge\u0301ne\u0301rale et Nestle\u0301 re\u0301visent",
    "German": "Münchener Rück übertrifft Erwartungen, Großaktionär verkauft für 1,5 Mrd. Straße ÄÖÜß",
    "Turkish": "İSTANBUL: Türkiye İş Bankası kârını açıkladı, ıslak imza ŞİRKET",
    "Vietnamese": "Ngân hàng Nhà nước Việt Nam giữ nguyên lãi suất",
    "CJK": "日本銀行は金利を据え置き、円安が進む。トヨタ自動車の株価は3%上昇",
    "Chinese and Latin": "阿里巴巴Alibaba股价下跌5%，腾讯Tencent上涨",
    "Korean": "삼성전자 3분기 영업이익 급감",
    "Greek": "Η ΕΘΝΙΚΗ ΤΡΑΠΕΖΑ ΑΝΑΚΟΙΝΩΣΕ ΚΕΡΔΗ ΟΔΟΣ",
    "Cyrillic": "Газпром снизил прибыль на 40%, рубль Йод укрепился",
    "Arabic and Hebrew": "أرامكو السعودية ترفع توزيعات الأرباح / בנק ישראל הותיר את הריבית",
    "Hindi and Thai": "रिलायंस इंडस्ट्रीज का मुनाफा बढ़ा; ธนาคารแห่งประเทศไทย",
    "emoji": "$TSLA to the moon 🚀🚀 but 📉 tomorrow 😱👨‍👩‍👧 ❤️ 🇺🇸 🤣",
    "tags and links": "RT @trader: #Fed hikes 25bp &amp; $SPY drops https://t.co/AbC123xyz",
    "controls": "profit\u0000 warn\u0007ing\u200b zero\u200dwidth \ufeffmark soft\u00adhyphen\u0085next\u2028line\u00a0space",
    "replacement": "Sepp\ufffd l\ufffd raises outlook \ufffd",
    "mixed scripts": "Apple苹果эппл🍎ＡＢＣ full-width ﬁnance ½ ² ™ № Ω ≠ ‰",
    "long word": "loss" * 30 + " and " + "gain" * 25 + " then " + "x" * 100 + " " + "y" * 101,
    "unknown words": "ᚠᛇᚻ runes and 𓀀 and 𝔉𝔯𝔞𝔨𝔱𝔲𝔯 letters",
    "hyphens and quotes": "“Record-breaking” — S&P’s ‘triple-A’ rating… down-/up-grade, A.B.C. don't can't it's",
    "inflected": "Refinancing unsustainable hyperinflationary denominated subsidiaries' recapitalisation",
    "over-length": "Regulators warned on Monday that leveraged lenders face mounting losses as defaults climb. " * 14,
    "exactly full": "profit " * 126,
    "one too many": "profit " * 127,
}


def main() -> None:
    model_dir = sys.argv[1]
    output = sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("reference.json")
    tokenizer = transformers.BertTokenizerFast.from_pretrained(model_dir)
    model = transformers.BertModel.from_pretrained(model_dir, torch_dtype=torch.float32).eval()
    items = []
    for name, text in TEXTS.items():
        full = tokenizer(text)["input_ids"]
        inputs = tokenizer(text, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        with torch.no_grad():
            states = model(**inputs).last_hidden_state[0]
        items.append(
            {
                "name": name,
                "text": text,
                "truncated": len(full) > MAX_TOKENS,
                "ids": inputs["input_ids"][0].tolist(),
                "first": [round(x, 7) for x in states[0].tolist()],
                "mean": [round(x, 7) for x in states.mean(dim=0).tolist()],
            }
        )
    made = f"transformers {transformers.__version__}, torch {torch.__version__}"
    lines = ",\n".join(json.dumps(item) for item in items)
    with open(output, "w", encoding="ascii") as file:
        file.write(f'{{"made_with": "{made}", "max_tokens": {MAX_TOKENS}, "items": [\n{lines}\n]}}\n')


main()
