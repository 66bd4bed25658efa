// SPDX-License-Identifier: Apache-2.0
// The SAM's commands on T=0 or T=1. (JT/T 978: INIT_SAM_FOR_PURCHASE, CREDIT_SAM_FOR_PURCHASE)
#include "nfc/pcsc/pcsc_sam.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "nfc/pcsc/reader.h"

namespace tidegate::nfc {
namespace {

constexpr std::uint16_t kMasterFile = 0x3F00, kPurseApplication = 0x8011;
constexpr Byte kSerialFile = 0x15, kTerminalFile = 0x16, kKeyIndexFile = 0x17;
constexpr Byte kSerialBytes = 14, kTerminalBytes = 6, kKeyIndexBytes = 1;
constexpr std::uint16_t kOk = 0x9000, kNotFound = 0x6A82, kMacWrong = 0x9302;
/// The SAM has no key for what the card named: key index or version, algorithm, a value in the data
/// (all of 8070's come from the card, but for amount and time).
constexpr std::array<std::uint16_t, 3> kNoKey{0x9403, 0x6A88, 0x6A80};
constexpr std::size_t kCase4HeaderBytes = 5;
/// An answer in more pieces than this is none.
constexpr int kPiecesMax = 8;

struct Answer {
  Bytes data;
  std::uint16_t sw = 0;
};

std::string sw_text(std::string_view step, std::uint16_t sw) {
  Bytes digits;
  append_be(digits, sw, 2);
  return std::string{step} + ": the SAM says " + to_hex(digits);
}

/// Command to answer, whatever transmission protocol lies between.
class Exchange {
 public:
  explicit Exchange(PcscReader& reader) : reader_{reader} {}

  /// A command that brings data and may expect some (`le`, 0: none).
  [[nodiscard]] Result<Answer> send(std::array<Byte, 4> header, ByteView data, Byte le = 0) {
    Bytes command{header.begin(), header.end()};
    command.push_back(static_cast<Byte>(data.size()));
    append(command, data);
    if (le != 0 && !reader_.character_protocol()) command.push_back(le);
    return collect(std::move(command));
  }
  /// A command that only expects data.
  [[nodiscard]] Result<Answer> fetch(std::array<Byte, 4> header, Byte le) {
    Bytes command{header.begin(), header.end()};
    command.push_back(le);
    return collect(std::move(command));
  }

 private:
  [[nodiscard]] Result<Answer> collect(Bytes command) {
    Answer out;
    for (int piece = 0; piece < kPiecesMax; ++piece) {
      const auto bytes = reader_.transmit(command);
      if (!bytes) return fail(Error{bytes.error()});
      append(out.data, ByteView{*bytes}.first(bytes->size() - 2));
      out.sw = static_cast<std::uint16_t>(read_be(ByteView{*bytes}.last(2)));
      const Byte hint = bytes->back();
      switch (out.sw >> 8U) {
        case 0x61: command = {0x00, 0xC0, 0x00, 0x00, hint}; break;
        case 0x6C:
          // The command again, with the length the SAM asks for; one that brought data cannot be
          // sent twice, and on T=0 has no Le.
          if (command.size() > kCase4HeaderBytes) return out;
          command.back() = hint;
          break;
        default: return out;
      }
    }
    return fail(Errc::io, "the SAM's answer has no end");
  }

  PcscReader& reader_;
};

Result<Bytes> read_file(Exchange& sam, Byte file, Byte size, std::string_view what) {
  const auto answer = sam.fetch({0x00, 0xB0, static_cast<Byte>(0x80U | file), 0x00}, size);
  if (!answer) return fail(Error{answer.error()}, what);
  if (answer->sw != kOk) return fail(Errc::invalid, sw_text(what, answer->sw));
  if (answer->data.size() < size) return fail(Errc::invalid, std::string{what} + ": too short");
  return answer->data;
}

Status select(Exchange& sam, std::uint16_t file, std::string_view what) {
  Bytes id;
  append_be(id, file, 2);
  const auto answer = sam.send({0x00, 0xA4, 0x00, 0x00}, id);
  if (!answer) return fail(Error{answer.error()}, what);
  if (answer->sw == kNotFound) return fail(Errc::not_found, sw_text(what, answer->sw));
  if (answer->sw != kOk) return fail(Errc::invalid, sw_text(what, answer->sw));
  return {};
}

struct Identity {
  Bytes serial;
  TerminalNo terminal;
  Byte key_index = 0;
};

Result<Identity> identify(Exchange& sam) {
  if (auto ok = select(sam, kMasterFile, "selecting the master file"); !ok)
    return fail(std::move(ok.error()));
  Identity out;
  auto serial = read_file(sam, kSerialFile, kSerialBytes, "serial number");
  if (!serial) return fail(std::move(serial.error()));
  out.serial = std::move(*serial);
  const auto terminal = read_file(sam, kTerminalFile, kTerminalBytes, "terminal number");
  if (!terminal) return fail(Error{terminal.error()});
  out.terminal = TerminalNo{to_array<kTerminalBytes>(ByteView{*terminal}.first(kTerminalBytes))};
  if (!bcd_digits(out.terminal.get()))
    return fail(Errc::invalid, "the terminal number is not 12 decimal digits");
  if (auto ok = select(sam, kPurseApplication, "not a T-Union SAM, no application 8011"); !ok)
    return fail(std::move(ok.error()));
  const auto index = read_file(sam, kKeyIndexFile, kKeyIndexBytes, "key index");
  if (!index) return fail(Error{index.error()});
  out.key_index = index->front();
  return out;
}

Bytes purchase_data(const SamRequest& request) {
  Bytes out{request.random.begin(), request.random.end()};
  append_be(out, request.counter.get(), 2);
  append_be(out, static_cast<std::uint64_t>(request.amount.count()), 4);
  out.push_back(static_cast<Byte>(request.type));
  append(out, bcd_time(request.at));
  out.push_back(request.key_version);
  out.push_back(request.algorithm);
  append(out, request.pan_factor);
  append(out, request.issuer_factor);
  return out;
}

class PcscSam final : public Sam {
 public:
  PcscSam(std::unique_ptr<PcscReader> reader, const Identity& identity)
      : reader_{std::move(reader)}, terminal_{identity.terminal}, index_{identity.key_index} {}

  [[nodiscard]] TerminalNo terminal() const override { return terminal_; }
  [[nodiscard]] Byte key_index() const override { return index_; }

  [[nodiscard]] Result<SamDebit> init_for_purchase(const SamRequest& request) override {
    session_ = false;
    if (!reader_) return lost_before();
    Exchange sam{*reader_};
    const auto answer = sam.send({0x80, 0x70, 0x00, 0x00}, purchase_data(request), kDebitBytes);
    if (!answer) return lost(answer.error().message());
    if (std::ranges::find(kNoKey, answer->sw) != kNoKey.end())
      return fail(Errc::unsupported, sw_text("8070", answer->sw));
    if (answer->sw != kOk) {
      // Most of 8070's data is the card's word: one card must not close an aisle. Two different
      // ones in a row are not to blame.
      const bool another = doubted_ && *doubted_ != request.pan_factor;
      if (another) return lost(sw_text("8070", answer->sw));
      doubted_ = request.pan_factor;
      return fail(Errc::unsupported, sw_text("8070", answer->sw));
    }
    doubted_.reset();
    if (answer->data.size() != kDebitBytes) return lost("8070: an answer of another length");
    session_ = true;
    const ByteView data{answer->data};
    return SamDebit{.txn = SamTxnNo{static_cast<std::uint32_t>(read_be(data.first(4)))},
                    .mac1 = to_array<4>(data.last(4))};
  }

  [[nodiscard]] Result<bool> credit(const std::array<Byte, 4>& mac2) override {
    if (!reader_) return lost_before();
    if (!std::exchange(session_, false)) return fail(Errc::invalid, "the SAM has no open session");
    Exchange sam{*reader_};
    const auto answer = sam.send({0x80, 0x72, 0x00, 0x00}, mac2);
    if (!answer) return lost(answer.error().message());
    if (answer->sw == kOk && answer->data.empty()) return true;
    if (answer->sw == kMacWrong) return false;
    return lost(sw_text("8072", answer->sw));
  }

  [[nodiscard]] Status alive() override {
    if (!reader_) return lost_before();
    if (auto there = reader_->alive(); !there) return lost(there.error().message());
    return {};
  }

 private:
  static constexpr Byte kDebitBytes = 8;

  [[nodiscard]] static std::unexpected<Error> lost_before() {
    return fail(Errc::io, "the SAM was lost before");
  }
  /// An answer that none should be is no better than none: whoever opens the SAM again takes its
  /// power before.
  [[nodiscard]] std::unexpected<Error> lost(std::string why) {
    session_ = false;
    reader_.reset();
    return fail(Errc::io, std::move(why));
  }

  std::unique_ptr<PcscReader> reader_;  ///< null: lost
  TerminalNo terminal_;
  Byte index_;
  bool session_ = false;
  /// The card to whose 8070 the SAM said a word that is not known, since its last right answer.
  std::optional<std::array<Byte, 8>> doubted_;
};

}  // namespace

Result<std::unique_ptr<Sam>> open_pcsc_sam(std::string_view reader) {
  auto connected = PcscReader::connect(reader);
  if (!connected) return fail(std::move(connected.error()));
  Exchange sam{**connected};
  const auto identity = identify(sam);
  if (!identity) return fail(Error{identity.error()}, "SAM in \"" + std::string{reader} + "\"");
  log(Priority::info, "pcsc_sam",
      {{"reader", reader},
       {"serial", to_hex(identity->serial)},
       {"terminal", to_hex(identity->terminal.get())},
       {"key_index", identity->key_index}});
  return std::make_unique<PcscSam>(std::move(*connected), *identity);
}

}  // namespace tidegate::nfc
