#pragma once

namespace tapewatch::model::test {

/// Written for the test of faithfulness: headlines and short reports in the style of a news wire, good, bad and plain,
/// of five to forty words.
inline constexpr const char* kExplanationTexts[] = {
    "Northwind Energy shares plunge after the regulator rejects its pipeline plan",
    "Calder Foods lifts full-year outlook as margins widen for a third quarter",
    "Tessaly Bank to cut 1,200 jobs after a surprise loss in trading",
    "Orvane Pharma soars on strong trial results for its asthma drug",
    "Brightwater Retail warns that holiday sales fell short of plan",
    "Halcyon Steel swings to a profit on higher prices and lower costs",
    "Meridian Air faces a fine over safety lapses at two hubs",
    "Lowen Software wins a record contract from the defence ministry",
    "Pacific Grain issues profit warning, blames drought and freight costs",
    "Vantor Motors recalls 80,000 cars over faulty brakes",
    "Quarry Stone Holdings raises dividend by a tenth on robust cash flow",
    "Ellison Brewing shares slump as volumes decline in key markets",
    "Kestrel Insurance beats estimates, announces a buyback",
    "Rating of Dunmore Telecom lowered to junk on mounting debt",
    "Silverlake Chips doubles its revenue on demand for AI servers",
    "Auditor resigns from Portside Shipping, stock suspended",
    "Aldbury Homes reports fewer cancellations and a fuller order book",
    "Chief executive of Granby Mining charged with insider trading",
    "Ferrow Logistics opens a new warehouse near Rotterdam",
    "Larkfield Dairy names Anna Berg as chief financial officer",
    "The board of Corvo Media will meet on Tuesday to review the accounts",
    "Trading in Rivenhall bonds was halted after it missed an interest payment",
    "Sentiment improves as inflation eases more than economists expected",
    "Stocks tumble worldwide on fears of a deeper banking crisis",
    "Oil rises for a fourth day on supply cuts",
    "Gold slips as the dollar strengthens",
    "Consumer confidence drops to its lowest level in nine years",
    "Hiring accelerates and unemployment falls to a record low",
    "Factory orders shrink again, deepening the manufacturing slump",
    "Exports jump as demand recovers across Asia",
    "Castellan Bank posts its best quarter in a decade on rising interest income",
    "Weak demand forces Ormond Paper to shut its oldest mill",
    "Fenwick Apparel files for bankruptcy protection after lenders walk away",
    "Pelham Devices gains approval to sell its heart pump in Europe",
    "Investors flee Zephyr Mobile after the accounting scandal widens",
    "Tarn Hydro upgraded to buy, price target raised",
    "Brokerage downgrades Nettle Cosmetics to sell on slowing growth",
    "Hollin Rail settles the dispute with its unions, strike called off",
    "Lawsuit accuses Pinecrest Fund of misleading its investors",
    "Arden Wind secures funding for its largest offshore park",
    "Marlow Cement cuts guidance for the second time this year",
    "Operating profit at Skelby Foods rose to 14.2 million from 9.8 million a year earlier",
    "Net loss at Orrin Biotech widened to 31 million from 12 million as costs surged",
    "Sales at Dray Brothers were flat in the quarter and in line with forecasts",
    "Copperfield Mines halts production after a fatal accident underground",
    "Ridgeway Hotels sees bookings surge to above the level before the pandemic",
    "The company expects a significant decline in earnings and has suspended its dividend until further notice",
    "The agreement strengthens our market position and is expected to improve profitability from next year on, the "
    "company "
    "said in a statement",
    "Demand remained weak in all regions, prices fell, and the write-down of inventories pushed the segment deeper "
    "into "
    "the red",
    "Shares of Belmont Solar jumped 18 percent on Friday after the firm reported a smaller loss than feared and raised "
    "its "
    "target for deliveries in the second half",
    "Shares of Wexley Toys sank 22 percent on Friday after the firm said that its largest customer had cancelled "
    "orders "
    "and that the chief financial officer would leave",
    "After two years of losses the shipyard returned to profit, repaid part of its debt ahead of schedule and told the "
    "unions that it would hire again",
    "Creditors rejected the rescue plan of Vallor Retail, and administrators now expect most of its ninety stores to "
    "close before the end of the winter",
    "The annual general meeting approved the accounts, discharged the board and elected Ms Lind as a new member for a "
    "term of two years",
    "Regulators fined Osprey Capital 40 million for failing to stop money laundering at its branch on the islands",
    "Analysts at three houses raised their targets for Linden Software after it beat forecasts on revenue, margin and "
    "new subscriptions",
    "Harrow Biofuels defaults on its loans",
    "Record orders lift Stanmore Robotics",
    "Cyber attack cripples Delphin Ports",
    "Sturdy growth at Wickham Foods",
    "Mill fire hurts Ashgrove Paper output",
    "Takeover bid sends Ravensworth Labs soaring",
    "Profit collapses at Thornby Estates",
    "Upbeat forecast boosts Glenmore Tyres",
    "Strikes disrupt flights, Cobham Air cancels its guidance",
    "Kingsley Bank cleared of wrongdoing in bond probe",
    "Price war squeezes margins at Fairley Grocers",
    "Patent win strengthens Quillon Optics",
};

}  // namespace tapewatch::model::test
