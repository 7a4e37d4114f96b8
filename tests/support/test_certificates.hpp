#pragma once
// A certificate authority and its certificates, made in memory for one test run.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <boost/asio/ssl/context.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace script_test {

/// A server's certificate and its key, as texts in PEM.
struct PemPair {
  std::string certificate, key;
};

class Authority {
 public:
  explicit Authority(const std::string& name = "tapewatch test authority") : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {
    certificate_ = make(name, key_.get(), nullptr, "", 0, 3600);
    path_ = std::filesystem::temp_directory_path() /
            ("tapewatch-test-ca-" + std::to_string(::getpid()) + "-" + std::to_string(next_file()) + ".pem");
    std::ofstream(path_) << pem(certificate_.get());
  }
  ~Authority() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  std::string file() const { return path_.string(); }
  std::string certificate() const { return pem(certificate_.get()); }

  /// The same as server(), as texts.
  PemPair server_pem(const std::string& names, long from_seconds, long to_seconds) const {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto certificate = make("test server", key.get(), this, names, from_seconds, to_seconds);
    return {pem(certificate.get()), pem(key.get())};
  }

  /// A server's context whose certificate is for `names` ("DNS:localhost,IP:127.0.0.1"), valid over those seconds from
  /// now.
  std::unique_ptr<boost::asio::ssl::context> server(const std::string& names, long from_seconds,
                                                    long to_seconds) const {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto certificate = make("test server", key.get(), this, names, from_seconds, to_seconds);
    auto context = std::make_unique<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
    SSL_CTX_use_certificate(context->native_handle(), certificate.get());
    SSL_CTX_use_PrivateKey(context->native_handle(), key.get());
    return context;
  }

 private:
  using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

  static int next_file() {
    static int number = 0;
    return number++;
  }

  static void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static Certificate make(const std::string& name, EVP_PKEY* key, const Authority* issuer, const std::string& names,
                          long from_seconds, long to_seconds) {
    Certificate certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1000 + next_file());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_seconds);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* signer = issuer ? issuer->certificate_.get() : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    extend(certificate.get(), signer, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (!names.empty()) extend(certificate.get(), signer, NID_subject_alt_name, names);
    X509_sign(certificate.get(), issuer ? issuer->key_.get() : key, EVP_sha256());
    return certificate;
  }

  static std::string pem(X509* certificate) {
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), certificate);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  static std::string pem(EVP_PKEY* key) {
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  Certificate certificate_{nullptr, X509_free};
  std::filesystem::path path_;
};

}  // namespace script_test
