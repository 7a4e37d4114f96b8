#pragma once
#include <string>

namespace tapewatch::storage {

/// Migration 1, the views: the part of the schema that is for users and keeps its columns. Times are RFC 3339 text
/// (UTC, milliseconds), with `at_ms` or `t_ms` beside them as a number to filter by; sentiments are in [−1,1].
///
/// document_view       id, source, external_id, title, body, url, language, published_at, received_at, scored_at,
///                     stored_at, revised_at, at_ms, topic, label, sentiment, positive, neutral, negative, story,
///                     revision, model_version, unscored_reason, truncated, late, seq; one row a document, latest
///                     revision
/// document_entity_view document, entity, name, label, sentiment, method, start, end
/// sentiment_minute    t, t_ms, topic, source, documents, positive, neutral, negative, abstained, unscored, sum,
///                     sum_squares, mean (of documents), stories, negative_stories (of the series topic and source),
///                     stories_topic, negative_stories_topic (add these over sources for a topic's series),
///                     stories_source, negative_stories_source (add over topics), stories_all, negative_stories_all
///                     (add over both)
/// sentiment_hour, sentiment_day   the same columns, in UTC hours and days
/// sentiment_entity_minute         the same with `entity` before `topic`; the story columns are within the entity
/// alert_view          id, rule, severity, state, key, measure, started_at, updated_at, ended_at, sequence, late,
/// reason,
///                     observed, expected, p_value, evidence (JSON), labels (JSON), model_version, config_version, seq
std::string first_views();

}  // namespace tapewatch::storage
