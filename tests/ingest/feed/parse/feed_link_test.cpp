#include "ingest/feed/parse/feed_link.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;

TEST_CASE("feed link: relative links are resolved, other schemes are ignored") {
  const std::string base = "https://example.com/news/feed.xml";
  CHECK(resolve_link(base, "https://other.org/a?b=c#d") == "https://other.org/a?b=c#d");
  CHECK(resolve_link(base, "item/1") == "https://example.com/news/item/1");
  CHECK(resolve_link(base, "/item/1") == "https://example.com/item/1");
  CHECK(resolve_link(base, "../x") == "https://example.com/x");
  CHECK(resolve_link(base, "?page=2") == "https://example.com/news/feed.xml?page=2");
  CHECK(resolve_link(base, "//cdn.example.com/x") == "https://cdn.example.com/x");
  CHECK(resolve_link(base, "\n  /with space/ü \n") == "https://example.com/with%20space/%C3%BC");
  CHECK(resolve_link(base, "/a[1]?b[]=2") == "https://example.com/a%5B1%5D?b%5B%5D=2");
  CHECK(resolve_link(base, "/100%") == "https://example.com/100%25");
  CHECK(resolve_link("", "https://[::1]:8080/x[1]") == "https://[::1]:8080/x%5B1%5D");
  for (const char* none :
       {"", "   ", "javascript:alert(1)", "mailto:a@b.c", "file:///etc/passwd", "data:,x", "http://"}) {
    INFO(none);
    CHECK(resolve_link(base, none).empty());
  }
  CHECK(resolve_link("", "relative").empty());
}

TEST_CASE("feed link: two spellings of one page are one identity") {
  const std::string one = normalised_link("https://example.com/a/b?id=1");
  CHECK(one == "https://example.com/a/b?id=1");
  for (const char* same :
       {"http://example.com/a/b?id=1", "HTTPS://EXAMPLE.COM:443/a/b?id=1", "https://example.com/a/b/?id=1",
        "https://example.com/a/b?id=1#comments", "https://user@example.com/a/b?id=1",
        "https://example.com/a/b?utm_source=rss&id=1&utm_medium=feed", " https://example.com/a/b?id=1&fbclid=xyz "}) {
    INFO(same);
    CHECK(normalised_link(same) == one);
  }
  CHECK(normalised_link("https://example.com/") == normalised_link("https://example.com"));
  CHECK(normalised_link("https://example.com/A") != normalised_link("https://example.com/a"));
  CHECK(normalised_link("https://example.com:8443/a") != normalised_link("https://example.com/a"));
  CHECK(normalised_link("https://example.com/?a=1&b=2") != normalised_link("https://example.com/?a=1"));
  CHECK(normalised_link(" tag:x ") == "tag:x");
  // Strings stored in users' databases: they must not change.
  CHECK(normalised_link("https://example.com/a%2Fb") == "https://example.com/a%2Fb");
  CHECK(resolve_link("https://example.com/", "a%2Fb") == "https://example.com/a/b");
  CHECK(normalised_link("https://example.com:99999/a") == "https://example.com:99999/a");
  CHECK(normalised_link("https://example.com/a[1]|b c?x[]=1") == "https://example.com/a%5B1%5D%7Cb%20c?x%5B%5D=1");
}
