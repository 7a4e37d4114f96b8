// Tested by tests/daemon/commands/map_command_test.cpp
#include "daemon/commands/print_fields.hpp"

#include <ostream>

#include "ingest/record/preset_options.hpp"

namespace tapewatch {
namespace {

/// A basic string of TOML.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string places_text(const ingest::FieldPlaces& places) {
  if (places.empty()) return "\"\"";
  if (places.size() == 1) return quoted(places.front());
  std::string list;
  for (const std::string& place : places) list += (list.empty() ? "[" : ", ") + quoted(place);
  return list + "]";
}

void print_shape(const ingest::RecordShape& given, std::ostream& out) {
  const ingest::RecordShape shape = ingest::with_preset(given);
  for (const auto& [name, format] : ingest::kRecordFormats) {
    if (format == shape.format) out << "format = " << quoted(std::string(name)) << "\n";
  }
  if (!shape.items.empty()) out << "items = " << places_text(shape.items) << "\n";
  for (const auto& [place, steps] : shape.decode) out << "decode." << quoted(place) << " = " << quoted(steps) << "\n";
  for (const auto& [name, member] : ingest::kRecordFieldMembers) {
    const auto places = (shape.fields.*member).value_or(ingest::FieldPlaces{});
    if (!places.empty()) out << "fields." << name << " = " << places_text(places) << "\n";
  }
}

}  // namespace

void print_fields(const std::vector<ingest::RecordSource>& sources, std::ostream& out) {
  for (const auto& source : sources) {
    out << "# the source " << quoted(source.name) << (source.preset.empty() ? "" : ", preset " + quoted(source.preset))
        << "\n";
    print_shape(source, out);
    out << "\n";
  }
  for (const ingest::Preset& preset : ingest::kPresets) {
    ingest::RecordShape shape;
    shape.preset = preset.name;
    out << "# preset = " << quoted(shape.preset) << "\n";
    print_shape(shape, out);
    out << "\n";
  }
}

}  // namespace tapewatch
