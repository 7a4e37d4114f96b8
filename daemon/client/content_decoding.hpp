#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tapewatch {

/// What we offer in Accept-Encoding.
inline constexpr std::string_view kOfferedEncodings = "gzip, deflate, br, zstd";

/// Undoes one Content-Encoding as the body arrives, never beyond a limit: a bomb is noticed after `limit` bytes of
/// output, not after it has unfolded.
///
/// Tolerant as browsers are: names that encode nothing ("utf-8", "none") mean identity, a "gzip" body that is none is
/// passed as it is, "deflate" may come with or without the zlib frame. One thread.
class ContentDecoder {
 public:
  enum class [[nodiscard]] Status{ok, too_large, damaged};

  /// `encoding`: the header's value. Check known() before use.
  ContentDecoder(std::string_view encoding, std::size_t limit);
  ~ContentDecoder();
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;

  bool known() const;
  /// Appends what `input` unfolds to.
  Status write(std::string_view input, std::string& out);
  /// The body has ended: damaged when its encoding has not.
  Status finish() const;

 private:
  class Stage;
  class Identity;
  class Zlib;
  class Brotli;
  class Zstd;

  bool known_ = true;
  std::unique_ptr<Stage> stage_;
};

}  // namespace tapewatch
