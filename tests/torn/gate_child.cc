// SPDX-License-Identifier: Apache-2.0
// The child: a box without sockets whose card, SAM and barrier tell the test of every exchange.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <thread>

#include "base/log.h"
#include "tests/edge/gate/gate_fixture.h"
#include "tests/torn/gate_line.h"

namespace tidegate::edge::torn {
namespace {

constexpr std::chrono::minutes kPatience{5};
constexpr int kBroken = 3;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "gate process: %s\n", why.c_str());
  ::_exit(kBroken);
}

template <class T>
T value_or_give_up(Result<T> result, const char* what) {
  if (!result) give_up(std::string{what} + ": " + result.error().message());
  return std::move(*result);
}

class SetClock final : public Clock {
 public:
  explicit SetClock(Timestamp at) { set(at); }
  void set(Timestamp at) { milliseconds_ = at.time_since_epoch().count(); }
  [[nodiscard]] Timestamp now() const override {
    return Timestamp{std::chrono::milliseconds{milliseconds_.load()}};
  }
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }

 private:
  std::atomic<std::int64_t> milliseconds_{};
};

class Line {
 public:
  explicit Line(const posix::SeqpacketSocket& socket) : socket_{socket} {}
  void send(ByteView message) const {
    if (auto sent = socket_.send(message, kPatience); !sent) give_up(sent.error().message());
  }
  [[nodiscard]] Bytes receive() const {
    auto got = socket_.receive(kPatience);
    if (!got) give_up(got.error().message());
    return std::move(*got);
  }
  [[nodiscard]] Bytes ask(Word word, ByteView rest = {}) const {
    Bytes message{static_cast<Byte>(word)};
    append(message, rest);
    send(message);
    return receive();
  }
  void tell(Word word, Moment moment) const {
    const auto byte = static_cast<Byte>(moment);
    static_cast<void>(ask(word, {&byte, 1}));
  }

 private:
  const posix::SeqpacketSocket& socket_;
};

/// The card at the other end of the line. It takes the intent's commit before the first 80DC, so
/// that a gate killed from there on always finds the intent on disk.
class LineCard final : public FieldCard {
 public:
  LineCard(const Line& line, const Ledger& ledger) : line_{line}, ledger_{ledger} {}
  Result<Bytes> transceive(ByteView command, std::chrono::milliseconds) override {
    const Byte instruction = command.size() > 3 ? command[1] : Byte{0};
    if (instruction == 0x50) intents_ = ledger_.totals().intents;
    if (instruction == 0xDC) wait_for_intent();
    const Bytes reply = line_.ask(Word::apdu, command);
    if (reply.front() != static_cast<Byte>(Word::answer)) return fail(Errc::gone, "no card");
    return Bytes{reply.begin() + 1, reply.end()};
  }
  Status reselect() override {
    const Bytes reply = line_.ask(Word::reselect);
    if (reply.front() != static_cast<Byte>(Word::go)) return fail(Errc::gone, "no card");
    return {};
  }

 private:
  void wait_for_intent() const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (ledger_.totals().intents == intents_) {
      if (std::chrono::steady_clock::now() > deadline) give_up("the intent does not land");
      std::this_thread::sleep_for(std::chrono::microseconds{50});
    }
  }
  const Line& line_;
  const Ledger& ledger_;
  std::uint64_t intents_ = 0;
};

class LineSam final : public nfc::Sam {
 public:
  LineSam(const Line& line, nfc::Sam& sam) : line_{line}, sam_{sam} {}
  [[nodiscard]] TerminalNo terminal() const override { return sam_.terminal(); }
  [[nodiscard]] Byte key_index() const override { return sam_.key_index(); }
  [[nodiscard]] Result<nfc::SamDebit> init_for_purchase(const nfc::SamRequest& request) override {
    line_.tell(Word::before, Moment::sam_init);
    auto out = sam_.init_for_purchase(request);
    line_.tell(Word::after, Moment::sam_init);
    return out;
  }
  [[nodiscard]] Result<bool> credit(const std::array<Byte, 4>& mac2) override {
    line_.tell(Word::before, Moment::sam_credit);
    auto out = sam_.credit(mac2);
    line_.tell(Word::after, Moment::sam_credit);
    return out;
  }

 private:
  const Line& line_;
  nfc::Sam& sam_;
};

class LineFront final : public Front {
 public:
  explicit LineFront(const Line& line) : line_{line} {}
  void open(gate_protocol::Direction, SequenceNo) override {
    line_.tell(Word::before, Moment::barrier);
    line_.tell(Word::after, Moment::barrier);
  }
  void show(const gate_protocol::Display&) override {}

 private:
  const Line& line_;
};

std::unique_ptr<nfc::Sam> open_sam(const BoxSpec& spec, const AisleSpec& aisle) {
  const auto file = spec.folder / ("sam-" + std::to_string(aisle.number.get()) + ".toml");
  std::ofstream{file} << "terminal = \"" << to_hex(aisle.terminal.get()) << "\"\nkey_index = 1\n"
                      << "purchase_key = \"404142434445464748494A4B4C4D4E4F\"\n";
  return value_or_give_up(nfc::open_softsam(file, Realm::test), "SAM");
}

crypto::Key32 handle_key(const BoxSpec& spec) {
  return crypto::sha256({as_bytes(spec.name)});
}

class Gate {
 public:
  Gate(const BoxSpec& spec, const Line& line, Timestamp at)
      : spec_{spec},
        line_{line},
        clock_{at},
        ledger_{value_or_give_up(
            Ledger::open(spec.ledger(), identity_of(spec),
                         {.map_bytes = 32UL << 20U, .checkpoint_every = 64, .preallocate = false}),
            "ledger")},
        boot_{ledger_->next_boot_number()},
        sealer_{
            BoxId{spec.name}, handle_key(spec), {1, crypto::make_exchange_key().public_key}, boot_},
        committer_{*ledger_,
                   [this] {
                     return Entry{entry_head(clock_, AisleNo{}, {}), Maintenance{"gate", "probe"}};
                   },
                   {}} {
    config_.id = BoxId{spec.name};
    config_.network = NetworkId{"m"};
    config_.stop = StopCode{"a"};
    config_.station_terminals = spec.station;
    config_.commit_timeout = kPatience;
    for (const AisleSpec& aisle : spec.aisles) {
      sams_[aisle.number] = open_sam(spec, aisle);
      memory_.terminals.add(sams_[aisle.number]->terminal());
    }
    // As run_gate() does it: what was written before this entry is an earlier run's.
    services_.first_of_run = land(Boot{"test", boot_, {}, false});
  }

  void tap(AisleNo number, Timestamp at) {
    clock_.set(at);
    const auto spec = std::ranges::find(spec_.aisles, number, &AisleSpec::number);
    if (spec == spec_.aisles.end()) give_up("no such aisle");
    const AisleConfig aisle{.number = number, .direction = spec->direction};
    LineSam sam{line_, *sams_.at(number)};
    LineFront front{line_};
    LineCard card{line_, *ledger_};
    TapPipeline pipeline{services_, aisle, sam, front};
    line_.send(encode_report(pipeline.run(card)));
  }
  void passage(AisleNo number, Timestamp at, SequenceNo outcome) {
    clock_.set(at);
    memory_.passages.note(outcome, true);
    static_cast<void>(land(Passage{outcome, true}, number));
    line_.send(encode_report({}));
  }

 private:
  SequenceNo land(EntryBody body, AisleNo aisle = {}) {
    const auto ticket =
        committer_.submit({entry_head(clock_, aisle, {}), std::move(body)}, Commit::urgent);
    return value_or_give_up(committer_.wait(ticket, std::chrono::steady_clock::now() + kPatience),
                            "commit");
  }

  const BoxSpec& spec_;
  const Line& line_;
  SetClock clock_;
  std::unique_ptr<Ledger> ledger_;
  std::uint32_t boot_;
  Sealer sealer_;
  Committer committer_;
  std::map<AisleNo, std::unique_ptr<nfc::Sam>> sams_;
  BoxConfig config_;
  ActiveBook book_ = gate_fixture::one_stop_book();
  ModeSwitch modes_;
  RunMemory memory_;
  ListsInForce lists_;
  Services services_{config_, clock_, *ledger_, committer_, sealer_,
                     book_,   modes_, memory_,  lists_};
};

Timestamp time_in(ByteReader& reader) {
  return Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(reader.be(8))}};
}

void serve(Gate& gate, const Line& line) {
  const Byte ready = static_cast<Byte>(Word::ready);
  line.send({&ready, 1});
  while (true) {
    const Bytes message = line.receive();
    ByteReader reader{message};
    const auto word = static_cast<Word>(reader.be(1));
    if (word == Word::quit) return;
    const AisleNo aisle{static_cast<std::uint16_t>(reader.be(2))};
    const Timestamp at = time_in(reader);
    if (word == Word::tap) gate.tap(aisle, at);
    if (word == Word::passage) gate.passage(aisle, at, SequenceNo{reader.be(8)});
  }
}

}  // namespace

LedgerIdentity identity_of(const BoxSpec& box) {
  return {.realm = Realm::test,
          .box = BoxId{box.name},
          .network = NetworkId{"m"},
          .stop = StopCode{"a"},
          .key = crypto::signing_key_from_seed(crypto::sha256({as_bytes(box.name)}))};
}

CardHandle handle_at(const BoxSpec& box, const sim::CardImageData& card) {
  const Sealer sealer{BoxId{box.name}, handle_key(box), {1, handle_key(box)}, 0};
  return sealer.handle(CardNumber{to_array<10>(ByteView{card.ef15}.subspan(10, 10))});
}

void live_as_gate(const BoxSpec& spec, const posix::SeqpacketSocket& socket, Timestamp at) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int log =
      ::open((spec.folder / "gate.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  set_log_threshold(Priority::error);
  {
    const Line line{socket};
    Gate gate{spec, line, at};
    serve(gate, line);
  }
  ::_exit(0);
}

}  // namespace tidegate::edge::torn
