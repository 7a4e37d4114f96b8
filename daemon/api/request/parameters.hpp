#pragma once
#include <initializer_list>
#include <optional>

#include "daemon/server/problem.hpp"

namespace tapewatch {

/// A point in time as users write it: RFC 3339 with a zone, epoch seconds (at most 11 digits) or milliseconds, `now`,
/// or a distance from now ("-24h"). A space instead of the `+` of an offset is accepted: an unescaped `+` in a URL
/// becomes one.
std::optional<WallTime> parse_time_text(std::string_view text, WallTime now);

/// The query of one request, read parameter by parameter. Errors are collected, so that one response names them all;
/// parameters that no call reads are unknown, which is an error.
class Parameters {
 public:
  explicit Parameters(const ApiRequest& request) : request_(request) {}

  /// The value unchanged. At most once in the query.
  std::optional<std::string> text(std::string_view name, std::size_t most_bytes = 1024);
  /// "a,b" or the parameter repeated; empty members are errors.
  std::vector<std::string> list(std::string_view name, std::size_t most = 100);
  /// The parameter repeated; commas are part of the value.
  std::vector<std::string> repeated(std::string_view name, std::size_t most = 100);
  std::optional<WallTime> time(std::string_view name);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> number(std::string_view name, double least, double most);
  /// One of `choices`.
  std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> choices);
  /// The name of a time zone of the system's.
  std::optional<std::string> zone(std::string_view name);
  /// "1", "true", "0", "false".
  std::optional<bool> flag(std::string_view name);
  /// Known, but refused by name: planned for a later version.
  void not_built(std::string_view name);

  void error(std::string_view name, std::string detail);

  /// 400 with every error, else 501 if a refused parameter is present, else nothing. Call it last.
  std::optional<ApiResponse> problem();

 private:
  std::vector<std::string_view> values(std::string_view name);
  std::optional<std::string_view> single(std::string_view name);

  const ApiRequest& request_;
  std::vector<std::string> known_;
  std::vector<FieldError> errors_, refused_;
};

}  // namespace tapewatch
