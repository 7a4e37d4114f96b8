#include "config/notation/url.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("url: what the web uses and Boost.URL 1.81 refuses is encoded before it is parsed") {
  for (const char* refused : {"https://a.b/?a[]=1", "https://a.b/x|y", "https://a.b/x y", "https://a.b/\xC3\xBC",
                              "https://a.b/100%", "https://a.b/\"x\""}) {
    INFO(refused);
    CHECK_FALSE(boost::urls::parse_uri(refused));  // the reason for encode_stray()
    CHECK(parse_web_url(refused));
  }
  CHECK(encode_stray("https://a.b/?a[]=1|2 3\xC3\xBC%41%") == "https://a.b/?a%5B%5D=1%7C2%203%C3%BC%41%25");
  CHECK(encode_stray("https://[::1]:8080/x[1]") == "https://[::1]:8080/x%5B1%5D");
  CHECK(encode_stray("https://a.b/line\r\nbreak\t") == "https://a.b/linebreak");
}

TEST_CASE("url: a slash that is encoded stays encoded, and a default port stays where it is written") {
  // Not used, because normalize() merges two different paths.
  boost::urls::url url("https://a.b/x%2Fy");
  url.normalize();
  CHECK(url.buffer() == "https://a.b/x/y");
  CHECK(parse_web_url("https://a.b/x%2Fy")->buffer() == "https://a.b/x%2Fy");
  CHECK(resolve_web_url("https://a.b/", "https://a.b/x%2Fy") == "https://a.b/x%2Fy");
  boost::urls::url ported("https://a.b:443/");
  ported.normalize();
  CHECK(ported.port() == "443");
  CHECK(url_origin("https://a.b:443/") == "https://a.b");
}

TEST_CASE("url: web URLs and texts that are not") {
  for (const char* none : {"", "  ", "nonsense", "example.com/a", "//example.com/a", "/a", "ftp://example.com/",
                           "mailto:a@b.c", "http://", "http:///x", "https://:8080/", "http://a:65536/",
                           "http://a:99999/", "http://a:0/", "http://a:b/", "http://[::1/", "javascript:alert(1)"}) {
    INFO(none);
    CHECK_FALSE(parse_web_url(none));
    CHECK(url_host(none).empty());
    CHECK(url_origin(none).empty());
  }
  CHECK(parse_web_url(" HTTPS://User:pw@Example.com:65535/A?b#c\n")->buffer() ==
        "HTTPS://User:pw@Example.com:65535/A?b#c");
  CHECK(parse_web_url("http://a:/")->port().empty());
}

TEST_CASE("url: hosts, origins, credentials") {
  CHECK(url_host("https://user@Desk.example:8443/x?y") == "desk.example");
  CHECK(url_host("http://[::1]:80/") == "::1");
  CHECK(url_host("http://desk.example./") == "desk.example");
  CHECK(url_origin("http://Example.com:8080/a") == "http://example.com:8080");
  CHECK(url_origin("http://Example.com:80") == "http://example.com");
  CHECK(url_origin("http://example.com:443") == "http://example.com:443");
  CHECK(url_origin("http://[::1]:80/") == "http://[::1]");
  CHECK(has_credentials("https://a@b/"));
  CHECK(has_credentials("https://a:b@c/"));
  CHECK_FALSE(has_credentials("https://b/a@c"));
  CHECK_FALSE(has_credentials("https://b?a@c"));
  CHECK_FALSE(has_credentials("a@b"));
}

TEST_CASE("url: percent-codes") {
  CHECK(percent_decode("caf%C3%A9+1", PlusIs::plus) == "café+1");
  CHECK(percent_decode("caf%c3%a9+1%2B", PlusIs::space) == "café 1+");
  CHECK(percent_decode("a[b]|c d", PlusIs::plus) == "a[b]|c d");
  CHECK(percent_decode("", PlusIs::plus) == "");
  for (const char* broken : {"%", "%4", "%zz", "a%", "%00", "x%00y", "%ff", "%C3", "\xFF"}) {
    INFO(broken);
    CHECK_FALSE(percent_decode(broken, PlusIs::plus));
  }
  CHECK(percent_decode("%2500", PlusIs::plus) == "%00");  // an escaped percent sign, not a zero
  CHECK(percent_encode("a b/c?d=é&~-._") == "a%20b%2Fc%3Fd%3D%C3%A9%26~-._");
}
