// SPDX-License-Identifier: Apache-2.0
// Decisions and journeys as text.
#include "tools/price_text.h"

#include "fare/authoring/journey_json.h"
#include "fare/authoring/refusal_detail.h"
#include "fare/engine/journey.h"

namespace tidegate::tools {
namespace {

std::string amount(Fen fen) {
  std::string text = fen.yuan();
  return std::string(text.size() < 7 ? 7 - text.size() : 0, ' ') + text + "  ";
}

/// A ride that begins charges nothing yet and says what it can come to.
fare::Bilingual begun(const fare::Decision& decision) {
  const std::string most = decision.max_fare.yuan();
  return {"行程开始,出站(下车)时扣款,最高 " + most,
          "the ride begins; its fare is taken where it ends, at most " + most};
}

std::string steps_text(const fare::Book* book, const fare::Decision& decision, fare::TapKind kind,
                       std::string_view indent) {
  const bool in = kind == fare::TapKind::entry || kind == fare::TapKind::board;
  std::string out;
  for (const fare::Charge& charge : decision.charges) {
    for (const fare::TraceStep& step : charge.trace) {
      out.append(indent).append(amount(step.fen));
      out.append(both(fare::rule_text(book, step.rule).text)).append("\n");
    }
    if (charge.trace.empty()) {
      const fare::Bilingual nothing{"免费", "nothing is charged"};
      out.append(indent).append(amount(charge.amount));
      out.append(both(in ? begun(decision) : nothing)).append("\n");
    }
  }
  return out;
}

}  // namespace

std::string both(const fare::Bilingual& text) {
  return text.zh == text.en ? text.zh : text.zh + " / " + text.en;
}

std::string decision_text(const fare::Book* book, const fare::Decision& decision,
                          fare::TapKind kind, std::string_view indent) {
  const std::string margin{indent};
  if (decision.refusal) {
    const fare::RefusalText& text = fare::refusal_text(*decision.refusal);
    const auto line = [&](std::string_view zh, std::string_view en) {
      return both({std::string{zh}, std::string{en}}) + "\n";
    };
    return margin + "拒绝 / refused " + std::to_string(std::to_underlying(text.code)) + " " +
           std::string{text.name} + ": " + line(text.zh, text.en) + margin +
           "工作人员 / staff: " + line(text.staff_zh, text.staff_en);
  }
  std::string out = steps_text(book, decision, kind, indent);
  std::size_t steps = 0;
  for (const fare::Charge& charge : decision.charges) steps += std::max(charge.trace.size(), 1UL);
  if (steps > 1) out += margin + amount(decision.total()) + "合计 / in all\n";
  return out;
}

std::string journey_text(const FareBookFile& file, const fare::GoldenJourney& journey) {
  const fare::Book& book = *file.book;
  fare::Medium medium = journey.medium;
  Fen total;
  std::string out = journey.id + ": " + both(fare::medium_text(medium.kind)) + ", " +
                    both(fare::rider_text(&book, medium.rider)) + "\n";
  for (const fare::GoldenTap& tap : journey.taps) {
    const fare::Decision decision = fare::price(book, medium, tap.context, tap.tap);
    total += decision.total();
    std::string when = iso8601(tap.tap.at).substr(0, 19);
    when[10] = ' ';
    const std::string modes = fare::mode_names(tap.tap.modes);
    out += "  " + when + "  " + both(fare::tap_text(tap.tap.kind)) + ", " +
           both(fare::place_text(&book, tap.context.network, tap.context.stop)) +
           (modes.empty() ? "" : " (" + modes + ")") + "\n" +
           decision_text(&book, decision, tap.tap.kind, "    ");
    if (const auto detail =
            fare::refusal_detail(file.model, medium, tap.context, tap.tap, decision))
      out += "    原因 / because: " + both(*detail) + "\n";
    fare::carry_on(book, medium, tap.context, tap.tap, decision);
  }
  out += "    " + amount(total) + "全程 / the whole journey\n";
  return printable_lines(std::move(out));
}

std::string printable_lines(std::string text) {
  for (char& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F) c = '?';
  return text;
}

}  // namespace tidegate::tools
