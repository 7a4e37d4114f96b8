#include "daemon/api/format/export_format.hpp"

#include <fmt/format.h>

#include <charconv>

#include "config/notation/rfc3339.hpp"

namespace tapewatch {
namespace {

std::string percent_encode(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The part of `text` before `mark`, which is taken off it.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trim(part);
}

/// The q of "text/csv;q=0.8" after its type; 1 where there is none, 0 where it is no number.
double quality(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view parameter = take_until(parameters, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    parameter.remove_prefix(2);
    double q = 0;
    std::from_chars(parameter.data(), parameter.data() + parameter.size(), q);
    return q;
  }
  return 1;
}

std::optional<Format> format_of(std::string_view range) {
  if (range == "text/csv" || range == "text/*") return Format::csv;
  if (range == "application/x-ndjson" || range == "application/ndjson" || range == "application/jsonl")
    return Format::ndjson;
  if (range == "application/json" || range == "application/*" || range == "*/*") return Format::json;
  return std::nullopt;
}

Format accepted_format(std::string_view accept) {
  Format best = Format::json;
  double best_q = 0;
  while (!accept.empty()) {
    std::string_view one = take_until(accept, ',');
    const auto format = format_of(take_until(one, ';'));
    const double q = quality(one);
    if (!format || q <= best_q) continue;
    best = *format;
    best_q = q;
  }
  return best;
}

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
  if (text.empty() || std::string_view("=+-@\t\r\n").find(text.front()) == std::string_view::npos) {
    append(text);
  } else {
    append("'" + std::string(text));
  }
  return *this;
}

void CsvLine::append(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line_ += text;
    return;
  }
  line_ += '"';
  for (const char c : text) {
    if (c == '"') line_ += '"';
    line_ += c;
  }
  line_ += '"';
}
CsvLine& CsvLine::field(double number) {
  separate();
  line_ += fmt::format("{}", number);
  return *this;
}
CsvLine& CsvLine::field(std::int64_t number) {
  separate();
  line_ += std::to_string(number);
  return *this;
}
CsvLine& CsvLine::field(const std::optional<double>& number) {
  if (number) return field(*number);
  separate();
  return *this;
}
CsvLine& CsvLine::field(bool flag) { return field(std::string_view(flag ? "true" : "false")); }
CsvLine& CsvLine::field(WallTime at) { return field(std::string_view(notation::format_rfc3339(at))); }

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
    if (name != "cursor") target += percent_encode(name) + "=" + percent_encode(value) + "&";
  }
  response.headers.emplace_back("Link", fmt::format("<{}cursor={}>; rel=\"next\"", target, percent_encode(cursor)));
}

}  // namespace tapewatch
