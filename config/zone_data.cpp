#include "config/zone_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>

#include "config/notation/ascii.hpp"
#include "config/notation/time_zone.hpp"
#include "config/toml/nearest.hpp"

namespace tapewatch::config {
namespace {

constexpr const char* kFolder = "/usr/share/zoneinfo";  // where the library looks
constexpr std::string_view kProbe = "America/New_York";

std::string_view city_of(std::string_view zone) { return zone.substr(zone.rfind('/') + 1); }

/// The library reads the table of a zone's file and not the rule at its end. Debian's tables reach to 2037; those of
/// other distributions ("slim") end with the last change of the rule itself and would be silently wrong.
bool tables_are_cut_short() {
  if (!ends_in_daylight_rule(fmt::format("{}/{}", kFolder, kProbe))) return false;
  const auto in_2036 = date::sys_days(date::year(2036) / 7 / 1);
  const auto* zone = date::locate_zone(kProbe);
  return zone->get_info(in_2036).end >= date::sys_days(date::year(2038) / 1 / 1);
}

}  // namespace

std::string installed_zone_version() {
  constexpr std::string_view kBefore = "# version ";
  std::ifstream in(fmt::format("{}/tzdata.zi", kFolder));
  std::string line;
  if (!std::getline(in, line) || !line.starts_with(kBefore)) return "unknown";
  return line.substr(kBefore.size());
}

bool ends_in_daylight_rule(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!bytes.ends_with('\n') || bytes.size() < 2) return false;
  const auto before = bytes.rfind('\n', bytes.size() - 2);
  return before != std::string::npos && bytes.find(',', before) != std::string::npos;
}

ZoneData load_zone_data() {
  ZoneData data;
  data.version = installed_zone_version();
  std::vector<std::string> unreadable;
  try {
    for (const auto& zone : date::get_tzdb().zones) {
      if (zone.name() == "localtime") continue;
      (notation::TimeZone::find(zone.name()) ? data.names : unreadable).push_back(zone.name());
    }
    if (tables_are_cut_short()) {
      data.trouble = fmt::format(
          "the files in {} give daylight saving only as a rule, which is not read: install Debian's tzdata", kFolder);
    }
  } catch (const std::exception&) {
    data.trouble = fmt::format("no time zone data in {}: install tzdata; only UTC is known", kFolder);
  }
  if (!unreadable.empty()) {
    data.trouble = fmt::format("{}/{} cannot be read ({} in all): reinstall tzdata", kFolder, unreadable.front(),
                               unreadable.size());
  }
  std::sort(data.names.begin(), data.names.end());
  return data;
}

std::optional<alerts::LocalClock> local_clock(std::string_view name) {
  const auto zone = notation::TimeZone::find(name);
  if (!zone) return std::nullopt;
  alerts::LocalClock clock;
  if (name == "UTC") return clock;
  for (std::optional<std::chrono::sys_seconds> at = std::chrono::sys_seconds{}; at; at = zone->offset_ends(*at)) {
    clock.changes.push_back({*at, zone->offset(*at)});
  }
  return clock;
}

std::string unknown_zone(std::string_view name) {
  const ZoneData data = load_zone_data();
  if (data.names.empty()) return data.trouble;
  const auto same_city = std::find_if(data.names.begin(), data.names.end(), [&](const std::string& zone) {
    return notation::equal_in_any_case(city_of(zone), city_of(name));
  });
  const std::vector<std::string_view> known(data.names.begin(), data.names.end());
  const std::string_view nearest = same_city != data.names.end() ? *same_city : nearest_name(name, known);
  return fmt::format("\"{}\" is not an IANA time zone{}", name,
                     nearest.empty() ? " such as Europe/London" : fmt::format("; did you mean {}?", nearest));
}

}  // namespace tapewatch::config
