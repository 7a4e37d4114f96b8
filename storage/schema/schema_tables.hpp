#pragma once
#include <string>

namespace tapewatch::storage {

/// Migration 1, tables and indexes. All tables are STRICT; times are milliseconds since 1970 (UTC), sentiments integers
/// of 1e-6, squares of 1e-9, so that sums are exact and come out the same in any order.
std::string first_tables();

/// Migration 2: what coverage needs beside the spans.
std::string coverage_tables();

/// Migration 3: the votes of entities that only a revision brought in.
std::string later_votes();

/// The columns of both roll-up tables behind their keys, in order.
inline constexpr const char* rollup_columns[] = {"documents",
                                                 "positive",
                                                 "neutral",
                                                 "negative",
                                                 "abstained",
                                                 "unscored",
                                                 "sum",
                                                 "sum_squares",
                                                 "stories_all",
                                                 "negative_stories_all",
                                                 "scored_stories_all",
                                                 "story_sum_all",
                                                 "story_sum_squares_all",
                                                 "stories_topic",
                                                 "negative_stories_topic",
                                                 "scored_stories_topic",
                                                 "story_sum_topic",
                                                 "story_sum_squares_topic",
                                                 "stories_source",
                                                 "negative_stories_source",
                                                 "scored_stories_source",
                                                 "story_sum_source",
                                                 "story_sum_squares_source",
                                                 "stories_topic_source",
                                                 "negative_stories_topic_source",
                                                 "scored_stories_topic_source",
                                                 "story_sum_topic_source",
                                                 "story_sum_squares_topic_source"};

}  // namespace tapewatch::storage
