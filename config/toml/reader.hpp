#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"
#include "config/toml/node.hpp"

namespace tapewatch::config {

/// A value and its name for people: `alerts.rule[2].min_stories`.
struct Place {
  const Node& node;
  std::string path;
};

/// A text and whether a message may quote it: text from a file or the environment is never shown.
struct Text {
  std::string value;
  bool may_be_shown = true;
};

/// Whether a text may be given as { file = … } or { env = … }.
enum class Indirect { allowed, refused };

/// Turns nodes into plain values and collects errors. A reading function that finds an error records it and returns
/// nullopt; its caller keeps the default and continues, so that one run shows every error.
class Reader {
 public:
  /// Relative `{ file = … }` values are looked up in `folder` after $CREDENTIALS_DIRECTORY.
  Reader(std::string file, std::string folder, Indirect indirect = Indirect::allowed);

  std::optional<Text> text(const Place& place);    // a string, { file = … } or { env = … }
  std::optional<Text> scalar(const Place& place);  // text(), or a whole number or true or false as it is written
  std::optional<std::int64_t> whole(const Place& place, std::int64_t least, std::int64_t most);
  std::optional<double> number(const Place& place, double least, double most);
  std::optional<std::chrono::milliseconds> duration(const Place& place, std::chrono::milliseconds least,
                                                    std::chrono::milliseconds most);
  std::optional<std::uint64_t> size(const Place& place, std::uint64_t least, std::uint64_t most);
  const List* list(const Place& place);
  const Table* table(const Place& place);

  /// The content of a file that holds one secret, trailing white space removed.
  std::optional<std::string> secret_file(const Place& place, const std::string& name);

  /// The path of a file named in the configuration: unchanged if absolute; else in $CREDENTIALS_DIRECTORY if it is
  /// there; else in the configuration's folder.
  std::string resolve_secret_path(const std::string& name) const;
  const std::string& folder() const { return folder_; }
  const std::string& file() const { return file_; }

  void error(const Position& at, std::string message);
  void error(const Place& place, std::string_view message);  // `<path>: <message>`
  void not_built(const Position& at, std::string message);   // a key or value that a later version has
  void wrong_type(const Place& place, std::string_view expected);
  void refer(Reference::Kind kind, std::string id, const Position& at);
  /// The value at `place` is the content of a file or of the environment.
  void note_content(const Place& place, const std::string& content) { contents_[place.path] = content; }

  std::size_t error_count() const { return errors_.size() + not_built_.size(); }
  std::vector<ConfigError> take_errors();     // in the file's order, with those of not_built() unless they were taken
  std::vector<ConfigError> take_not_built();  // these alone
  std::vector<Reference> take_references() { return std::move(references_); }
  const std::map<std::string, std::string>& contents() const { return contents_; }  // by path; some are secrets

 private:
  std::optional<Text> indirect_text(const Place& place, const Table& table);

  std::string file_, folder_;
  Indirect indirect_;
  std::vector<ConfigError> errors_, not_built_;
  std::vector<Reference> references_;
  std::map<std::string, std::string> contents_;
};

}  // namespace tapewatch::config
