#pragma once
// Header only: the configuration knows the presets by name.
#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ingest/record/preset_places_options.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

/// The shape in which a vendor or a standard sends news.
struct Preset {
  std::string_view name;
  RecordFormat format;
  std::span<const PresetLine> lines;
};

inline constexpr Preset kPresets[] = {
    {"alpaca", RecordFormat::json, preset_lines::kAlpaca},
    {"benzinga", RecordFormat::json, preset_lines::kBenzinga},
    {"canonical", RecordFormat::json, preset_lines::kCanonical},
    {"cloudevents", RecordFormat::json, preset_lines::kCloudEvents},
    {"debezium", RecordFormat::json, preset_lines::kDebezium},
    {"dowjones", RecordFormat::json, preset_lines::kDowJones},
    {"edgar", RecordFormat::json, preset_lines::kEdgar},
    {"eodhd", RecordFormat::json, preset_lines::kEodhd},
    {"finnhub", RecordFormat::json, preset_lines::kFinnhub},
    {"gdelt", RecordFormat::json, preset_lines::kGdelt},
    {"gdelt-gkg", RecordFormat::tsv, preset_lines::kGdeltGkg},
    {"lseg", RecordFormat::json, preset_lines::kLseg},
    {"marketaux", RecordFormat::json, preset_lines::kMarketaux},
    {"newsapi", RecordFormat::json, preset_lines::kNewsApi},
    {"newsml-g2", RecordFormat::json, preset_lines::kNewsMl},
    {"ninjs", RecordFormat::json, preset_lines::kNinjs},
    {"nitf", RecordFormat::json, preset_lines::kNitf},
    {"polygon", RecordFormat::json, preset_lines::kPolygon},
    {"rss", RecordFormat::json, preset_lines::kCanonical},
    {"tiingo", RecordFormat::json, preset_lines::kTiingo},
};

inline const Preset* find_preset(std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(kPresets), std::end(kPresets), [&](const Preset& preset) { return preset.name == name; });
  return found == std::end(kPresets) ? nullptr : found;
}

inline std::string preset_names() {
  std::string names;
  for (const Preset& preset : kPresets) names += (names.empty() ? "" : " ") + std::string(preset.name);
  return names;
}

/// The shape with every field filled in: its own places, else the preset's, else, without a preset, those of the
/// canonical document. Own `items`, `decode` and a format other than json replace the preset's. Throws
/// std::invalid_argument for an unknown preset.
inline RecordShape with_preset(const RecordShape& own) {
  RecordShape shape = own;
  const Preset* const preset = find_preset(own.preset.empty() ? "canonical" : own.preset);
  if (preset == nullptr) throw std::invalid_argument("preset = \"" + own.preset + "\": there are " + preset_names());
  if (own.format == RecordFormat::json) shape.format = preset->format;
  RecordShape from;
  for (const PresetLine& line : preset->lines) {
    constexpr std::string_view kDecode = "decode ";
    if (line.field == "items") from.items.emplace_back(line.place);
    if (line.field.starts_with(kDecode)) from.decode.emplace(line.field.substr(kDecode.size()), line.place);
    for (const auto& [name, member] : kRecordFieldMembers) {
      if (line.field != name) continue;
      auto& places = from.fields.*member;
      if (!places) places.emplace();
      places->emplace_back(line.place);
    }
  }
  if (own.items.empty()) shape.items = from.items;
  if (own.decode.empty()) shape.decode = from.decode;
  for (const auto& [name, member] : kRecordFieldMembers) {
    if (!(shape.fields.*member)) shape.fields.*member = (from.fields.*member).value_or(FieldPlaces{});
  }
  return shape;
}

}  // namespace tapewatch::ingest
