#include "daemon/client/content_decoding.hpp"

#include <brotli/decode.h>
#define ZLIB_CONST  // next_in points to const
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "config/notation/ascii.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kChunk = 32 * 1024;

}  // namespace

class ContentDecoder::Stage {
 public:
  explicit Stage(std::size_t limit) : left_(limit) {}
  virtual ~Stage() = default;
  virtual Status write(std::string_view input, std::string& out) = 0;
  /// Appends what was held back.
  virtual Status finish(std::string& out) = 0;

 protected:
  Status append(std::string& out, std::string_view bytes) {
    if (bytes.size() > left_) return Status::too_large;
    left_ -= bytes.size();
    out += bytes;
    return Status::ok;
  }

 private:
  std::size_t left_;
};

/// gzip (also several members), zlib, raw deflate.
class ContentDecoder::Zlib final : public Stage {
 public:
  Zlib(std::size_t limit, bool gzip) : Stage(limit), gzip_(gzip) {}
  ~Zlib() override {
    if (mode_ == Mode::inflating || mode_ == Mode::ended) inflateEnd(&stream_);
  }

  Status write(std::string_view input, std::string& out) override {
    std::string joined;
    if (!head_.empty()) {
      joined = std::exchange(head_, std::string()).append(input);
      input = joined;
    }
    while (!input.empty() && mode_ != Mode::plain) {
      if (mode_ != Mode::inflating) {
        if (input.size() < 2) {  // too short to recognise the format
          head_ = input;
          return Status::ok;
        }
        if (mode_ == Mode::unknown && !begin(input)) return Status::damaged;
        if (mode_ == Mode::ended && !next_member(input)) return Status::ok;  // padding after the end
      }
      if (mode_ != Mode::inflating) continue;
      if (const Status status = unfold(input, out); status != Status::ok) return status;
    }
    return append(out, input);
  }

  Status finish(std::string& out) override {
    const bool short_text = mode_ == Mode::unknown && gzip_ && !head_.starts_with('\x1F');
    if (short_text) return append(out, std::exchange(head_, std::string()));
    const bool whole = mode_ == Mode::plain || mode_ == Mode::ended || (mode_ == Mode::unknown && head_.empty());
    return whole ? Status::ok : Status::damaged;
  }

 private:
  enum class Mode { unknown, plain, inflating, ended };

  static bool is_gzip(std::string_view bytes) { return bytes.size() >= 2 && bytes.substr(0, 2) == "\x1F\x8B"; }

  bool begin(std::string_view input) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(input[i])); };
    int window = MAX_WBITS + 16;
    if (gzip_ && !is_gzip(input)) {
      mode_ = Mode::plain;
      return true;
    }
    if (!gzip_) {
      const bool zlib_frame = (byte(0) & 0x0FU) == 8 && (byte(0) * 256 + byte(1)) % 31 == 0;  // RFC 1950, 2.2
      window = zlib_frame ? MAX_WBITS : -MAX_WBITS;
    }
    if (inflateInit2(&stream_, window) != Z_OK) return false;
    mode_ = Mode::inflating;
    return true;
  }

  /// Consumes the part of `input` that belongs to the current stream.
  Status unfold(std::string_view& input, std::string& out) {
    std::array<char, kChunk> chunk;
    stream_.next_in = reinterpret_cast<const Bytef*>(input.data());
    stream_.avail_in = static_cast<uInt>(input.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream_.avail_out = static_cast<uInt>(chunk.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Status::damaged;
      if (const Status status = append(out, {chunk.data(), chunk.size() - stream_.avail_out}); status != Status::ok) {
        return status;
      }
      if (result == Z_STREAM_END) mode_ = Mode::ended;
      if (result == Z_BUF_ERROR) break;
    } while (mode_ == Mode::inflating && (stream_.avail_in > 0 || stream_.avail_out == 0));
    input.remove_prefix(input.size() - stream_.avail_in);
    return Status::ok;
  }

  bool next_member(std::string_view rest) {
    if (!gzip_ || !is_gzip(rest) || inflateReset(&stream_) != Z_OK) return false;
    mode_ = Mode::inflating;
    return true;
  }

  const bool gzip_;
  Mode mode_ = Mode::unknown;
  std::string head_;
  z_stream stream_{};
};

class ContentDecoder::Brotli final : public Stage {
 public:
  explicit Brotli(std::size_t limit)
      : Stage(limit), state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr), BrotliDecoderDestroyInstance) {}

  Status write(std::string_view input, std::string& out) override {
    if (!state_) return Status::damaged;
    std::array<std::uint8_t, kChunk> chunk;
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(input.data());
    std::size_t available_in = input.size();
    while (true) {
      std::uint8_t* next_out = chunk.data();
      std::size_t available_out = chunk.size();
      const auto result =
          BrotliDecoderDecompressStream(state_.get(), &available_in, &next_in, &available_out, &next_out, nullptr);
      const std::size_t produced = chunk.size() - available_out;
      const Status status = append(out, {reinterpret_cast<const char*>(chunk.data()), produced});
      if (status != Status::ok) return status;
      if (result == BROTLI_DECODER_RESULT_ERROR) return Status::damaged;
      if (result != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return Status::ok;
    }
  }

  Status finish(std::string&) override {
    const bool untouched = state_ && !BrotliDecoderIsUsed(state_.get());
    return untouched || (state_ && BrotliDecoderIsFinished(state_.get())) ? Status::ok : Status::damaged;
  }

 private:
  std::unique_ptr<BrotliDecoderState, void (*)(BrotliDecoderState*)> state_;
};

/// One or more Zstandard frames (RFC 8878).
class ContentDecoder::Zstd final : public Stage {
 public:
  /// A frame may ask for a window of 2 GiB; RFC 9659 allows 8 MiB in HTTP.
  static constexpr int kMaxWindowLog = 23;

  explicit Zstd(std::size_t limit) : Stage(limit), stream_(ZSTD_createDStream(), ZSTD_freeDStream) {
    if (stream_) ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  Status write(std::string_view input, std::string& out) override {
    if (!stream_) return Status::damaged;
    std::array<char, kChunk> chunk;
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    bool more = true;  // output may be pending after the last byte of input
    while (in.pos < in.size || more) {
      ZSTD_outBuffer produced{chunk.data(), chunk.size(), 0};
      const std::size_t left = ZSTD_decompressStream(stream_.get(), &produced, &in);
      if (ZSTD_isError(left) != 0) return Status::damaged;
      if (const Status status = append(out, {chunk.data(), produced.pos}); status != Status::ok) return status;
      whole_ = left == 0;
      more = produced.pos == produced.size && !whole_;
    }
    return Status::ok;
  }

  Status finish(std::string&) override { return whole_ ? Status::ok : Status::damaged; }

 private:
  std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream_;
  bool whole_ = true;  // at the end of a frame, or before the first
};

ContentDecoder::ContentDecoder(std::string_view encoding, std::size_t limit) {
  constexpr std::size_t kMostNamed = 4, kMostUnnamed = 2;
  while (!encoding.empty()) {
    const std::size_t comma = std::min(encoding.find(','), encoding.size());
    add_stage(encoding.substr(0, comma), limit);
    encoding.remove_prefix(std::min(encoding.size(), comma + 1));
  }
  known_ = known_ && stages_.size() <= kMostNamed;
  std::reverse(stages_.begin(), stages_.end());  // the encoding named last was applied last
  for (std::size_t i = 0; i < kMostUnnamed; ++i) stages_.push_back(std::make_unique<Zlib>(limit, true));
}

void ContentDecoder::add_stage(std::string_view encoding, std::size_t limit) {
  const std::string name = notation::ascii_lower(notation::trimmed(encoding));
  static constexpr std::array<std::string_view, 7> kNothing = {"",     "identity", "none", "utf-8",
                                                               "utf8", "binary",   "8bit"};
  if (name == "gzip" || name == "x-gzip" || name == "deflate") {
    stages_.push_back(std::make_unique<Zlib>(limit, name != "deflate"));
  } else if (name == "br") {
    stages_.push_back(std::make_unique<Brotli>(limit));
  } else if (name == "zstd") {
    stages_.push_back(std::make_unique<Zstd>(limit));
  } else if (std::find(kNothing.begin(), kNothing.end(), name) == kNothing.end()) {
    known_ = false;
  }
}

ContentDecoder::~ContentDecoder() = default;

bool ContentDecoder::known() const { return known_; }

ContentDecoder::Status ContentDecoder::write(std::string_view input, std::string& out) { return pass(0, input, out); }

/// Through the stages from `first` on.
ContentDecoder::Status ContentDecoder::pass(std::size_t first, std::string_view input, std::string& out) {
  std::string layer;
  for (std::size_t i = first; i < stages_.size(); ++i) {
    const bool last = i + 1 == stages_.size();
    std::string decoded;
    if (const Status status = stages_[i]->write(input, last ? out : decoded); status != Status::ok) return status;
    if (last || decoded.empty()) return Status::ok;
    layer = std::move(decoded);
    input = layer;
  }
  return Status::ok;
}

ContentDecoder::Status ContentDecoder::finish(std::string& out) {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    std::string rest;
    if (const Status status = stages_[i]->finish(rest); status != Status::ok) return status;
    if (i + 1 == stages_.size()) {
      out += rest;
    } else if (const Status status = pass(i + 1, rest, out); status != Status::ok) {
      return status;
    }
  }
  return Status::ok;
}

}  // namespace tapewatch
