// SPDX-License-Identifier: Apache-2.0
// The table of refusals: names and texts. docs/refusals.md shows the same rows, and a test compares
// the two.
#include "fare/engine/refusal.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace tidegate::fare {
namespace {

using enum RefusalCode;

// In order of precedence, which is the order of the numbers.
constexpr std::array kTexts{
    RefusalText{sam_unavailable, "sam_unavailable", "通道故障,请换通道", "Use another gate",
                "检查本通道的 SAM 卡和读卡器", "Check the SAM and reader of this aisle"},
    RefusalText{ledger_unavailable, "ledger_unavailable", "暂停服务,请换通道", "Use another gate",
                "主控无法记账,报修;暂用人工放行", "The box cannot record debits: call maintenance"},
    RefusalText{no_fare_book, "no_fare_book", "暂停服务", "Out of service",
                "主控没有有效票价表,检查参数下发",
                "No verified fare book: check the last delivery"},
    RefusalText{aisle_closed, "aisle_closed", "通道关闭", "Gate closed",
                "通道或车站处于关闭或维护状态", "The aisle or station is closed or in maintenance"},
    RefusalText{two_cards, "two_cards", "请只刷一张卡", "One card at a time",
                "请乘客把卡片从钱包中取出单独刷", "Ask for one card, out of the wallet"},
    RefusalText{card_torn, "card_torn", "请重新刷卡", "Tap again", "卡片离开过早,未扣款,请重刷",
                "The card left too early, nothing was taken: tap again"},
    RefusalText{card_malformed, "card_malformed", "卡片异常,请找工作人员", "Card error, ask staff",
                "卡内数据不合规范,到票亭读卡处理",
                "The card's data breaks its format: read it at the office"},
    RefusalText{not_transport_card, "not_transport_card", "非交通联合卡", "Card not accepted",
                "卡上没有交通联合应用,请换卡或购票",
                "No T-Union purse on it: use another card or ticket"},
    RefusalText{purse_mismatch, "purse_mismatch", "卡片异常,请找工作人员", "Card error, ask staff",
                "余额或计数器前后矛盾,勿重刷,记录卡号",
                "Balance or counter contradict: do not retry, note it"},
    RefusalText{unconfirmed, "unconfirmed", "请重刷上一张卡", "Tap the same card again",
                "上次扣款未确认,请用同一张卡重刷",
                "An earlier debit is not settled: tap the same card"},
    RefusalText{suspect, "suspect", "扣款待核,请找工作人员", "Payment check, ask staff",
                "扣款凭证有误,勿再刷,登记后人工放行",
                "The debit's proof is wrong: do not retry, record, let through"},
    RefusalText{application_blocked, "application_blocked", "卡片已锁", "Card blocked",
                "应用已锁定,请联系发卡机构", "The application is blocked: refer to the issuer"},
    RefusalText{not_enabled, "not_enabled", "卡片未启用", "Card not activated",
                "交通功能未启用,请到发卡机构办理",
                "Transport use is not enabled: refer to the issuer"},
    RefusalText{not_interoperable, "not_interoperable", "本卡仅限本地使用",
                "Not valid in this city", "非互通卡,请换卡或购票",
                "The card is for its own city only: use another ticket"},
    RefusalText{not_yet_valid, "not_yet_valid", "卡片未到启用日期", "Card not yet valid",
                "启用日期未到,核对卡片与主控日期",
                "Its first day is in the future: compare card and box date"},
    RefusalText{expired, "expired", "卡片已过期", "Card expired", "已过有效期,请到发卡机构换卡",
                "Past its last day: have it replaced by the issuer"},
    RefusalText{unknown_issuer, "unknown_issuer", "不支持该发卡方", "Issuer not accepted",
                "发卡机构不在名单中,请换卡或购票",
                "Its issuer is not listed: use another card or ticket"},
    RefusalText{denylisted, "denylisted", "卡片已挂失停用", "Card stopped",
                "在黑名单中,请乘客联系发卡机构", "On the denylist: refer to the issuer"},
    RefusalText{record_locked, "record_locked", "卡片已锁,请找工作人员", "Card locked, ask staff",
                "行程记录已锁,到票亭查询解锁",
                "The journey record is locked: look it up at the office"},
    RefusalText{already_entered, "already_entered", "已进站,请勿重复刷卡", "Already entered",
                "有未完成行程,到票亭补出站", "A journey is open: close it at the ticket office"},
    RefusalText{not_entered, "not_entered", "无进站记录", "No entry on this card",
                "没有进站记录,到票亭补进站", "No entry on the card: add it at the ticket office"},
    RefusalText{entry_elsewhere, "entry_elsewhere", "进站记录非本线网", "Entered another network",
                "进站属于其他线网,到票亭处理",
                "The entry is another network's: settle at the office"},
    RefusalText{unknown_stop, "unknown_stop", "进站记录异常", "Unknown entry station",
                "票价表没有该进站编码,人工处理并上报",
                "The entry's code is not in the book: settle and report it"},
    RefusalText{wrong_direction, "wrong_direction", "请走另一方向通道", "Wrong direction",
                "该通道只进或只出,请引导",
                "The aisle is entry-only or exit-only: direct the passenger"},
    RefusalText{no_fare, "no_fare", "无对应票价", "No fare for this trip",
                "票价表没有这一行程,人工处理并上报",
                "The book has no such fare: settle by hand and report it"},
    RefusalText{insufficient_balance, "insufficient_balance", "余额不足,请充值", "Balance too low",
                "余额不足,请充值或补票", "Not enough value: load the card or pay at the office"},
};

constexpr bool rising() {
  for (std::size_t i = 1; i < kTexts.size(); ++i)
    if (kTexts[i - 1].code >= kTexts[i].code) return false;
  return true;
}
static_assert(rising(), "rows are in order of precedence");

}  // namespace

std::span<const RefusalText> refusal_texts() noexcept {
  return kTexts;
}

const RefusalText& refusal_text(RefusalCode code) noexcept {
  const auto* const at = std::ranges::lower_bound(kTexts, code, {}, &RefusalText::code);
  ASSERT(at != kTexts.end() && at->code == code);
  return *at;
}

std::optional<RefusalCode> refusal_from_number(std::uint16_t number) noexcept {
  const auto code = static_cast<RefusalCode>(number);
  const auto* const at = std::ranges::lower_bound(kTexts, code, {}, &RefusalText::code);
  if (at == kTexts.end() || at->code != code) return std::nullopt;
  return code;
}

}  // namespace tidegate::fare
