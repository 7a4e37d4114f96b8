#include "config/toml/load.hpp"

#include <algorithm>

#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace tapewatch::config::test;
using namespace std::chrono_literals;

namespace {

const char* const kContract = R"([daemon]
data_dir = "/srv/tapewatch"
listen   = ["127.0.0.1:8080", "[::1]:0"]
external_url = "https://tapewatch.example.com/"
log      = { level = "debug", format = "json" }

[[ingest.kafka]]
name = "wire"
brokers = "localhost:9092"
topics = ["news.raw"]
group = "desk"
start = 2026-07-01T00:00:00Z
format = "json"
fields = { id = "/id", title = "/headline", entities = "/tickers", action = "" }
dead_letter_topic = "news.rejected"
properties = { "security.protocol" = "SASL_SSL", "socket.keepalive.enable" = true }
[[ingest.feed]]
name = "fed"
url = "https://www.federalreserve.gov/feeds/press_all.xml"
interval = "60s"
[ingest.entities]
watchlist = "watchlist.csv"

[model]
path = "models/mine"
threads = 3
languages = ["en", "de"]
[storage]
path = "tapewatch.db"
retention = { documents = "30d", minutes = "90d", quarters = "5y" }
min_free = "3GiB"
max_lateness = "90m"

[[alerts.rule]]
name = "negative-burst"
where = { topic = ["earnings"], entity = [], tag = ["own"], source = ["fed"] }
group_by = ["topic", "entity"]
measure = "negative_stories"
false_alarms = "2 per day"
min_stories = 7
resolve_after = "45m"
severity = "warning"
runbook_url = "https://wiki.example.com/negative-burst"
labels = { team = "media-risk" }
[[alerts.webhook]]
name = "desk"
url = "https://alerts.example.com/hook"
secret = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
match = { severity = ["critical"], team = ["media-risk"], rule = ["negative-burst"] }
events = ["firing", "resolved"]
)";

}  // namespace

TEST_CASE("every key of the contract that is built reaches its option") {
  const auto result = parse_text(kContract);
  for (const auto& error : result.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(result.ok());
  const Config& config = result.config;
  CHECK(config.daemon.listen == std::vector<std::string>{"127.0.0.1:8080", "[::1]:0"});
  CHECK(config.daemon.external_url == "https://tapewatch.example.com");
  CHECK(config.daemon.log.level == "debug");
  CHECK(config.daemon.log.format == "json");
  REQUIRE(config.ingest.kafka.size() == 1);
  const auto& kafka = config.ingest.kafka[0];
  CHECK(kafka.group == "desk");
  CHECK(kafka.start == ingest::KafkaStart::time);
  CHECK(kafka.start_time.time_since_epoch() == 1'782'864'000s);
  CHECK(kafka.fields.title == ingest::FieldPlaces{"/headline"});
  CHECK_FALSE(kafka.fields.body.has_value());  // where the canonical document has it
  CHECK(kafka.fields.action == ingest::FieldPlaces{});
  CHECK(kafka.properties.at("security.protocol") == "SASL_SSL");
  CHECK(kafka.properties.at("socket.keepalive.enable") == "true");
  REQUIRE(config.ingest.feeds.size() == 1);
  CHECK(config.ingest.feeds[0].interval == 60s);
  CHECK(config.model.threads == 3);
  CHECK(config.model.languages.size() == 2);
  CHECK(config.storage.retention.quarters == 24h * 365 * 5);
  CHECK(config.storage.min_free == 3ULL << 30);
  CHECK(config.storage.max_lateness == 90min);
  REQUIRE(config.rules.size() == 1);
  const auto& rule = config.rules[0];
  CHECK(rule.group_by == std::vector<std::string>{"topic", "entity"});
  CHECK(rule.false_alarms.count == 2);
  CHECK(rule.false_alarms.per == 24h);
  CHECK(rule.min_stories == 7);
  CHECK(rule.labels.at("team") == "media-risk");
  REQUIRE(config.webhooks.size() == 1);
  CHECK(config.webhooks[0].secrets.size() == 2);
  CHECK(config.webhooks[0].match.at("team") == std::vector<std::string>{"media-risk"});
}

TEST_CASE("relative paths are inside data_dir") {
  const auto config = parse_text(kContract).config;
  CHECK(config.storage.path == "/srv/tapewatch/tapewatch.db");
  CHECK(config.ingest.entities.watchlist == "/srv/tapewatch/watchlist.csv");
  CHECK(config.model.path == "/srv/tapewatch/models/mine");
  CHECK(parse_text("[daemon]\ndata_dir='d'").config.storage.path == "/etc/tapewatch/d/tapewatch.db");
  CHECK(parse_text("").config.model.path == "builtin");
  CHECK(parse(kContract, {"t", ".", "/tmp/demo"}).config.storage.path == "/tmp/demo/tapewatch.db");
}

TEST_CASE("ids named by rules are returned with their places") {
  const auto result = parse_text(kContract);
  REQUIRE(result.references.size() == 2);
  const auto errors = check_references(result.references, {{"earning", "macro"}, {}, {"own"}});
  REQUIRE(errors.size() == 1);
  CHECK(to_string(errors[0]) == "t.toml:36:20: the topic 'earnings' is not in the model (did you mean 'earning'?)");
}

TEST_CASE("all errors are reported at once, in the file's order, with their places") {
  CHECK(errors_of("[daemon]\nlisten = [\"127.0.0.1\"]\n[storage]\npth = \"x\"\nmin_free = \"2 gigs\"\n"
                  "[[alerts.rule]]\nname = \"a\"\ngruop_by = []\nmin_stories = \"5\"\nresolve_after = \"5 minutes\"\n"
                  "severity = \"criticla\"\nfalse_alarms = \"one a week\"\n") ==
        std::vector<std::string>{
            "t.toml:2:11: daemon.listen[1]: expected an address and a port, as in \"127.0.0.1:8080\", \"[::1]:8080\" "
            "or \"localhost:0\"",
            "t.toml:4:1: unknown key 'storage.pth' (did you mean 'path'?)",
            "t.toml:5:12: storage.min_free: '2 gigs' is not a size; write it as 64KiB, 2GiB, 10MB or a number of bytes",
            "t.toml:8:1: unknown key 'alerts.rule[1].gruop_by' (did you mean 'group_by'?)",
            "t.toml:9:15: alerts.rule[1].min_stories: expected a whole number, found text",
            "t.toml:10:17: alerts.rule[1].resolve_after: '5 minutes' is not a duration; write one number and one unit: "
            "500ms 30s 5m 2h 7d 5y",
            "t.toml:11:12: alerts.rule[1].severity: 'criticla' is not one of: critical, error, warning, info (did you "
            "mean "
            "'critical'?)",
            "t.toml:12:16: alerts.rule[1].false_alarms: expected a budget such as \"1 per week\" or \"0.5 per day\" "
            "(hour, day, week, month, year)"});
}

TEST_CASE("a text that is not TOML has one error with its place") {
  const auto errors = parse_text("[daemon]\nlisten = [\n").errors;
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].line >= 2);
}

TEST_CASE("the listener's certificate and its key are files of data_dir, the key in the same one unless it is named") {
  const auto one = parse_text("[daemon]\ndata_dir='/data'\n[daemon.tls]\ncertificate='tls.pem'");
  REQUIRE(one.ok());
  CHECK(one.config.daemon.tls.certificate == "/data/tls.pem");
  CHECK(one.config.daemon.tls.key == "/data/tls.pem");
  const auto two = parse_text("[daemon]\ndata_dir='/data'\n[daemon.tls]\ncertificate='/etc/tls.pem'\nkey='tls.key'");
  CHECK(two.config.daemon.tls.certificate == "/etc/tls.pem");
  CHECK(two.config.daemon.tls.key == "/data/tls.key");
  CHECK(parse_text("").config.daemon.tls.key.empty());
  CHECK(
      errors_of("[daemon.tls]\nkey='x'") ==
      std::vector<std::string>{"t.toml:1:1: daemon.tls: needs certificate, a PEM file; without the table [daemon.tls] "
                               "the listener speaks plain HTTP"});
  CHECK(errors_of("[daemon.tls]\ncertificate=''").size() == 1);
}

TEST_CASE("rates of requests have a limit and a burst") {
  const auto loaded = parse_text("[daemon]\nmax_requests_per_second=50\nmax_request_burst=200");
  REQUIRE(loaded.errors.empty());
  CHECK(loaded.config.daemon.max_requests_per_second == 50);
  CHECK(loaded.config.daemon.max_request_burst == 200);
  CHECK(parse_text("").config.daemon.max_requests_per_second == 0);
  CHECK(errors_of("[daemon]\nmax_requests_per_second=-1\nmax_request_burst=0").size() == 2);
}

TEST_CASE("each measure takes its own keys, and refuses the others by name") {
  const auto rule = [](std::string_view keys) { return "[[alerts.rule]]\nname='r'\n" + std::string(keys); };
  const auto story = parse_text(rule("measure='story'\nmin_negative=0.9\nresolve_after='2h'"));
  REQUIRE(story.errors.empty());
  CHECK(story.config.rules.at(0).measure == tapewatch::alerts::Measure::story);
  CHECK(story.config.rules.at(0).min_negative == 0.9);
  CHECK_FALSE(story.config.rules.at(0).min_gravity);
  CHECK(story.config.rules.at(0).group_by == std::vector<std::string>{"entity"});
  const auto silent = parse_text(rule("false_alarms='1 per month'\nmeasure='no_data'"));
  REQUIRE(silent.errors.empty());
  CHECK(silent.config.rules.at(0).group_by == std::vector<std::string>{"source"});
  const auto mood = parse_text(rule("measure='mean_sentiment'\nwindows=['1h','24h']\ngroup_by=[]"));
  REQUIRE(mood.errors.empty());
  CHECK(mood.config.rules.at(0).group_by.empty());
  CHECK(
      errors_of(rule("measure='story'\nfalse_alarms='1 per week'")) ==
      std::vector<std::string>{"t.toml:4:1: alerts.rule[1].false_alarms: means nothing to the measure story; leave it "
                               "out"});
  CHECK(errors_of(rule("windows=['1h']\nmeasure='no_data'")).size() == 1);
  CHECK(errors_of(rule("min_negative=0.9")).size() == 1);
  CHECK(errors_of(rule("measure='story'\nmin_negative=1.5")).size() == 1);
}

TEST_CASE("unknown values of a known key are not called 'not in this version'") {
  const auto errors = errors_of("[[alerts.rule]]\nname='r'\nmeasure='negativ_stories'");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].find("did you mean 'negative_stories'?") != std::string::npos);
}

TEST_CASE("names are present, plain and unique over all kinds of sources") {
  CHECK(
      errors_of("[[ingest.feed]]\nname='a'\nurl='https://x/'\n[[ingest.kafka]]\nname='a'\nbrokers='b'\ntopics=['t']") ==
      std::vector<std::string>{"t.toml:2:6: the source 'a' is already defined in line 5"});
  CHECK(errors_of("[[alerts.rule]]\nname='r'\n[[alerts.rule]]\nname='r'") ==
        std::vector<std::string>{"t.toml:4:6: the rule 'r' is already defined in line 2"});
  CHECK(errors_of("[[alerts.rule]]\n[[ingest.feed]]\nname='two words'") ==
        std::vector<std::string>{
            "t.toml:1:1: alerts.rule[1]: 'name' is missing", "t.toml:2:1: ingest.feed[1]: 'url' is missing",
            "t.toml:3:6: ingest.feed[1].name: a name has 1 to 64 letters, digits, '.', '_' or '-'"});
}

TEST_CASE("a topic of one cluster is read by one source") {
  const auto errors = errors_of(
      "[[ingest.kafka]]\nname='a'\nbrokers='b:1'\ntopics=['t','u']\n[[ingest.kafka]]\nname='c'\nbrokers='b:1'\ntopics=["
      "'u']");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0] == "t.toml:8:8: the topic 'u' of these brokers is already read by 'a'");
}

TEST_CASE("properties that the guarantees depend on cannot be set") {
  const auto errors = errors_of(
      "[[ingest.kafka]]\nname='a'\nbrokers='b:1'\ntopics=['t']\nproperties={'enable.auto.commit'=true,'group.id'='x'}");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].find("'enable.auto.commit' is tapewatch's own") != std::string::npos);
  CHECK(errors[1].find("set it with 'group'") != std::string::npos);
  for (const char* name : {"bootstrap.servers", "metadata.broker.list", "group.id", "auto.offset.reset",
                           "enable.auto.commit", "auto.commit.enable", "enable.auto.offset.store",
                           "enable.partition.eof", "log.queue", "statistics.interval.ms"}) {
    INFO(name);
    CHECK(errors_of(std::string("[[ingest.kafka]]\nname='a'\nbrokers='b:1'\ntopics=['t']\nproperties={'") + name +
                    "'='1'}")
              .size() == 1);
  }
}

TEST_CASE("the place of a field is a pointer, a path, a header or the key, or a list of these") {
  const auto of = [](const std::string& place, const std::string& more = "") {
    return errors_of("[[ingest.kafka]]\nname='a'\nbrokers='b:1'\ntopics=['t']\nfields={title=\"" + place + "\"}\n" +
                     more);
  };
  for (const char* right : {"/head~1line", "", "$.data[*].title", "$['a b'][0]", "$.b[?@.role=='main'].value", "@key",
                            "@key:/id", "@header:ce_id", "@record:/source"}) {
    INFO(right);
    CHECK(of(right).empty());
  }
  CHECK(errors_of("[[ingest.kafka]]\nname='a'\nbrokers='b:1'\ntopics=['t']\nfields={title=['/a','$.b']}").empty());
  CHECK(of("/a", "preset='alpaca'\nitems='$.news[*]'\ndecode={'/x'='base64, json', ''='gzip'}\nformat='csv'").empty());
  for (const char* wrong : {"$..title", "$.a[", "$.a[?@.b=]", "@header:", "$title"}) {
    INFO(wrong);
    CHECK(of(wrong).size() == 1);
  }
  CHECK(of("/a", "preset='alpacca'")[0].find("did you mean 'alpaca'?") != std::string::npos);
  CHECK(of("/a", "time_zone='Asia/Tokyo'").empty());
  CHECK(of("/a", "time_zone='Tokyo'").size() == 1);
  CHECK(of("/a", "decode={'$.records[*].data'='base64, json'}").empty());
  CHECK(of("/a", "decode={'x'='json'}").size() == 1);
  CHECK(of("/a", "decode={'@key'='json'}").size() == 1);
  CHECK(of("/a", "decode={'/x'='rot13'}").size() == 1);
  CHECK(of("/a", "format='msgpack'").empty());
  CHECK(of("/a", "format='avro'")[0].find("not in this version") != std::string::npos);
  for (const char* wrong : {"headline", "/head~line"}) {
    const auto errors = of(wrong);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].starts_with("t.toml:5:15: ingest.kafka[1].fields.title: expected a JSON Pointer"));
  }
}

TEST_CASE("without tokens only loopback listeners are allowed") {
  const auto errors = errors_of("[daemon]\nlisten = ['127.0.0.1:1', '0.0.0.0:8080']");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].starts_with("t.toml:2:26: daemon.listen[2]: 0.0.0.0:8080 can be reached from other machines"));
  CHECK(errors_of("[daemon]\nlisten = []").size() == 1);
  CHECK(errors_of("[daemon]\nlisten = ['127.0.0.1:1', '127.0.0.1:1']").size() == 1);
}

TEST_CASE("the version depends only on the content") {
  const auto version = [](std::string_view text) { return parse_text(text).config.version; };
  const auto plain = version("[storage]\npath = 'a'\nmin_free = 5\n");
  CHECK(plain.size() == 12);
  CHECK(version("# a comment\nstorage = { min_free = 5, path = \"a\" }") == plain);
  CHECK(version("[storage]\npath = 'b'\nmin_free = 5\n") != plain);
}

TEST_CASE("addresses are ones that the client can ask") {
  for (const char* url : {"https://x:99999/", "https://x:0/", "https://x:y/", "https://[::1/"}) {
    INFO(url);
    const auto errors = errors_of(std::string("[[ingest.feed]]\nname='a'\nurl='") + url + "'");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0] == "t.toml:3:5: ingest.feed[1].url: is not an address: check the host and the port (1 to 65535)");
  }
  CHECK(errors_of("[[ingest.feed]]\nname='a'\nurl='https://x/?a[]=b|c&d=%2F'").empty());
}

TEST_CASE("proxies: of the daemon, of one feed, of one webhook, and none") {
  const std::string feed = "[[ingest.feed]]\nname='a'\nurl='https://x/'\n";
  const std::string webhook = "[[alerts.webhook]]\nname='w'\nurl='https://x/'\n";
  const auto parsed = parse_text(
      "[daemon]\nproxy='http://user:secret@proxy:3128'\nno_proxy=['intern','10.0.0.0/8']\nproxy_trusted=true\n" + feed +
      "proxy='socks5h://other:1080'\n" + webhook + "proxy=''");
  REQUIRE(parsed.errors.empty());
  CHECK(parsed.config.daemon.proxy == "http://user:secret@proxy:3128");
  CHECK(parsed.config.daemon.no_proxy == std::vector<std::string>{"intern", "10.0.0.0/8"});
  CHECK(parsed.config.daemon.proxy_trusted);
  CHECK(parsed.config.ingest.feeds.at(0).proxy == "socks5h://other:1080");
  CHECK(parsed.config.webhooks.at(0).proxy == "");
  CHECK_FALSE(parse_text(feed).config.ingest.feeds.at(0).proxy.has_value());
  for (const char* bad : {"proxy:3128", "ftp://proxy/", "http://", "http://user:secret@proxy:99999"}) {
    INFO(bad);
    const auto errors = errors_of(std::string("[daemon]\nproxy='") + bad + "'");
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("t.toml:2:7: daemon.proxy: ") == 0);
    CHECK(errors[0].find("secret") == std::string::npos);
  }
}

TEST_CASE("feeds: credentials come from a file, are checked, and are in no error") {
  const std::string feed = "[[ingest.feed]]\nname='a'\nurl='https://x/'\n";
  const auto basic = parse_text(feed + "auth={user='desk',password='pa:ss'}").config.ingest.feeds.at(0).auth;
  CHECK(basic.user == "desk");
  CHECK(basic.password == "pa:ss");
  CHECK(parse_text(feed + "auth={bearer='t0ken'}").config.ingest.feeds.at(0).auth.bearer == "t0ken");
  for (const char* bad : {"auth={password='s3cret'}", "auth={user='a:b',password='s3cret'}",
                          "auth={user='a',bearer='s3cret'}", "auth={bearer=\"s3cret\\nx: y\"}", "auth={bearer=''}"}) {
    INFO(bad);
    const auto errors = errors_of(feed + bad);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("t.toml:4:") == 0);
    CHECK(errors[0].find("s3cret") == std::string::npos);
  }
  CHECK(errors_of("[[ingest.feed]]\nname='a'\nurl='https://u:p@x/'\nauth={bearer='s3cret'}").size() == 1);
}

TEST_CASE("what publishers are told about the reader") {
  const auto parsed = parse_text("[daemon]\ncontact='https://desk.example/feeds'\nuser_agent='Desk reader 1.0'");
  REQUIRE(parsed.errors.empty());
  CHECK(parsed.config.daemon.contact == "https://desk.example/feeds");
  CHECK(parsed.config.daemon.user_agent == "Desk reader 1.0");
  CHECK(errors_of("[daemon]\ncontact='the desk (upstairs)'").size() == 1);
  CHECK(errors_of("[daemon]\nuser_agent=\"a\\r\\nX: b\"").size() == 1);
}

TEST_CASE("values out of range say what the range is") {
  CHECK(errors_of("[model]\nabstain_below = 1.5") ==
        std::vector<std::string>{"t.toml:2:17: model.abstain_below: 1.5 is outside 0 to 1"});
  CHECK(errors_of("[model]\nmax_windows = 0") ==
        std::vector<std::string>{"t.toml:2:15: model.max_windows: 0 is outside 1 to 64"});
  CHECK(errors_of("[model]\nprecision = \"bf16\"").size() == 1);
  CHECK(errors_of("[model]\nneutral_bias = 9") ==
        std::vector<std::string>{"t.toml:2:16: model.neutral_bias: 9 is outside -5 to 5"});
  CHECK(errors_of("[[model.source]]\nneutral_bias = 1").size() == 1);
  CHECK(errors_of("[[model.source]]\nname = 'a'\n[[model.source]]\nname = 'a'") ==
        std::vector<std::string>{"t.toml:4:8: the reading of source 'a' is already defined in line 2"});
  CHECK(errors_of("[model.rules]\nmixing_weight = -1") ==
        std::vector<std::string>{"t.toml:2:17: model.rules.mixing_weight: -1 is outside 0 to 100"});
  CHECK(errors_of("[[ingest.feed]]\nname='a'\nurl='https://x/'\ninterval='10ms'") ==
        std::vector<std::string>{"t.toml:4:10: ingest.feed[1].interval: 10ms is outside 1s to 1d"});
  CHECK(errors_of("[model]\nthreads = -1") ==
        std::vector<std::string>{"t.toml:2:11: model.threads: -1 is outside 0 to 1024"});
}

TEST_CASE("a section that is not a table is one error, not a crash") {
  CHECK(errors_of("daemon = 5") ==
        std::vector<std::string>{"t.toml:1:10: daemon: expected a table, found a whole number"});
  CHECK(errors_of("[alerts]\nrule = 'x'").size() == 1);
  CHECK(errors_of("[alerts]\nrule = ['x', 5]").size() == 2);
  CHECK(errors_of("[[alerts.webhook]]\nname='w'\nurl='https://x'\nmatch = 3").size() == 1);
}

TEST_CASE("a webhook may match only what an alert can have") {
  const std::string rule =
      "[[alerts.rule]]\nname='burst'\nlabels={team='risk'}\n[[alerts.webhook]]\nname='w'\nurl='https://x'\n";
  CHECK(errors_of(rule + "match={severity=['critical'],rule=['burst'],team=['risk']}").empty());
  CHECK(
      errors_of(rule + "match={severty=['critical']}") ==
      std::vector<std::string>{"t.toml:7:8: match: 'severty' is neither severity nor rule nor a label of any rule (did "
                               "you mean 'severity'?)"});
  CHECK(errors_of(rule + "match={team=['risks'],rule=['burts'],severity=['warn']}").size() == 3);
  CHECK(errors_of(rule + "match={team=[]}").size() == 1);
}

TEST_CASE("errors of the whole rule are reported at the rule") {
  CHECK(errors_of("[[alerts.rule]]\nname='r'\ngroup_by=['topic','topic']").size() == 1);
  CHECK(errors_of("[[alerts.rule]]\nname='r'\nwindows=[]").size() == 1);
  CHECK(errors_of("[[alerts.rule]]\nname='r'\nwindows=['90s']").size() == 1);
}
