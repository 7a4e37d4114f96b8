// Tested by tests/daemon/server/router_test.cpp
#include "daemon/api/format/export_format.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "config/notation/rfc3339.hpp"
#include "config/notation/url.hpp"
#include "daemon/api/request/accept.hpp"

namespace tapewatch {
namespace {

std::optional<Format> format_of(std::string_view range) {
  if (range == "text/csv" || range == "text/*") return Format::csv;
  if (range == "application/x-ndjson" || range == "application/ndjson" || range == "application/jsonl") {
    return Format::ndjson;
  }
  if (range == "application/json" || range == "application/*" || range == "*/*") return Format::json;
  return std::nullopt;
}

Format accepted_format(std::string_view accept) {
  Format best = Format::json;
  double best_q = 0;
  for (const MediaRange& range : parse_accept(accept)) {
    const auto format = format_of(range.type);
    if (!format || range.q <= best_q) continue;
    best = *format;
    best_q = range.q;
  }
  return best;
}

/// What a byte of a field asks for.
constexpr std::uint8_t kNeedsQuotes = 1, kBeginsFormula = 2;

constexpr std::array<std::uint8_t, 256> csv_bytes() {
  std::array<std::uint8_t, 256> bytes{};
  for (const char c : std::string_view(",\"\r\n")) bytes[static_cast<unsigned char>(c)] |= kNeedsQuotes;
  for (const char c : std::string_view("=+-@\t\r\n")) bytes[static_cast<unsigned char>(c)] |= kBeginsFormula;
  return bytes;
}
constexpr std::array<std::uint8_t, 256> kCsvBytes = csv_bytes();

std::size_t byte_of(char c) { return static_cast<unsigned char>(c); }

ApiResponse with_type(std::string type, std::string body) {
  ApiResponse response;
  response.content_type = std::move(type);
  response.body = std::move(body);
  return response;
}

}  // namespace

Format read_format(Parameters& parameters, const ApiRequest& request) {
  if (const auto named = parameters.choice("format", {"json", "csv", "ndjson"})) {
    return *named == "csv" ? Format::csv : *named == "ndjson" ? Format::ndjson : Format::json;
  }
  return accepted_format(request.header("accept"));
}

void CsvLine::separate() {
  if (!first_) line_ += ',';
  first_ = false;
}

CsvLine& CsvLine::field(std::string_view text) {
  separate();
  const bool formula = !text.empty() && (kCsvBytes[byte_of(text.front())] & kBeginsFormula) != 0;
  const bool quoted =
      std::any_of(text.begin(), text.end(), [](char c) { return (kCsvBytes[byte_of(c)] & kNeedsQuotes) != 0; });
  if (quoted) line_ += '"';
  if (formula) line_ += '\'';
  if (quoted) {
    append_quoted(text);
  } else {
    line_ += text;
  }
  return *this;
}

void CsvLine::append_quoted(std::string_view text) {
  for (const char c : text) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
}

template <class Number>
void CsvLine::append(Number value) {
  char digits[32];                                                     // the longest is "-2.2250738585072014e-308"
  const char* end = fmt::format_to(digits, FMT_COMPILE("{}"), value);  // format_to_n() goes byte by byte
  line_.append(digits, static_cast<std::size_t>(end - digits));
}
template <class Number>
CsvLine& CsvLine::number(Number value) {
  separate();
  append(value);
  return *this;
}
CsvLine& CsvLine::field(double number) { return this->number(number); }
CsvLine& CsvLine::field(float number) { return this->number(number); }
CsvLine& CsvLine::field(std::int64_t number) { return this->number(number); }
CsvLine& CsvLine::field(const std::optional<double>& number) {
  if (number) return field(*number);
  separate();
  return *this;
}
CsvLine& CsvLine::field(std::span<const std::optional<double>> numbers) {
  separate();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) line_ += ';';
    if (numbers[i]) append(*numbers[i]);
  }
  return *this;
}
CsvLine& CsvLine::field(bool flag) { return field(std::string_view(flag ? "true" : "false")); }
CsvLine& CsvLine::field(WallTime at) {
  separate();
  line_ += std::string_view(notation::Rfc3339Text(at));
  return *this;
}

void CsvLine::end_into(std::string& out) {
  out += line_;
  out += "\r\n";
  line_.clear();
  first_ = true;
}

ApiResponse json_response(std::string body) { return with_type("application/json", std::move(body)); }
ApiResponse csv_response(std::string body) {
  return with_type("text/csv; charset=utf-8; header=present", std::move(body));
}
ApiResponse ndjson_response(std::string body) { return with_type("application/x-ndjson", std::move(body)); }

void add_next_link(ApiResponse& response, const ApiRequest& request, std::string_view cursor) {
  std::string target = request.path + "?";
  for (const auto& [name, value] : request.query) {
    if (name != "cursor") target += notation::percent_encode(name) + "=" + notation::percent_encode(value) + "&";
  }
  response.headers.emplace_back("Link",
                                fmt::format("<{}cursor={}>; rel=\"next\"", target, notation::percent_encode(cursor)));
}

}  // namespace tapewatch
