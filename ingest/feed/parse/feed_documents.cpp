// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/parse/feed_documents.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>
#include <set>

#include "config/notation/ascii.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/url.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/date/news_date.hpp"
#include "ingest/document/content_hash.hpp"
#include "ingest/text/language_tag.hpp"
#include "ingest/text/normalise.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

std::string short_hash(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    joined += part;
    joined += '\x1F';
  }
  return hash_hex(joined).substr(0, 16);
}

class Collector {
 public:
  Collector(const Feed& feed, FeedSource& source, SeenItems& seen, TimePoint now, FeedWarnings& warnings)
      : feed_(feed), source_(source), seen_(seen), heard_before_(seen.size() > 0), now_(now), warnings_(warnings) {}

  FeedBatch run(std::string_view carrier) {
    if (const auto date = parse_news_date(carrier, place_of({}), now_)) carrier_ = std::min(date->at, now_);
    seen_.begin();
    for (IdentifiedItem& item : identified()) collect(item);
    for (const std::string& id : feed_.deleted) take_back(single_line(id));
    seen_.trim();
    std::stable_sort(batch_.documents.begin(), batch_.documents.end(),
                     [](const Document& a, const Document& b) { return a.published_at < b.published_at; });
    return std::move(batch_);
  }

 private:
  std::vector<IdentifiedItem> identified() {
    IdentityContext context{seen_, source_.faults, source_.limits.max_id_bytes, {}};
    context.days.reserve(feed_.items.size());
    for (const FeedItem& item : feed_.items) context.days.push_back(day_of(item));
    return identify_items(feed_, context, warnings_);
  }

  std::string day_of(const FeedItem& item) const {
    const auto date = parse_news_date(item.date, place_of(item), now_);
    if (!date) return {};
    return std::to_string(std::chrono::floor<std::chrono::days>(date->at).time_since_epoch().count());
  }

  /// The publisher's place: the language that is said or configured, and the country of the item's host or the feed's.
  DatePlace place_of(const FeedItem& item) const {
    DatePlace place{feed_.language, country_of(feed_.host)};
    if (!item.language.empty()) place.language = item.language;
    if (!source_.language.empty()) place.language = source_.language;
    if (const auto country = country_of(notation::url_host(item.link)); !country.empty()) place.country = country;
    return place;
  }

  /// A host's top-level domain if it is a country's, kept in countries_.
  std::string_view country_of(std::string_view host) const {
    const std::size_t dot = host.rfind('.');
    if (dot == std::string_view::npos || host.size() - dot != 3) return {};
    return countries_.emplace(notation::ascii_lower(host.substr(dot + 1))).first->c_str();
  }

  void collect(IdentifiedItem& identified) {
    const FeedItem& item = *identified.item;
    const SeenItems::Item* known = seen_.find(identified.id);
    auto document = normalise(draft(item, identified.id, heard_before_ && !known), source_.limits,
                              {item.title_markup, item.body_markup});
    std::string content = document ? short_hash({document->title, document->body})
                                   : short_hash({"rejected", document.error().reason, item.title, item.body});
    const bool unchanged = known && known->content == content;
    if (unchanged) {
      ++batch_.known;
    } else if (document) {
      if (document->published_clamped) warnings_.add("date", "in the future, clamped");
      batch_.documents.push_back(std::move(*document));
    } else {
      reject(item, identified.id, document.error());
    }
    batch_.readable += document ? 1 : 0;
    seen_.put({std::move(identified.id), std::move(content), std::move(identified.trace),
               std::move(identified.headline), std::move(identified.day), std::move(identified.text), true});
  }

  /// An entry that its publisher takes back (RFC 6721): told once. One that is no longer listed was not taken back.
  void take_back(const std::string& id) {
    static constexpr std::string_view kDeleted = "deleted";  // in place of the hash of a text
    const SeenItems::Item* known = seen_.find(id);
    if (id.empty() || id.size() > source_.limits.max_id_bytes || (known && known->listed)) return;
    const bool told = known && known->content == kDeleted;
    if (!told) {
      Document removal;
      removal.source = source_.name;
      removal.id = id;
      removal.action = Action::remove;
      removal.received_at = removal.published_at = now_;
      batch_.documents.push_back(std::move(removal));
    }
    SeenItems::Item item;
    item.id = id;
    item.content = kDeleted;
    item.listed = true;
    seen_.put(std::move(item));
  }

  /// `arrived`: the item was not listed at the answer before this one, so it came between the two.
  Document draft(const FeedItem& item, const std::string& id, bool arrived) {
    Document document;
    document.source = source_.name;
    document.id = id;
    document.title = item.title;
    document.body = item.body == item.title ? std::string() : item.body;
    if (item.link.size() <= source_.limits.max_url_bytes) document.url = item.link;
    for (const std::string& language : {source_.language, item.language, feed_.content_language, feed_.language}) {
      if (document.language.empty()) document.language = language_of(language);
    }
    document.received_at = now_;
    set_time(item, arrived, document);
    for (const std::string& entity : item.entities) {
      const bool fits =
          entity.size() <= source_.limits.max_entity_bytes && document.entities.size() < source_.limits.max_entities;
      if (fits) document.entities.push_back(entity);
    }
    for (const auto& [name, value] : item.metadata) {
      const std::string fault = add_metadata(document.metadata, name, value, source_.limits);
      if (!fault.empty()) warnings_.add("meta", fault);
    }
    return document;
  }

  std::string language_of(const std::string& stated) {
    const StatedLanguage language = read_language(stated);
    if (language.unreadable) warnings_.add("language", "unreadable: " + printable(stated));
    return language.tag;
  }

  /// The first date that can be read.
  std::optional<NewsDate> date_of(const FeedItem& item) {
    const DatePlace place = place_of(item);
    if (const auto date = parse_news_date(item.date, place, now_)) return date;
    for (const std::string& other : item.other_dates) {
      const auto date = parse_news_date(other, place, now_);
      if (!date) continue;
      warnings_.add("date", "unreadable: " + printable(item.date) + "; another of the item counts");
      return date;
    }
    return std::nullopt;
  }

  void set_time(const FeedItem& item, bool arrived, Document& document) {
    const auto date = date_of(item);
    if (date) {
      document.published_at = date->midnight && arrived ? arrival_on(*date) : date->at;
      document.published_from = PublishedFrom::source;
      if (date->midnight) warnings_.add("date", "no time of day: a new item counts when it arrives on that day");
      if (date->is_odd()) warnings_.add("date", describe(*date));
      return;
    }
    warnings_.add("date", item.date.empty() ? std::string("missing") : "unreadable: " + printable(item.date));
    document.published_at = carrier_.value_or(now_);
    document.published_from = carrier_ ? PublishedFrom::record : PublishedFrom::received;
  }

  /// A date that names a day says no more than that the item appeared on it: the arrival, within the day. A day without
  /// a zone ends when it has ended everywhere.
  TimePoint arrival_on(const NewsDate& day) const {
    constexpr std::chrono::hours kDay(24), kWesternmost(12);
    return std::clamp(now_, day.at, day.at + kDay + (day.zone_missing ? kWesternmost : std::chrono::hours(0)));
  }

  static std::string describe(const NewsDate& date) {
    std::string text = "layout " + date.layout;
    if (date.zone_doubtful) text += ", a zone of several meanings and no country to tell which";
    if (date.zone_missing) text += ", no zone: read as UTC";
    if (date.guessed_order) text += ", day and month guessed";
    if (date.day_missing) text += ", no day";
    if (date.year_missing) text += ", no year";
    return text;
  }

  static std::string printable(std::string_view text) { return single_line(notation::utf8_prefix(text, 60)); }

  void reject(const FeedItem& item, const std::string& id, const Rejection& rejection) {
    constexpr std::size_t kPayloadText = 16 * 1024;  // a dead letter is read by people
    const auto bounded = [](std::string_view text) { return notation::utf8_prefix(text, kPayloadText); };
    notation::JsonWriter payload;
    payload.begin_object().field("id", bounded(item.id)).field("title", bounded(item.title));
    payload.field("body", bounded(item.body)).field("url", bounded(item.link)).field("date", bounded(item.date));
    batch_.rejected.push_back({rejection, payload.end_object().take(), id});
  }

  const Feed& feed_;
  FeedSource& source_;
  SeenItems& seen_;
  const bool heard_before_;
  const TimePoint now_;
  FeedWarnings& warnings_;
  std::optional<TimePoint> carrier_;
  mutable std::set<std::string> countries_;  // what DatePlace views
  FeedBatch batch_;
};

}  // namespace

FeedBatch collect_documents(const Feed& feed, FeedSource& source, SeenItems& seen, std::string_view carrier,
                            TimePoint now, FeedWarnings& warnings) {
  return Collector(feed, source, seen, now, warnings).run(carrier);
}

}  // namespace tapewatch::ingest
