// SPDX-License-Identifier: Apache-2.0
// The test's end of a gate process: answers for the card, and strikes.
#include "tests/torn/gate_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/torn/gate_line.h"

namespace tidegate::edge::torn {
namespace {

constexpr std::chrono::minutes kPatience{5};

std::string sfi_name(unsigned sfi) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  return {kDigits[sfi >> 4U & 0xFU], kDigits[sfi & 0xFU]};
}

std::string name_of_command(ByteView command) {
  switch (command[1]) {
    case 0xA4: return "SELECT";
    case 0xB0: return "READ BINARY " + sfi_name(command[2] & 0x1FU);
    case 0xB2: return "READ RECORD " + sfi_name(static_cast<unsigned>(command[3]) >> 3U);
    case 0x5C: return "GET BALANCE";
    case 0xDC: return "80DC " + sfi_name(static_cast<unsigned>(command[3]) >> 3U);
    default: return to_hex(command.first(2));
  }
}

std::string name_of_moment(Moment moment) {
  switch (moment) {
    case Moment::sam_init: return "8070 (SAM)";
    case Moment::sam_credit: return "MAC2 (SAM)";
    case Moment::barrier: return "barrier";
  }
  return "?";
}

Bytes order(Word word, AisleNo aisle, Timestamp at) {
  Bytes out{static_cast<Byte>(word)};
  append_be(out, aisle.get(), 2);
  append_be(out, static_cast<std::uint64_t>(at.time_since_epoch().count()), 8);
  return out;
}

/// The card in the field during one tap, and the blow that strikes.
class CardSide {
 public:
  CardSide(Passenger& who, const Strike& strike) : who_{who}, strike_{strike} {
    who_.card->power_off();
  }
  ~CardSide() { who_.card->power_off(); }
  CardSide(const CardSide&) = delete;
  CardSide& operator=(const CardSide&) = delete;

  /// What the gate is told; nullopt: it is to be killed.
  [[nodiscard]] std::optional<Bytes> reply(ByteView message) {
    const auto word = static_cast<Word>(message.front());
    const ByteView rest = message.subspan(1);
    switch (word) {
      case Word::apdu: return apdu(rest);
      case Word::reselect: return Bytes{static_cast<Byte>(gone_ ? Word::gone : Word::go)};
      case Word::before:
        names.push_back(name_of_moment(static_cast<Moment>(rest.front())));
        return struck(false) && strike_now() ? std::nullopt : std::optional{go()};
      case Word::after:
        if (static_cast<Moment>(rest.front()) == Moment::barrier) ++openings;
        return struck(true) && strike_now() ? std::nullopt : std::optional{go()};
      default: ADD_FAILURE() << "the gate said " << to_hex(message); return go();
    }
  }
  std::vector<std::string> names;
  unsigned openings = 0;

 private:
  static Bytes go() { return {static_cast<Byte>(Word::go)}; }
  [[nodiscard]] bool struck(bool after) const {
    return names.size() == strike_.exchange && strike_.after_card == after;
  }
  /// The card is away in any case; true: the gate too.
  bool strike_now() {
    who_.card->power_off();
    gone_ = true;
    return strike_.kill;
  }
  [[nodiscard]] std::optional<Bytes> apdu(ByteView command) {
    const Bytes gone{static_cast<Byte>(Word::gone)};
    if (gone_) return gone;
    names.push_back(name_of_command(command));
    if (struck(false)) return strike_now() ? std::nullopt : std::optional{gone};
    Bytes out{static_cast<Byte>(Word::answer)};
    append(out, act(command));
    if (struck(true)) return strike_now() ? std::nullopt : std::optional{gone};
    return out;
  }
  /// The card acts, and what it did is noted.
  Bytes act(ByteView command) {
    if (command[1] == 0x50) terminal_ = TerminalNo{to_array<6>(command.subspan(10, 6))};
    if (command[1] == 0xDC && command[3] >> 3U == 0x1E) trip_ = true;
    if (command[1] != 0x54) return who_.card->transceive(command);
    const sim::CardImageData before = who_.card->image();
    Bytes out = who_.card->transceive(command);
    const sim::CardImageData after = who_.card->image();
    if (after.counter != before.counter)
      who_.debits.push_back(
          {terminal_, SamTxnNo{static_cast<std::uint32_t>(read_be(command.subspan(5, 4)))},
           CardCounter{after.counter}, Fen{std::int64_t{before.balance} - after.balance}, trip_});
    trip_ = false;
    return out;
  }

  Passenger& who_;
  Strike strike_;
  bool gone_ = false;
  bool trip_ = false;
  TerminalNo terminal_;
};

}  // namespace

Bytes encode_report(const TapReport& report) {
  Bytes out{static_cast<Byte>(Word::done), static_cast<Byte>(report.end),
            static_cast<Byte>(report.refusal ? 1 : 0), static_cast<Byte>(report.recovered ? 1 : 0)};
  append_be(out, report.refusal ? static_cast<std::uint64_t>(*report.refusal) : 0, 2);
  append_be(out, static_cast<std::uint64_t>(report.fare.count()), 8);
  append_be(out, report.outcome.get(), 8);
  append(out, as_bytes(report.detail));
  return out;
}

TapSeen decode_report(ByteView bytes) {
  ByteReader reader{bytes.subspan(1)};
  TapSeen out;
  out.end = static_cast<TapReport::End>(reader.be(1));
  out.opened = out.end == TapReport::End::opened;
  const bool refused = reader.be(1) != 0;
  out.recovered = reader.be(1) != 0;
  const auto code = static_cast<fare::RefusalCode>(reader.be(2));
  if (refused) out.refusal = code;
  out.fare = Fen{static_cast<std::int64_t>(reader.be(8))};
  out.outcome = SequenceNo{reader.be(8)};
  out.detail = as_text(reader.rest());
  EXPECT_TRUE(reader.ok());
  return out;
}

TapSeen GateProcess::tap(Passenger& who, AisleNo aisle, Timestamp at, const Strike& strike) {
  if (pid_ == 0) start(at);
  CardSide side{who, strike};
  TapSeen seen;
  Bytes said = ask(order(Word::tap, aisle, at));
  while (!said.empty() && said.front() != static_cast<Byte>(Word::done)) {
    const auto reply = side.reply(said);
    if (!reply) {
      kill();
      seen.killed = true;
      seen.opened = side.openings > 0;
      break;
    }
    said = ask(*reply);
  }
  if (!seen.killed && !said.empty()) seen = decode_report(said);
  EXPECT_EQ(seen.opened ? 1U : 0U, side.openings);
  seen.exchanges = std::move(side.names);
  return seen;
}

void GateProcess::passage(AisleNo aisle, Timestamp at, SequenceNo outcome) {
  Bytes message = order(Word::passage, aisle, at);
  append_be(message, outcome.get(), 8);
  static_cast<void>(ask(message));
}

void GateProcess::start(Timestamp at) {
  auto pair = posix::SeqpacketSocket::pair();
  ASSERT_TRUE(pair.has_value()) << pair.error().message();
  pid_ = ::fork();
  ASSERT_GE(pid_, 0);
  if (pid_ == 0) {
    pair->first = {};
    live_as_gate(spec_, pair->second, at);
  }
  line_ = std::move(pair->first);
  const Bytes ready = receive();
  ASSERT_FALSE(ready.empty());
}

void GateProcess::kill() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
  line_ = {};
}

void GateProcess::stop() {
  if (pid_ == 0) return;
  const Byte quit = static_cast<Byte>(Word::quit);
  send({&quit, 1});
  int status = 0;
  ::waitpid(pid_, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
  pid_ = 0;
  line_ = {};
}

Bytes GateProcess::ask(ByteView message) {
  send(message);
  return receive();
}

void GateProcess::send(ByteView message) {
  const auto sent = line_.send(message, kPatience);
  EXPECT_TRUE(sent.has_value()) << sent.error().message();
}

Bytes GateProcess::receive() {
  auto got = line_.receive(kPatience);
  if (got && !got->empty()) return std::move(*got);
  std::stringstream log;
  log << std::ifstream{spec_.folder / "gate.log"}.rdbuf();
  ADD_FAILURE() << "the gate process ended by itself:\n" << log.str();
  if (pid_ != 0) kill();
  return {};
}

}  // namespace tidegate::edge::torn
