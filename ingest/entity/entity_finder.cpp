#include "ingest/entity/entity_finder.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "ingest/entity/legal_form.hpp"
#include "ingest/entity/listing_context.hpp"
#include "ingest/entity/market.hpp"
#include "ingest/entity/security_code.hpp"
#include "ingest/text/folded_text.hpp"
#include "ingest/text/unspaced_script.hpp"

namespace tapewatch::ingest {
namespace {

bool is_word(UChar32 c) { return c >= 0 && (u_isalnum(c) || c == '_' || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0); }

// Whether a word may begin or end between the code points on both sides of `at`.
bool is_border(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return true;
  auto before = static_cast<std::int32_t>(at);
  auto after = before;
  UChar32 left = 0;
  UChar32 right = 0;
  U8_PREV(text.data(), 0, before, left);
  U8_NEXT(text.data(), after, static_cast<std::int32_t>(text.size()), right);
  return !(is_word(left) && is_word(right)) || is_unspaced(left) || is_unspaced(right);
}

bool has_letter(std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    if (c >= 0 && u_isalpha(c)) return true;
  }
  return false;
}

// "IBM", "AT&T", "BRK.B": one short word in capitals, which in lower case is often another word ("it", "all").
bool is_ticker_like(std::string_view text) {
  constexpr std::int32_t kLongest = 8;
  const auto size = static_cast<std::int32_t>(text.size());
  std::int32_t letters = 0;
  std::int32_t count = 0;
  for (std::int32_t at = 0; at < size; ++count) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    if (c < 0 || u_isspace(c) || (u_isalpha(c) && !u_isupper(c))) return false;
    letters += u_isupper(c) ? 1 : 0;
  }
  return letters > 0 && count <= kLongest;
}

void add_key(std::unordered_map<std::string, std::vector<std::uint32_t>>& keys, const std::string& key,
             std::uint32_t entity) {
  if (key.empty() || key == "$") return;
  std::vector<std::uint32_t>& named = keys[key];
  if (std::find(named.begin(), named.end(), entity) == named.end()) named.push_back(entity);
}

std::uint64_t edge(std::uint32_t node, char byte) {
  return (std::uint64_t{node} << 8) | static_cast<unsigned char>(byte);
}

}  // namespace

EntityFinder::EntityFinder(std::vector<WatchedEntity> entities) : entities_(std::move(entities)) {
  for (std::size_t i = 0; i < entities_.size(); ++i) add_names(static_cast<std::uint32_t>(i));
}

void EntityFinder::add_names(std::uint32_t entity) {
  const WatchedEntity& watched = entities_[entity];
  const auto add_name = [&](const std::string& name) {
    add_key(by_key_, fold(name), entity);
    add_key(by_name_, without_legal_form(fold(name)), entity);
    add_surface(name, {.entity = entity, .as_written = is_ticker_like(name)});
  };
  add_name(watched.name);
  std::for_each(watched.aliases.begin(), watched.aliases.end(), add_name);
  add_key(by_key_, fold(watched.id), entity);
  add_codes(entity);
  if (!watched.ticker.empty()) add_ticker(entity);
}

void EntityFinder::add_codes(std::uint32_t entity) {
  const WatchedEntity& watched = entities_[entity];
  for (const std::string* code : {&watched.isin, &watched.lei}) {
    add_key(by_key_, fold(*code), entity);
    add_key(by_code_, *code, entity);
    add_surface(*code, {.entity = entity});
  }
  const std::string cusip(cusip_of_isin(watched.isin)), sedol(sedol_of_isin(watched.isin));
  for (const std::string& code : {cusip, sedol}) {
    add_key(by_key_, fold(code), entity);
    add_key(by_code_, code, entity);
  }
  const bool telling = has_letter(cusip) && is_cusip(cusip);  // digits alone are any number
  if (telling) add_surface(cusip, {.entity = entity, .as_written = true});
}

void EntityFinder::add_ticker(std::uint32_t entity) {
  const WatchedEntity& watched = entities_[entity];
  add_key(by_key_, fold(watched.ticker), entity);
  add_key(by_key_, fold("$" + watched.ticker), entity);
  if (!watched.mic.empty()) add_key(by_key_, fold(watched.mic + ":" + watched.ticker), entity);
  add_key(by_ticker_, canonical_ticker(watched.ticker), entity);
  add_surface(watched.ticker, {.entity = entity, .cashtag = true, .ticker = true});
  const bool lone = watched.ticker.size() > 1 && has_letter(watched.ticker);
  add_surface(watched.ticker, {.entity = entity, .as_written = true, .ticker = true, .listed = !lone});
}

void EntityFinder::add_surface(std::string_view written, Surface surface) {
  const std::string folded = fold(written);
  if (folded.empty() || folded == " ") return;
  std::uint32_t node = 0;
  for (const char byte : folded) {
    const auto [found, added] = edges_.try_emplace(edge(node, byte), nodes_);
    nodes_ += added ? 1 : 0;
    node = found->second;
  }
  surface.written = written;
  terminals_[node].push_back(std::move(surface));
}

bool EntityFinder::is_meant(const Surface& surface, std::string_view text, const Span& span, bool after_dollar) const {
  if (surface.as_written && text.substr(span.start, span.end - span.start) != surface.written) return false;
  if (surface.cashtag && !after_dollar) return false;
  if (!surface.ticker) return true;
  const auto markets = market_around(text, span.start, span.end);
  return markets ? trades_on(*markets, entities_[surface.entity].mic) : !surface.listed;
}

// All surfaces that start at `start`.
void EntityFinder::walk(const FoldedText& folded, std::string_view text, std::size_t start,
                        std::vector<Candidate>& found) const {
  const bool after_dollar = start > 0 && folded.text[start - 1] == '$';
  std::uint32_t node = 0;
  for (std::size_t at = start; at < folded.text.size();) {
    const auto next = edges_.find(edge(node, folded.text[at]));
    if (next == edges_.end()) return;
    node = next->second;
    ++at;
    const auto terminal = terminals_.find(node);
    if (terminal == terminals_.end() || !is_border(folded.text, at)) continue;
    // A match that ends inside a piece expanded by folding (a ligature) ends with the whole piece.
    std::size_t end = at;
    while (end < folded.text.size() && folded.origin[end] == folded.origin[at - 1]) ++end;
    const Span span{folded.origin[start], folded.origin[end]};
    for (const Surface& surface : terminal->second) {
      if (is_meant(surface, text, span, after_dollar)) found.push_back({span, surface.entity});
    }
  }
}

std::vector<EntityMention> EntityFinder::find_all(std::string_view text, std::span<const std::string> named) const {
  std::vector<EntityMention> mentions;
  if (entities_.empty()) return mentions;
  const FoldedText folded = fold_text(text);
  std::vector<Candidate> found;
  for (std::size_t start = 0; start < folded.text.size(); ++start) {
    const bool is_lead = (static_cast<unsigned char>(folded.text[start]) & 0xC0) != 0x80;
    if (is_lead && folded.text[start] != ' ' && is_border(folded.text, start)) walk(folded, text, start, found);
  }
  keep_longest(found);
  std::vector<bool> seen(entities_.size());
  for (const Candidate& candidate : found) {
    seen[candidate.entity] = true;
    mentions.push_back({candidate.entity, candidate.span.start, candidate.span.end});
  }
  add_named(named, seen, mentions);
  return mentions;
}

// Of overlapping matches the longest wins, of equally long ones the first; the same words may name several entities.
void EntityFinder::keep_longest(std::vector<Candidate>& found) {
  const auto length = [](const Candidate& c) { return c.span.end - c.span.start; };
  std::stable_sort(found.begin(), found.end(), [&](const Candidate& a, const Candidate& b) {
    return length(a) != length(b) ? length(a) > length(b) : a.span.start < b.span.start;
  });
  std::map<std::size_t, std::size_t> taken;  // start -> end, disjoint
  std::vector<Candidate> kept;
  for (const Candidate& candidate : found) {
    const auto [start, end] = candidate.span;
    const auto after = taken.lower_bound(start);
    const bool same = after != taken.end() && after->first == start && after->second == end;
    const bool free =
        (after == taken.end() || after->first >= end) && (after == taken.begin() || std::prev(after)->second <= start);
    if (same || free) {
      taken.emplace(start, end);
      kept.push_back(candidate);
    }
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Candidate& a, const Candidate& b) { return a.span.start < b.span.start; });
  found = std::move(kept);
}

std::vector<std::uint32_t> EntityFinder::entities_named(const std::string& name) const {
  const std::string folded = fold(name);
  if (const auto found = by_key_.find(folded); found != by_key_.end()) return found->second;
  if (const auto found = by_name_.find(without_legal_form(folded)); found != by_name_.end()) return found->second;
  if (auto found = entities_with_code(name); !found.empty()) return found;
  std::vector<std::uint32_t> listed;
  for (const std::string_view part : split_code_list(name)) {
    const auto found = entities_with_code(part);
    listed.insert(listed.end(), found.begin(), found.end());
  }
  return listed;
}

std::vector<std::uint32_t> EntityFinder::entities_with_code(std::string_view notation) const {
  for (const SecurityCode& code : read_security_code(notation)) {
    const bool ticker = code.kind == SecurityCode::Kind::ticker;
    const auto named = (ticker ? by_ticker_ : by_code_).find(code.code);
    if (named == (ticker ? by_ticker_ : by_code_).end()) continue;
    std::vector<std::uint32_t> found = named->second;
    if (ticker) {
      std::erase_if(found, [&](std::uint32_t entity) { return !trades_on(code.markets, entities_[entity].mic); });
    }
    if (!found.empty()) return found;
  }
  return {};
}

void EntityFinder::add_named(std::span<const std::string> named, std::vector<bool>& seen,
                             std::vector<EntityMention>& mentions) const {
  std::vector<std::uint32_t> only_named;
  for (const std::string& name : named) {
    for (const std::uint32_t entity : entities_named(name)) {
      if (!seen[entity]) {
        seen[entity] = true;
        only_named.push_back(entity);
      }
    }
  }
  std::sort(only_named.begin(), only_named.end());
  for (const std::uint32_t entity : only_named) {
    mentions.push_back({entity, 0, 0});
  }
}

}  // namespace tapewatch::ingest
