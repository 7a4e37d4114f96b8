#include "daemon/listener_certificate.hpp"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::Authority;
using script_test::PemPair;

namespace {

constexpr long kDay = 24 * 3600;

struct Bench {
  tests::ScratchFolder folder;
  Authority authority;
  std::ostringstream text;
  std::shared_ptr<spdlog::logger> log =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text));
  Metrics metrics{"test", "none"};

  config::TlsOptions files(long to_seconds) const {
    const PemPair pair = authority.server_pem("DNS:desk.example.com", -kDay, to_seconds);
    const std::string file = folder.write("tls.pem", pair.certificate + pair.key);
    return {file, file};
  }
  std::size_t lines() const {
    const std::string all = text.str();
    return static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n'));
  }
};

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the listener begins with the certificate of its files, or not at all") {
  const Bench bench;
  CHECK(listener_certificate({}) == nullptr);
  CHECK(listener_certificate(bench.files(kDay))->get()->facts().names == "desk.example.com");
  const std::string none = bench.folder.at("none.pem");
  CHECK_THROWS_WITH(listener_certificate({none, none}), Catch::Contains("daemon.tls.certificate: " + none));
}

TEST_CASE(
    "a reload takes another certificate, leaves the same one, and keeps the present one where the files are bad") {
  const Bench bench;
  const auto files = bench.files(kDay);
  const auto live = listener_certificate(files);
  const auto same = renewed_certificate(live.get(), load_certificate(files, now()));
  CHECK(same.next == nullptr);
  CHECK(same.warnings.empty());
  const auto other = renewed_certificate(live.get(), load_certificate(bench.files(2 * kDay), now()));
  REQUIRE(other.next != nullptr);
  CHECK(other.next->facts().ends > live->get()->facts().ends);
  bench.folder.write("tls.pem", "gone");
  const auto bad = renewed_certificate(live.get(), load_certificate(files, now()));
  CHECK(bad.next == nullptr);
  REQUIRE(bad.warnings.size() == 1);
  CHECK(has(bad.warnings[0], "the certificate in use stays (desk.example.com, until 20"));
  CHECK(has(bad.warnings[0], "daemon.tls.certificate: " + files.certificate + " holds no certificate"));
  CHECK(renewed_certificate(nullptr, load_certificate(bench.files(kDay), now())).next == nullptr);
}

TEST_CASE("a certificate that ends soon is told once a day, in the metrics and by /readyz") {
  Bench bench;
  const auto live = listener_certificate(bench.files(30 * kDay));
  const auto ends = live->get()->facts().ends;
  CertificateWatch watch(live, bench.metrics, bench.log);
  CHECK(watch.check(ends - std::chrono::days(20))->ok);
  CHECK(bench.lines() == 0);
  CHECK(has(bench.metrics.expose(),
            "tapewatch_certificate_expiry_timestamp_seconds " + std::to_string(ends.time_since_epoch().count())));
  const auto soon = watch.check(ends - std::chrono::days(13));
  REQUIRE(soon);
  CHECK_FALSE(soon->ok);
  CHECK_FALSE(soon->fatal);
  CHECK(has(soon->detail, "it expires soon; renew it and reload"));
  CHECK(has(bench.text.str(), "desk.example.com, until 20"));
  watch.check(ends - std::chrono::days(13) + 23h);
  CHECK(bench.lines() == 1);
  watch.check(ends - std::chrono::days(12));
  CHECK(bench.lines() == 2);
  CHECK(has(watch.check(ends + 1h)->detail, "it has expired"));
  live->set(listener_certificate(bench.files(90 * kDay))->get());
  CHECK(watch.check(ends)->ok);
  CHECK_FALSE(CertificateWatch(nullptr, bench.metrics, bench.log).check(ends));
}
