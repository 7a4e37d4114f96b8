#include "model/text/boilerplate.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

/// What is left of a text, and the kinds of what is not.
struct Left {
  explicit Left(std::string_view text) {
    std::size_t at = 0;
    for (const auto& [span, kind] : find_boilerplate(text)) {
      REQUIRE(span.start >= at);
      REQUIRE(span.end > span.start);
      REQUIRE(span.end <= text.size());
      rest += text.substr(at, span.start - at);
      at = span.end;
      kinds += kinds.empty() ? "" : " ";
      kinds += to_string(kind);
    }
    rest += text.substr(at);
    while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\n')) rest.pop_back();
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\n')) rest.erase(0, 1);
  }
  std::string rest, kinds;
};

const std::string kNews = "Quarry Air grounds its fleet.";

TEST_CASE("What stands around news is found by how it begins, in front and behind") {
  struct Case {
    const char *text, *kinds;
  };
  for (const auto& [text, kinds] : std::vector<Case>{
           {"We use cookies to give you a better visit.", "cookies"},
           {"This website uses cookies. Accept all", "cookies"},
           {"By continuing to browse you agree to our cookie policy.", "cookies"},
           {"Sign up for our morning newsletter and be the first to know.", "subscription"},
           {"Get the day's five stories in your inbox.", "subscription"},
           {"Already a subscriber? Log in here.", "subscription"},
           {"Click here for the chart.", "subscription"},
           {"Disclosure: the author is long the stock.", "disclosure"},
           {"The author holds no position in the companies named.", "disclosure"},
           {"This article is for informational purposes only and is no recommendation.", "disclosure"},
           {"(Reporting by A. Holm in Oslo; editing by B. Lund)", "credits"},
           {"© 2026 Fjord Wire. All rights reserved.", "credits"},
       }) {
    INFO(text);
    const Left behind(kNews + " " + text), front(std::string(text) + "\n" + kNews);
    CHECK(behind.kinds.substr(0, std::string_view(kinds).size()) == kinds);
    CHECK(front.kinds.substr(0, std::string_view(kinds).size()) == kinds);
    if (std::string_view(text).find("Log in") != std::string_view::npos) continue;  // "Log in here." stays
    CHECK(behind.rest == kNews);
    CHECK(front.rest == kNews);
  }
}

TEST_CASE("A closing passage reaches to the end of the text") {
  struct Case {
    const char *text, *kinds;
  };
  for (const auto& [text, kinds] : std::vector<Case>{
           {"About Quarry Air\nQuarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About Quarry Air: Quarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About Quarry Air Quarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About the Company. Quarry Air flies to 40 cities.", "company"},
           {"ABOUT QUARRY AIR - The airline flies to 40 cities.", "company"},
           {"Forward-looking statements. Results may be other than expected. We owe no update.", "outlook"},
           {"This release contains forward-looking statements. Much may change.", "outlook"},
           {"Safe Harbour Statement: much may change. Fuel may get dearer.", "outlook"},
           {"For further information, contact the press office. Phone 555 0100.", "contact"},
           {"Notes to editors\nPhotographs are at hand.", "contact"},
       }) {
    INFO(text);
    const Left left(kNews + "\n" + text);
    CHECK(left.kinds == kinds);
    CHECK(left.rest == kNews);
  }
}

TEST_CASE("A text that begins with a caution goes on with its news") {
  const Left left(
      "This announcement contains forward-looking statements. Actual results may differ materially. "
      "Quarry Air grounds its fleet. A bolt was loose.");
  CHECK(left.kinds == "outlook");
  CHECK(left.rest == "Quarry Air grounds its fleet. A bolt was loose.");
}

TEST_CASE("News that only sounds like it is read") {
  for (const char* text : {
           "We use cookies to test ovens, says Quarry Biscuits",                       // one sentence
           "About 300 jobs go at Quarry Air. About half are in Oslo.",                 // no heading
           "Quarry Air cuts outlook. About Kesmar it said nothing new.",               // goes on as a sentence
           "About Time\nQuarry Air lands its first profit.",                           // a title
           "Quarry Air falls. Subscribers leave its club.",                            //
           "Quarry Media rises. Subscription income doubles.",                         //
           "Quarry Air falls. Cookies and crisps sold on board fell too.",             //
           "Quarry Air falls. Disclosure rules were broken, the regulator says.",      //
           "Quarry Air falls. Copyright suit goes to trial.",                          //
           "Quarry Air gets a licence. Get ready for more flights.",                   //
           "Quarry Air in talks. This would be its largest order.",                    //
           "Quarry Air signs up a partner. Sign-ups for its card double.",             //
           "For more information on the recall, owners call a hotline. It was busy.",  // begins with it
       }) {
    INFO(text);
    CHECK(Left(text).kinds.empty());
  }
}

TEST_CASE("A text is never left without a word; any bytes are accepted") {
  for (const std::string& text :
       std::vector<std::string>{"", " ", ".", "We use cookies. Accept all.", "© 2026. All rights reserved.", "\n\n\n",
                                "\xff\xfe. \xc3", "About Quarry Air\n", "“”’. ’"}) {
    CHECK(Left(text).kinds.empty());
  }
  const std::string many = kNews + std::string(3000, '.') + " (Reporting by A. Holm)";
  CHECK(Left(many).kinds == "credits");
}

TEST_CASE("Blanks stand in the place of what is left out") {
  const std::string text = kNews + " Click here.";
  const auto places = find_boilerplate(text);
  const auto blank = blanked(text, places);
  CHECK(blank.size() == text.size());
  CHECK(blank.substr(0, kNews.size()) == kNews);
  CHECK(blank.find_first_not_of(' ', kNews.size()) == std::string::npos);
  CHECK(blanked(kNews, places) == kNews);  // shorter
}

}  // namespace
}  // namespace tapewatch::model
