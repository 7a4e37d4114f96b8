#pragma once
#include <optional>
#include <span>

#include "daemon/api/request/parameters.hpp"

namespace tapewatch {

enum class Format { json, csv, ndjson };

/// `format=json|csv|ndjson`, else the preferred type of Accept (by q, then by order), else JSON.
Format read_format(Parameters& parameters, const ApiRequest& request);

/// One line of RFC 4180: fields are quoted where necessary, lines end in CRLF. A text that a spreadsheet would take for
/// a formula (it begins with = + - @, a tab or a line break) is preceded by an apostrophe, because strangers write the
/// headlines. Numbers are unchanged; NDJSON has every text unchanged.
class CsvLine {
 public:
  CsvLine& field(std::string_view text);
  CsvLine& field(const char* text) { return field(std::string_view(text)); }  // else it would be a flag
  CsvLine& field(double number);
  CsvLine& field(float number);
  CsvLine& field(std::int64_t number);
  CsvLine& field(const std::optional<double>& number);  // empty for null
  /// Several in one field, with semicolons between them; null leaves its place empty.
  CsvLine& field(std::span<const std::optional<double>> numbers);
  CsvLine& field(bool flag);
  CsvLine& field(WallTime at);
  void end_into(std::string& out);

 private:
  template <class Number>
  CsvLine& number(Number value);
  template <class Number>
  void append(Number value);
  void separate();
  void append_quoted(std::string_view text);
  std::string line_;
  bool first_ = true;
};

ApiResponse json_response(std::string body);
ApiResponse csv_response(std::string body);
ApiResponse ndjson_response(std::string body);

/// `Link: <…>; rel="next"` with the request's own parameters and the cursor, for formats without a place for a cursor.
void add_next_link(ApiResponse& response, const ApiRequest& request, std::string_view cursor);

}  // namespace tapewatch
