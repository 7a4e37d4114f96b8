#pragma once
// Header only: the configuration checks pointers with the code that reads them.
#include <boost/json/error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <string_view>

namespace tapewatch::ingest {

/// RFC 6901: empty, or starting with '/' and with '~' only as "~0" and "~1".
inline bool is_json_pointer(std::string_view text) {
  // Boost.JSON reads a pointer only as far as the value goes, so each token is tried by itself on an empty object: a
  // valid token is not found there, an invalid one gives another error.
  const boost::json::value nothing(boost::json::object_kind);
  while (!text.empty()) {
    const std::string_view token = text.substr(0, text.find('/', 1));
    boost::system::error_code error;
    nothing.find_pointer({token.data(), token.size()}, error);
    if (error != boost::json::error::not_found) return false;
    text.remove_prefix(token.size());
  }
  return true;
}

}  // namespace tapewatch::ingest
