#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/toml/load.hpp"

namespace tapewatch::config {

/// The role of a token. Authenticator::allows() (daemon/server/auth.hpp) says what each role may do.
enum class Role { read, ingest, operate, admin };

std::string_view to_string(Role role);

/// The tokens file: one `name role sha256:<64 hex digits>` per line, `#` comments. It holds only hashes, so that
/// reading it gives no access. Immutable after parsing; may be read from any thread.
class TokenTable {
 public:
  struct Identity {
    std::string name;
    Role role;
    friend bool operator==(const Identity&, const Identity&) = default;
  };

  /// Whose token this is. Compares against every entry in constant time, so that the time taken reveals nothing.
  std::optional<Identity> find(std::string_view token) const;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  friend bool operator==(const TokenTable&, const TokenTable&) = default;

 private:
  friend struct TokenParser;
  struct Entry {
    Identity identity;
    std::array<unsigned char, 32> hash;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  std::vector<Entry> entries_;
};

struct TokensResult {
  TokenTable tokens;
  std::vector<ConfigError> errors;
};

TokensResult parse_tokens(std::string_view text, std::string_view name);
TokensResult load_tokens(const std::string& path);

/// The line to put into a tokens file for this token.
std::string token_hash(std::string_view token);  // sha256:…

}  // namespace tapewatch::config
