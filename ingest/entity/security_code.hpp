#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// One way to read what a source calls a security.
struct SecurityCode {
  enum class Kind { ticker, isin, lei, cusip, sedol };
  Kind kind = Kind::ticker;
  std::string code;          ///< in capitals; a ticker as canonical_ticker() has it
  std::string_view markets;  ///< MICs of a ticker's market, separated by blanks; empty: any

  friend bool operator==(const SecurityCode&, const SecurityCode&) = default;
};

/// The readings of a notation, likely ones first; none for any other text. `Nasdaq:KSMR`, `NYSE American:
/// KSA`, `KSMR:NASDAQ`, `KSMR.O`, `R:KSMR.O`, `<VOD.L>`, `KSMR.US`, `KSMR US Equity`, `VOD LN`, `$KSMR`, `KSMR`;
/// `urn:isin:…`, ISIN, LEI, CUSIP and SEDOL with a label or with a right check digit. "BRK.B" may be a ticker or BRK
/// on a market "B" that nobody knows: only the first is a reading. Bare tickers are in capitals.
std::vector<SecurityCode> read_security_code(std::string_view notation);

/// The parts of a list, by commas, semicolons, bars and line breaks.
std::vector<std::string_view> split_code_list(std::string_view list);

/// Whether every part of a list is a notation; parts of bare tickers may also be separated by blanks.
bool is_code_list(std::string_view list);

/// A ticker in one spelling: capitals, '.' before a share class ("BRK-B", "BRK/B", "BRKb"), no leading zeros of a
/// number
/// ("0700").
std::string canonical_ticker(std::string_view ticker);

bool is_isin(std::string_view text);   ///< ISO 6166, with its check digit
bool is_lei(std::string_view text);    ///< ISO 17442, with its check digits (ISO 7064, mod 97)
bool is_cusip(std::string_view text);  ///< nine characters, with the check digit
bool is_sedol(std::string_view text);  ///< seven characters, with the check digit

/// The CUSIP inside an ISIN of North America, the SEDOL inside one of the British Isles; "" if there is none.
std::string_view cusip_of_isin(std::string_view isin);
std::string_view sedol_of_isin(std::string_view isin);

}  // namespace tapewatch::ingest
