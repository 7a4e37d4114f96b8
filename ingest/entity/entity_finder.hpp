#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tapewatch::ingest {

struct FoldedText;

/// One line of the watch list.
struct WatchedEntity {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  std::string ticker;
  std::string mic;  // ISO 10383 market of the ticker
  std::string isin;
  std::string lei;
  std::vector<std::string> tags;

  friend bool operator==(const WatchedEntity&, const WatchedEntity&) = default;
};

/// One mention of an entity. `entity` is an index into entities(); start and end are byte offsets into the text, both 0
/// when only the source named it.
struct EntityMention {
  std::size_t entity = 0;
  std::size_t start = 0;
  std::size_t end = 0;

  friend bool operator==(const EntityMention&, const EntityMention&) = default;
};

/// Finds the watched entities in a text: whole words, the longest alias first where two overlap, case and width
/// ignored. A name, alias or ticker in capitals only ("IBM", "IT") counts as written, a ticker also as a cashtag in any
/// case
/// ("$ibm"); a ticker of one letter or of digits only as a cashtag or with its market. A ticker with a market ("(NYSE:
/// T)", "KSMR.O", "VOD LN Equity") counts if the watched one trades there. ISINs, LEIs and CUSIPs count as names do. In
/// scripts without spaces between words (Han, kana, Thai) an alias may stand inside a run. Const and shared by threads;
/// time is linear in the text, whatever the list's size.
class EntityFinder {
 public:
  EntityFinder() = default;
  explicit EntityFinder(std::vector<WatchedEntity> entities);

  /// Every mention in the order of the text, an entity as often as the text names it; then the entities that occur only
  /// in `named` (ids, names with or without their legal form, and every notation of read_security_code(), alone or in a
  /// list), in the order of entities().
  std::vector<EntityMention> find_all(std::string_view text, std::span<const std::string> named) const;
  const std::vector<WatchedEntity>& entities() const { return entities_; }

 private:
  struct Surface {
    std::uint32_t entity = 0;
    bool as_written = false;  // compares the original bytes too
    bool cashtag = false;     // only after a '$'
    bool ticker = false;      // not on another market than the entity's
    bool listed = false;      // only with its market
    std::string written;
  };
  struct Span {
    std::size_t start = 0, end = 0;  // bytes of the given text
  };
  struct Candidate {
    Span span;
    std::uint32_t entity = 0;
  };

  void add_names(std::uint32_t entity);
  void add_ticker(std::uint32_t entity);
  void add_codes(std::uint32_t entity);
  void add_surface(std::string_view written, Surface surface);
  bool is_meant(const Surface& surface, std::string_view text, const Span& span, bool after_dollar) const;
  void walk(const FoldedText& folded, std::string_view text, std::size_t start, std::vector<Candidate>& found) const;
  std::vector<std::uint32_t> entities_named(const std::string& name) const;
  std::vector<std::uint32_t> entities_with_code(std::string_view notation) const;
  static void keep_longest(std::vector<Candidate>& found);
  void add_named(std::span<const std::string> named, std::vector<bool>& seen,
                 std::vector<EntityMention>& mentions) const;

  std::vector<WatchedEntity> entities_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;             // node * 256 + byte -> node; 0 is the root
  std::unordered_map<std::uint32_t, std::vector<Surface>> terminals_;  // node -> what ends there
  using Keys = std::unordered_map<std::string, std::vector<std::uint32_t>>;
  Keys by_key_;     // folded id, name, ticker, ISIN, … -> entities
  Keys by_name_;    // the same without the legal form
  Keys by_code_;    // ISIN, LEI, CUSIP, SEDOL
  Keys by_ticker_;  // canonical
  std::uint32_t nodes_ = 1;
};

}  // namespace tapewatch::ingest
