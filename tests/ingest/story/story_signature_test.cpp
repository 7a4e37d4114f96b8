#include "ingest/story/story_signature.hpp"

#include <string>

#include "ingest/story/headline.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("what wires and publishers put around a headline is taken away") {
  struct Case {
    const char *title, *text;
  };
  for (const auto& [title, text] : {
           Case{"UPDATE 2-Dolvane shares slump", "Dolvane shares slump"},
           Case{"RPT-UPDATE 3-Dolvane shares slump", "Dolvane shares slump"},
           Case{"*DOLVANE SHARES SLUMP", "DOLVANE SHARES SLUMP"},
           Case{"BREAKING NEWS: Dolvane shares slump", "Dolvane shares slump"},
           Case{"(UPDATE) Dolvane shares slump", "Dolvane shares slump"},
           Case{"Dolvane shares slump on audit - Reuters", "Dolvane shares slump on audit"},
           Case{"Dolvane shares slump on audit | Plain Bourse", "Dolvane shares slump on audit"},
           Case{"Dolvane shares slump on audit -sources", "Dolvane shares slump on audit"},
           Case{"Dolvane shares slump on audit (AP)", "Dolvane shares slump on audit"},
           Case{"Dolvane shares slump on audit https://news.example/1", "Dolvane shares slump on audit"},
           // What looks alike and stays.
           Case{"Corporate announcement released today - KLM", "Corporate announcement released today - KLM"},
           Case{"Notice of annual meeting - Dolvane", "Notice of annual meeting - Dolvane"},
           Case{"Update on the Dolvane audit", "Update on the Dolvane audit"},
           Case{"Fed decision - Rates Up", "Fed decision - Rates Up"},
           Case{"Dolvane margin narrows to -3", "Dolvane margin narrows to -3"},
           Case{"UPDATE 1-", "UPDATE 1-"},
       }) {
    CHECK(read_headline(title).text == text);
  }
  CHECK(read_headline("CORRECTED-UPDATE 1-Dolvane shares rise").correction);
  CHECK_FALSE(read_headline("REFILE-Dolvane shares rise").correction);
}

TEST_CASE("a signature is what is left of a title when nothing that may change is") {
  const auto signature = story_signature("Dolvane shares fall 3 % after auditor quits");
  for (const char* title : {"RPT-DOLVANE'S STOCK DROPS 3PCT AFTER AUDITOR RESIGNS - Reuters",
                            "“Dolvane” shares fell 3 percent after auditor quit"}) {
    INFO(title);
    REQUIRE(story_signature(title).count == signature.count);
    for (std::size_t i = 0; i < signature.count; ++i) {
      CHECK(StorySignature::payload_of(story_signature(title).words[i]) ==
            StorySignature::payload_of(signature.words[i]));
    }
  }
  CHECK(story_signature("").count == 0);
  CHECK(story_signature("... !!!").count == 0);
  CHECK(story_signature("株価が下落").count == 4);
}

TEST_CASE("a signature is at most 64 bytes, in memory and stored, and comes back as it was") {
  std::string longest = "CORRECTED-Dolvane";
  for (int i = 0; i < 200; ++i) longest += " word" + std::string(1 + i % 20, 'a' + i % 26);
  for (const std::string& title : {longest, std::string("Dolvane shares fall 3 %"), std::string()}) {
    const auto signature = story_signature(title);
    const auto bytes = to_bytes(signature);
    CHECK(bytes.size() <= 64);
    CHECK(signature_from_bytes(bytes) == signature);
  }
  CHECK_FALSE(signature_from_bytes({}));
  auto other_version = to_bytes(story_signature("Dolvane"));
  other_version[0] = std::byte{99};
  CHECK_FALSE(signature_from_bytes(other_version));
  CHECK_FALSE(signature_from_bytes(std::vector<std::byte>(3, std::byte{1})));
  CHECK_FALSE(signature_from_bytes(std::vector<std::byte>(64, std::byte{1})));
}

/// What is stored must mean the same to every later version: these bytes were written by the first one.
TEST_CASE("the stored form of a signature does not change") {
  std::string hex;
  for (const std::byte byte : to_bytes(story_signature("CORRECTED-Dolvane Q3 profit falls 6% to $2.1bn, not 2.4bn"))) {
    hex += "0123456789abcdef"[static_cast<unsigned>(byte) >> 4];
    hex += "0123456789abcdef"[static_cast<unsigned>(byte) & 15];
  }
  CHECK(hex == "0101cd4203eb01c500c10d8a01e201e39b8403e101df84ae03e1");
}

}  // namespace
}  // namespace tapewatch::ingest
