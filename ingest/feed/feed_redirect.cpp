// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/feed_redirect.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace tapewatch::ingest {

bool FeedRedirect::on_success(const std::string& moved_to, TimePoint now, std::chrono::milliseconds believe_after) {
  if (moved_to != announced_) {
    announced_ = moved_to;
    since_ = now;
  }
  if (announced_.empty() || now - since_ < believe_after) return false;
  adopted_ = announced_;
  announced_.clear();
  return true;
}

void FeedRedirect::forget() {
  announced_.clear();
  adopted_.clear();
}

boost::json::object FeedRedirect::to_json() const {
  boost::json::object saved;
  if (!announced_.empty()) {
    saved["announced"] = announced_;
    saved["since"] = since_.time_since_epoch().count();
  }
  if (!adopted_.empty()) saved["adopted"] = adopted_;
  return saved;
}

void FeedRedirect::load(const boost::json::object& saved) {
  const auto text = [&](const char* key) {
    const auto* value = saved.if_contains(key);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  announced_ = text("announced");
  adopted_ = text("adopted");
  const auto* since = saved.if_contains("since");
  since_ = since && since->is_int64() ? TimePoint(std::chrono::milliseconds(since->get_int64())) : TimePoint{};
}

}  // namespace tapewatch::ingest
