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
           {"Disclosure: the author is long the stock, a position of two years.", "disclosure"},
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

TEST_CASE("A closing passage is left out as far as it goes on") {
  struct Case {
    const char *text, *kinds;
  };
  for (const auto& [text, kinds] : std::vector<Case>{
           {"About Quarry Air\nQuarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About Quarry Air: Quarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About Quarry Air Quarry Air flies to 40 cities. It was founded in 1987.", "company"},
           {"About the Company. Quarry Air flies to 40 cities.", "company"},
           {"ABOUT QUARRY AIR - The airline is a member of two alliances.", "company"},
           {"Forward-looking statements. Actual results may differ materially. We undertake no obligation.", "outlook"},
           {"This release contains forward-looking statements. These statements are subject to risks.", "outlook"},
           {"Safe Harbour Statement: much may change. Fuel may rise. Do not place undue reliance on it.", "outlook"},
           {"For further information, contact the press office. Phone 555 0100.", "contact"},
           {"Notes to editors\nPhotographs are at hand.", "contact"},
       }) {
    INFO(text);
    const Left left(kNews + "\n" + text);
    CHECK(left.kinds == kinds);
    CHECK(left.rest == kNews);
  }
}

TEST_CASE("News goes on after a caution, a contact, and between two notices of a kind") {
  const std::string more = "Quarry Air grounds its fleet. A bolt was loose. Creditors get nothing.";
  struct Case {
    std::string text;
    const char* kinds;
  };
  for (const auto& [text, kinds] : std::vector<Case>{
           {"This announcement contains forward-looking statements. Actual results may differ materially. " + more,
            "outlook"},
           {"Quarry Air plc\nThis announcement contains inside information and forward-looking statements.\n" + more,
            "outlook"},
           {"Quarry Air plc\nContacts:\nJ. Smith +44 20 5550 0100\n" + more, "contact"},
           {"Subscribe to our newsletter.\n" + more + "\nRead more: the fleet of Quarry Air.",
            "subscription subscription"},
           {"© 2026 Fjord Wire\n" + more + "\n(Reporting by A. Holm; editing by B. Lund)", "credits credits"},
       }) {
    INFO(text);
    const Left left(text);
    CHECK(left.kinds == kinds);
    CHECK(left.rest.find(more) != std::string::npos);
  }
}

TEST_CASE("News that only sounds like it is read") {
  for (const char* text : {
           "We use cookies to test ovens, says Quarry Biscuits",        // one sentence
           "About 300 jobs go at Quarry Air. About half are in Oslo.",  // no heading
           "About £2bn – half of its value – was lost on Monday. It will file for insolvency.",
           "QUARRY AIR CHIEF SPEAKS. ABOUT HALF OF STAFF TO GO. QUARRY AIR FILES FOR CHAPTER 11.",
           "Quarry Air warns.\nAbout That Outlook Cut\nThe airline warned of insolvency. Its shares fell 40%.",
           "Quarry Air cuts outlook. About Kesmar it said nothing new.",  // goes on as a sentence
           "About Time\nQuarry Air lands its first profit.",              // a title
           "Quarry Air falls. Subscribers leave its club.",
           "Quarry Media rises. Subscription income doubles.",
           "Quarry Air falls. Cookies and crisps sold on board fell too.",
           "Quarry Air falls. Disclosure rules were broken, the regulator says.",
           "Disclosure: auditors have resigned over fraud. Quarry Air falls.",
           "Quarry Air falls. Copyright suit goes to trial.",
           "Quarry Air gets a licence. Get ready for more flights.",
           "Quarry Air in talks. This would be its largest order.",
           "Quarry Air signs up a partner. Sign-ups for its card double.",
           "Statements made by its founder were fraudulent, the jury found. Quarry Air filed for bankruptcy.",
           "The trial ends. Certain statements in its accounts were false. Quarry Air filed for insolvency.",
           "Quarry Air reports. Forward-looking guidance was cut by 30%. Its shares plunged.",
           "The bank speaks. This is the weakest forward-looking survey since 2008. Banks fall.",
           "Cautionary words from auditors hit shares. The firm is insolvent.",
           "For further information on deadly crashes the regulator has subpoenaed Quarry. It recalled two million "
           "cars.",
           "Quarry update. Media contact lost with satellite. Its shares plunge.",
           "Media enquiries about the fraud went unanswered. Quarry Air is bankrupt.",
           "Subscriptions slump. Unlock subscriptions fall at Quarry Media.",
           "Want of cash kills newsletter firm. Creditors get little.",
           "Cookie policy breach: Quarry fined 35 million euros. It appeals.",
           "Subscribe to rights issue or be wiped out, holders told. Quarry Bank falls.",
           "Reporting by the Harbour Post that Quarry hid losses sent shares down. It denies it.",
           "Opinions expressed in the auditor's report cast doubt on going concern. Quarry falls.",
           "Past performance suggests that it will lose more. Quarry falls.",
           "Accept all losses, court tells Quarry's creditors. They appeal.",
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
  const std::string many = kNews + std::string(3000, '.') + " (Reporting by A. Holm; editing by B. Lund)";
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
