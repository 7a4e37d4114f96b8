#pragma once
// Header only: the configuration checks places with the code that reads them.
#include <algorithm>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/document/json_pointer_options.hpp"

namespace tapewatch::ingest {

/// One step into a JSON value.
struct PathStep {
  enum class Kind {
    token,   ///< of a pointer: a member's name, or an element's index
    name,    ///< .name
    index,   ///< [0], [-1]
    all,     ///< [*]
    filter,  ///< [?@.role=='main']: the elements where `subject` equals `literal`, or exists where `exists` is true
  };
  Kind kind = Kind::token;
  std::string name;
  std::int64_t index = 0;
  std::vector<PathStep> subject;
  boost::json::value literal;
  bool exists = false;
};

/// Where a value stands: a JSON Pointer ("/headline"), a JSONPath ("$.data[*]", a subset of RFC 9535: names, indexes,
/// `*`, filters with == or for existence), in the record around the items ("@record:$.source"), in the Kafka record's
/// key ("@key", "@key:/id" inside a key that is JSON) or a header ("@header:NAME").
struct FieldPath {
  enum class Root { item, record, key, header };
  Root root = Root::item;
  std::string text;    ///< as configured
  std::string header;  ///< its name
  std::vector<PathStep> steps;
};

/// Reads the text of one path. After a failed read() error() says what is wrong.
class FieldPathReader {
 public:
  explicit FieldPathReader(std::string_view text) : rest_(text) { path_.text = text; }

  bool read() {
    if (take("@header:")) {
      path_.root = FieldPath::Root::header;
      path_.header = rest_;
      return !rest_.empty() || fail("the name of a header is missing after \"@header:\"");
    }
    if (rest_ == "@key") {
      path_.root = FieldPath::Root::key;
      return true;
    }
    if (take("@key:")) path_.root = FieldPath::Root::key;
    if (take("@record:")) path_.root = FieldPath::Root::record;
    if (take("$")) return query();
    return pointer();
  }

  const FieldPath& path() const { return path_; }
  const std::string& error() const { return error_; }

 private:
  bool fail(std::string why) {
    error_ = std::move(why);
    return false;
  }

  bool take(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  bool pointer() {
    if (rest_.empty() || !is_json_pointer(rest_)) {
      return fail(
          "expected a JSON Pointer such as \"/headline\", a path such as \"$.data.title\", \"@key\" or "
          "\"@header:NAME\"");
    }
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('/', 1), rest_.size());
      PathStep step;
      for (std::size_t at = 1; at < end; ++at) {
        const bool escaped = rest_[at] == '~';
        step.name += escaped ? (rest_[++at] == '1' ? '/' : '~') : rest_[at];
      }
      path_.steps.push_back(std::move(step));
      rest_.remove_prefix(end);
    }
    return true;
  }

  bool query() {
    if (!segments(path_.steps, true)) return false;
    return rest_.empty() || fail("\"" + std::string(rest_) +
                                 "\" is not understood: names, indexes, [*] and filters "
                                 "such as [?@.role=='main'] are");
  }

  /// .name .* ['name'] [0] [*] [?…], as many as there are.
  bool segments(std::vector<PathStep>& steps, bool filters) {
    while (!rest_.empty() && (rest_.front() == '.' || rest_.front() == '[')) {
      if (rest_.starts_with("..")) return fail("\"..\" is not in this version");
      PathStep step;
      if (take(".*")) {
        step.kind = PathStep::Kind::all;
      } else if (take(".")) {
        const auto end = std::find_if(rest_.begin(), rest_.end(), [](char c) {
          return !notation::is_ascii_alphanumeric(c) && c != '_' && c != '-' && static_cast<unsigned char>(c) < 0x80;
        });
        step.kind = PathStep::Kind::name;
        step.name = std::string(rest_.begin(), end);
        rest_.remove_prefix(step.name.size());
        if (step.name.empty()) return fail("a name is missing after \".\"");
      } else if (!bracket(step, filters)) {
        return false;
      }
      steps.push_back(std::move(step));
    }
    return true;
  }

  bool bracket(PathStep& step, bool filters) {
    take("[");
    skip_blanks();
    if (take("*")) {
      step.kind = PathStep::Kind::all;
    } else if (!rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"')) {
      step.kind = PathStep::Kind::name;
      if (!quoted(step.name)) return false;
    } else if (filters && take("?")) {
      if (!filter(step)) return false;
    } else {
      step.kind = PathStep::Kind::index;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), step.index);
      if (error != std::errc()) return fail("expected an index, a quoted name, * or a filter after \"[\"");
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    }
    skip_blanks();
    return take("]") || fail("a \"]\" is missing");
  }

  bool quoted(std::string& into) {
    const char quote = rest_.front();
    std::size_t at = 1;
    for (; at < rest_.size() && rest_[at] != quote; ++at) {
      if (rest_[at] == '\\' && at + 1 < rest_.size()) ++at;
      into += rest_[at];
    }
    if (at >= rest_.size()) return fail("a quote is not closed");
    rest_.remove_prefix(at + 1);
    return true;
  }

  bool filter(PathStep& step) {
    step.kind = PathStep::Kind::filter;
    skip_blanks();
    const bool parentheses = take("(");
    skip_blanks();
    if (!take("@")) return fail("a filter starts with @");
    if (!segments(step.subject, false)) return false;
    skip_blanks();
    step.exists = !take("==");
    if (!step.exists && !literal(step.literal)) return false;
    skip_blanks();
    return !parentheses || take(")") || fail("a \")\" is missing");
  }

  bool literal(boost::json::value& into) {
    skip_blanks();
    std::string text;
    if (!rest_.empty() && (rest_.front() == '\'' || rest_.front() == '"')) {
      if (!quoted(text)) return false;
      into = boost::json::string(text);
    } else if (take("true")) {
      into = true;
    } else if (take("false")) {
      into = false;
    } else if (take("null")) {
      into = nullptr;
    } else {
      double number = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
      if (error != std::errc()) return fail("expected a quoted text, a number, true, false or null after \"==\"");
      into = number;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    }
    return true;
  }

  std::string_view rest_;
  FieldPath path_;
  std::string error_;
};

}  // namespace tapewatch::ingest
