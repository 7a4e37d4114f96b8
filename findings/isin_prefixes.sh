#!/usr/bin/env bash
# Two checkers of ISINs, PyPI's python-stdnum 2.2 and npm's isin-validator 1.1.1, refuse numbers that are assigned today, since
# they take the first two letters for a country and know few others: XT, digital tokens, and EZ, derivatives traded over the
# counter. Both take XF, with which banks number papers of their own, so that one number is another paper at another bank.
#   seen: XTV15WLZJMF0, which is Bitcoin, and a number with EZ (made up; its check digit is right) are refused for the prefix;
#   XS2010044977, an international bond, and a made-up XF0000000012 pass.
# A filter with such a checker drops the news of a whole market without saying so. The check digit is what tells an ISIN from
# a word; the list of prefixes grows, and is no test.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python python-stdnum==2.2
with_node isin-validator@1.1.1
numbers=(XTV15WLZJMF0 EZ0000000011 XS2010044977 XF0000000012)
cat >"$scratch/check.py" <<'PY'
import sys
from stdnum import isin
for number in sys.argv[1:]:
    try:
        isin.validate(number)
        print("taken", end="; ")
    except isin.InvalidComponent:
        print("prefix refused" if isin.calc_check_digit(number[:-1]) == number[-1] else "made up badly", end="; ")
PY
cat >"$scratch/check.js" <<'JS'
const check = require("isin-validator");
for (const number of process.argv.slice(2)) process.stdout.write(`${check(number)?.message ?? "taken"}; `);
JS
expect "python-stdnum: ${numbers[*]}" "$(timeout 60 python3 "$scratch/check.py" "${numbers[@]}")" \
  "prefix refused; prefix refused; taken; taken; "
expect "isin-validator: ${numbers[*]}" "$(timeout 60 node "$scratch/check.js" "${numbers[@]}")" \
  "Country code is wrong; Country code is wrong; taken; taken; "
