#!/usr/bin/env bash
# SciPy 1.17.1: logsf() of its distributions of counts is the logarithm of sf(), so that it is minus infinity as soon as sf()
# underflows, though logpmf() of the next count, which is a part of the same tail, is finite. isf() of Poisson and geometric
# counts goes through 1 - q: below the rounding of 1 it returns nan and infinity, binomial counts n itself, without an error.
#   seen: Poisson(0.1), logsf(200) is -inf, logpmf(201) is -1331; negative binomial(1, 0.9), 500: -inf and -1154. isf(1e-17)
#   of Poisson(3) is nan, of binomial(200, 0.1) it is 200, of geometric(0.1) infinity; counting sf() up: 27, 64 and 372.
# These are the tails that a detector of surges asks for: all large surges tie as infinitely rare, and a threshold for many
# series is never reached. Sum the tail in logarithms from its first term, logpmf(k + 1), on.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_python scipy==1.17.1 numpy==2.4.6
cat >"$scratch/tails.py" <<'PY'
import sys, warnings
warnings.simplefilter("ignore")
from scipy import stats
def tail(distribution, count, *shape):
    print("tail", f"{distribution.logsf(count, *shape):.0f} {distribution.logpmf(count + 1, *shape):.0f}")
def limit(distribution, q, *shape):
    count = 0
    while distribution.sf(count, *shape) > q:
        count += 1
    print("limit", f"{distribution.isf(q, *shape):.0f} {count}")
tail(stats.poisson, 200, 0.1)
tail(stats.nbinom, 500, 1, 0.9)
for distribution, shape in ((stats.poisson, (3,)), (stats.binom, (200, 0.1)), (stats.geom, (0.1,)), (stats.nbinom, (2, 0.5))):
    limit(distribution, 1e-17, *shape)
PY
timeout 120 python3 "$scratch/tails.py" >"$scratch/seen"
seen() { sed -n "s/^$1 //p" "$scratch/seen" | paste -sd';'; }
expect "logsf(k) and logpmf(k + 1): Poisson, negative binomial" "$(seen tail)" "-inf -1331;-inf -1154"
expect "isf(1e-17) and by sf(): Poisson, binomial, geometric, negative binomial" "$(seen limit)" \
  "nan 27;200 64;inf 372;61 61"
