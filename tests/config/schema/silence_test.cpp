// [[alerts.silence]]: what is read, and what is refused where.
#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;

namespace {

const std::string kRules =
    "[[alerts.rule]]\nname='burst'\nlabels={team='desk'}\nseverity='error'\nescalated_severity='critical'\n"
    "[[alerts.rule]]\nname='own'\nmeasure='story'\ngroup_by=['entity']\nwhere={entity=['acme']}\n";  // 10 lines

LoadResult parse_silence(const std::string& keys, const std::string& rules = kRules) {
  return parse(rules + "[[alerts.silence]]\n" + keys, {"t.toml", "/etc/tapewatch", ""});
}

const std::string kWho = "\nto='2026-12-27T06:00:00Z'\nby='Ana'";

std::vector<std::string> errors_of(const std::string& keys) {
  std::vector<std::string> lines;
  for (const auto& error : parse_silence(keys).errors) lines.push_back(to_string(error));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a silence of the configuration is read, and its id follows from its content") {
  const auto parsed = parse_silence(
      "match={rule=['burst'],team=['desk']}\nfrom=2026-12-24T18:00:00+01:00\nto='2026-12-27T06:00:00Z'\nby='Ana'\n"
      "comment='closed'");
  REQUIRE(parsed.errors.empty());
  REQUIRE(parsed.config.silences.size() == 1);
  const auto& silence = parsed.config.silences[0];
  CHECK(silence.match == std::map<std::string, std::vector<std::string>>{{"rule", {"burst"}}, {"team", {"desk"}}});
  CHECK(silence.from == std::chrono::sys_days(std::chrono::year(2026) / 12 / 24) + std::chrono::hours(17));
  CHECK(silence.to == std::chrono::sys_days(std::chrono::year(2026) / 12 / 27) + std::chrono::hours(6));
  CHECK(silence.by == "Ana");
  CHECK(silence.comment == "closed");
  CHECK(silence.id.size() == 24);
  const std::string match = "match={team=['desk'],rule=['burst']}", same = "\nto=2026-12-27T07:00:00+01:00\nby='Ana'";
  const auto once = parse_silence(match + kWho), again = parse_silence(same.substr(1) + "\n# a comment\n" + match);
  REQUIRE(once.errors.empty());
  CHECK(once.config.silences[0].from == alerts::TimePoint{});
  CHECK(once.config.silences[0].id == again.config.silences.at(0).id);
  CHECK(once.config.silences[0].id != silence.id);
}

TEST_CASE("a silence may be about rules, severities, labels and what rules group by") {
  for (const char* match : {"{rule=['burst','own']}", "{severity=['critical']}", "{topic=['earnings']}",
                            "{entity=['acme']}", "{team=['desk'],topic=['a','b']}", "{rule=['own'],entity=['acme']}"}) {
    CAPTURE(match);
    CHECK(errors_of("match=" + std::string(match) + kWho).empty());
  }
}

TEST_CASE("topics and companies of silences are looked up, like those of rules") {
  const auto parsed = parse_silence("match={topic=['earnigs'],entity=['acme']}" + kWho,
                                    "[[alerts.rule]]\nname='r'\ngroup_by=['topic','entity']\n");
  REQUIRE(parsed.errors.empty());
  const auto errors = check_references(parsed.references, {{"earnings"}, {"acme"}, {}});
  REQUIRE(errors.size() == 1);
  CHECK(to_string(errors[0]).find("t.toml:5:15: ") == 0);
  CHECK(errors[0].message.find("did you mean 'earnings'?") != std::string::npos);
}

TEST_CASE("a silence may be about a severity that alerts are raised to because nobody acknowledges them") {
  const std::string rule = "[[alerts.rule]]\nname='slow'\nseverity='warning'\n";
  const std::string match = "match={rule=['slow'],severity=['critical']}" + kWho;
  CHECK(parse_silence(match, rule).errors.size() == 1);
  CHECK(parse_silence(match, rule + "escalate={after='1h',severity='critical'}\n").errors.empty());
}

TEST_CASE("a silence that can silence nothing names the place and the mend") {
  CHECK(errors_of("match={}" + kWho) ==
        Lines{"t.toml:12:7: alerts.silence[1].match: names nothing: give a rule, a severity, a topic, an entity, a "
              "source or a label"});
  CHECK(errors_of("match={team=[]}" + kWho) ==
        Lines{"t.toml:12:7: alerts.silence[1].match.team: accepts nothing: name a value or leave it out"});
  CHECK(errors_of("match={rule=['brust']}" + kWho) ==
        Lines{"t.toml:12:14: match.rule: no rule has the value 'brust' (did you mean 'burst'?)"});
  CHECK(errors_of("match={tem=['desk']}" + kWho) ==
        Lines{"t.toml:12:8: match: 'tem' is neither rule nor severity, nor what any rule groups by, nor a label of any "
              "rule (did you mean 'team'?)"});
  CHECK(errors_of("match={source=['wire']}" + kWho).size() == 1);  // no rule groups by source
  CHECK(errors_of("match={rule=['own'],team=['desk']}" + kWho) ==
        Lines{"t.toml:12:7: alerts.silence[1].match: no rule has alerts that all of it holds for; a silence for each "
              "of several rules is a table of its own"});
  CHECK(errors_of("match={rule=['burst'],severity=['info']}" + kWho).size() == 1);
  CHECK(errors_of("match={entity=['bolt']}" + kWho).size() == 1);  // the only rule that groups by entity has acme
  CHECK(errors_of("match={rule=['burst']}\nfrom='2026-12-27T06:00:00Z'" + kWho) ==
        Lines{"t.toml:14:4: alerts.silence[1].to: must be after from: the silence ends before it begins"});
}

TEST_CASE("what a silence lacks, or holds in a wrong form, is refused at its place") {
  CHECK(errors_of("comment='x'") == Lines{"t.toml:11:1: alerts.silence[1]: 'match' is missing",
                                          "t.toml:11:1: alerts.silence[1]: 'to' is missing",
                                          "t.toml:11:1: alerts.silence[1]: 'by' is missing"});
  CHECK(
      errors_of("match={rule=['burst']}\nto='tomorrow'\nby='Ana'") ==
      Lines{"t.toml:13:4: alerts.silence[1].to: 'tomorrow' is not a time with its zone; write 2026-12-24T18:00:00Z or "
            "2026-12-24T18:00:00+01:00"});
  CHECK(errors_of("match={rule=['burst']}\nto=2026-12-27T06:00:00\nby='Ana'").size() == 1);  // no zone
  CHECK(errors_of("match={rule=['burst']}\nto=5\nby='Ana'").size() == 1);
  CHECK(errors_of("match={rule='burst'}" + kWho).size() == 1);
  CHECK(errors_of("match={rule=[5]}" + kWho).size() == 1);
  CHECK(errors_of("match='burst'" + kWho).size() == 1);
  CHECK(errors_of("match={rule=['burst']}\nto='2026-12-27T06:00:00Z'\nby=''") ==
        Lines{"t.toml:14:4: alerts.silence[1].by: must say who wants the silence"});
  CHECK(errors_of("match={rule=['burst']}\ncomment=\"a\\u001bb\"" + kWho) ==
        Lines{"t.toml:13:9: alerts.silence[1].comment: holds a control character"});
  CHECK(errors_of("match={rule=['burst']}\nuntil='x'" + kWho).size() == 1);
}

TEST_CASE("acknowledged is an event of those formats alone that can say it") {
  const auto webhook = [](const std::string& keys) {
    const auto parsed = parse("[[alerts.webhook]]\nname='w'\n" + keys, {"t.toml", "/etc/tapewatch", ""});
    Lines lines;
    for (const auto& error : parsed.errors) lines.push_back(to_string(error));
    return lines;
  };
  CHECK(webhook("url='https://x/'\nevents=['firing','acknowledged']").empty());
  CHECK(webhook("format='pagerduty'\nrouting_key='k'\nevents=['acknowledged']").empty());
  CHECK(webhook("url='https://x/'\nformat='slack'\nevents=['firing','acknowledged']") ==
        Lines{"t.toml:5:8: alerts.webhook[1]: events: the format slack has no words for acknowledged; leave it out"});
}
