#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/detector/detector_options.hpp"
#include "alerts/detector/source_set.hpp"
#include "alerts/observation.hpp"
#include "alerts/rules/measure.hpp"

namespace tapewatch::alerts {

class BlobReader;
class BlobWriter;

/// The latest counted stories of a series with what people need to see of them, bounded; for the evidence only.
class RecentStories {
 public:
  /// `episode_from`: the minute from which stories belong to an open alert (they are given up last), INT64_MAX: none.
  void add(std::int64_t story, std::int64_t minute, const Observation&, const Vote&, std::int64_t episode_from,
           const DetectorOptions&);
  /// Another document of a story. Whether it is the first one that says the opposite.
  bool repeat(std::int64_t story, const Observation&, const DetectorOptions&);
  /// A document of a story says the opposite now. The minute of its vote; nothing where that is known, or the story
  /// is not.
  std::optional<std::int64_t> turn(std::int64_t story);
  /// One document less of a story, which another one began. `turned`: one of those that are left says the opposite.
  void take_document(std::int64_t story, bool turned);
  /// Who shows a story whose first document is taken back: the earliest one that is left, and with it the vote.
  struct Heir {
    const Observation& document;
    Vote vote;
    bool turned = false;  ///< one that is left says the opposite of it, or a revision of its own does
  };
  /// The document that began a story is taken back: an heir shows it, or nobody does.
  void take_first(std::int64_t story);
  void pass(std::int64_t story, const Heir&, const DetectorOptions&);
  /// Gives up those with a vote before `minute`.
  void forget(std::int64_t minute);
  bool changed() const { return !changed_.empty(); }
  /// A story that shows a text which is to be erased is given up. Whether there was one.
  bool take_text(std::int64_t story, const Observation& gone, const DetectorOptions&);
  /// At most five with a vote in [from, to]: most told first, then the lowest sentiment.
  std::vector<TopStory> top(std::int64_t from, std::int64_t to) const;
  /// The source of all documents of the stories with a vote in [from, to]; empty where there are several.
  std::string single_source(std::int64_t from, std::int64_t to) const;
  /// The sources of those documents.
  SourceSet sources(std::int64_t from, std::int64_t to) const;

  /// Each story is a part of the stored state of its own, in a slot that is used again when it is given up.
  std::vector<std::uint32_t> take_changed() { return std::exchange(changed_, {}); }
  std::vector<std::uint32_t> slots() const;
  bool has(std::uint32_t slot) const;  ///< false: given up, its part is to be deleted
  void save(std::uint32_t slot, BlobWriter&) const;
  void load(std::uint32_t slot, BlobReader&);

 private:
  struct Entry {
    std::int64_t story = 0;
    std::int64_t minute = 0;
    std::uint64_t arrival = 0;  // 1, 2, … in the series
    std::uint32_t slot = 0;
    bool several_sources = false;  // of its documents
    SourceSet sources;
    bool turned = false;
    Gravity gravity = Gravity::none;
    double sentiment = 0.0;
    std::uint64_t documents = 1;
    std::string texts;                    // title, address, source and event in one: a series has forty of them
    std::array<std::uint32_t, 3> ends{};  // of the first three

    std::string_view title() const { return std::string_view(texts).substr(0, ends[0]); }
    std::string_view url() const { return std::string_view(texts).substr(ends[0], ends[1] - ends[0]); }
    std::string_view source() const { return std::string_view(texts).substr(ends[1], ends[2] - ends[1]); }
    std::string_view event() const { return std::string_view(texts).substr(ends[2]); }
    void set_texts(std::string_view title, std::string_view url, std::string_view source, std::string_view event);
    void show(const Observation&, const Vote&, const DetectorOptions&);
    TopStory shown() const;
  };
  std::vector<Entry>::iterator find(std::int64_t story);
  void give_up(std::vector<Entry>::iterator);
  void note_change(std::uint32_t slot);

  std::vector<Entry> entries_;          // in order of arrival; their slots are 0, 1, … without gaps
  std::vector<std::uint32_t> changed_;  // ascending
};

/// At most `bytes` of a UTF-8 text, cut between characters, with "…" in place of what is gone.
std::string cut_text(std::string_view text, std::size_t bytes);

}  // namespace tapewatch::alerts
