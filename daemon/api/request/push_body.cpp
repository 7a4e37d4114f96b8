#include "daemon/api/request/push_body.hpp"

#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

/// "application/json; charset=utf-8" → "application/json", in lower case.
std::string media_type(std::string_view header) {
  std::string type(header.substr(0, header.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return type;
}

/// A member that is a text or a whole number, for the answer to a line that is rejected; not longer than an id may be.
std::string text_of(const json::value& value, std::string_view name, std::size_t most) {
  const json::object* object = value.if_object();
  const json::value* member = object ? object->if_contains(name) : nullptr;
  if (!member) return {};
  if (const auto* text = member->if_string()) return text->size() <= most ? std::string(*text) : std::string();
  return member->is_int64() || member->is_uint64() ? notation::to_json(*member) : std::string();
}

class Reader {
 public:
  Reader(std::string_view default_source, ingest::TimePoint received_at, const ingest::DocumentLimits& limits)
      : default_source_(default_source), received_at_(received_at), limits_(limits) {
    parse_options_.max_depth = static_cast<unsigned>(limits.max_json_depth);
  }

  PushLine line(const json::value& value) const {
    auto decoded = ingest::decode_document(value, default_source_, received_at_, limits_);
    if (decoded) decoded = ingest::normalise(std::move(*decoded), limits_);
    if (decoded) return std::move(*decoded);
    return RejectedLine{decoded.error(), text_of(value, "id", limits_.max_id_bytes),
                        text_of(value, "source", limits_.max_source_bytes)};
  }

  PushLine line(std::string_view text) const {
    json::error_code error;
    const json::value value = parse(text, error);
    if (error) return RejectedLine{{"", "not JSON: " + error.message()}, {}, {}};
    return line(value);
  }

  json::value parse(std::string_view text, json::error_code& error) const {
    return json::parse(json::string_view(text.data(), text.size()), error, {}, parse_options_);
  }

 private:
  std::string_view default_source_;
  ingest::TimePoint received_at_;
  const ingest::DocumentLimits& limits_;
  json::parse_options parse_options_;
};

void read_lines(const Reader& reader, std::string_view text, PushBody& body) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    body.lines.push_back(reader.line(line));
  }
  if (body.lines.empty()) body.error = "no line holds a document";
}

void read_json(const Reader& reader, std::string_view text, PushBody& body) {
  json::error_code error;
  const json::value value = reader.parse(text, error);
  if (error) {
    body.error = "not JSON: " + error.message();
    return;
  }
  const json::array* many = value.if_array();
  if (const json::object* object = value.if_object()) {
    const json::value* documents = object->if_contains("documents");
    if (documents) many = documents->if_array();
    if (documents && !many) {
      body.error = "\"documents\" must be an array";
      return;
    }
    if (!documents) body.lines.push_back(reader.line(value));
  } else if (!many) {
    body.error = "a document is an object";
    return;
  }
  if (!many) return;
  for (const json::value& element : *many) body.lines.push_back(reader.line(element));
  if (body.lines.empty()) body.error = "the list of documents is empty";
}

}  // namespace

PushBody read_push_body(const ApiRequest& request, std::string_view default_source,
                        std::chrono::sys_time<std::chrono::milliseconds> received_at,
                        const ingest::DocumentLimits& limits) {
  PushBody body;
  const std::string type = media_type(request.header("content-type"));
  const Reader reader(default_source, received_at, limits);
  if (type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl") {
    body.ndjson = true;
    read_lines(reader, request.body, body);
  } else if (type == "application/json") {
    read_json(reader, request.body, body);
  } else {
    body.wrong_type = true;
    body.error = "send Content-Type: application/json or application/x-ndjson";
  }
  return body;
}

}  // namespace tapewatch
