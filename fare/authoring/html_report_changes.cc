// SPDX-License-Identifier: Apache-2.0
// The tables of the HTML report: the worst changes, and the journeys.
#include <algorithm>
#include <string>

#include "fare/authoring/diff_text.h"
#include "fare/authoring/html_report.h"
#include "fare/authoring/html_report_parts.h"
#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

std::string bilingual(std::string_view zh, std::string_view en) {
  return html_escaped(zh) + " <span lang=\"en\">" + html_escaped(en) + "</span>";
}

std::string outcome_html(Outcome outcome) {
  if (outcome.accepted()) return outcome.fen().yuan();
  const RefusalText& text = refusal_text(outcome.reason());
  return "<span class=\"refusal\" title=\"" + html_escaped(text.zh) + " " + html_escaped(text.en) +
         "\">拒绝 refused<br><code>" + html_escaped(text.name) + "</code></span>";
}

std::string rules_html(const RidePrice& before, const RidePrice& after) {
  const std::string old_rules = rules_text(before.trace), new_rules = rules_text(after.trace);
  std::string out = "<code>" + html_escaped(old_rules) + "</code>";
  if (old_rules != new_rules) out += " → <code>" + html_escaped(new_rules) + "</code>";
  return out;
}

std::string stop_html(const StopName& stop) {
  return bilingual(stop.zh, stop.en) + " <code>" + html_escaped(stop.code) + "</code>";
}

std::string riders_html(const ForWhom& whom, const DiffReport& report) {
  if (whom.riders.size() == report.riders.size())
    return "所有乘客 <span lang=\"en\">everyone</span>";
  std::string out;
  for (const std::size_t rider : whom.riders) {
    const RiderName name = rider_title(report.own_riders, report.riders[rider]);
    out += (out.empty() ? "" : ", ") + bilingual(name.zh, name.en);
  }
  return out;
}

std::string whom_html(const PriceChange& change, const DiffReport& report) {
  const auto& moments = report.networks[change.network].moments;
  std::string out;
  for (const ForWhom& whom : change.whom) {
    out += "<div>" + riders_html(whom, report) + "<small>";
    if (whom.moments.size() == moments.size()) out += "任何时刻 at any time";
    constexpr std::size_t kMost = 4;
    for (std::size_t i = 0; whom.moments.size() < moments.size() && i < whom.moments.size(); ++i) {
      if (i == kMost) {
        out += ", +" + std::to_string(whom.moments.size() - kMost);
        break;
      }
      const Moment& moment = moments[whom.moments[i]];
      out += (i > 0 ? ", " : "") + minute_text(moment.at) +
             (moment.name_zh.empty() ? "" : " " + html_escaped(moment.name_zh));
    }
    out += "</small></div>";
  }
  return out;
}

/// Of columns that are sorted by number.
std::string sort_key(std::int64_t value) {
  return " data-sort=\"" + std::to_string(value) + "\"";
}

/// One cell; on a phone its label stands before it.
std::string cell(std::string_view label, const std::string& content,
                 const std::string& attributes = {}) {
  std::string out = "<td data-label=\"";
  out.append(label).append("\"").append(attributes).append("><div>");
  return out.append(content).append("</div></td>");
}

std::string money_cell(std::string_view label, Outcome outcome) {
  return cell(label, outcome_html(outcome), " class=\"money\"" + sort_key(outcome.number()));
}

std::string change_row(const PriceChange& change, const DiffReport& report, std::size_t place) {
  const NetworkDiff& network = report.networks[change.network];
  const std::string kind{change_name(change.kind)};
  const std::string difference = difference_text(change);
  std::string out = "<tr data-kind=\"" + kind + "\" data-network=\"" + html_escaped(network.id) +
                    "\">" +
                    cell("#", std::to_string(place), sort_key(static_cast<std::int64_t>(place)));
  out += cell("变化 Change", "<span class=\"kind " + kind + "\">" +
                                 std::string{change_sign(change.kind)} + " " +
                                 std::string{change_name_zh(change.kind)} + " <span lang=\"en\">" +
                                 std::string{change_name_en(change.kind)} + "</span></span>");
  out += cell("从 From", stop_html(network.stops[change.from]) + "<small>" +
                             bilingual(network.name_zh, network.name_en) + "</small>");
  out += cell("到 To", network.by_boarding ? "登车 <span lang=\"en\">boarding</span>"
                                           : stop_html(network.stops[change.to]));
  out += money_cell("旧 Old", change.before.outcome) + money_cell("新 New", change.after.outcome);
  out += cell(
      "差 Difference", difference.empty() ? "–" : difference,
      " class=\"money " + kind + "\"" + sort_key(difference.empty() ? 0 : change.difference()));
  return out + cell("对谁 For whom", whom_html(change, report)) +
         cell("规则 Rule", rules_html(change.before, change.after)) + "</tr>\n";
}

std::string column(std::string_view zh, std::string_view en) {
  std::string out = "<th scope=\"col\" aria-sort=\"none\"><button type=\"button\">";
  return out.append(zh).append("<br>").append(en) + "</button></th>";
}

std::string filters(const DiffReport& report) {
  std::string out = R"(<div class="controls">
<label>查找 Find <input id="find" type="search" placeholder="站名 stop name"></label>
<label>变化 Change <select id="kinds"><option value="">全部 all</option>)";
  for (const ChangeKind kind : {ChangeKind::newly_refused, ChangeKind::dearer, ChangeKind::cheaper,
                                ChangeKind::newly_accepted, ChangeKind::other_reason})
    out.append("<option value=\"")
        .append(change_name(kind))
        .append("\">")
        .append(change_sign(kind))
        .append(" ")
        .append(change_name_zh(kind))
        .append(" ")
        .append(change_name_en(kind))
        .append("</option>");
  out +=
      "</select></label><label>线网 Network <select id=\"networks\"><option value=\"\">全部 "
      "all</option>";
  for (const NetworkDiff& network : report.networks)
    if (network.counts.changed() > 0)
      out += "<option value=\"" + html_escaped(network.id) + "\">" + html_escaped(network.name_zh) +
             " " + html_escaped(network.name_en) + "</option>";
  return out + "</select></label><span id=\"shown\" role=\"status\"></span></div>\n";
}

std::string tap_lines(const JourneyDiff& journey) {
  std::string out;
  for (const JourneyDiff::TapDiff& tap : journey.taps) {
    const bool changed = tap.before.outcome != tap.after.outcome;
    out += std::string{changed ? "<li class=\"changed\">" : "<li>"} + minute_text(tap.tap.tap.at) +
           " " + std::string{name_of(tap.tap.tap.kind)} + " <code>" +
           html_escaped(plain_text(tap.tap.context.network.get())) + " " +
           html_escaped(plain_text(tap.tap.context.stop.get())) +
           "</code>: " + html_escaped(outcome_text(tap.before.outcome));
    if (changed) out += " → <b>" + html_escaped(outcome_text(tap.after.outcome)) + "</b>";
    out += "</li>";
  }
  return "<ul class=\"taps\">" + out + "</ul>";
}

std::string moved_html(const JourneyDiff& journey) {
  if (journey.weeks_later == 0) return {};
  const std::string weeks = std::to_string(journey.weeks_later);
  return "<br>推后 " + weeks + " 周计价 <span lang=\"en\">priced " + weeks + " weeks later</span>";
}

std::string journey_rows(const DiffReport& report, bool changed) {
  std::string out;
  for (const JourneyDiff& journey : report.journeys)
    if (journey.changed() == changed)
      out += "<tr>" +
             cell("行程 Journey", "<b>" + html_escaped(journey.id) + "</b><small>" +
                                      bilingual(journey.from_zh, journey.from_en) +
                                      moved_html(journey) + "</small>") +
             cell("旧 Old", journey.total_before.yuan(), " class=\"money\"") +
             cell("新 New", journey.total_after.yuan(), " class=\"money\"") +
             cell("刷卡 Taps", tap_lines(journey)) + "</tr>\n";
  return out;
}

}  // namespace

std::string report_changes(const DiffReport& report) {
  std::string out = "<h2 id=\"changes\">最大的变化 <span lang=\"en\">Worst changes</span></h2>\n";
  if (report.changes.empty())
    return out + "<p>没有一个站对变价。<span lang=\"en\">No pair changes its price.</span></p>\n";
  out += "<p>" + std::to_string(report.changes.size()) + " / " +
         std::to_string(report.changes_found) +
         " 项,最严重的在前;金额为元。<span lang=\"en\">changes, worst first; amounts in "
         "yuan.</span></p>\n" +
         filters(report);
  out += "<div class=\"wide\"><table class=\"changes cards\" id=\"rows\"><thead><tr>" +
         column("#", "") + column("变化", "Change") + column("从", "From") + column("到", "To") +
         column("旧", "Old") + column("新", "New") + column("差", "Difference") +
         column("对谁", "For whom") + column("规则", "Rule") + "</tr></thead><tbody>\n";
  for (std::size_t i = 0; i < report.changes.size(); ++i)
    out += change_row(report.changes[i], report, i + 1);
  return out + "</tbody></table></div>\n";
}

std::string report_journeys(const DiffReport& report) {
  if (report.journeys.empty()) return {};
  const auto changed = std::ranges::count_if(report.journeys, &JourneyDiff::changed);
  const auto same = static_cast<std::ptrdiff_t>(report.journeys.size()) - changed;
  const std::string header =
      "<div class=\"wide\"><table class=\"journeys cards\"><thead><tr><th>行程 Journey</th><th>旧 "
      "Old</th><th>新 New</th><th>刷卡 Taps</th></tr></thead><tbody>\n";
  std::string out = "<h2 id=\"journeys\">行程 <span lang=\"en\">Journeys</span></h2>\n<p>" +
                    std::to_string(changed) + " / " + std::to_string(report.journeys.size()) +
                    " 个行程有变化。<span lang=\"en\">journeys change.</span></p>\n";
  if (changed > 0) out += header + journey_rows(report, true) + "</tbody></table></div>\n";
  if (same > 0)
    out += "<details><summary>不变 unchanged (" + std::to_string(same) + ")</summary>" + header +
           journey_rows(report, false) + "</tbody></table></div></details>\n";
  return out;
}

}  // namespace tidegate::fare
