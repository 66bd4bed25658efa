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
    RefusalText{unsupported_kernel, "unsupported_kernel", "此类卡暂不支持",
                "Card type not supported", "电子现金或新版应用,本机不能扣款,请换卡或购票",
                "E-cash or revised purse: use another card or ticket"},
    RefusalText{unsupported_algorithm, "unsupported_algorithm", "此类卡暂不支持",
                "Card type not supported", "SAM 无此卡的算法或密钥,请换卡并上报",
                "The SAM has no key for this card: another card, report it"},
    RefusalText{not_transport_card, "not_transport_card", "非交通联合卡", "Card not accepted",
                "卡上没有交通联合应用,请换卡或购票",
                "No T-Union purse on it: use another card or ticket"},
    RefusalText{city_union_card, "city_union_card", "城市一卡通,请换交通卡",
                "Old city card, use T-Union", "城市一卡通非交通联合,请购票,可到发卡处换卡",
                "City Union card: sell a ticket, the issuer exchanges it"},
    RefusalText{bank_card, "bank_card", "银行卡,请换交通卡", "Bank card, use transport card",
                "银行卡无交通联合应用,请购票或换卡", "A bank card without a purse: sell a ticket"},
    RefusalText{social_security_only, "social_security_only", "社保卡未加载交通功能",
                "No transport on this card", "请到社保卡服务网点加载交通功能,今日请购票",
                "The social-security office adds transport; sell a ticket"},
    RefusalText{local_card, "local_card", "外地本地卡,请购票", "Another city's own card",
                "只限发卡城市使用,请换卡或购票",
                "Valid in its own city only: another card or ticket"},
    RefusalText{purse_mismatch, "purse_mismatch", "卡片异常,请找工作人员", "Card error, ask staff",
                "余额或计数器前后矛盾,勿重刷,记录卡号",
                "Balance or counter contradict: do not retry, note it"},
    RefusalText{not_transport_code, "not_transport_code", "非乘车码,请出示乘车码",
                "Not a ride code", "请打开交通联合乘车码,支付码和社保码不可用",
                "Ask for a T-Union ride code: pay and ID codes do not work"},
    RefusalText{code_malformed, "code_malformed", "乘车码异常,请刷新", "Code damaged, refresh it",
                "乘车码格式有误,请刷新,仍不行请换卡",
                "The code breaks its format: refresh it, else a card"},
    RefusalText{code_version, "code_version", "乘车码版本不支持", "Code version unknown",
                "请更新手机应用或换卡", "Update the phone's app, or use a card"},
    RefusalText{unconfirmed, "unconfirmed", "请重刷上一张卡", "Tap the same card again",
                "上次扣款未确认,请用同一张卡重刷",
                "An earlier debit is not settled: tap the same card"},
    RefusalText{suspect, "suspect", "扣款待核,请找工作人员", "Payment check, ask staff",
                "扣款凭证有误,勿再刷,登记后人工放行",
                "The debit's proof is wrong: do not retry, record, let through"},
    RefusalText{application_blocked, "application_blocked", "卡已锁定,请找工作人员",
                "Card blocked, ask staff", "应用已锁定,请联系发卡机构;出站者人工收费放行",
                "The application is blocked: refer to the issuer; at an exit take the fare by hand "
                "and let out"},
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
    RefusalText{expired_renewable, "expired_renewable", "卡片过期,充值即可续期",
                "Expired, top up to renew", "已过有效期,充值一次即可续期",
                "Past its last day: one top-up renews it"},
    RefusalText{unknown_issuer, "unknown_issuer", "不支持该发卡方", "Issuer not accepted",
                "发卡机构不在名单中,请换卡或购票",
                "Its issuer is not listed: use another card or ticket"},
    RefusalText{issuer_mismatch, "issuer_mismatch", "卡号与发卡方不符", "Card number not issuer's",
                "卡号段不属于该发卡机构,请换卡并上报",
                "The number is not this issuer's: another card, report it"},
    RefusalText{test_card, "test_card", "测试卡不可用", "Test card", "测试卡不得在营业通道使用",
                "A test card is not for revenue aisles"},
    RefusalText{denylisted, "denylisted", "卡片已挂失停用", "Card stopped",
                "在黑名单中,请乘客联系发卡机构", "On the denylist: refer to the issuer"},
    RefusalText{record_locked, "record_locked", "卡片已锁,请找工作人员", "Card locked, ask staff",
                "行程记录已锁,到票亭查询解锁;出站者人工收费放行",
                "The journey record is locked: look it up at the office; at an exit take the fare "
                "by hand and let out"},
    RefusalText{code_certificate_expired, "code_certificate_expired", "乘车码证书过期",
                "Code out of date", "发码机构证书过期,请更新应用或换卡",
                "The issuer's certificate ended: update the app or a card"},
    RefusalText{code_issuer_mismatch, "code_issuer_mismatch", "乘车码异常,请换卡",
                "Code not accepted", "码内机构与证书不符,请换卡并上报",
                "The code contradicts its certificate: a card, report it"},
    RefusalText{code_not_listed, "code_not_listed", "不支持该乘车码", "Code not accepted here",
                "发码机构或平台不在名单,请换卡或购票",
                "Its issuer or platform is not listed: card or ticket"},
    RefusalText{code_ca_unknown, "code_ca_unknown", "不支持该乘车码", "Code not accepted here",
                "本机无此 CA 公钥,检查名单下发",
                "No CA key of that index: check the list's delivery"},
    RefusalText{code_certificate_forged, "code_certificate_forged", "乘车码无效", "Code not valid",
                "证书签名有误,请换卡并上报",
                "The certificate's signature is wrong: a card, report it"},
    RefusalText{code_issuer_signature, "code_issuer_signature", "乘车码无效", "Code not valid",
                "机构签名有误,请换卡并上报", "The issuer's signature is wrong: a card, report it"},
    RefusalText{code_user_signature, "code_user_signature", "乘车码无效", "Code not valid",
                "用户签名有误,请刷新乘车码", "The user's signature is wrong: refresh the code"},
    RefusalText{code_expired, "code_expired", "乘车码授权过期,请联网", "Code expired, go online",
                "授权过期,请联网后刷新乘车码", "The authorisation ended: go online and refresh"},
    RefusalText{code_stale, "code_stale", "乘车码超时,请刷新", "Code too old, refresh it",
                "乘车码已超时,请刷新后再扫", "The code is too old: refresh and scan again"},
    RefusalText{code_from_future, "code_from_future", "请校准手机时间", "Check your phone's clock",
                "码的时间晚于本机,核对手机与主控时间",
                "Made in the future: compare phone and box clocks"},
    RefusalText{code_validity, "code_validity", "乘车码异常,请刷新", "Code damaged, refresh it",
                "有效时长不合规范,请刷新,仍不行请换卡",
                "Its validity breaks the standard: refresh, else a card"},
    RefusalText{code_zero_cap, "code_zero_cap", "乘车码限额为零", "Code has no limit left",
                "最高金额为零,请换卡或购票", "Its maximum amount is 0: card or ticket"},
    RefusalText{code_used, "code_used", "乘车码已使用,请刷新", "Code used, refresh it",
                "此码已用过,请刷新后再扫", "The code was used before: refresh and scan again"},
    RefusalText{already_entered, "already_entered", "已进站,请勿重复刷卡", "Already entered",
                "有未完成行程,到票亭补出站", "A journey is open: close it at the ticket office"},
    RefusalText{already_paid, "already_paid", "已刷卡,请勿重复刷卡", "Already paid",
                "刚刷过卡,不必再刷;此卡不能代他人付费",
                "Paid just now, no second tap needed: this card pays for one"},
    RefusalText{not_entered, "not_entered", "无进站记录", "No entry on this card",
                "没有进站记录,到票亭补进站", "No entry on the card: add it at the ticket office"},
    RefusalText{entry_elsewhere, "entry_elsewhere", "进站记录非本线网", "Entered another network",
                "进站属于其他线网,到票亭处理",
                "The entry is another network's: settle at the office"},
    RefusalText{unknown_stop, "unknown_stop", "进站记录异常", "Unknown entry station",
                "票价表没有该进站编码,人工处理并上报",
                "The entry's code is not in the book: settle and report it"},
    RefusalText{same_station, "same_station", "同站进出,请找工作人员", "Same station, ask staff",
                "同站进出,按规定到票亭处理", "Left where one entered: settle it at the office"},
    RefusalText{wrong_direction, "wrong_direction", "请走另一方向通道", "Wrong direction",
                "该通道只进或只出,请引导",
                "The aisle is entry-only or exit-only: direct the passenger"},
    RefusalText{code_needs_card, "code_needs_card", "本站请刷卡乘车", "Use a card here",
                "本站不支持乘车码,请刷卡或购票", "Codes are not taken here: card or ticket"},
    RefusalText{no_fare, "no_fare", "无对应票价", "No fare for this trip",
                "票价表没有这一行程,人工处理并上报",
                "The book has no such fare: settle by hand and report it"},
    RefusalText{insufficient_balance, "insufficient_balance", "余额不足,请充值", "Balance too low",
                "余额不足,请充值或补票", "Not enough value: load the card or pay at the office"},
    RefusalText{code_over_cap, "code_over_cap", "票价超过乘车码限额", "Fare above code's limit",
                "票价超过限额,请刷卡或购票", "Fare above the code's maximum: card or ticket"},
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
