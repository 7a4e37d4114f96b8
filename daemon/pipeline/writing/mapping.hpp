#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"
#include "alerts/detector/trend_detector.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "alerts/notification/notice.hpp"
#include "alerts/observation.hpp"
#include "daemon/pipeline/scored.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/alert/detector_state.hpp"
#include "storage/alert/notices.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/alert/silences.hpp"
#include "storage/document/document_row.hpp"
#include "storage/document/document_writer.hpp"
#include "storage/document/sequence_reader.hpp"
#include "storage/source/dead_letters.hpp"

namespace tapewatch {

/// Where the islands meet: each translation between their plain types is one function here. Pure.

/// A scored document as stored. `record.incoming.content` must hold a document. Without a prediction the row is
/// unscored with the reason.
storage::DocumentRow to_document_row(const Scored& record);
/// A company that the record names, with the score towards it, or the text's where it has none of its own.
storage::EntityRow to_entity_row(const Scored& record, const ScoredEntity& scored);
storage::DeadLetterContent to_dead_letter(const std::string& source, const DeadLetter& dead);

/// A newly inserted row as the stored sequence tells it from now on.
storage::SequenceRow to_sequence_row(const storage::DocumentRow& row, const storage::Inserted& inserted);

/// The tags of each entity, by id: as the watch list has them, or had them when a document was scored.
using EntityTags = std::map<std::string, std::vector<std::string>>;
EntityTags tags_by_entity(const ingest::EntityFinder& finder);
EntityTags tags_by_entity(std::span<const ScoredEntity> entities);

/// A row of the sequence as the detector sees it, live and when it is read again.
alerts::Observation to_observation(const storage::SequenceRow& row, const EntityTags& tags);
alerts::Addition to_addition(const storage::SequenceRow& row, const EntityTags& tags);

/// A document that is taken back, and what is left of its story, as the detector sees it: the rows that `scores` has.
alerts::Retraction to_retraction(std::int64_t seq, const storage::SequenceRow& document,
                                 std::span<const storage::SequenceRow> others, const storage::ScoreView& scores,
                                 const EntityTags& tags);

/// The stored state of the detector.
std::vector<alerts::SeriesState> to_series_states(std::vector<storage::DetectorState> states);

storage::AlertRow to_alert_row(const alerts::Transition& transition, const std::string& config_version);

/// One message for each of its webhooks. The id derives from alert, step, endpoint and `occasion`, which tells messages
/// about one step from each other, so that the same message always has the same id.
std::vector<storage::OutboxMessage> to_outbox_messages(const alerts::Telling& telling, std::string_view occasion,
                                                       alerts::MessageContext context, TimePoint now);

/// The digest for those webhooks that hear of each of its alerts; of a webhook that hears of some, with these.
std::vector<storage::OutboxMessage> to_digest_messages(const storage::DigestRow& row,
                                                       std::span<const storage::AlertRow> digested,
                                                       std::span<const alerts::WebhookOptions> webhooks,
                                                       const alerts::MessageContext& context, TimePoint now);

/// The alerts island's notice, and the stored one.
alerts::Notice to_notice(const storage::NoticeRow& row);
storage::NoticeRow to_notice_row(const alerts::Notice& notice, bool open, std::optional<std::int64_t> digest);
std::vector<alerts::Silence> to_silences(std::span<const storage::SilenceRow> rows);

/// The account of the week up to `due`; it has the same id whenever it is written.
storage::OutboxMessage to_account_message(const std::string& webhook, const std::string& body, TimePoint due,
                                          TimePoint now);

}  // namespace tapewatch
