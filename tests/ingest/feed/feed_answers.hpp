#pragma once
// A feed on https://example.com/ and what it answers.
#include <string>
#include <string_view>

#include "ingest/feed/feed_state.hpp"

namespace tapewatch::ingest::test {

inline const TimePoint kStart =
    std::chrono::sys_days(std::chrono::year(2024) / 3 / 5) + std::chrono::hours(14);  // a Tuesday

inline FeedOptions options() {
  FeedOptions result;
  result.name = "fed";
  result.url = "https://example.com/feed.xml";
  result.interval = std::chrono::seconds(60);
  return result;
}

inline std::string item(const std::string& id, const std::string& title,
                        const std::string& date = "Tue, 05 Mar 2024 13:00:00 GMT") {
  return "<item><guid isPermaLink=\"false\">" + id + "</guid><title>" + title + "</title><link>https://example.com/" +
         id + "</link><pubDate>" + date + "</pubDate></item>";
}

inline FeedResponse status(unsigned code, FeedHeaders headers = {}) {
  FeedResponse response;
  response.status = code;
  response.headers = std::move(headers);
  return response;
}

/// 200 with a document.
inline FeedResponse content(std::string body, FeedHeaders headers = {}) {
  FeedResponse response = status(200, std::move(headers));
  response.body = std::move(body);
  response.final_url = "https://example.com/feed.xml";
  return response;
}

/// RSS with these items.
inline FeedResponse answer(const std::string& items, FeedHeaders headers = {}, const std::string& channel = "") {
  return content("<rss version=\"2.0\"><channel>" + channel + items + "</channel></rss>", std::move(headers));
}

inline std::string header(const FeedRequest& request, std::string_view name) {
  return std::string(header_value(request.headers, name));
}

}  // namespace tapewatch::ingest::test
