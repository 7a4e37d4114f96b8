#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tapewatch::ingest {

/// The items a feed listed recently, so that an item is passed on once, and again only when its text has changed. This
/// saves work; the identity in the database is what prevents double counting.
///
/// It also recognises an item under a new id: same link, title and date as before, or the same title and date.
class SeenItems {
 public:
  struct Item {
    std::string id;
    std::string content;   ///< hash of the text
    std::string trace;     ///< hash of link, title and date; empty when they are not distinctive
    std::string headline;  ///< hash of title and date; likewise
    std::string day;       ///< of its date
    std::string text;      ///< hash of title and body as they are listed
    bool listed = false;   ///< in the current response
  };

  /// Begins a new response: nothing is listed yet.
  void begin();
  /// Null when the id is not known.
  Item* find(const std::string& id);
  /// An item with that trace that is not listed yet; null when there is none. `legacy`: its trace in states that were
  /// saved without headlines.
  const Item* find_trace(std::string_view trace, std::string_view legacy) const;
  /// The only item with that headline; null when there is none or several.
  const Item* find_headline(std::string_view headline) const;
  /// Adds an item or replaces the one with its id; it counts as listed.
  void put(Item item);
  /// Ends a response: forgets the oldest items that are no longer listed.
  void trim();

  std::size_t size() const { return items_.size(); }
  boost::json::array to_json() const;
  /// Ignores what it cannot read.
  void load(const boost::json::value& saved);

 private:
  std::vector<Item> items_;
  std::unordered_map<std::string, std::size_t> by_id_;
};

}  // namespace tapewatch::ingest
