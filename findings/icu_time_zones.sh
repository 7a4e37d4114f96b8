#!/usr/bin/env bash
# ICU 72 (Debian 12) keeps the time zones of 2022e in its own data file and never looks at the system's: an upgrade of
# tzdata changes nothing for a program that uses ICU. It does not know Egypt's summer time of 2023, Kazakhstan's single
# zone of 2024 or Greenland's new offset, and takes America/Ciudad_Juarez as UTC without an error.
#   seen: 2022e; Africa/Cairo 120 (system: 180), Asia/Almaty 360 (300), America/Ciudad_Juarez 0 (-360) minutes on
#   2024-07-03. What to use instead: a library that reads /usr/share/zoneinfo (Hinnant's date, std::chrono::tzdb).
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libicu-dev=72.1-3+deb12u1 libicu72=72.1-3+deb12u1
compile zones icui18n icuuc <<'CPP'
#include <unicode/timezone.h>
#include <unicode/ucal.h>
#include <iostream>
#include <memory>
int main(int, char** names) {
  UErrorCode error = U_ZERO_ERROR;
  std::cout << ucal_getTZDataVersion(&error);
  while (*++names) {
    const std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(*names));
    int32_t raw = 0, summer = 0;
    zone->getOffset(1720000000.0 * 1000, false, raw, summer, error);
    std::cout << ' ' << (raw + summer) / 60000;
  }
}
CPP
zones=(Africa/Cairo Asia/Almaty America/Ciudad_Juarez)
expect "ICU: version, then minutes east of UTC" "$("$scratch/zones" "${zones[@]}")" "2022e 120 360 0"
for zone in "${zones[@]}"; do TZ=$zone date -d @1720000000 "+the system's: $zone %z"; done
