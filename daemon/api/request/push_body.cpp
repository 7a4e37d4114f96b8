// Tested by tests/daemon/api/push_api_test.cpp
#include "daemon/api/request/push_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"
#include "daemon/api/request/json_body.hpp"
#include "daemon/api/request/json_elements.hpp"
#include "ingest/document/canonical_document.hpp"
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
    parse_options_.max_depth = static_cast<unsigned>(reading.limits.max_json_depth);
  }

  PushBody ndjson() {
    body_.ndjson = true;
    std::string_view text = without_bom(request_.body);
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
    const std::string_view text = without_bom(request_.body);
    json::error_code error;
    const json::value value = parse(text, error);
    if (!error) {
      add_body(value);
    } else if (const auto elements = elements_of(text)) {
      if (fits(elements->size())) std::for_each(elements->begin(), elements->end(), [&](auto one) { add_text(one); });
    } else {
      refuse("not JSON: " + error.message());
    }
    if (body_.lines.empty()) refuse("the list of documents is empty");
    return std::move(body_);
  }

 private:
  json::value parse(std::string_view text, json::error_code& error) const {
    return json::parse(json::string_view(text.data(), text.size()), error, {}, parse_options_);
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
    json::error_code error;
    const json::value value = parse(text, error);
    if (!error) return add(value);
    body_.lines.push_back({RejectedLine{{"", "not JSON: " + error.message()}, {}, {}}, {}, 0});
  }

  void add(const json::value& value) {
    const ingest::DocumentLimits& limits = reading_.limits;
    auto decoded = ingest::decode_document(value, reading_.default_source, reading_.received_at, limits);
    if (decoded) decoded = ingest::normalise(std::move(*decoded), limits);
    PushLine line;
    line.ignored = ignored_members(value);
    if (decoded) {
      line.content = std::move(*decoded);
    } else {
      line.content = RejectedLine{decoded.error(), text_of(value, "id", limits.max_id_bytes),
                                  text_of(value, "source", limits.max_source_bytes)};
    }
    body_.lines.push_back(std::move(line));
  }

  bool fits(std::size_t documents) {
    if (documents <= reading_.max_documents) return true;
    body_.refusal =
        problem(problems::kTooLarge,
                fmt::format("at most {} documents are accepted at once; nothing was accepted", reading_.max_documents),
                request_.request_id, {}, Limit{"documents", reading_.max_documents});
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
  json::parse_options parse_options_;
  PushBody body_;
};

}  // namespace

PushBody read_push_body(const ApiRequest& request, const PushReading& reading) {
  const std::string type = media_type(request.header("content-type"));
  Reader reader(request, reading);
  if (type == "application/x-ndjson" || type == "application/ndjson" || type == "application/jsonl") {
    return reader.ndjson();
  }
  if (type == "application/json") return reader.json_text();
  PushBody body;
  body.refusal =
      problem(problems::kMediaType, "send Content-Type: application/json or application/x-ndjson", request.request_id);
  return body;
}

}  // namespace tapewatch
