#pragma once

#include <cstddef>
#include <vector>

#include "ingest/date/date_fields.hpp"

namespace tapewatch::ingest {

/// A number of a date that is neither of its time nor of its offset.
struct DateNumber {
  int value;
  std::size_t digits;
  char before;  ///< the sign in front of it, or ' '
};

/// Day and year beside a month's name. False where they cannot be told, or a number is left over: two dates, a span of
/// days, the number of an issue.
bool place_around_month(const std::vector<DateNumber>& numbers, DateFields& fields);

/// Three joined numbers in the order that the fields' place writes. `guessed`: another order was possible.
bool place_numeric(const std::vector<DateNumber>& numbers, DateFields& fields, bool& guessed);

/// Three joined numbers of two digits as year, month and day; false for others.
bool place_year_first(const std::vector<DateNumber>& numbers, DateFields& fields);

}  // namespace tapewatch::ingest
