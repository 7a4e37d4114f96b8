#include "daemon/client/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <memory>
#include <stdexcept>

namespace tapewatch {
namespace {

namespace ssl = boost::asio::ssl;

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return "an unknown date";
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts)};
}

std::string common_name(X509* certificate) {
  std::array<char, 128> text{};
  const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text.data(),
                                               static_cast<int>(text.size()));
  std::string name(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  for (char& c : name) c = c < ' ' || c == 0x7F ? '?' : c;
  return name;
}

/// The names a certificate is for, at most four.
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
    std::string name(data, static_cast<std::size_t>(ASN1_STRING_length(entry->d.dNSName)));
    for (char& c : name) c = c < ' ' || c == 0x7F ? '?' : c;
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? common_name(certificate) : names;
}

}  // namespace

TlsContext::TlsContext(const std::string& ca_file) : context_(ssl::context::tls_client), uses_system_(ca_file.empty()) {
  SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_2_VERSION);
  context_.set_verify_mode(ssl::verify_peer);
  boost::system::error_code error;
  if (uses_system_) {
    context_.set_default_verify_paths(error);
    if (error) throw std::runtime_error("the system's certificate authorities cannot be used: " + error.message());
  } else {
    context_.load_verify_file(ca_file, error);
    if (error) {
      ERR_clear_error();
      throw std::runtime_error("ca_file " + ca_file + ": no certificates in PEM form can be read there (" +
                               error.message() + ")");
    }
  }
}

bool expect_host(SSL* connection, const std::string& host) {
  static constexpr std::array<unsigned char, 9> kProtocols = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(connection, kProtocols.data(), kProtocols.size());
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host, not_an_address);
  if (!not_an_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host.c_str()) == 1;
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(connection, host.c_str()) == 1 && SSL_set1_host(connection, host.c_str()) == 1;
}

std::string explain_refusal(X509_STORE_CTX* verification, bool uses_system_authorities) {
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
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for " + names_of(certificate) + ", not for this host";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return text + (uses_system_authorities ? " (is the package ca-certificates installed? a private authority needs "
                                               "ca_file)"
                                             : " (not signed by an authority in ca_file)");
    default:
      return text;
  }
}

}  // namespace tapewatch
