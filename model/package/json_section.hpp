#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace tapewatch::model {

/// Throws ModelError "<key>: expected <expected>, found <found>".
[[noreturn]] void refuse(std::string_view key, std::string_view expected, std::string_view found);

/// Parses `text` as a JSON object. Throws ModelError.
boost::json::object parse_json_object(std::string_view text);

/// One object of a JSON file, with the path to it for messages. A view: the object outlives it. Each reader throws
/// ModelError that names the key, what was expected and what was found.
class JsonSection {
 public:
  JsonSection(const boost::json::object& object, std::string path) : object_(&object), path_(std::move(path)) {}

  /// A key with the value null counts as absent.
  bool has(std::string_view key) const;
  std::string path(std::string_view key) const { return path_ + std::string(key); }

  const boost::json::value& value(std::string_view key, std::string_view expected) const;
  /// An integer in [lowest, highest].
  std::size_t size(std::string_view key, std::size_t lowest, std::size_t highest) const;
  float positive(std::string_view key) const;
  /// A string that is not empty.
  std::string text(std::string_view key) const;
  std::string text_or(std::string_view key, std::string_view otherwise) const;
  bool boolean(std::string_view key, bool otherwise) const;
  const boost::json::array& array(std::string_view key) const;
  JsonSection section(std::string_view key) const;
  const boost::json::object& object() const { return *object_; }

 private:
  const boost::json::object* object_;
  std::string path_;
};

}  // namespace tapewatch::model
