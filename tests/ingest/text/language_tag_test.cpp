#include "ingest/text/language_tag.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("a language is read however it is written") {
  const std::pair<const char*, const char*> written[] = {
      {"en", "en"},           {"EN", "en"},         {"en-US", "en"},       {"en_US.UTF-8", "en"}, {" en ", "en"},
      {"en-", "en"},          {"eng", "en"},        {"ger", "de"},         {"deu", "de"},         {"zho", "zh"},
      {"chi", "zh"},          {"zh-Hant-TW", "zh"}, {"English", "en"},     {"english", "en"},     {"ENGLISH", "en"},
      {"English (US)", "en"}, {"Deutsch", "de"},    {"français", "fr"},    {"FRANÇAIS", "fr"},    {"Español", "es"},
      {"日本語", "ja"},       {"Norwegian", "no"},  {"language:en", "en"}, {"lang:de-AT", "de"},  {"de_DE@euro", "de"},
      {"en,fr", "en"},        {"Chinese", "zh"},    {"fil", "fil"},        {"Portuguese", "pt"}};
  for (const auto& [text, tag] : written) {
    INFO(text);
    CHECK(read_language(text).tag == tag);
    CHECK_FALSE(read_language(text).unreadable);
  }
}

TEST_CASE("words for not known say nothing") {
  for (const char* text :
       {"",     " ", "und",       "UND",       "und-Latn",  "mul", "zxx", "unknown", "Unknown", "N/A",    "n/a", "null",
        "None", "x", "x-default", "i-default", "undefined", "-",   "?",   "C",       "POSIX",   "C.UTF-8"}) {
    INFO(text);
    CHECK(read_language(text).tag.empty());
    CHECK_FALSE(read_language(text).unreadable);
  }
}

TEST_CASE("what is no language is said to be unreadable") {
  for (const char* text : {"qqq!", "12", "klingonish", "business", "true", "zq", "{}"}) {
    INFO(text);
    CHECK(read_language(text).tag.empty());
    CHECK(read_language(text).unreadable);
  }
}

}  // namespace
}  // namespace tapewatch::ingest
