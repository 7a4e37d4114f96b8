#include "config/tokens.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>

#include "config/file.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/sha256.hpp"

namespace tapewatch::config {
namespace {

constexpr std::array<std::string_view, 4> kRoles = {"read", "ingest", "operate", "admin"};
constexpr std::string_view kSpace = " \t\r";

std::optional<std::array<unsigned char, 32>> parse_hash(std::string_view text) {
  constexpr std::string_view kPrefix = "sha256:";
  return text.starts_with(kPrefix) ? notation::from_hex<32>(text.substr(kPrefix.size())) : std::nullopt;
}

struct Word {
  std::string_view text;
  unsigned column;
};

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(kSpace, at)) != std::string_view::npos) {
    if (line[at] == '#') break;
    const auto end = std::min(line.find_first_of(kSpace, at), line.size());
    words.push_back({line.substr(at, end - at), static_cast<unsigned>(at + 1)});
    at = end;
  }
  return words;
}

}  // namespace

struct TokenParser {
  TokensResult result;
  std::string file;

  void error(unsigned line, unsigned column, std::string message) {
    result.errors.push_back({file, line, column, std::move(message)});
  }

  void line(unsigned number, std::string_view text) {
    const auto words = words_of(text);
    if (words.empty()) return;
    if (words.size() != 3) return error(number, words[0].column, "expected `name role sha256:<64 hex digits>`");
    const auto role = std::find(kRoles.begin(), kRoles.end(), words[1].text);
    if (role == kRoles.end()) {
      error(number, words[1].column, fmt::format("the role is not one of: {}", fmt::join(kRoles, ", ")));
    }
    // If someone wrote the token itself here by mistake, it must not end up in a log.
    const auto hash = parse_hash(words[2].text);
    if (!hash) error(number, words[2].column, "expected sha256: and 64 hex digits (the token's hash, not the token)");
    for (const auto& entry : result.tokens.entries_) {
      if (entry.identity.name == words[0].text) {
        error(number, words[0].column, fmt::format("the name '{}' is taken by an earlier line", words[0].text));
      } else if (hash && entry.hash == *hash) {
        error(number, words[2].column, fmt::format("this is the same token as that of '{}'", entry.identity.name));
      }
    }
    if (role == kRoles.end() || !hash) return;
    result.tokens.entries_.push_back({{std::string(words[0].text), static_cast<Role>(role - kRoles.begin())}, *hash});
  }
};

std::string_view to_string(Role role) { return kRoles[static_cast<std::size_t>(role)]; }

std::optional<TokenTable::Identity> TokenTable::find(std::string_view token) const {
  const auto hash = notation::sha256(token);
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.hash.data(), hash.data(), hash.size()) == 0) found = &entry;
  }
  if (found == nullptr) return std::nullopt;
  return found->identity;
}

TokensResult parse_tokens(std::string_view text, std::string_view name) {
  TokenParser parser{{}, std::string(name)};
  for (unsigned number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    parser.line(number, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  if (parser.result.errors.empty() && parser.result.tokens.empty()) {
    parser.error(0, 0, "holds no token; a line is `name role sha256:<64 hex digits>`");
  }
  return std::move(parser.result);
}

TokensResult load_tokens(const std::string& path) {
  const auto content = read_small_file(path);
  if (content) return parse_tokens(*content, path);
  TokensResult result;
  result.errors.push_back({path, 0, 0, fmt::format("cannot be read: {}", content.error().reason)});
  return result;
}

std::string token_hash(std::string_view token) { return "sha256:" + notation::to_hex(notation::sha256(token)); }

}  // namespace tapewatch::config
