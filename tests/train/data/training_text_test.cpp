#include "model/train/data/training_text.hpp"

#include <set>

#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

TEST_CASE("a cleaned post reads like a headline", "[train][text]") {
  CHECK(clean_headline("$ACME - Acme &amp; Sons beats estimates https://t.co/abc123") == "Acme & Sons beats estimates");
  CHECK(clean_headline("RT @wire: Oil &gt; $80  as  OPEC cuts #oil") == "Oil > $80 as OPEC cuts oil");
  CHECK(clean_headline("Shares of $ACME and @acme jump 5%") == "Shares of ACME and acme jump 5%");
  CHECK(clean_headline("Plain headline, nothing to do.") == "Plain headline, nothing to do.");
}

TEST_CASE("a post of nothing but marks keeps them", "[train][text]") {
  CHECK(clean_headline("https://t.co/abc123") == "https://t.co/abc123");
  CHECK(clean_headline("").empty());
}

TEST_CASE("variants are drawn by the generator alone", "[train][text]") {
  const std::string post = "$ACME - Acme cuts outlook for @globex https://t.co/abc123 #stocks.";
  Random one(5), two(5);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const auto text = vary_headline(post, 0.3, one);
    REQUIRE(text == vary_headline(post, 0.3, two));
    CHECK(text.find("cuts outlook for") != std::string::npos);
    seen.insert(text);
  }
  CHECK(seen.size() > 10);
  CHECK(seen.contains(post));
  Random raw(1);
  CHECK(vary_headline(post, 1.0, raw) == post);
}
