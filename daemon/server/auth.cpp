#include "daemon/server/auth.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

#include "config/notation/hex.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kCookie = "tapewatch_session";

/// 256 random bits cannot be guessed, so the cookie itself may be the look-up key.
std::string random_id() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the system's random generator failed");
  }
  return notation::to_hex(bytes);
}

std::string_view cookie_value(std::string_view header) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    std::string_view pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
    if (pair.starts_with(kCookie) && pair.size() > kCookie.size() && pair[kCookie.size()] == '=') {
      return pair.substr(kCookie.size() + 1);
    }
  }
  return {};
}

Access to_access(config::Role role) {
  switch (role) {
    case config::Role::read:
      return Access::read;
    case config::Role::ingest:
      return Access::ingest;
    case config::Role::operate:
      return Access::operate;
    case config::Role::admin:
      return Access::admin;
  }
  return Access::read;
}

}  // namespace

std::string_view bearer_token(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char lower = header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] + 32) : header[i];
    if (lower != kScheme[i]) return {};
  }
  header.remove_prefix(kScheme.size());
  while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  while (!header.empty() && header.back() == ' ') header.remove_suffix(1);
  return header;
}

Authenticator::Authenticator(std::optional<config::TokenTable> tokens, SessionOptions options, RateLimit rate)
    : tokens_(std::move(tokens)), options_(options), rates_(rate) {}

void Authenticator::replace(std::optional<config::TokenTable> tokens) {
  const MutexLock lock(mutex_);
  tokens_ = std::move(tokens);
  std::erase_if(sessions_, [&](const auto& entry) REQUIRES(mutex_) { return !by_token(entry.second.token); });
}

bool Authenticator::uses(const std::optional<config::TokenTable>& tokens) const {
  const MutexLock lock(mutex_);
  return tokens_ == tokens;
}

bool Authenticator::required() const {
  const MutexLock lock(mutex_);
  return tokens_.has_value();
}

std::optional<Caller> Authenticator::by_token(std::string_view token) const {
  if (!tokens_ || token.empty()) return std::nullopt;
  const auto identity = tokens_->find(token);
  if (!identity) return std::nullopt;
  return Caller{identity->name, to_access(identity->role), false};
}

std::optional<Caller> Authenticator::identify(const ApiRequest& request) const {
  const MutexLock lock(mutex_);
  if (!tokens_) return Caller{};
  if (const auto header = request.header("authorization"); !header.empty()) return by_token(bearer_token(header));
  const auto session = sessions_.find(std::string(cookie_value(request.header("cookie"))));
  if (session == sessions_.end() || session->second.expires <= request.now) return std::nullopt;
  auto caller = by_token(session->second.token);
  if (caller) caller->by_cookie = true;
  return caller;
}

std::optional<Authenticator::Session> Authenticator::open_session(std::string_view token, WallTime now, bool secure) {
  const MutexLock lock(mutex_);
  auto caller = by_token(token);
  if (!caller) return std::nullopt;
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.expires <= now; });
  if (sessions_.size() >= options_.max_sessions) {
    const auto oldest = std::min_element(sessions_.begin(), sessions_.end(), [](const auto& a, const auto& b) {
      return a.second.expires < b.second.expires;
    });
    sessions_.erase(oldest);
  }
  std::string id = random_id();
  std::string cookie = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", kCookie, id,
                                   options_.lifetime.count(), secure ? "; Secure" : "");
  sessions_.emplace(std::move(id), Stored{std::string(token), now + options_.lifetime});
  return Session{std::move(cookie), std::move(*caller)};
}

std::string Authenticator::close_session(const ApiRequest& request) {
  const MutexLock lock(mutex_);
  sessions_.erase(std::string(cookie_value(request.header("cookie"))));
  return fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0", kCookie);
}

bool Authenticator::allows(Access role, Access needed) {
  switch (needed) {
    case Access::open:
      return true;
    case Access::read:
      return role == Access::read || role == Access::operate || role == Access::admin;
    case Access::ingest:
      return role == Access::ingest || role == Access::admin;
    case Access::operate:
      return role == Access::operate || role == Access::admin;
    case Access::admin:
      return role == Access::admin;
  }
  return false;
}

std::string_view access_name(Access access) {
  switch (access) {
    case Access::open:
      return "open";
    case Access::read:
      return "read";
    case Access::ingest:
      return "ingest";
    case Access::operate:
      return "operate";
    case Access::admin:
      return "admin";
  }
  return "open";
}

}  // namespace tapewatch
