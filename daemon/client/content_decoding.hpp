#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

/// What we offer in Accept-Encoding.
inline constexpr std::string_view kOfferedEncodings = "gzip, deflate, br, zstd";

/// Decodes a Content-Encoding, a list included, as the body arrives, never beyond a limit: a decompression bomb is
/// detected after `limit` bytes of output of any layer.
///
/// Tolerant: names that are not encodings ("utf-8", "none") mean identity, a "gzip" body that is not gzip is passed
/// unchanged, "deflate" may come with or without the zlib frame, and what still is gzip in the end (compressed twice
/// under one name, or a .gz file under none) is decoded as well, twice at most. Single-threaded.
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
  /// Ends the body and appends what was held back; it is damaged if its encoding is incomplete.
  Status finish(std::string& out);

 private:
  class Stage;
  class Zlib;
  class Brotli;
  class Zstd;

  void add_stage(std::string_view name, std::size_t limit);
  Status pass(std::size_t first, std::string_view input, std::string& out);

  bool known_ = true;
  std::vector<std::unique_ptr<Stage>> stages_;  // in the order of decoding
};

}  // namespace tapewatch
