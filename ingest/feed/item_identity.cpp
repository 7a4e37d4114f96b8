// Tested by tests/ingest/feed/item_identity_test.cpp
#include "ingest/feed/item_identity.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <unordered_map>

#include "ingest/document/content_hash.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

std::string name_hash(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    joined += part;
    joined += '\x1F';
  }
  return hash_hex(joined).substr(0, 16);
}

bool same_text(const FeedItem& a, const FeedItem& b) {
  return a.title == b.title && a.body == b.body && a.date == b.date;
}

class Identification {
 public:
  Identification(const Feed& feed, const IdentityContext& context, FeedWarnings& warnings)
      : feed_(feed), context_(context), seen_(context.seen), faults_(context.faults), warnings_(warnings) {
    items_.reserve(feed.items.size());
    for (std::size_t i = 0; i < feed.items.size(); ++i) items_.push_back(described(feed.items[i], context.days[i]));
  }

  std::vector<IdentifiedItem> run() {
    look_for_shared_guids();
    look_for_unstable_ids();
    for (IdentifiedItem& item : items_) claim_known(item);
    for (IdentifiedItem& item : items_) {
      if (item.id.empty()) claim_new(item);
    }
    std::erase_if(items_, [&](const IdentifiedItem& item) { return claimed_.at(item.id) != item.item; });
    warn();
    return std::move(items_);
  }

 private:
  static IdentifiedItem described(const FeedItem& item, const std::string& day) {
    IdentifiedItem result{&item, {}, {}, {}, day, name_hash({item.title, item.body})};
    if (item.title.empty() || (item.link.empty() && item.date.empty())) return result;
    result.trace = name_hash({identity_link(item.link), item.title, item.date});
    if (!item.date.empty()) result.headline = name_hash({item.title, item.date});
    return result;
  }

  bool by_guid(const FeedItem& item) const {
    return !faults_.shared && !faults_.unstable && !single_line(item.id).empty();
  }

  std::string bounded(std::string id) const {
    return id.size() <= context_.max_id_bytes ? id : "hash:" + name_hash({id});
  }

  void look_for_shared_guids() {
    std::unordered_map<std::string_view, const IdentifiedItem*> first;
    for (const IdentifiedItem& item : items_) {
      if (item.item->id.empty()) continue;
      const auto [entry, fresh] = first.emplace(item.item->id, &item);
      if (fresh) continue;
      const FeedItem &a = *entry->second->item, &b = *item.item;
      const bool another_day = entry->second->day != item.day && a.body != b.body && !is_atom();
      const bool another_text = a.title.empty() && a.body != b.body && !is_atom();
      faults_.shared |=
          a.title != b.title || another_text || normalised_link(a.link) != normalised_link(b.link) || another_day;
    }
  }

  /// Atom may list one entry in several versions under one id.
  bool is_atom() const { return feed_.format.starts_with("Atom"); }

  /// Ids are unstable if more items come back under another guid and link, with the title and date of an item that is
  /// no longer listed, than stay what they were. A lone one proves it only by a time of day: titles repeat on a day.
  void look_for_unstable_ids() {
    if (faults_.unstable) return;
    std::map<std::string_view, std::size_t> listed;
    for (const IdentifiedItem& item : items_) ++listed[item.headline];
    std::size_t stayed = 0, changed = 0;
    bool to_the_minute = false;
    for (const IdentifiedItem& item : items_) {
      const bool known = seen_.find(plain_name(item)) || known_by_trace(item);
      stayed += known ? 1 : 0;
      if (known || item.headline.empty() || listed[item.headline] > 1 || !seen_.find_headline(item.headline)) continue;
      ++changed;
      to_the_minute |= item.item->date.find(':') != std::string::npos;
    }
    faults_.unstable = changed > stayed && (changed > 1 || to_the_minute);
  }

  std::string plain_name(const IdentifiedItem& item) const {
    return by_guid(*item.item) ? bounded(single_line(item.item->id)) : names_of(item).front();
  }

  const SeenItems::Item* known_by_trace(const IdentifiedItem& item) const {
    return seen_.find_trace(item.trace, legacy_trace(*item.item));
  }

  /// Before fragments counted.
  static std::string legacy_trace(const FeedItem& item) {
    return name_hash({normalised_link(item.link), item.title, item.date});
  }

  void claim_as(IdentifiedItem& item, const std::string& id) {
    item.id = id;
    claimed_.emplace(id, item.item);
  }

  bool is_claimed(const std::string& id) const { return claimed_.contains(id); }

  /// Items that were listed before take their ids first, so that no new item of the same name takes them away.
  void claim_known(IdentifiedItem& item) {
    if (by_guid(*item.item)) {
      const std::string guid = plain_name(item);
      if (is_claimed(guid) || seen_.find(guid)) claim_as(item, guid);
      return;
    }
    const SeenItems::Item* known = known_by_trace(item);
    if (!known && faults_.unstable) known = seen_.find_headline(item.headline);
    if (known && !is_claimed(known->id)) claim_as(item, known->id);
  }

  void claim_new(IdentifiedItem& item) {
    if (by_guid(*item.item)) {
      const SeenItems::Item* known = known_by_trace(item);
      const bool back = known && !is_claimed(known->id);
      if (back) warnings_.add("id", "an item came back under a new guid, the old one was kept");
      claim_as(item, back ? known->id : plain_name(item));
      return;
    }
    for (const std::string& name : names_of(item)) {
      const auto owner = claimed_.find(name);
      if (owner != claimed_.end() && !same_text(*owner->second, *item.item)) continue;
      const SeenItems::Item* known = owner == claimed_.end() ? seen_.find(name) : nullptr;
      if (known && is_of_another_day(*known, item)) continue;
      claim_as(item, name);
      return;
    }
    claim_as(item, names_of(item).back());
  }

  /// A column's next issue under the same title and link. Not an item that is dated anew each day.
  static bool is_of_another_day(const SeenItems::Item& known, const IdentifiedItem& item) {
    return !known.day.empty() && !item.day.empty() && known.day != item.day && known.text != item.text;
  }

  /// What an item may be called without a guid, the preferred name first.
  std::vector<std::string> names_of(const IdentifiedItem& identified) const {
    const FeedItem& item = *identified.item;
    const std::string link = identity_link(item.link);
    const std::string_view text = item.title.empty() ? item.body : item.title;
    const std::string guid = single_line(item.id);
    const std::string place = !faults_.unstable && !link.empty() ? link + "#" : std::string();
    const bool only_guid = place.empty() && !faults_.unstable && !guid.empty();
    const std::string before = (only_guid ? guid + "#" : place) + "hash:";
    std::vector<std::string> names;
    if (!place.empty()) {
      names.push_back(before + name_hash({text}));
      names.push_back(before + name_hash({text, identified.day, "day"}));
    }
    names.push_back(before + name_hash({item.title, item.date, item.title.empty() ? item.body : ""}));
    names.push_back(before + name_hash({item.title, item.date, item.body, "text"}));
    for (std::string& name : names) name = bounded(std::move(name));
    return names;
  }

  void warn() {
    if (faults_.unstable) {
      warnings_.add("id", "guids and links change at each poll: items are told apart by title and date");
    } else if (faults_.shared) {
      warnings_.add("id", "different items share a guid: guids are not unique, link and title tell items apart");
    } else if (links_repeat()) {
      warnings_.add("id", "different items without a guid share a link: links are not unique, titles tell them apart");
    }
  }

  bool links_repeat() const {
    std::unordered_map<std::string, const FeedItem*> first;
    return std::any_of(items_.begin(), items_.end(), [&](const IdentifiedItem& item) {
      if (by_guid(*item.item) || item.item->link.empty()) return false;
      const auto [entry, fresh] = first.emplace(normalised_link(item.item->link), item.item);
      return !fresh && !same_text(*entry->second, *item.item);
    });
  }

  const Feed& feed_;
  const IdentityContext& context_;
  SeenItems& seen_;
  IdentityFaults& faults_;
  FeedWarnings& warnings_;
  std::vector<IdentifiedItem> items_;
  std::unordered_map<std::string, const FeedItem*> claimed_;  // id -> the item that has it
};

}  // namespace

std::vector<IdentifiedItem> identify_items(const Feed& feed, const IdentityContext& context, FeedWarnings& warnings) {
  return Identification(feed, context, warnings).run();
}

std::string_view identity_rule(const Feed& feed, const IdentityFaults& faults) {
  if (faults.unstable) return "title and date";
  const auto has = [&](std::string FeedItem::*member) {
    return std::any_of(feed.items.begin(), feed.items.end(),
                       [&](const FeedItem& item) { return !(item.*member).empty(); });
  };
  if (!faults.shared && has(&FeedItem::id)) return "guid";
  return has(&FeedItem::link) ? "link and title" : "title and date";
}

}  // namespace tapewatch::ingest
