#include "daemon/server/server_certificate.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string_view>

#include "config/file.hpp"
#include "config/notation/certificate_time.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/sha256.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kCertificateKey = "certificate";
constexpr std::string_view kPrivateKey = "key";
constexpr int kNamesShown = 4;

struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBytes {
  void operator()(BIO* bytes) const { BIO_free(bytes); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;
using Bytes = std::unique_ptr<BIO, FreeBytes>;

/// A problem that makes the certificate useless.
struct Unusable {
  std::string_view key;
  std::string message;
};

/// The latest reason in OpenSSL's queue of this thread, which is empty afterwards.
std::string openssl_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "no reason is given" : reason;
}

Bytes bytes_of(const std::string& text) {
  Bytes bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  if (!bytes) throw std::bad_alloc();
  return bytes;
}

std::string read_file(std::string_view key, const std::string& path) {
  auto text = config::read_small_file(path);
  if (text) return std::move(*text);
  throw Unusable{
      key, fmt::format("{} cannot be read: {}; give the file to the user that runs tapewatch, or name another", path,
                       text.error().reason)};
}

std::vector<Certificate> read_chain(const std::string& text, const std::string& path) {
  const Bytes bytes = bytes_of(text);
  std::vector<Certificate> chain;
  ERR_clear_error();
  while (X509* next = PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr)) chain.emplace_back(next);
  const unsigned long error = ERR_peek_last_error();
  const bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (at_end && !chain.empty()) {
    ERR_clear_error();
    return chain;
  }
  if (at_end) {
    ERR_clear_error();
    throw Unusable{kCertificateKey, fmt::format("{} holds no certificate in PEM (-----BEGIN CERTIFICATE-----); name a "
                                                "file with the server's certificate and those up to its authority",
                                                path)};
  }
  throw Unusable{kCertificateKey, fmt::format("{}: certificate {} in it is damaged ({}); fetch the file again", path,
                                              chain.size() + 1, openssl_reason())};
}

/// Notes that a passphrase was asked for, and gives none: nobody is there to type it.
int refuse_passphrase(char* /*into*/, int /*size*/, int /*writes*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 0;
}

PrivateKey read_key(const std::string& text, const std::string& path, bool is_own_file) {
  const Bytes bytes = bytes_of(text);
  bool encrypted = false;
  ERR_clear_error();
  PrivateKey key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, refuse_passphrase, &encrypted));
  if (key) return key;
  const bool none = text.find("PRIVATE KEY-----") == std::string::npos;  // OpenSSL's reason is then one of many
  const std::string reason = openssl_reason();
  if (encrypted) {
    throw Unusable{kPrivateKey,
                   fmt::format("{}: the private key is encrypted, and nobody is there to type its passphrase; store it "
                               "without one, with `openssl pkey -in FILE -out FILE`, readable by tapewatch alone",
                               path)};
  }
  if (!none) throw Unusable{kPrivateKey, fmt::format("{}: the private key cannot be read ({})", path, reason)};
  throw Unusable{kPrivateKey, fmt::format("{} holds no private key in PEM{}", path,
                                          is_own_file ? "" : "; name its file in daemon.tls.key")};
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  return notation::certificate_time(time).value_or(std::chrono::sys_seconds{});
}

std::string text_of(const ASN1_STRING* text) {
  return notation::printable(std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                         static_cast<std::size_t>(ASN1_STRING_length(text))));
}

std::string name_of(const GENERAL_NAME& name) {
  if (name.type == GEN_DNS) return text_of(name.d.dNSName);
  if (name.type != GEN_IPADD) return {};
  const int family = ASN1_STRING_length(name.d.iPAddress) == 4 ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, ASN1_STRING_get0_data(name.d.iPAddress), text.data(), text.size()) ? text.data() : "";
}

/// The names in subjectAltName, the only ones that clients look at.
std::string names_in(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::string names;
  const int count = all ? sk_GENERAL_NAME_num(all.get()) : 0;
  for (int i = 0, shown = 0; i < count && shown < kNamesShown; ++i) {
    const std::string name = name_of(*sk_GENERAL_NAME_value(all.get(), i));
    if (name.empty()) continue;
    names += (names.empty() ? "" : ", ") + name;
    ++shown;
  }
  return names;
}

ServerCertificate::Facts facts_of(const std::vector<Certificate>& chain, const std::string& content) {
  ServerCertificate::Facts facts{.names = names_in(chain.front().get()),
                                 .begins = time_of(X509_get0_notBefore(chain.front().get())),
                                 .ends = time_of(X509_get0_notAfter(chain.front().get())),
                                 .content = {}};
  for (const Certificate& one : chain) {
    facts.begins = std::max(facts.begins, time_of(X509_get0_notBefore(one.get())));
    facts.ends = std::min(facts.ends, time_of(X509_get0_notAfter(one.get())));
  }
  facts.content = notation::to_hex(notation::sha256(content));
  return facts;
}

/// HTTP/1.1 where the client offers it; a client that offers other protocols only is refused, as RFC 7301 asks.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* /*none*/) {
  static constexpr unsigned char kHttp[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kHttp, sizeof kHttp, offered, offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<SSL_CTX> make_context(const config::TlsOptions& files, const std::vector<Certificate>& chain,
                                      EVP_PKEY* key) {
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets resume sessions, and are stored nowhere
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  ERR_clear_error();
  const bool same_key = X509_check_private_key(chain.front().get(), key) == 1;
  ERR_clear_error();
  if (!same_key) {
    throw Unusable{kPrivateKey, fmt::format("{} is not the key of the first certificate in {}; put the server's own "
                                            "certificate first, or name the key that belongs to it",
                                            files.key, files.certificate)};
  }
  if (SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key) != 1) {
    throw Unusable{kCertificateKey,
                   fmt::format("{} cannot be used ({}); have a certificate made for a newer kind of key",
                               files.certificate, openssl_reason())};
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) == 1) continue;
    throw Unusable{kCertificateKey, fmt::format("{}: certificate {} in it cannot be used ({})", files.certificate,
                                                i + 1, openssl_reason())};
  }
  return context;
}

std::optional<std::string> date_problem(const ServerCertificate::Facts& facts, std::chrono::sys_seconds now) {
  if (facts.ends <= now) {
    return fmt::format("expired on {}: clients refuse it; renew it", notation::certificate_time_text(facts.ends));
  }
  if (facts.begins <= now) return std::nullopt;
  return fmt::format("is not valid before {}: clients refuse it; is the clock right?",
                     notation::certificate_time_text(facts.begins));
}

void add_warnings(CertificateResult& result, const config::TlsOptions& files, const std::vector<Certificate>& chain,
                  std::chrono::sys_seconds now) {
  const auto warn = [&](std::string_view key, std::string message) {
    result.warnings.push_back({std::string(key), std::move(message)});
  };
  const ServerCertificate::Facts& facts = result.certificate->facts();
  if (const auto dates = date_problem(facts, now)) {
    warn(kCertificateKey, fmt::format("{} {}", files.certificate, *dates));
  }
  if (facts.names.empty()) {
    warn(kCertificateKey, fmt::format("{} names no host (subjectAltName): clients refuse it", files.certificate));
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    const bool signed_it = X509_verify(chain[i - 1].get(), X509_get0_pubkey(chain[i].get())) == 1;
    ERR_clear_error();
    if (signed_it) continue;
    warn(kCertificateKey, fmt::format("{}: certificate {} in it has not signed the one before: some clients refuse it",
                                      files.certificate, i + 1));
  }
  struct stat about {};
  if (::stat(files.key.c_str(), &about) == 0 && (about.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    warn(kPrivateKey, fmt::format("every user of this machine can read {}: chmod o= {}", files.key, files.key));
  }
}

}  // namespace

CertificateResult load_certificate(const config::TlsOptions& options, std::chrono::sys_seconds now) {
  CertificateResult result;
  if (options.certificate.empty()) return result;
  try {
    const std::string text = read_file(kCertificateKey, options.certificate);
    const auto chain = read_chain(text, options.certificate);
    const bool is_own_file = options.key != options.certificate;
    const std::string key_text = is_own_file ? read_file(kPrivateKey, options.key) : text;
    const PrivateKey key = read_key(key_text, options.key, is_own_file);
    auto context = make_context(options, chain, key.get());
    result.certificate =
        std::make_shared<const ServerCertificate>(std::move(context), facts_of(chain, text + key_text));
    add_warnings(result, options, chain, now);
  } catch (const Unusable& problem) {
    result.errors.push_back({std::string(problem.key), problem.message});
  }
  return result;
}

std::string certificate_in_words(const ServerCertificate& certificate) {
  const auto& facts = certificate.facts();
  return fmt::format("{}, until {}", facts.names.empty() ? "no host" : facts.names,
                     notation::certificate_time_text(facts.ends));
}

}  // namespace tapewatch
