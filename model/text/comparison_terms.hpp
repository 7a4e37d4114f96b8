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
  dividend,    ///< the same as `higher`, whatever words stand around it
  goal,        ///< the same as `higher` in front of figures; between them what another is compared with
  unclear,     ///< a measure of which it is not known whether more is better
  ahead,       ///< the figure behind it is what another is compared with: "vs"
  from,        ///< the same; with "to" behind the figure, what it was before
  around,      ///< the figure behind it, or before it, is what was expected
  prior,       ///< the same, what it was before
  behind,      ///< the figure before it is what it was before: "ago"
  now,         ///< the figure behind it is what it has become
  preview,     ///< the figures are not out, or not to be compared
  praise,      ///< says in words that it is better
  blame,       ///< or worse
  fall,        ///< the percentage beside it has a minus; "minus" makes any figure negative
  difference,  ///< the figure before it is a distance: "40m less"
  to,          ///< "to"
  cents,       ///< of a figure: hundredths
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
    {ComparisonTerm::praise,
     "beat beats beating exceed exceeds exceeded hike hikes lift lifts lifted raise raises raised strong stronger top "
     "topped tops upgrade upgrades upgraded"},
    {ComparisonTerm::blame,
     "cut cuts disappoint disappointing disappoints downgrade downgraded lowers lowered miss missed misses missing "
     "slash slashes slump slumps warn warns warning weak weaker withdraws"},
    {ComparisonTerm::higher,
     "activity adequacy affo applications arpu arr arrivals attendance aum backlog barometer bid-to-cover "
     "book-to-bill bookings buyback car cash cashflow cet1 clearance climate completions composite comps "
     "conditions confidence consumption cover coverage-ratio crar customers daus deliveries demand "
     "deposits distribution dps employment equity exports factor fcf ffo footfall gauge gdp gmv goods "
     "growth hiring hpi ifo inflows intake investment ism job jolts lcr lfl like-for-like loadings loans "
     "margin margins maus members morale nav nfp nodx nta occupancy openings optimism orders output "
     "passengers payrolls permits pmi pmis production punctuality purchases registrations reserves rev "
     "revenue revenues revs roce roe rote sales same-store sentiment sentix services shipments solvency "
     "starts subscribers takings tankan throughput tonnage trade traffic transits travellers turnover "
     "users utilisation utilization visitors wholesales workload zew"},
    {ComparisonTerm::lower,
     "absenteeism accident accidents aisc arrears attrition bad bankruptcies bankruptcy borrowing "
     "borrowings breaches burn cancellation cancellations cancelled casm casm-ex cds charge charge-offs "
     "chargeoffs charges churn claimant claims combined complaints cost cost-income cost-to-income costs "
     "cpi crossover debt default defaulted defaults defects delays delinquencies delinquency delinquent "
     "distressed doubtful downgrades downtime failures fatalities fatality fines foreclosures gap gearing "
     "gnpa hicp idle impaired impairment impairments inflation injuries insolvencies insolvency ipca "
     "itraxx jobless late lay-offs layoffs leverage liquidations loan-to-value ltv mortality nnpa "
     "non-performing nonaccruals nonperforming npa npas npl npls opex outages outflows overdue pce ppi "
     "problem provision provisions psnb recalls receivables redundancies rejects sg&a shortfall shrinkage "
     "sour soured special-mention spoilage spread spreads stoppages strikes thefts troubled unemployment "
     "vacancy wastage write-down write-downs write-offs writedown writedowns writeoff writeoffs"},
    {ComparisonTerm::profit,
     "net balance earnings ebit ebita ebitda eps income npat pbt pre-tax pretax profit profits surplus"},
    {ComparisonTerm::loss, "deficit loss losses"},
    {ComparisonTerm::dividend, "dividend dividends payout savings"},
    {ComparisonTerm::goal, "guidance objective outlook pt target targets tp"},
    {ComparisonTerm::unclear,
     "call calls capex coverage employee expense expenses holding holdings imports index inventories "
     "inventory paid prices rents shares staff stake stock stockpiles stocks volume volumes yield yields"},
    {ComparisonTerm::ahead, "after against cf compared v versus vs"},
    {ComparisonTerm::from, "from"},
    {ComparisonTerm::around,
     "advance assumed budgeted cons consensus est estimate estimated estimates ests exp expectation "
     "expectations expected f'cast flash forecast forecasted forecasters forecasts guided hoped looked "
     "median original pencilled plan planned pointed poll polled predicted prelim preliminary projected "
     "projection saw seen street survey surveyed targeted whisper"},
    {ComparisonTerm::prior,
     "earlier formerly had initially last old originally pcp preceding prev previous previously "
     "prior prior-year revised was year-ago year-before year-earlier"},
    {ComparisonTerm::fall,
     "contract contracted contraction contracts decline declined declines declining decrease decreased "
     "decreases down drop dropped dropping drops fall falling falls fell minus negative plunge plunged "
     "plunges plunging sank shrank shrink shrinking shrinks sinks slid slide slides slip slipped slips "
     "tumble tumbled tumbles"},
    {ComparisonTerm::difference, "above below better higher less lower more narrower short wider worse"},
    {ComparisonTerm::now, "act actual actually came latest now reported"},
    {ComparisonTerm::preview,
     "awaited awaits comparable corrected correction corrects due if preview range rival tomorrow upcoming"},
    {ComparisonTerm::behind, "before ago back"},
    {ComparisonTerm::to, "to"},
    {ComparisonTerm::cents, "cent cents pence"},
    {ComparisonTerm::thousand, "k thousand tsd"},
    {ComparisonTerm::hundred_thousand, "lakh lakhs"},
    {ComparisonTerm::million, "m million millions mio mln mn"},
    {ComparisonTerm::ten_million, "cr crore crores"},
    {ComparisonTerm::billion, "b billion billions bln bn"},
    {ComparisonTerm::trillion, "t tln tn trillion trillions trn"},
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
  for (const auto& [term, words] : kComparisonTerms) {
    count += 1 + static_cast<std::size_t>(std::ranges::count(words, ' '));
  }
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
