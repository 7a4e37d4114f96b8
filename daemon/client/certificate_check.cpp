// Tested by tests/daemon/client/http_client_tls_test.cpp
#include "daemon/client/certificate_check.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <new>
#include <stdexcept>

#include "config/notation/certificate_time.hpp"

namespace tapewatch {
namespace {

std::string date_of(const ASN1_TIME* time) {
  const auto at = notation::certificate_time(time);
  return at ? notation::certificate_time_text(*at) : "an unknown date";
}

std::string printable(std::string name) {
  for (char& c : name) c = c < ' ' || c == 0x7F ? '?' : c;
  return name;
}

std::string common_name(X509* certificate) {
  std::array<char, 128> text{};
  const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text.data(),
                                               static_cast<int>(text.size()));
  return printable(std::string(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0));
}

/// The names that a certificate is valid for, at most four.
std::string names_of(X509* certificate) {
  std::string names;
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  const int count = alternatives ? sk_GENERAL_NAME_num(alternatives.get()) : 0;
  for (int i = 0; i < count && i < 4; ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (entry->type != GEN_DNS) continue;
    const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(entry->d.dNSName));
    const std::string name(data, static_cast<std::size_t>(ASN1_STRING_length(entry->d.dNSName)));
    names += (names.empty() ? "" : ", ") + printable(name);
  }
  return names.empty() ? common_name(certificate) : names;
}

std::string explain_refusal(X509_STORE_CTX* verification, bool systems_authorities) {
  const int reason = X509_STORE_CTX_get_error(verification);
  X509* certificate = X509_STORE_CTX_get_current_cert(verification);
  std::string text = X509_verify_cert_error_string(reason);
  if (certificate == nullptr) return text;
  switch (reason) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate of " + common_name(certificate) + " expired on " +
             date_of(X509_get0_notAfter(certificate));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate of " + common_name(certificate) + " is not valid before " +
             date_of(X509_get0_notBefore(certificate));
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return text + (systems_authorities ? " (is the package ca-certificates installed? a private authority needs "
                                           "ca_file)"
                                         : " (not signed by an authority in ca_file)");
    default:
      return text;
  }
}

/// The index at which a TLS context stores its check.
int check_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

TrustedAuthorities::TrustedAuthorities(const std::string& ca_file)
    : store_(X509_STORE_new(), X509_STORE_free), systems_(ca_file.empty()) {
  if (!store_) throw std::bad_alloc();
  const int loaded =
      systems_ ? X509_STORE_set_default_paths(store_.get()) : X509_STORE_load_file(store_.get(), ca_file.c_str());
  if (loaded == 1) return;
  const unsigned long code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  const std::string why = reason != nullptr ? std::string(" (") + reason + ")" : std::string();
  if (systems_) throw std::runtime_error("the system's certificate authorities cannot be loaded" + why);
  throw std::runtime_error("ca_file " + ca_file + ": no PEM certificates can be read from it" + why);
}

bool CertificateCheck::prepare(SSL_CTX* context) {
  // A body without a length that ends with the connection is common; with a length, the length is checked.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  // A kept connection outlives this check, which a renegotiation would call again.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &CertificateCheck::on_certificate);
  return SSL_CTX_set1_cert_store(context, authorities_.store()), SSL_CTX_set_ex_data(context, check_index(), this) == 1;
}

int CertificateCheck::on_certificate(int accepted, X509_STORE_CTX* verification) {
  const auto* connection =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* check = static_cast<CertificateCheck*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), check_index()));
  X509* certificate = X509_STORE_CTX_get_current_cert(verification);
  if (accepted == 0 && check->refusal_.empty()) {
    check->refusal_ = explain_refusal(verification, check->authorities_.are_the_systems());
  }
  if (certificate != nullptr && X509_STORE_CTX_get_error_depth(verification) == 0) {
    check->names_ = names_of(certificate);
  }
  if (const X509* own = X509_STORE_CTX_get0_cert(verification)) {
    check->expires_ = notation::certificate_time(X509_get0_notAfter(own));
  }
  return accepted;
}

}  // namespace tapewatch
