// SPDX-License-Identifier: Apache-2.0
#include "simulators/reader_command.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include "simulators/commands.h"
#include "simulators/pn532/faults.h"
#include "simulators/say.h"

namespace tidegate::sim {
namespace {

using Cards = std::vector<std::unique_ptr<TUnionCard>>;

int complain(const Error& error) {
  std::fputs(("tidegate-sim reader: " + error.message() + "\n").c_str(), stderr);
  return 1;
}

Result<Cards> load(const std::vector<std::filesystem::path>& files) {
  Cards out;
  for (const auto& file : files) {
    auto image = load_card_image(file);
    if (!image) return fail(std::move(image.error()));
    out.push_back(std::make_unique<TUnionCard>(std::move(*image), CardHabits{}));
  }
  return out;
}

void put_or_take(SimReader& reader, const Cards& cards, const std::optional<Tear>& tear) {
  bool any = false;
  for (const auto& card : cards) any = any || reader.has(*card);
  for (const auto& card : cards) {
    if (any) {
      reader.take(*card);
    } else {
      reader.put(*card, tear);
    }
  }
  say(any ? "cards taken away" : "cards put down");
}

Status pull_or_plug(SimReader& reader, bool& plugged) {
  plugged = !plugged;
  if (plugged) {
    if (auto status = reader.replug(); !status) return status;
  } else {
    reader.unplug();
  }
  say(plugged ? "plugged in" : "unplugged");
  return {};
}

Status serve(SimReader& reader, const ReaderCommand& command, const Cards& cards,
             const sigset_t& signals) {
  bool plugged = true;
  while (true) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) return fail_errno("waiting for a signal");
    if (signal == SIGINT || signal == SIGTERM) return {};
    if (signal == SIGUSR1) put_or_take(reader, cards, command.tear);
    if (signal == SIGUSR2)
      if (auto status = pull_or_plug(reader, plugged); !status) return status;
  }
}

Status save(const std::vector<std::filesystem::path>& files, const Cards& cards) {
  for (std::size_t i = 0; i < files.size(); ++i)
    if (auto saved = save_card_image(files[i], cards[i]->image()); !saved) return saved;
  return {};
}

}  // namespace

std::string fault_help() {
  std::string out =
      "Faults: NAME[=VALUE][/CC|/any][@N][#K]. /CC strikes the command with this hex code instead\n"
      "of the fault's own (APDU exchanges for most), @N only the next N times, #K only at the "
      "K-th\n"
      "APDU exchange since the card arrived.\n";
  for (const pn532::FaultInfo& row : pn532::fault_table()) {
    std::string name{row.name};
    if (row.value == pn532::FaultInfo::Value::ms) name += row.value_default ? "[=MS]" : "=MS";
    if (row.value == pn532::FaultInfo::Value::hex) name += "=HEX";
    if (row.value == pn532::FaultInfo::Value::number) name += "=N";
    name.resize(std::max<std::size_t>(name.size() + 2, 24), ' ');
    out += "  " + name + std::string{row.effect} + "\n";
  }
  return out;
}

int run_reader_command(const ReaderCommand& command) {
  auto cards = load(command.cards);
  if (!cards) return complain(cards.error());
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) ::sigaddset(&signals, signal);
  // Blocked before the reader's thread starts, so that they reach sigwait() and nothing else.
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  ReaderOptions options = command.reader;
  options.on_event = [](const std::string& event) { say(event); };
  auto reader = SimReader::start(std::move(options));
  if (!reader) {
    complain(reader.error());
    return reader.error().code() == Errc::invalid ? 2 : 1;
  }
  for (const auto& card : *cards) (*reader)->put(*card, command.tear);
  say("ready link=" + command.reader.link.string() + " cards=" + std::to_string(cards->size()));

  const Status served = serve(**reader, command, *cards, signals);
  reader->reset();
  if (!served) return complain(served.error());
  if (command.save)
    if (auto saved = save(command.cards, *cards); !saved) return complain(saved.error());
  return 0;
}

void add_reader_command(CLI::App& app, int& exit_code) {
  struct Parsed {
    ReaderCommand command;
    std::string link, trace;
    std::vector<std::string> cards;
    bool no_card = false;
    unsigned card_ms = 0, try_ms = 5, field_off_ms = 5, rf_timeout_ms = 5, tear = 0;
    bool tear_after = false;
  };
  const auto parsed = std::make_shared<Parsed>();
  auto* sub = app.add_subcommand("reader", "A simulated PN532 reader behind a symlink");
  sub->add_option("--link", parsed->link, "symlink to the reader's serial line")->required();
  auto* card = sub->add_option("--card", parsed->cards, "card image on the reader; again for two")
                   ->take_all();
  sub->add_flag("--no-card", parsed->no_card, "an empty reader (the default)")->excludes(card);
  sub->add_flag("--save", parsed->command.save, "write the card images back at the end");
  sub->add_option("--fault", parsed->command.reader.faults, "switch on a fault; may be repeated")
      ->take_all();
  sub->add_option("--baud", parsed->command.reader.baud, "pace as on a line of this speed; 0: not")
      ->check(CLI::Range(0U, 1'288'000U));
  const CLI::Range ms{0U, 60'000U};
  sub->add_option("--card-ms", parsed->card_ms, "time a card takes for an APDU")->check(ms);
  sub->add_option("--try-ms", parsed->try_ms, "time of one try to find a card, default 5")
      ->check(CLI::Range(1U, 60'000U));
  sub->add_option("--field-off-ms", parsed->field_off_ms,
                  "shortest gap of the field that resets a card, default 5")
      ->check(ms);
  sub->add_option("--rf-timeout-ms", parsed->rf_timeout_ms,
                  "how long the chip waits for a silent card, default 5; 0: as it was configured")
      ->check(ms);
  sub->add_option("--tear", parsed->tear, "the card leaves at this APDU exchange, from 1");
  sub->add_flag("--tear-after", parsed->tear_after, "… after it has acted, before it answers");
  sub->add_option("--trace", parsed->trace, "file for all bytes of the line (card numbers too)");
  sub->footer(fault_help());
  sub->callback([parsed, &exit_code] {
    using std::chrono::milliseconds;
    ReaderCommand& command = parsed->command;
    command.reader.link = parsed->link;
    command.reader.trace = parsed->trace;
    command.reader.card_time = milliseconds{parsed->card_ms};
    command.reader.activation_try = milliseconds{parsed->try_ms};
    command.reader.field_off_min = milliseconds{parsed->field_off_ms};
    command.reader.rf_timeout = milliseconds{parsed->rf_timeout_ms};
    command.cards.assign(parsed->cards.begin(), parsed->cards.end());
    if (parsed->tear > 0) command.tear = Tear{parsed->tear, parsed->tear_after};
    exit_code = run_reader_command(command);
  });
}

}  // namespace tidegate::sim
