// Tested by tests/e2e/demo/wire_test.py
#include "daemon/commands/replay_input.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>

#include "config/notation/printable.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kMaxErrorsShown = 20;

void reject(ReplayInput& wire, const std::string& name, std::size_t line, const std::string& why) {
  if (++wire.rejected <= kMaxErrorsShown) std::cerr << name << ":" << line << ": " << notation::printable(why) << "\n";
}

void read_input(std::istream& in, const std::string& name, const ingest::DocumentLimits& limits, ReplayInput& wire) {
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (text.empty()) continue;
    ++wire.lines;
    std::vector<ingest::FieldWarning> warnings;
    const auto parsed = ingest::parse_json_text(text, limits.max_json_depth, warnings);
    if (!parsed) {
      reject(wire, name, line, parsed.error().reason);
      continue;
    }
    const boost::json::value& value = *parsed;
    if (is_exported(value)) {
      auto row = decode_exported(value, limits);
      if (row) {
        wire.exported.push_back(std::move(*row));
      } else {
        reject(wire, name, line, row.error().pointer + ": " + row.error().reason);
      }
      continue;
    }
    // The documents are replay's only clock: the time of receipt is the time of publication.
    auto decoded = ingest::decode_document(value, "replay", TimePoint::max(), limits);
    if (!decoded) {
      reject(wire, name, line, decoded.error().pointer + ": " + decoded.error().reason);
      continue;
    }
    if (decoded->published_from != ingest::PublishedFrom::source) {
      const ingest::Rejection why = ingest::without_own_time(*decoded);
      reject(wire, name, line, why.pointer + ": " + why.reason);
      continue;
    }
    if (decoded->action == ingest::Action::hold && !decoded->embargo_until) {
      reject(wire, name, line, "/action: withheld without a time: replay leaves it out");
      continue;
    }
    if (decoded->embargo_until) decoded->published_at = std::max(decoded->published_at, *decoded->embargo_until);
    if (decoded->action == ingest::Action::hold) decoded->action = ingest::Action::none;
    decoded->received_at = decoded->published_at;
    auto document = ingest::normalise(std::move(*decoded), limits);
    if (!document) {
      reject(wire, name, line, document.error().pointer + ": " + document.error().reason);
      continue;
    }
    wire.documents.push_back(std::move(*document));
  }
}

}  // namespace

ReplayInput read_replay_input(const std::vector<std::string>& inputs, const ingest::DocumentLimits& limits) {
  ReplayInput wire;
  for (const auto& input : inputs) {
    if (input == "-") {
      read_input(std::cin, "standard input", limits, wire);
      continue;
    }
    std::ifstream file(input);
    if (!file) throw std::runtime_error(input + ": cannot be read");
    read_input(file, input, limits, wire);
  }
  std::stable_sort(wire.documents.begin(), wire.documents.end(),
                   [](const auto& left, const auto& right) { return left.published_at < right.published_at; });
  return wire;
}

}  // namespace tapewatch
