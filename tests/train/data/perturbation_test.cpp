#include "model/train/data/perturbation.hpp"

#include <algorithm>
#include <fstream>
#include <set>

#include "model/train/data/mentions.hpp"
#include "model/train/data/number_words.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::model::train;

namespace {

/// All results of a change to a text in 300 draws.
std::set<std::string> variants(std::string_view text, Change change) {
  Random random(6);
  std::set<std::string> all;
  for (int i = 0; i < 300; ++i) all.insert(changed(text, change, random));
  return all;
}

}  // namespace

TEST_CASE("numbers keep their value in another form", "[train][perturb]") {
  CHECK(variants("Profit up 5%, sales -1.5 pct.", Change::number_format) ==
        std::set<std::string>{"Profit up 5%, sales -1.5 pct.", "Profit up 5 pct, sales -1.5 pct.",
                              "Profit up 5 percent, sales -1.5 pct.", "Profit up 5%, sales -1.5%.",
                              "Profit up 5 pct, sales -1.5%.", "Profit up 5 percent, sales -1.5%.",
                              "Profit up 5%, sales -1.5 percent.", "Profit up 5 pct, sales -1.5 percent.",
                              "Profit up 5 percent, sales -1.5 percent."});
  const auto money = variants("a $1.5bn fine; \u20ac90 million more", Change::number_format);
  CHECK(money.contains("a $1.5 billion fine; \u20ac90 million more"));
  CHECK(money.contains("a $1.5bn fine; \u20ac90m more"));
  for (const auto& text : money) {
    INFO(text);
    CHECK(text.find(" fine; ") != std::string::npos);
    CHECK(text.ends_with(" more"));
  }
  CHECK(variants("cuts 12,400 jobs", Change::number_format) ==
        std::set<std::string>{"cuts 12,400 jobs", "cuts 12400 jobs"});
  CHECK(variants("cuts 12400 jobs", Change::number_format) ==
        std::set<std::string>{"cuts 12,400 jobs", "cuts 12400 jobs"});
  for (const char* const text : {"in 2024", "ran 500 m", "1,5 points", "1.5 points", "Q3 Boeing 737", ""}) {
    CHECK(variants(text, Change::number_format) == std::set<std::string>{text});
  }
}

TEST_CASE("typing errors do not affect short words, negations and the beginnings of words", "[train][perturb]") {
  const std::string text = "Acme never cut unprofitable lines, fails without Globex loan";
  const auto all = variants(text, Change::typing_error);
  CHECK(all.size() > 20);
  for (const auto& one : all) {
    INFO(one);
    for (const char* whole : {"Acme never cut un", " fails without Gl", " loan"}) {
      CHECK(one.find(whole) != std::string::npos);
    }
    CHECK(one != text);
    CHECK(std::abs(static_cast<int>(one.size()) - static_cast<int>(text.size())) <= 2);
  }
  CHECK(variants("oil is up 5%", Change::typing_error) == std::set<std::string>{"oil is up 5%"});
}

TEST_CASE("the other changes do what they are called", "[train][perturb]") {
  CHECK(variants("Oil up", Change::letter_case) == std::set<std::string>{"OIL UP", "oil up", "Oil Up"});
  const auto marked = variants("AT&T's profit", Change::markup);
  CHECK(marked.contains("AT&amp;T&#39;s profit"));
  CHECK(marked.contains("AT&amp;T&#39;s <b>profit</b>"));
  const auto signs = variants("Profit up, says firm - \"record\".", Change::punctuation);
  CHECK(signs.contains("Profit up says firm - \"record"));
  CHECK(signs.contains("Profit up, says firm \u2013 \"record\"."));
  for (const auto& one : variants("shares of Acme Corp rise", Change::ticker)) {
    INFO(one);
    CHECK((one.starts_with("shares of Acme Corp (") || one.starts_with("shares of Acme Corp [")));
    CHECK((one.ends_with(") rise") || one.ends_with("] rise")));
  }
  CHECK(variants("oil up", Change::ticker) == std::set<std::string>{"oil up"});
  for (const auto& one : variants("oil up", Change::link)) CHECK(one.starts_with("oil up https://t.co/"));
}

TEST_CASE("perturbed texts are drawn by the generator alone and keep every name", "[train][perturb]") {
  const std::string text = "AT&T beats Globex-Pharma's estimates, raises dividend by 12.5% to $1,200 million";
  const std::vector<std::string_view> names{"AT&T", "Globex-Pharma's", "not mentioned"};
  Random one(5), two(5);
  std::set<std::string> seen;
  for (int i = 0; i < 500; ++i) {
    const auto changed_text = perturbed(text, names, one);
    REQUIRE(changed_text == perturbed(text, names, two));
    INFO(changed_text);
    CHECK(find_mention(changed_text, names[0]));
    CHECK(find_mention(changed_text, names[1]));
    seen.insert(changed_text);
  }
  CHECK(seen.size() > 300);
}

TEST_CASE("the probes for robustness survive every change as text", "[train][perturb]") {
  std::ifstream in(TAPEWATCH_SOURCE_DIR "/tests/model/probes/perturb.tsv");
  std::string line;
  std::getline(in, line);
  Random random(1);
  int rows = 0, changes = 0;
  while (std::getline(in, line)) {
    const auto text = line.substr(line.find('\t') + 1);
    CHECK(join_words(split_words(text)) == text);
    const auto other = perturbed(text, {}, random);
    CHECK_FALSE(other.empty());
    changes += other != text ? 1 : 0;
    ++rows;
  }
  REQUIRE(rows == 120);
  CHECK(changes > 100);
}
