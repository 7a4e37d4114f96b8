// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/seen_items.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace tapewatch::ingest {

void SeenItems::begin() {
  for (Item& item : items_) item.listed = false;
}

SeenItems::Item* SeenItems::find(const std::string& id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &items_[found->second];
}

const SeenItems::Item* SeenItems::find_trace(std::string_view trace, std::string_view legacy) const {
  if (trace.empty()) return nullptr;
  const auto found = std::find_if(items_.begin(), items_.end(), [&](const Item& item) {
    return !item.listed && (item.trace == trace || (item.headline.empty() && item.trace == legacy));
  });
  return found == items_.end() ? nullptr : &*found;
}

const SeenItems::Item* SeenItems::find_headline(std::string_view headline) const {
  if (headline.empty()) return nullptr;
  const auto has_it = [&](const Item& item) { return item.headline == headline; };
  const auto found = std::find_if(items_.begin(), items_.end(), has_it);
  if (found == items_.end() || std::any_of(found + 1, items_.end(), has_it)) return nullptr;
  return &*found;
}

void SeenItems::put(Item item) {
  item.listed = true;
  if (Item* known = find(item.id)) {
    *known = std::move(item);
    return;
  }
  by_id_.emplace(item.id, items_.size());
  items_.push_back(std::move(item));
}

void SeenItems::trim() {
  // Publishers drop items and bring them back, so as many old items as listed ones are kept, with a minimum.
  constexpr std::size_t kFewest = 100;
  const auto unlisted =
      std::stable_partition(items_.begin(), items_.end(), [](const Item& item) { return item.listed; });
  const auto listed = static_cast<std::size_t>(unlisted - items_.begin());
  items_.resize(std::min(items_.size(), std::max(2 * listed, kFewest)));
  by_id_.clear();
  for (std::size_t i = 0; i < items_.size(); ++i) by_id_.emplace(items_[i].id, i);
}

boost::json::array SeenItems::to_json() const {
  boost::json::array list;
  list.reserve(items_.size());
  for (const Item& item : items_) {
    list.push_back(boost::json::array{item.id, item.content, item.trace, item.headline, item.day, item.text});
  }
  return list;
}

void SeenItems::load(const boost::json::value& saved) {
  if (!saved.is_array()) return;
  for (const auto& entry : saved.get_array()) {
    const auto* fields = entry.if_array();
    const bool texts =
        fields && std::all_of(fields->begin(), fields->end(), [](const auto& field) { return field.is_string(); });
    if (!texts || (fields->size() != 3 && fields->size() != 6)) continue;  // 3: before 0.14
    const auto text = [&](std::size_t i) {
      return i < fields->size() ? std::string((*fields)[i].get_string()) : std::string();
    };
    put({text(0), text(1), text(2), text(3), text(4), text(5), true});
  }
  begin();
}

}  // namespace tapewatch::ingest
