#pragma once

#include <string>
#include <string_view>

#include "config/notation/json_writer.hpp"

namespace tapewatch {

/// A member that is null where there is nothing to say.
inline void append_text_or_null(notation::JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

}  // namespace tapewatch
