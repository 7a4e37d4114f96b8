// Tested by tests/model/evaluation/evaluation_test.cpp
#include "model/package/topic_slug.hpp"

#include "model/gravity.hpp"

#include "config/notation/ascii.hpp"

namespace tapewatch::model {

std::string topic_slug(std::string_view name) {
  std::string slug;
  bool gap = false;
  for (const char c : name) {
    if (!notation::is_ascii_alphanumeric(c)) {
      gap = !slug.empty();
      continue;
    }
    if (gap) slug += '-';
    gap = false;
    slug += notation::ascii_lower(c);
  }
  return slug;
}

bool is_event_id(std::string_view id) { return !id.empty() && topic_slug(id) == id && id != to_string(Gravity::none); }

}  // namespace tapewatch::model
