#!/usr/bin/env bash
# Hinnant's tz library 3.0.1 as Debian 12 builds it reads the table of a zone's file and not the rule in its last line:
# after the table's end (2037 in Debian's "fat" files) the offset never changes again. With the "slim" files that zic makes
# by default, whose tables end with the last change of the rule, New York has no summer time from 2007 on, and no error
# says so. The version of the data is "unknown", since Debian ships neither of the two files that it looks for.
#   seen: New York in July: -4 h in 2037, -5 h in 2038.
# A program that may meet slim files must check for them: tapewatch reports them in /readyz.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libhowardhinnant-date-dev=3.0.1+ds-5 libdate-tz3=3.0.1+ds-5
compile zone date-tz <<'CPP'
#define USE_OS_TZDB 1
#include <date/tz.h>
#include <iostream>
int main() {
  const auto* zone = date::locate_zone("America/New_York");
  for (const int year : {2037, 2038}) std::cout << zone->get_info(date::sys_days(date::year(year) / 7 / 1)).offset.count() / 3600 << ' ';
  std::cout << date::get_tzdb().version << '\n';
}
CPP
expect "New York in July 2037 and 2038, version" "$("$scratch/zone")" "-4 -5 unknown"
