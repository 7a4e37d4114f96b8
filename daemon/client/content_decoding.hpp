#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tapewatch {

/// What we offer in Accept-Encoding.
inline constexpr std::string_view kOfferedEncodings = "gzip, deflate, br, zstd";

/// Decodes one Content-Encoding as the body arrives, never beyond a limit: a decompression bomb is detected after
/// `limit` bytes of output.
///
/// Tolerant as browsers are: names that are not encodings ("utf-8", "none") mean identity, a "gzip" body that is not
/// gzip is passed unchanged, "deflate" may come with or without the zlib frame. Single-threaded.
class ContentDecoder {
 public:
  enum class [[nodiscard]] Status{ok, too_large, damaged};

  /// `encoding`: the header's value. Check known() before use.
  ContentDecoder(std::string_view encoding, std::size_t limit);
  ~ContentDecoder();
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;

  bool known() const;
  /// Appends the decoded `input`.
  Status write(std::string_view input, std::string& out);
  /// Ends the body: it is damaged if its encoding is incomplete.
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
