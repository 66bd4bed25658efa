// SPDX-License-Identifier: Apache-2.0
// Puts the HTML report together.
#include "fare/authoring/html_report.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/openssl/crypto.h"
#include "fare/authoring/html_report_parts.h"
#include "fare/authoring/proof_text.h"

namespace tidegate::fare {
namespace {

constexpr std::array kTileKinds{ChangeKind::dearer, ChangeKind::cheaper, ChangeKind::newly_refused,
                                ChangeKind::newly_accepted, ChangeKind::other_reason};

/// "1,234,567"
std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t i = out.size(); i > 3; i -= 3) out.insert(i - 3, ",");
  return out;
}

std::string heading(std::string_view id, std::string_view zh, std::string_view en) {
  std::string out = "<h2 id=\"";
  out.append(id).append("\">").append(zh).append(" <span lang=\"en\">").append(en);
  return out + "</span></h2>\n";
}

std::string book_card(const DiffReport::Side& side, std::string_view zh, std::string_view en) {
  std::string out = "<div class=\"book\"><div class=\"role\">";
  out.append(zh).append(" ").append(en).append("</div><strong>").append(html_escaped(side.name));
  out += "</strong><dl><div><dt>编号 Number</dt><dd>" + std::to_string(side.number) +
         "</dd></div><div><dt>生效 From</dt><dd>" + side.valid_from.text() +
         "</dd></div><div><dt>摘要 Hash</dt><dd class=\"hash\">" + html_escaped(side.hash) +
         "</dd></div></dl></div>\n";
  return out;
}

std::string tile(std::string_view css, std::string_view sign, std::uint64_t number,
                 std::string_view zh, std::string_view en) {
  std::string out = "<div class=\"tile ";
  out.append(css).append("\"><b><i aria-hidden=\"true\">").append(sign).append("</i>");
  out += grouped(number);
  return out.append("</b><span>").append(zh).append("<br>").append(en).append("</span></div>\n");
}

std::string tiles(const DiffReport& report) {
  std::string out = "<section class=\"tiles\" aria-label=\"总数 Totals\">\n";
  out += tile("all", "", report.counts.all(), "站对", "pairs compared");
  out +=
      tile("unchanged", change_sign(ChangeKind::unchanged), report.counts.of(ChangeKind::unchanged),
           change_name_zh(ChangeKind::unchanged), change_name_en(ChangeKind::unchanged));
  for (const ChangeKind kind : kTileKinds)
    if (kind != ChangeKind::other_reason || report.counts.of(kind) > 0)
      out += tile(std::string{change_name(kind)} + (report.counts.of(kind) > 0 ? "" : " none"),
                  change_sign(kind), report.counts.of(kind), change_name_zh(kind),
                  change_name_en(kind));
  return out + "</section>\n";
}

std::string counts_header(std::string_view first) {
  std::string out = "<thead><tr><th scope=\"col\">";
  out.append(first).append("</th><th scope=\"col\">站对<br>pairs</th>");
  for (const ChangeKind kind :
       {ChangeKind::unchanged, ChangeKind::dearer, ChangeKind::cheaper, ChangeKind::newly_refused,
        ChangeKind::newly_accepted, ChangeKind::other_reason})
    out.append("<th scope=\"col\">")
        .append(change_sign(kind))
        .append(" ")
        .append(change_name_zh(kind))
        .append("<br>")
        .append(change_name_en(kind))
        .append("</th>");
  return out + "</tr></thead>\n";
}

std::string counts_row(const std::string& first, const ChangeCounts& counts) {
  std::string out =
      "<tr><th scope=\"row\">" + first + "</th><td>" + grouped(counts.all()) + "</td>";
  for (const ChangeKind kind :
       {ChangeKind::unchanged, ChangeKind::dearer, ChangeKind::cheaper, ChangeKind::newly_refused,
        ChangeKind::newly_accepted, ChangeKind::other_reason}) {
    const std::size_t count = counts.of(kind);
    out += (count == 0 ? "<td class=\"zero\">" : "<td>") + grouped(count) + "</td>";
  }
  return out + "</tr>\n";
}

std::string bilingual(std::string_view zh, std::string_view en) {
  return html_escaped(zh) + " <span lang=\"en\">" + html_escaped(en) + "</span>";
}

std::string who(const DiffReport& report) {
  std::string out = heading("who", "谁受影响", "Who is affected");
  out += "<div class=\"wide\"><table class=\"counts\">" + counts_header("乘客 Rider") + "<tbody>\n";
  for (std::size_t i = 0; i < report.riders.size(); ++i) {
    const RiderName name = rider_title(report.own_riders, report.riders[i]);
    out += counts_row(bilingual(name.zh, name.en), report.by_rider[i]);
  }
  out += "</tbody></table></div>\n<div class=\"wide\"><table class=\"counts\">" +
         counts_header("线网 Network") + "<tbody>\n";
  for (const NetworkDiff& network : report.networks)
    if (network.in == NetworkDiff::In::both)
      out += counts_row(bilingual(network.name_zh, network.name_en), network.counts);
  return out + "</tbody></table></div>\n";
}

std::string legend_item(ChangeKind kind) {
  std::string out = "<li><i class=\"swatch ";
  out.append(change_name(kind)).append("\">").append(change_sign(kind)).append("</i>");
  return out.append(change_name_zh(kind)).append(" ").append(change_name_en(kind)) + "</li>";
}

std::string map(const DiffReport& report) {
  const bool any = std::ranges::any_of(
      report.networks, [](const NetworkDiff& network) { return !network.layers.empty(); });
  if (!any) return {};
  std::string out = heading("map", "票价图", "Fare map");
  out += R"(<div class="controls">
<label>线网 Network <select id="network"></select></label>
<label>乘客 Rider <select id="rider"></select></label>
<label>时间 Time <select id="moment"></select></label>
<label>显示 Show <select id="mode">
<option value="difference">差额 Difference</option>
<option value="old">旧票价 Old fare</option>
<option value="new">新票价 New fare</option>
</select></label>
<span class="zoom"><button type="button" id="out" aria-label="缩小 Zoom out">−</button>
<button type="button" id="fit">适合 Fit</button>
<button type="button" id="in" aria-label="放大 Zoom in">+</button></span>
</div>
<ul class="legend" id="legend">)";
  for (const ChangeKind kind : kTileKinds) out += legend_item(kind);
  out += legend_item(ChangeKind::unchanged);
  out += R"(<li><i class="swatch closed">∕</i>两边均拒绝 refused in both</li></ul>
<p class="hint">行为进站、列为出站;颜色深表示差额大。点一格或用方向键查看。
<span lang="en">Rows: entry; columns: exit; the stronger, the larger. Hover, tap or use the arrow
keys.</span></p>
<div class="info" id="info" role="status" aria-live="polite"></div>
<div class="controls"><label>进站 From <select id="from"></select></label>
<label>出站 To <select id="to"></select></label></div>
<div class="frame" id="frame"><div class="sheet" id="sheet">
<canvas id="canvas" tabindex="0" role="img" aria-label="票价图 Fare map"></canvas>
<div class="mark" id="rowmark"></div><div class="mark" id="columnmark"></div></div></div>
<noscript><p>票价图需要脚本;下面的表格不需要。
The fare map needs scripts; the tables below do not.</p></noscript>
)";
  return out;
}

std::string stop_list(std::string_view zh, std::string_view en, const std::string& network,
                      const std::vector<StopName>& stops) {
  if (stops.empty()) return {};
  std::string out = "<details" + std::string{stops.size() <= 40 ? " open" : ""} + "><summary>";
  out.append(zh).append(" ").append(en);
  out += " · " + network + " (" + grouped(stops.size()) + ")</summary><ul class=\"stops\">";
  for (const StopName& stop : stops)
    out +=
        "<li>" + bilingual(stop.zh, stop.en) + " <code>" + html_escaped(stop.code) + "</code></li>";
  return out + "</ul></details>\n";
}

std::string stops(const DiffReport& report) {
  std::string out;
  for (const NetworkDiff& network : report.networks) {
    std::string name = bilingual(network.name_zh, network.name_en);
    if (network.in == NetworkDiff::In::only_new) name.insert(0, "<em>新线网 new network</em> ");
    if (network.in == NetworkDiff::In::only_old) name.insert(0, "<em>线网取消 network gone</em> ");
    out += stop_list("新增站点", "New stops", name, network.appeared);
    out += stop_list("取消站点", "Vanished stops", name, network.vanished);
  }
  if (out.empty())
    out =
        "<p>没有新增或取消的站点。<span lang=\"en\">No stop is new and none is gone.</span></p>\n";
  return heading("stops", "站点变化", "New and vanished stops") + out;
}

std::string how(const DiffReport& report) {
  std::string out = heading("how", "如何比较", "How this was compared");
  out += "<p>共计价 " + grouped(report.rides_priced) +
         " 次:余额充足的卡在下列时刻进站,30 分钟后出站;登车即计全程的线网按登车计价。<br>"
         "<span lang=\"en\">" +
         grouped(report.rides_priced) +
         " rides were priced with the engine of the gates: a card with enough money enters at "
         "these times and leaves 30 minutes later; where boarding is the whole ride, it boards. "
         "A pair counts once, by the gravest thing that happens to it.</span></p>\n"
         "<div class=\"wide\"><table class=\"times\"><thead><tr><th>时刻 Time</th><th>说明 "
         "What</th><th>线网 Network</th></tr></thead><tbody>\n";
  for (const NetworkDiff& network : report.networks)
    for (const Moment& moment : network.moments)
      out += "<tr><td>" + minute_text(moment.at) + "</td><td>" +
             bilingual(moment.name_zh, moment.name_en) + "</td><td>" +
             bilingual(network.name_zh, network.name_en) + "</td></tr>\n";
  return out + "</tbody></table></div>\n";
}

std::string head(const DiffReport& report) {
  const Hash256 hash = crypto::sha256({as_bytes(report_script())});
  const std::string script_hash = base64(as_text(hash));
  std::string out = R"(<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-)";
  out += script_hash + "'; base-uri 'none'; form-action 'none'\">\n<title>票价变化 Fare changes: " +
         html_escaped(report.before.name) + " " + std::to_string(report.before.number) + " → " +
         html_escaped(report.after.name) + " " + std::to_string(report.after.number) +
         "</title>\n<style>\n";
  return out.append(report_style()) + "</style>\n</head>\n<body>\n<main>\n";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out.push_back(c);
    }
  }
  return out;
}

namespace {

/// Rules that are not as they were and that no pair shows.
std::string rules(const DiffReport& report) {
  if (report.rules.empty()) return {};
  std::string out =
      "<section><h2>规则变化 <span lang=\"en\">Changed "
      "rules</span></h2>\n<p>单程票价不显示，请用行程验证。 "
      "<span lang=\"en\">Pairs do not show them: prove them by journeys.</span></p>\n<ul>";
  const auto both = [](const Bilingual& text) {
    return html_escaped(text.zh) + " <span lang=\"en\">" + html_escaped(text.en) + "</span>";
  };
  for (const RuleChange& rule : report.rules) {
    out += "<li>" + both(rule.what);
    for (const auto& [sign, lines] : {std::pair{"−", &rule.before}, std::pair{"+", &rule.after}})
      for (const Bilingual& line : *lines) out += std::string{"<br>"} + sign + " " + both(line);
    out += "</li>";
  }
  return out + "</ul></section>\n";
}

}  // namespace

std::string html_report(const DiffReport& report) {
  std::string out = head(report);
  out += "<header><h1>票价变化 <span lang=\"en\">Fare changes</span></h1>\n<div class=\"books\">";
  out += book_card(report.before, "旧", "Old") +
         "<div class=\"arrow\" aria-hidden=\"true\">→</div>" +
         book_card(report.after, "新", "New") + "</div>\n";
  if (!report.changed())
    out += "<p class=\"same\">没有变化。<span lang=\"en\">Nothing changes.</span></p>\n";
  out += "</header>\n" + tiles(report);
  out += rules(report) + map(report) + report_changes(report) + who(report) + stops(report) +
         report_journeys(report) + how(report);
  out += "</main>\n<script type=\"application/json\" id=\"data\">" + report_data(report) +
         "</script>\n<script>";
  return out.append(report_script()) + "</script>\n</body>\n</html>\n";
}

}  // namespace tidegate::fare
