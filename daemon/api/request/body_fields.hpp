#pragma once
#include <boost/json/object.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/request/json_body.hpp"

namespace tapewatch {

/// The members of a body, read one by one. Errors are collected with their pointers, so that one response names them
/// all; members that are not `known` are errors. A member that is null is as if it were absent.
class BodyFields {
 public:
  BodyFields(const ApiRequest& request, const boost::json::object& object, std::span<const std::string_view> known);

  std::optional<std::string> text(std::string_view name);
  /// A text that must be there and not be empty.
  std::string needed_text(std::string_view name);
  /// One of `choices`.
  std::optional<std::string> choice(std::string_view name, std::span<const std::string_view> choices);
  /// true or false; absent: false.
  bool flag(std::string_view name);
  /// As users write it (parse_time_text), or a number of milliseconds.
  std::optional<WallTime> time(std::string_view name);
  /// "2h"; longer than nothing, and at most a hundred years.
  std::optional<std::chrono::milliseconds> duration(std::string_view name);
  /// An object of texts, or of lists of texts.
  std::map<std::string, std::vector<std::string>> text_lists(std::string_view name);
  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// `path`: "match.team" is /match/team.
  void error(std::string_view path, std::string detail);

  /// 400 with every error, or nothing.
  std::optional<ApiResponse> problem() const;

 private:
  const boost::json::value* find(std::string_view name) const;

  const ApiRequest& request_;
  const boost::json::object& object_;
  std::vector<FieldError> errors_;
};

}  // namespace tapewatch
