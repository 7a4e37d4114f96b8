// Tested by tests/daemon/api/push_api_test.cpp
#include "daemon/api/request/push_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"
#include "config/notation/utf8.hpp"
#include "daemon/api/request/json_body.hpp"
#include "daemon/api/request/json_elements.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/record/record_bytes.hpp"
#include "ingest/text/charset.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

constexpr std::string_view kList = "documents";

/// A member that is a text or a whole number, for the result of a rejected line; at most as long as an id.
std::string text_of(const json::value& value, std::string_view name, std::size_t most) {
  const json::object* object = value.if_object();
  const json::value* member = object ? object->if_contains(name) : nullptr;
  if (!member) return {};
  if (const auto* text = member->if_string()) return text->size() <= most ? std::string(*text) : std::string();
  return member->is_int64() || member->is_uint64() ? notation::to_json(*member) : std::string();
}

std::vector<std::string> ignored_members(const json::value& value) {
  std::vector<std::string> ignored;
  const json::object* object = value.if_object();
  if (!object) return ignored;
  for (const auto& member : *object) {
    const std::string_view name(member.key().data(), member.key().size());
    const auto& known = ingest::kCanonicalMembers;
    if (std::find(known.begin(), known.end(), name) == known.end()) ignored.emplace_back(name);
  }
  return ignored;
}

/// Reads one body, element by element.
class Reader {
 public:
  Reader(const ApiRequest& request, const PushReading& reading) : request_(request), reading_(reading) {
    charset_ = ingest::content_type_charset(request.header("content-type"));
    // Bytes that are not UTF-8 are decoded document by document: one sender's mistake is not the others'.
    if (!is_wide(request.body) || !decode(request.body, text_, body_warnings_)) text_ = without_bom(request.body);
  }

  PushBody ndjson() {
    body_.ndjson = true;
    std::string_view text = text_;
    for (std::size_t number = 1; !text.empty() && !body_.refusal; ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (line.find_first_not_of(" \t\r") == std::string_view::npos || !fits(body_.lines.size() + 1)) continue;
      add_text(line);
      body_.lines.back().number = number;
    }
    if (body_.lines.empty()) refuse("no line contains a document");
    return std::move(body_);
  }

  PushBody json_text() {
    if (!notation::is_utf8(text_)) {
      if (const auto elements = elements_of(text_)) {
        if (fits(elements->size())) std::for_each(elements->begin(), elements->end(), [&](auto one) { add_text(one); });
        return std::move(body_);
      }
      if (!decode(std::string(text_), text_, body_warnings_)) refuse("neither text nor gzip of text");
    }
    const std::string_view text = text_;
    std::vector<ingest::FieldWarning> warnings;
    const auto value = ingest::parse_json_text(text, reading_.limits.max_json_depth, warnings);
    if (value) {
      body_warnings_.insert(body_warnings_.end(), warnings.begin(), warnings.end());
      add_body(*value);
    } else if (const auto elements = elements_of(text)) {
      if (fits(elements->size())) std::for_each(elements->begin(), elements->end(), [&](auto one) { add_text(one); });
    } else {
      refuse(value.error().reason);
    }
    if (body_.lines.empty()) refuse("the list of documents is empty");
    return std::move(body_);
  }

 private:
  /// UTF-16 and UTF-32, which decide about a body as a whole.
  static bool is_wide(std::string_view bytes) {
    return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") || bytes.find('\0') != std::string_view::npos;
  }

  /// `bytes` as UTF-8; false where they cannot be read.
  bool decode(std::string_view bytes, std::string& into, std::vector<ingest::FieldWarning>& warnings) const {
    auto text = ingest::record_text(bytes, charset_, reading_.limits, warnings);
    if (text) into = std::move(text->content);
    return text.has_value();
  }

  /// The elements of a body that is not valid JSON as a whole: perhaps only one of them is invalid.
  static std::optional<std::vector<std::string_view>> elements_of(std::string_view text) {
    const auto list = only_json_member(text, kList);
    return split_json_array(list ? *list : text);
  }

  void add_body(const json::value& value) {
    const json::object* object = value.if_object();
    const json::value* list = object ? object->if_contains(kList) : &value;
    if (!list) return add(value);
    if (object && object->size() > 1) {
      constexpr std::string_view kKnown[] = {kList};
      const FieldError error = *unknown_member(*object, kKnown);
      return refuse(error.detail, error.name);
    }
    const json::array* elements = list->if_array();
    if (!elements && object) return refuse("\"documents\" must be an array", "/documents");
    if (!elements) return refuse("a document must be an object");
    if (!fits(elements->size())) return;
    for (const json::value& element : *elements) add(element);
  }

  void add_text(std::string_view text) {
    std::vector<ingest::FieldWarning> warnings;
    std::string decoded;
    if (!notation::is_utf8(text) && decode(text, decoded, warnings)) text = decoded;
    const auto value = ingest::parse_json_text(text, reading_.limits.max_json_depth, warnings);
    if (value) {
      add(*value, warnings);
    } else {
      body_.lines.push_back({RejectedLine{value.error(), {}, {}}, {}, {}, 0});
    }
  }

  void add(const json::value& value, const std::vector<ingest::FieldWarning>& warnings = {}) {
    const ingest::DocumentLimits& limits = reading_.limits;
    auto decoded = ingest::decode_document(value, reading_.default_source, reading_.received_at, limits);
    if (decoded) decoded = ingest::normalise(std::move(*decoded), limits);
    PushLine line;
    line.ignored = ignored_members(value);
    if (decoded) {
      line.warnings = decoded->warnings;
      line.warnings.insert(line.warnings.end(), warnings.begin(), warnings.end());
      line.warnings.insert(line.warnings.end(), body_warnings_.begin(), body_warnings_.end());
      line.content = std::move(*decoded);
    } else {
      line.content = RejectedLine{decoded.error(), text_of(value, "id", limits.max_id_bytes),
                                  text_of(value, "source", limits.max_source_bytes)};
    }
    body_.lines.push_back(std::move(line));
  }

  bool fits(std::size_t documents) {
    if (documents <= reading_.max_documents) return true;
    body_.refusal = too_many_documents(reading_.max_documents, request_.request_id);
    return false;
  }

  /// Keeps the first reason.
  void refuse(const std::string& detail, const std::string& pointer = {}) {
    if (body_.refusal) return;
    body_.refusal =
        problem(problems::kInvalidBody, detail, request_.request_id, {{FieldError::In::pointer, pointer, detail}});
  }

  const ApiRequest& request_;
  const PushReading& reading_;
  std::string charset_;
  std::string text_;  // the body, as UTF-8 where that can be said of the whole
  std::vector<ingest::FieldWarning> body_warnings_;
  PushBody body_;
};

}  // namespace

ApiResponse too_many_documents(std::size_t most, const std::string& request_id) {
  return problem(problems::kTooLarge,
                 fmt::format("at most {} documents are accepted at once; nothing was accepted", most), request_id, {},
                 Limit{"documents", most});
}

bool is_ndjson(const ApiRequest& request) {
  const std::string type = media_type(request.header("content-type"));
  return type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl";
}

PushBody read_push_body(const ApiRequest& request, const PushReading& reading) {
  Reader reader(request, reading);
  if (is_ndjson(request)) return reader.ndjson();
  const std::string type = media_type(request.header("content-type"));
  if (type == "application/json") return reader.json_text();
  PushBody body;
  body.refusal =
      problem(problems::kMediaType, "send Content-Type: application/json or application/x-ndjson", request.request_id);
  return body;
}

}  // namespace tapewatch
