#pragma once
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/toml/node.hpp"

namespace tapewatch::config {

/// One thing that is wrong, where it stands. Lines and columns count from 1; 0 means "the file as a whole".
/// The message never holds the content of a secret.
struct ConfigError {
  std::string file;
  unsigned line = 0, column = 0;
  std::string message;
};

std::string to_string(const ConfigError& error);  // file:line:column: message

/// An id that a rule names and that only the model or the watch list can know.
struct Reference {
  enum class Kind { topic, entity, tag, event };
  Kind kind;
  std::string id;
  std::string file;
  unsigned line = 0, column = 0;
};

/// `config` may be used only if `errors` is empty; otherwise it holds what could be read.
struct LoadResult {
  Config config;
  std::vector<ConfigError> errors;  // in the file's order
  std::vector<Reference> references;
  std::string file;                        // the name used in messages
  std::map<std::string, Position> places;  // of every key, by its path: `ingest.kafka[1].properties.acks`

  bool ok() const { return errors.empty(); }
  /// An error that only other parts can find, at the key's place; if the key is not in the file, at the nearest
  /// enclosing table that is.
  ConfigError error_at(std::string path, std::string message) const;
};

/// Reads and checks a file. Reports every error at once (a text that is not TOML has only its first one), reads the
/// files and environment variables that values point at, and resolves relative paths: data_dir against the
/// configuration's own folder; the database, the watch list, tokens_file, ca_file, the listener's certificate and key
/// and a model's directory against data_dir; `{ file = … }`, secret_file, url_file and properties_file against
/// $CREDENTIALS_DIRECTORY where the file is there, else against the configuration's folder. Without data_dir:
/// $STATE_DIRECTORY, else /var/lib/tapewatch. Never throws for what a file may contain; an unreadable file is an error.
LoadResult load(const std::string& path);

/// The file and folder that a text in memory stands for.
struct ParseOptions {
  std::string name = "configuration";  // stands for the file in messages
  std::string folder = ".";            // relative data_dir and { file = … } resolve in it
  std::string data_dir;                // "" = as the text says; else instead of it (the demo's --data)
};
LoadResult parse(std::string_view text, const ParseOptions& options);

/// Ids that the model's topics no longer have, each with the topic that holds its texts now.
using FormerTopics = std::map<std::string, std::string, std::less<>>;

struct KnownIds {
  std::vector<std::string> topics, entities, tags;
  FormerTopics former_topics = {};
  std::vector<std::string> events = {};  // risk events; a model may tell none
};

/// An error for each id that rules name and that nobody knows. Called once the model and the watch list are known.
std::vector<ConfigError> check_references(std::span<const Reference> references, const KnownIds& known);

/// The file that `tapewatch run` reads: `given`, else $TAPEWATCH_CONFIG, else ./tapewatch.toml, else
/// /etc/tapewatch/tapewatch.toml; nullopt when neither of the last two exists.
std::optional<std::string> find_config_file(std::string_view given = {});

/// One key as users may write it. load() reads by the same table.
struct KeyDescription {
  std::string path;  // ingest.kafka[].name
  std::string type;  // "text", "duration", "list of texts", …
  std::string help;
};
std::vector<KeyDescription> describe_keys();

}  // namespace tapewatch::config
