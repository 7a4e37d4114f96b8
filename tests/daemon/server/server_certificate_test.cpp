#include "daemon/server/server_certificate.hpp"

#include <openssl/evp.h>
#include <sys/stat.h>

#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using script_test::Authority;
using script_test::PemPair;

namespace {

constexpr long kDay = 24 * 3600;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// Files of a certificate, and what becomes of them.
struct Bench {
  tests::ScratchFolder folder;
  Authority authority;

  CertificateResult load(const std::string& certificate, const std::string& key) const {
    folder.write("tls.pem", certificate);
    folder.write("tls.key", key);
    ::chmod(folder.at("tls.key").c_str(), 0600);
    return load_certificate({folder.at("tls.pem"), folder.at("tls.key")}, now());
  }
  CertificateResult together(const std::string& both) const {
    folder.write("tls.pem", both);
    ::chmod(folder.at("tls.pem").c_str(), 0600);
    return load_certificate({folder.at("tls.pem"), folder.at("tls.pem")}, now());
  }
};

/// "key: message" of the only error, and no certificate.
std::string error_of(const CertificateResult& result) {
  CHECK(result.certificate == nullptr);
  REQUIRE(result.errors.size() == 1);
  return result.errors[0].key + ": " + result.errors[0].message;
}

/// "key: message" of the only warning, of a certificate that can be used.
std::string warning_of(const CertificateResult& result) {
  CHECK(result.certificate != nullptr);
  CHECK(result.errors.empty());
  REQUIRE(result.warnings.size() == 1);
  return result.warnings[0].key + ": " + result.warnings[0].message;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("certificate: none is named, and there is none") {
  const auto result = load_certificate({}, now());
  CHECK(result.certificate == nullptr);
  CHECK(result.errors.empty());
}

TEST_CASE("certificate: a chain and its key, in two files or in one, in any order of the two") {
  const Bench bench;
  const PemPair pair = bench.authority.server_pem("DNS:desk.example.com,IP:10.0.0.3", -kDay, 30 * kDay);
  const std::string chain = pair.certificate + bench.authority.certificate();
  for (const auto& result :
       {bench.load(chain, pair.key), bench.together(pair.key + chain), bench.together(chain + pair.key)}) {
    REQUIRE(result.certificate != nullptr);
    CHECK(result.errors.empty());
    CHECK(result.warnings.empty());
    CHECK(result.certificate->facts().names == "desk.example.com, 10.0.0.3");
    CHECK(has(certificate_in_words(*result.certificate), "desk.example.com, 10.0.0.3, until 20"));
  }
}

TEST_CASE("certificate: it ends with the one of its chain that ends first") {
  const Bench bench;  // the authority itself is valid for an hour
  const PemPair pair = bench.authority.server_pem("DNS:desk.example.com", -kDay, 30 * kDay);
  const auto alone = bench.load(pair.certificate, pair.key).certificate;
  const auto chain = bench.load(pair.certificate + bench.authority.certificate(), pair.key).certificate;
  CHECK(alone->facts().ends > now() + std::chrono::days(29));
  CHECK(chain->facts().ends <= now() + std::chrono::hours(1));
  CHECK(alone->facts().content != chain->facts().content);
  CHECK(alone->facts().content == bench.load(pair.certificate, pair.key).certificate->facts().content);
}

TEST_CASE("certificate: what cannot be used is named with file, reason and what mends it") {
  const Bench bench;
  const PemPair pair = bench.authority.server_pem("DNS:localhost", -kDay, kDay);
  const PemPair other = bench.authority.server_pem("DNS:localhost", -kDay, kDay);
  const std::string pem = bench.folder.at("tls.pem"), key = bench.folder.at("tls.key");

  CHECK(has(error_of(load_certificate({bench.folder.at("none.pem"), key}, now())),
            "certificate: " + bench.folder.at("none.pem") + " cannot be read: No such file"));
  CHECK(has(error_of(bench.load("", pair.key)), "certificate: " + pem + " holds no certificate in PEM"));
  CHECK(has(error_of(bench.load(pair.key, pair.key)), "holds no certificate in PEM"));
  std::string damaged = pair.certificate;
  damaged.replace(damaged.find('\n') + 5, 12, "AAAAAAAAAAAA");
  CHECK(has(error_of(bench.load(damaged, pair.key)), pem + ": certificate 1 in it is damaged ("));
  CHECK(has(error_of(bench.load(pair.certificate, other.key)),
            "key: " + key + " is not the key of the first certificate in " + pem));
  CHECK(has(error_of(bench.load(bench.authority.certificate() + pair.certificate, pair.key)),
            "put the server's own certificate first"));
  CHECK(has(error_of(bench.load(pair.certificate, pair.certificate)), "key: " + key + " holds no private key in PEM"));
  CHECK(has(error_of(bench.together(pair.certificate)), "; name its file in daemon.tls.key"));
}

TEST_CASE("certificate: a key with a passphrase is refused, and nobody is asked for it") {
  const Bench bench;
  const PemPair pair = bench.authority.server_pem("DNS:localhost", -kDay, kDay);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), "hunter2", 7, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  CHECK(has(error_of(bench.load(pair.certificate, std::string(data, static_cast<std::size_t>(size)))),
            "the private key is encrypted, and nobody is there to type its passphrase"));
}

TEST_CASE("certificate: what clients will refuse, or others can read, is warned of") {
  const Bench bench;
  const auto of = [&](const std::string& names, long from, long to) {
    const PemPair pair = bench.authority.server_pem(names, from, to);
    return bench.load(pair.certificate, pair.key);
  };
  CHECK(has(warning_of(of("DNS:localhost", -2 * kDay, -kDay)), "tls.pem expired on 20"));
  CHECK(has(warning_of(of("DNS:localhost", kDay, 2 * kDay)), "tls.pem is not valid before 20"));
  CHECK(has(warning_of(of("", -kDay, kDay)), "tls.pem names no host (subjectAltName)"));
  const PemPair pair = bench.authority.server_pem("DNS:localhost", -kDay, kDay);
  const Authority stranger;
  CHECK(has(warning_of(bench.load(pair.certificate + stranger.certificate(), pair.key)),
            "certificate 2 in it has not signed the one before"));
  bench.load(pair.certificate, pair.key);
  ::chmod(bench.folder.at("tls.key").c_str(), 0644);
  CHECK(has(warning_of(load_certificate({bench.folder.at("tls.pem"), bench.folder.at("tls.key")}, now())),
            "key: every user of this machine can read " + bench.folder.at("tls.key") + ": chmod o= "));
}
