// When a rule's alerts are told, as it is written: mute, repeat, escalate, max_alerts.
#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kRule = "[[alerts.rule]]\nname='r'\ngroup_by=['entity']\nseverity='warning'\n";

std::string error_of(std::string_view lines) {
  const auto errors = parse(std::string(kRule) + std::string(lines), {"t.toml", ".", "."}).errors;
  return errors.size() == 1 ? to_string(errors[0]) : std::to_string(errors.size()) + " errors";
}

}  // namespace

TEST_CASE("a rule says when its alerts are told") {
  const auto loaded = parse(std::string(kRule) +
                                "mute=['22:00-06:00', 'sat,sun']\nrepeat='1h'\nmax_alerts='5 per day'\n"
                                "escalate={ after='30m', severity='critical' }",
                            {"t.toml", ".", "."});
  REQUIRE(loaded.ok());
  const alerts::RuleOptions& rule = loaded.config.rules[0];
  REQUIRE(rule.mute.size() == 2);
  CHECK(rule.mute[0].from == 22h);
  CHECK(rule.repeat == 1h);
  CHECK(rule.escalate == alerts::Escalation{30min, "critical"});
  CHECK(rule.max_alerts == alerts::AlertLimit{5, 24h});
  const alerts::RuleOptions plain = parse(kRule, {"t.toml", ".", "."}).config.rules[0];
  CHECK((plain.mute.empty() && !plain.repeat && !plain.escalate && !plain.max_alerts));
}

TEST_CASE("what is wrong with when alerts are told is said at its place, with the mend") {
  CHECK(error_of("mute=['sat', 'night']") ==
        "t.toml:5:14: alerts.rule[1].mute[2]: 'night' is not a time to mute; write \"22:00-06:00\", \"sat,sun\", "
        "\"mon-fri\" or \"sat 00:00-12:00\"");
  CHECK(error_of("mute=['06:00-22:00', '22:00-06:00']")
            .ends_with("mute covers the whole week: nobody would ever be "
                       "told; leave a time out, or the webhooks"));
  CHECK(error_of("repeat='4m'").starts_with("t.toml:5:8: alerts.rule[1].repeat: "));
  CHECK(error_of("repeat='8d'").starts_with("t.toml:5:8: alerts.rule[1].repeat: "));
  CHECK(error_of("max_alerts='0.5 per day'") ==
        "t.toml:5:12: alerts.rule[1].max_alerts: expected a whole number and a period, such as \"5 per day\" (hour, "
        "day, week, month, year)");
  CHECK(error_of("max_alerts='0 per day'").find("expected a whole number") != std::string::npos);
  CHECK(error_of("escalate={ after='30m' }").ends_with("alerts.rule[1].escalate: 'severity' is missing"));
  CHECK(error_of("escalate={ severity='critical' }").ends_with("alerts.rule[1].escalate: 'after' is missing"));
  CHECK(error_of("escalate={ after='30m', severity='warning' }")
            .find("escalate raises nothing: its severity \"warning\" is not graver than the rule's \"warning\"") !=
        std::string::npos);
  CHECK(error_of("escalate={ after='30m', severity='critcal' }").find("critical") != std::string::npos);
  CHECK(error_of("escalate={ after='10s', severity='critical' }")
            .starts_with("t.toml:5:18: alerts.rule[1].escalate.after"));
  CHECK(error_of("escalate={ afer='30m', after='30m', severity='critical' }").find("did you mean") !=
        std::string::npos);
}
