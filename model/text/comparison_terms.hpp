#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace tapewatch::model {

/// What a word of the financial press means beside figures.
enum class ComparisonTerm {
  higher,      ///< a measure of which more is better
  lower,       ///< a measure of which less is better
  profit,      ///< the same as `higher`, and the opposite of
  loss,        ///< the same as `lower`
  dividend,    ///< the same as `higher`; a dividend yield too
  goal,        ///< the same as `higher` in front of figures; between them what another is compared with
  unclear,     ///< a measure of which it is not known whether more is better
  ahead,       ///< the figure behind it is what another is compared with: "vs"
  from,        ///< the same; with "to" behind the figure, what it was before
  around,      ///< the figure behind it, or before it, is what was expected
  prior,       ///< the same, what it was before
  behind,      ///< the figure before it is what it was before: "ago"
  now,         ///< the figure behind it is what it has become
  preview,     ///< the figures are not out yet
  fall,        ///< the percentage beside it has a minus; "minus" makes any figure negative
  difference,  ///< the figure before it is a distance: "40m less"
  to,          ///< "to"
  thousand,
  hundred_thousand,
  million,
  ten_million,
  billion,
  trillion,
  percent,
  points,
  times,
  month,  ///< the figure beside it is a day
  clock,  ///< the figure before it is a time of day
};

struct ComparisonTermWords {
  ComparisonTerm term;
  std::string_view words;  // in small letters, a blank between
};

inline constexpr ComparisonTermWords kComparisonTerms[] = {
    {ComparisonTerm::higher,
     "crar car adequacy coverage-ratio activity affo applications approvals arpu arr arrivals attendance aum backlog "
     "barometer bid-to-cover "
     "book-to-bill bookings buyback cash cashflow cet1 clearance climate completions composite comps "
     "conditions confidence consumption cover customers daus deliveries demand deposits distribution dps "
     "employment equity exports fcf ffo footfall gauge gdp gmv goods growth hiring hpi ifo index inflows "
     "intake investment ism job jolts lfl like-for-like loadings loans margin margins maus members morale "
     "nav nfp nodx nta occupancy openings optimism orders output passengers payrolls permits pmi pmis "
     "production punctuality purchases registrations reserves rev revenue revenues revs roce roe rote "
     "sales same-store savings sentiment sentix services shares shipments solvency spending starts stock "
     "subscribers takings tankan throughput tonnage trade traffic transits travellers turnover users "
     "utilisation utilization visitors volume volumes wholesales workload zew"},
    {ComparisonTerm::lower,
     "cancellation special-mention receivables gnpa nnpa nonaccruals npas stoppages breaches borrowings absenteeism "
     "accident accidents aisc arrears attrition bad bankruptcies bankruptcy borrowing burn "
     "cancellations cancelled casm casm-ex cds charge charge-offs chargeoffs charges churn claimant claims "
     "combined complaints cost cost-income cost-to-income costs cpi crossover debt default defaulted "
     "defaults defects delays delinquencies delinquency delinquent distressed doubtful downgrades downtime "
     "expense expenses failures fatalities fatality fines foreclosures gap gearing hicp idle impaired "
     "impairment impairments inflation injuries insolvencies insolvency ipca itraxx jobless late lay-offs "
     "layoffs leverage liquidations loan-to-value ltv mortality non-performing nonperforming npl npls opex "
     "outages outflows overdue pce ppi problem provision provisions psnb recalls redundancies rejects sg&a "
     "shortfall shrinkage sour soured spoilage spread spreads strikes thefts troubled unemployment vacancy "
     "wastage write-down write-downs write-offs writedown writedowns writeoff writeoffs"},
    {ComparisonTerm::profit,
     "net balance earnings ebit ebita ebitda eps income npat pbt pre-tax pretax profit profits surplus"},
    {ComparisonTerm::loss, "deficit loss losses"},
    {ComparisonTerm::dividend, "dividend dividends payout"},
    {ComparisonTerm::goal, "guidance objective outlook pt target targets tp"},
    {ComparisonTerm::unclear,
     "call calls coverage employee imports inventories inventory paid prices rents staff stockpiles stocks "
     "yield yields"},
    {ComparisonTerm::ahead, "after against cf compared v versus vs"},
    {ComparisonTerm::from, "from"},
    {ComparisonTerm::around,
     "advance assumed budgeted cons consensus est estimate estimated estimates ests exp expectation "
     "expectations expected f'cast flash forecast forecasted forecasters forecasts guided hoped looked "
     "median original pencilled plan planned pointed poll polled predicted prelim preliminary projected "
     "projection saw seen street survey surveyed targeted whisper"},
    {ComparisonTerm::prior,
     "before earlier formerly had initially last old originally pcp preceding prev previous previously "
     "prior prior-year revised was year-ago year-before year-earlier"},
    {ComparisonTerm::fall,
     "contract contracted contraction contracts decline declined declines declining decrease decreased "
     "decreases down drop dropped dropping drops fall falling falls fell minus negative plunge plunged "
     "plunges plunging sank shrank shrink shrinking shrinks sinks slid slide slides slip slipped slips "
     "tumble tumbled tumbles"},
    {ComparisonTerm::difference, "above below better higher less lower more narrower short wider worse"},
    {ComparisonTerm::now, "act actual actually came latest now reported"},
    {ComparisonTerm::preview, "awaited due preview range tomorrow upcoming"},
    {ComparisonTerm::behind, "ago back"},
    {ComparisonTerm::to, "to"},
    {ComparisonTerm::thousand, "k thousand tsd"},
    {ComparisonTerm::hundred_thousand, "lakh lakhs"},
    {ComparisonTerm::million, "m million millions mio mln mn"},
    {ComparisonTerm::ten_million, "cr crore crores"},
    {ComparisonTerm::billion, "b billion billions bln bn"},
    {ComparisonTerm::trillion, "t tn trillion trillions trn"},
    {ComparisonTerm::percent, "% pct percent pp ppt ppts"},
    {ComparisonTerm::points, "bp bps"},
    {ComparisonTerm::times, "times x"},
    {ComparisonTerm::month,
     "may apr april aug august dec december feb february jan january jul july jun june mar march nov november "
     "oct october sep sept september"},
    {ComparisonTerm::clock, "bst cet et gmt ist jst pm"},
};

struct ComparisonWord {
  std::string_view word;
  ComparisonTerm term{};
};

inline constexpr std::size_t kComparisonWordCount = [] {
  std::size_t count = 0;
  for (const auto& [term, words] : kComparisonTerms)
    count += 1 + static_cast<std::size_t>(std::ranges::count(words, ' '));
  return count;
}();

/// All of them by their bytes.
inline constexpr auto kComparisonWords = [] {
  std::array<ComparisonWord, kComparisonWordCount> all;
  std::size_t size = 0;
  for (auto [term, words] : kComparisonTerms) {
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(' '), words.size());
      all[size++] = {words.substr(0, end), term};
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }
  std::ranges::sort(all, {}, &ComparisonWord::word);
  return all;
}();

}  // namespace tapewatch::model
