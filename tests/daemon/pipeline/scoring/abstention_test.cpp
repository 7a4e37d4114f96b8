#include "daemon/pipeline/scoring/abstention.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;
using model::Sentiment;
using storage::Label;

TEST_CASE("abstention: a confidence below the limit abstains, one that reaches it does not") {
  CHECK(label_or_abstained(Sentiment::negative, 0.59, 0.6) == Label::abstained);
  CHECK(label_or_abstained(Sentiment::negative, 0.6, 0.6) == Label::negative);
  CHECK(label_or_abstained(Sentiment::neutral, 0.61, 0.6) == Label::neutral);
}

TEST_CASE("abstention: a limit of 0 never abstains, and one of 1 does unless it is certain") {
  CHECK(label_or_abstained(Sentiment::positive, 0.0, 0.0) == Label::positive);
  CHECK(label_or_abstained(Sentiment::positive, 0.999, 1.0) == Label::abstained);
  CHECK(label_or_abstained(Sentiment::positive, 1.0, 1.0) == Label::positive);
}
