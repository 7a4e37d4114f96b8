// Tested by tests/model/evaluation/evaluation_test.cpp
#include "model/package/topic_slug.hpp"

namespace tapewatch::model {

std::string topic_slug(std::string_view name) {
  std::string slug;
  bool gap = false;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
      gap = !slug.empty();
      continue;
    }
    if (gap) slug += '-';
    gap = false;
    slug += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return slug;
}

}  // namespace tapewatch::model
