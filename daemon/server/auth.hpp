#pragma once
#include <optional>
#include <unordered_map>

#include "config/notation/mutex.hpp"
#include "config/tokens.hpp"
#include "daemon/server/message.hpp"
#include "daemon/server/rate_limiter.hpp"

namespace tapewatch {

struct Caller {
  std::string name;  // empty: nobody (no tokens are configured)
  Access role = Access::admin;
  bool by_cookie = false;
};

struct SessionOptions {
  std::size_t max_sessions = 256;
  std::chrono::seconds lifetime{12 * 3600};
};

/// Identifies callers and decides what they may do, and how often. Thread-safe: a reload replaces tokens while sessions
/// use them.
class Authenticator {
 public:
  /// Without a table every caller may do everything: loopback only.
  explicit Authenticator(std::optional<config::TokenTable> tokens = std::nullopt, SessionOptions options = {},
                         RateLimit rate = {});

  /// Replaces the tokens; cookies of tokens that are no longer in the table end.
  void replace(std::optional<config::TokenTable> tokens);

  /// Whether these are the tokens in use.
  bool uses(const std::optional<config::TokenTable>& tokens) const;

  /// Whether a token is required at all.
  bool required() const;

  /// By `Authorization: Bearer` or by the session cookie; nothing when neither is valid.
  std::optional<Caller> identify(const ApiRequest& request) const;

  struct Session {
    std::string set_cookie;  // value of the Set-Cookie header
    Caller caller;
  };
  /// Exchanges a token for a cookie; nothing when the token is unknown. `secure`: the page came by https.
  std::optional<Session> open_session(std::string_view token, WallTime now, bool secure);
  /// Forgets the request's cookie; gives the Set-Cookie value that removes it.
  std::string close_session(const ApiRequest& request);

  static bool allows(Access role, Access needed);

  /// Counts requests: of each token, and of each address without one.
  RateLimiter& rates() { return rates_; }

 private:
  struct Stored {
    std::string token;
    WallTime expires;
  };
  std::optional<Caller> by_token(std::string_view token) const REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::optional<config::TokenTable> tokens_ GUARDED_BY(mutex_);
  const SessionOptions options_;
  RateLimiter rates_;
  std::unordered_map<std::string, Stored> sessions_ GUARDED_BY(mutex_);  // by cookie value
};

std::string_view access_name(Access access);

/// The token of an `Authorization: Bearer` value; empty when it is none.
std::string_view bearer_token(std::string_view header);

}  // namespace tapewatch
