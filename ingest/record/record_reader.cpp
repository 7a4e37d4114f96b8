#include "ingest/record/record_reader.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "config/notation/ascii.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/entity/csv_reader.hpp"
#include "ingest/feed/parse/feed_parser.hpp"
#include "ingest/record/decode_step.hpp"
#include "ingest/record/preset_options.hpp"
#include "ingest/record/record_bytes.hpp"
#include "ingest/record/xml_value.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxParts = 10'000;  // documents of one record; more are refused, not cut

RecordDocuments rejected(Rejection why) {
  RecordDocuments documents;
  documents.documents.emplace_back(std::move(why));
  return documents;
}

/// "rss" of "<?xml …?><rss …>", without a prefix; "" where there is no element.
std::string_view root_of(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (next == '?' || next == '!') continue;
    std::string_view name = text.substr(at + 1, text.find_first_of(" \t\r\n/>", at + 1) - at - 1);
    return name.substr(name.rfind(':') + 1);
  }
  return {};
}

/// An item of an XML feed as the canonical document.
json::value canonical(const FeedItem& item, const Feed& feed) {
  json::array entities;
  for (const std::string& entity : item.entities) entities.emplace_back(json::string(entity));
  const std::string& language = item.language.empty() ? feed.language : item.language;
  json::array dates = {json::string(item.date)};
  for (const std::string& date : item.other_dates) dates.emplace_back(json::string(date));
  return json::object{{"id", json::string(item.id.empty() ? item.link : item.id)},
                      {"title", json::string(item.title)},
                      {"body", json::string(item.body)},
                      {"url", json::string(item.link)},
                      {"published_at", std::move(dates)},
                      {"language", json::string(language)},
                      {"entities", std::move(entities)}};
}

Result<json::value> too_many() {
  return Rejection{"", "more than " + std::to_string(kMaxParts) + " documents in one record"};
}

json::value row_value(const std::vector<std::string>& fields) {
  json::array row;
  row.reserve(fields.size());
  for (const std::string& field : fields) row.emplace_back(json::string(field));
  return row;
}

std::vector<std::string> split_tabs(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t tab = line.find('\t');
    fields.emplace_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

std::vector<std::string> record_steps(const RecordShape& shape) {
  const auto own = shape.decode.find("");
  return own == shape.decode.end() ? std::vector<std::string>() : decode_steps(own->second);
}

}  // namespace

RecordReader::RecordReader(const RecordShape& shape, DocumentReading reading)
    : format_(with_preset(shape).format),
      limits_(reading.limits),
      decode_record_(record_steps(shape)),
      mapping_(shape, std::move(reading)) {}

RecordDocuments RecordReader::read(std::string_view bytes, const RecordContext& context) const {
  std::vector<FieldWarning> warnings;
  std::string decoded;
  if (!decode_record_.empty()) {
    auto result = decoded_bytes(bytes, decode_record_, limits_);
    if (!result) return rejected(result.error());
    decoded = std::move(result->content);
    bytes = decoded;
  }
  const auto text = record_text(bytes, context.charset, limits_, warnings, format_);
  if (!text) return rejected(text.error());
  RecordDocuments documents = read_text(text->content, context, warnings);
  for (auto& document : documents.documents) {
    if (document) document->warnings.insert(document->warnings.end(), warnings.begin(), warnings.end());
  }
  return documents;
}

RecordDocuments RecordReader::read_text(const std::string& text, const RecordContext& context,
                                        std::vector<FieldWarning>& warnings) const {
  if (text.find_first_not_of(std::string_view(" \t\r\n\0", 5)) == std::string::npos) {
    return rejected({"", "an empty value"});
  }
  if (format_ == RecordFormat::text) {
    RecordDocuments documents;
    documents.documents.push_back(plain_text(text));
    return documents;
  }
  bool many = false;
  Parts parts;
  if (format_ == RecordFormat::csv || format_ == RecordFormat::tsv) {
    parts = table_rows(text, many);
  } else if (is_xml(text)) {
    parts = xml_parts(text, many, warnings);
  } else {
    parts = json_parts(text, many, warnings);
  }
  return map(std::move(parts), many, context);
}

Result<Document> RecordReader::plain_text(std::string_view text) const {
  const std::size_t start = text.find_first_not_of("\r\n \t");
  Document document;
  const std::size_t end = std::min(text.find('\n', start), text.size());
  document.title = text.substr(start, end - start);
  document.body = text.substr(end);
  return document;
}

RecordReader::Parts RecordReader::json_parts(const std::string& given, bool& many,
                                             std::vector<FieldWarning>& warnings) const {
  constexpr char kSeparator = '\x1E';  // of RFC 7464's sequences; JSON escapes it inside its texts
  std::string text = given;
  if (text.front() == kSeparator) std::erase(text, kSeparator);
  Parts parts;
  auto whole = parse_json_text(text, limits_.max_json_depth, warnings);
  if (whole && whole->is_string()) {  // JSON in a JSON text
    const std::string_view inner(whole->get_string().data(), whole->get_string().size());
    if (inner.starts_with('{') || inner.starts_with('[')) {
      whole = parse_json_text(std::string(inner), limits_.max_json_depth, warnings);
    }
  }
  if (whole && whole->is_array() && !mapping_.has_items(*whole)) {
    many = true;
    if (whole->get_array().size() > kMaxParts) return {too_many()};
    for (json::value& element : whole->get_array()) parts.emplace_back(std::move(element));
    return parts;
  }
  const std::size_t line_end = text.find('\n');
  if (whole || line_end == std::string::npos) {
    parts.push_back(std::move(whole));
    return parts;
  }
  std::vector<FieldWarning> ignored;
  if (!parse_json_text(text.substr(0, line_end), limits_.max_json_depth, ignored)) {
    parts.push_back(std::move(whole));  // not NDJSON either
    return parts;
  }
  many = true;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = notation::stripped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (parts.size() == kMaxParts) return {too_many()};
    if (!line.empty()) parts.push_back(parse_json_text(line, limits_.max_json_depth, warnings));
  }
  return parts;
}

RecordReader::Parts RecordReader::xml_parts(const std::string& text, bool& many,
                                            std::vector<FieldWarning>& warnings) const {
  const std::string_view root = root_of(text);
  std::string feed_text;
  if (root == "rss" || root == "feed" || root == "RDF") feed_text = text;
  if (root == "item" || root == "entry") {
    const std::string_view element(text);
    const std::size_t start = element.find("<" + std::string(root));
    if (start != std::string_view::npos) {
      const std::string inside(element.substr(start));
      feed_text = root == "item" ? "<rss version=\"2.0\"><channel>" + inside + "</channel></rss>"
                                 : "<feed xmlns=\"http://www.w3.org/2005/Atom\">" + inside + "</feed>";
    }
  }
  Parts parts;
  if (feed_text.empty()) {
    auto value = xml_value(text);
    if (!value && root == "html") value = Rejection{"", "an HTML page, not a record: " + value.error().reason};
    parts.push_back(std::move(value));
    return parts;
  }
  FeedWarnings feed_warnings;
  const auto feed = parse_feed(feed_text, "", {}, feed_warnings);
  if (!feed) {
    parts.emplace_back(Rejection{"", feed.error().message});
    return parts;
  }
  for (const FeedWarning& warning : feed_warnings.list()) {
    warnings.push_back({"", warning.kind + ": " + warning.detail});
  }
  many = feed->items.size() > 1;
  for (const FeedItem& item : feed->items) parts.emplace_back(canonical(item, *feed));
  if (parts.empty()) parts.emplace_back(Rejection{"", "a feed without items"});
  return parts;
}

RecordReader::Parts RecordReader::table_rows(const std::string& text, bool& many) const {
  Parts parts;
  if (format_ == RecordFormat::csv) {
    CsvReader reader(text, CsvComments::rows);  // a headline may begin with #
    while (const auto row = reader.next()) {
      if (parts.size() == kMaxParts) return {too_many()};
      if (row->error.empty()) {
        parts.emplace_back(row_value(row->fields));
      } else {
        parts.emplace_back(Rejection{"", "line " + std::to_string(row->line) + ": " + row->error});
      }
    }
  } else {
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (notation::stripped(line).empty()) continue;
      if (parts.size() == kMaxParts) return {too_many()};
      parts.emplace_back(row_value(split_tabs(line)));
    }
  }
  many = parts.size() > 1;
  return parts;
}

RecordDocuments RecordReader::map(Parts parts, bool many, const RecordContext& context) const {
  RecordDocuments all;
  all.many = many;
  for (auto& part : parts) {
    if (!part) {
      all.documents.emplace_back(part.error());
      continue;
    }
    auto documents = mapping_.documents(*part, context);
    all.many |= documents.size() > 1 || mapping_.has_items();
    std::move(documents.begin(), documents.end(), std::back_inserter(all.documents));
  }
  return all;
}

}  // namespace tapewatch::ingest
