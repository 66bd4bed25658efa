// SPDX-License-Identifier: Apache-2.0
// `tidegate ledger`: verify, tail, explain, export, read, ack, new-epoch.
#include "tools/ledger_command.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "edge/config/box_config.h"
#include "edge/ledger/json_line.h"
#include "tools/commands.h"

namespace tidegate::tools {
namespace {

constexpr std::chrono::milliseconds kFollowPause{300};

std::string epoch_hex(Epoch epoch) {
  std::array<Byte, 8> bytes{};
  write_be(bytes, epoch.get());
  return to_hex(bytes);
}

int say_error(std::ostream& err, const Error& error) {
  err << "tidegate ledger: " << error.message() << '\n';
  return 1;
}

std::string new_epoch_hint(const std::filesystem::path& folder) {
  return "tidegate ledger new-epoch " + folder.string() + " --because TEXT --config box.toml";
}

void print_report(const edge::VerifyReport& report, std::ostream& out) {
  edge::JsonLine j;
  j.open();
  j.boolean("verified", !report.damaged.has_value());
  j.text("epoch", epoch_hex(report.epoch));
  j.number("first", report.first.get());
  j.number("head", report.head.get());
  j.number("entries", report.entries);
  j.number("checkpoints", report.checkpoints);
  j.number("intents", report.totals.intents);
  j.number("debited", report.totals.debited);
  j.fen("debited_fen", report.totals.debited_fen);
  if (report.to_redo != 0) j.number("to_redo", report.to_redo);
  if (report.damaged) {
    j.number("damaged", report.damaged->get());
    j.boolean("taps_may_go_on", report.before_checkpoint);
    if (report.intact_from) j.number("intact_from", report.intact_from->get());
    j.text("what", report.what);
  }
  j.close();
  out << std::move(j).take() << '\n';
}

/// Prints entries until `each` says stop; the sentence of an error comes after them.
int print_entries(const std::filesystem::path& folder, SequenceNo from,
                  const std::function<bool(const edge::StoredEntry&)>& each, std::ostream& out,
                  std::ostream& err) {
  auto done = edge::read_ledger(folder, from, each);
  out.flush();
  return done ? 0 : say_error(err, done.error());
}

}  // namespace

int ledger_verify(const std::filesystem::path& folder, bool json, std::ostream& out,
                  std::ostream& err) {
  const auto report = edge::verify_ledger(folder);
  if (!report) {
    say_error(err, report.error());
    if (report.error().code() == Errc::corrupt)
      err << "The gate will not start on it. When nobody can repair it: " << new_epoch_hint(folder)
          << '\n';
    return 1;
  }
  if (json) print_report(*report, out);
  if (!report->damaged) {
    if (!json)
      out << "Ledger " << folder.string() << " is whole: entries " << report->first.get() << " to "
          << report->head.get() << ", " << report->checkpoints << " checkpoints, "
          << report->totals.debited << " debits of " << report->totals.debited_fen.yuan()
          << " yuan.\n";
    if (!json && report->to_redo != 0)
      out << "Behind the head " << report->to_redo
          << " more are in the redo record: a gate that runs is just entering them, else its next "
             "start does.\n";
    return 0;
  }
  std::string sentence = "ledger " + folder.string() + " is damaged at entry " +
                         std::to_string(report->damaged->get()) + " (" + report->what + "); ";
  if (report->before_checkpoint && report->intact_from) {
    sentence += "it is intact again from checkpoint " + std::to_string(report->intact_from->get()) +
                " to the head, so taps may go on; keep a copy for the clearing house.";
  } else {
    sentence +=
        "nothing after it vouches for the rest, so no taps may be taken: " + new_epoch_hint(folder);
  }
  err << "tidegate ledger: " << sentence << '\n';
  return 1;
}

int ledger_tail(const std::filesystem::path& folder, const TailOptions& options, std::ostream& out,
                std::ostream& err) {
  const auto head = edge::read_head(folder);
  if (!head) return say_error(err, head.error());
  const std::uint64_t count = head->sequence.get() + 1;
  SequenceNo next{count > options.lines ? count - options.lines : 0};
  const auto print = [&](const edge::StoredEntry& stored) {
    out << (options.json ? edge::to_json(stored) : ledger_line(stored)) << '\n';
    next = SequenceNo{stored.sequence.get() + 1};
    return static_cast<bool>(out);
  };
  int code = print_entries(folder, next, print, out, err);
  while (code == 0 && options.follow && out) {
    std::this_thread::sleep_for(kFollowPause);
    code = print_entries(folder, next, print, out, err);
  }
  return code;
}

int ledger_export(const std::filesystem::path& folder, const ExportRange& range, std::ostream& out,
                  std::ostream& err) {
  return print_entries(
      folder, SequenceNo{range.from},
      [&](const edge::StoredEntry& stored) {
        if (stored.sequence.get() > range.to) return false;
        out << edge::to_json(stored) << '\n';
        return static_cast<bool>(out);
      },
      out, err);
}

int ledger_new_epoch(const std::filesystem::path& folder, const std::string& because,
                     const std::filesystem::path& config, std::ostream& out, std::ostream& err) {
  const auto box = edge::load_box_config(config);
  if (!box) return say_error(err, box.error());
  const auto keys = edge::load_box_keys(box->keys_dir);
  if (!keys) return say_error(err, keys.error());
  const edge::LedgerIdentity identity{box->realm, box->id, box->network, box->stop, keys->box};
  const edge::LedgerOptions options{.map_bytes = box->ledger_map_bytes};
  if (auto done = edge::new_epoch(folder, identity, options, because); !done)
    return say_error(err, done.error());
  const auto head = edge::read_head(folder);
  if (!head) return say_error(err, head.error());
  out << "Epoch " << epoch_hex(head->epoch) << " begins in " << folder.string()
      << "; the old ledger is kept beside it as " << folder.filename().string() << ".sealed-…\n";
  return 0;
}

namespace {

/// What the command line said; lives as long as the application.
struct Arguments {
  std::string folder;
  bool json = false;
  TailOptions tail;
  ExportRange range;
  ExplainOptions explain;
  ReadOptions read;
  AckOptions ack;
  std::string because;
  std::string config;
};

CLI::App* add_one(CLI::App& group, const std::shared_ptr<Arguments>& args, const char* name,
                  const char* description, const char* examples) {
  CLI::App* command = group.add_subcommand(name, description);
  command->add_option("DIR", args->folder, "Folder of the ledger, e.g. /var/lib/tidegate/ledger")
      ->required();
  command->footer(std::string{"Examples:\n"} + examples);
  return command;
}

}  // namespace

void add_ledger_command(CLI::App& app, int& exit_code) {
  const auto args = std::make_shared<Arguments>();
  CLI::App* group = app.add_subcommand("ledger", "Read and check a box's ledger");
  group->require_subcommand(1);
  group->footer("Example:\n  tidegate ledger verify /var/lib/tidegate/ledger");

  CLI::App* verify = add_one(*group, args, "verify", "Check every entry, hash and signature",
                             "  tidegate ledger verify /var/lib/tidegate/ledger\n"
                             "  tidegate ledger verify /var/lib/tidegate/ledger --json");
  verify->add_flag("--json", args->json, "One JSON object");
  verify->callback([args, &exit_code] {
    exit_code = ledger_verify(args->folder, args->json, std::cout, std::cerr);
  });

  CLI::App* tail = add_one(*group, args, "tail", "Print the newest entries",
                           "  tidegate ledger tail /var/lib/tidegate/ledger -n 20\n"
                           "  tidegate ledger tail /var/lib/tidegate/ledger --follow");
  tail->add_option("-n", args->tail.lines, "How many entries")->capture_default_str();
  tail->add_flag("--follow,-f", args->tail.follow, "Go on as entries come, until interrupted");
  tail->add_flag("--json", args->tail.json, "One JSON object a line");
  tail->callback([args, &exit_code] {
    exit_code = ledger_tail(args->folder, args->tail, std::cout, std::cerr);
  });

  CLI::App* explain =
      add_one(*group, args, "explain", "Say what an entry charged and why, in Chinese and English",
              "  tidegate ledger explain /var/lib/tidegate/ledger 4711\n"
              "  tidegate ledger explain /var/lib/tidegate/ledger 4711 --book city.book");
  explain->add_option("SEQ", args->explain.sequence, "Number of the entry")->required();
  explain->add_option("--book", args->explain.book,
                      "The fare book it was priced with: gives names of stations and riders");
  explain->callback([args, &exit_code] {
    exit_code = ledger_explain(args->folder, args->explain, std::cout, std::cerr);
  });

  CLI::App* exported = add_one(*group, args, "export", "Print entries as lines of JSON",
                               "  tidegate ledger export /var/lib/tidegate/ledger > all.jsonl\n"
                               "  tidegate ledger export /var/lib/tidegate/ledger --from 100 "
                               "--to 199");
  exported->add_option("--from", args->range.from, "First sequence number")->capture_default_str();
  exported->add_option("--to", args->range.to, "Last sequence number (default: the head)");
  exported->callback([args, &exit_code] {
    exit_code = ledger_export(args->folder, args->range, std::cout, std::cerr);
  });

  CLI::App* read = group->add_subcommand(
      "read", "Print the entries of a running gate as lines of JSON, over its socket");
  read->footer(
      "Examples:\n"
      "  tidegate ledger read --socket /run/tidegate/ledger.sock --from 100\n"
      "  tidegate ledger read --socket /run/tidegate/ledger.sock --follow");
  read->add_option("--socket", args->read.socket,
                   "ledger.sock in the folder that box.toml calls run")
      ->required();
  read->add_option("--from", args->read.from, "First sequence number")->capture_default_str();
  read->add_flag("--follow,-f", args->read.follow, "Go on as entries come, until interrupted");
  read->callback([args, &exit_code] { exit_code = ledger_read(args->read, std::cout, std::cerr); });

  CLI::App* ack =
      add_one(*group, args, "ack",
              "Sign by hand what the clearing house signs when it holds the entries: "
              "the gate may prune them",
              "  tidegate ledger ack /var/lib/tidegate/ledger --through 4711 --number 12 "
              "\\\n    --key clearing.key -o ledger.ack\n"
              "Put the file where box.toml says: [ledger] ack.");
  ack->add_option("--through", args->ack.through, "Last entry (default: the head)");
  ack->add_option("--number", args->ack.number, "Number of the file; rises with each")
      ->check(CLI::PositiveNumber)
      ->required();
  ack->add_option("--key", args->ack.key,
                  "File with the Ed25519 seed (tidegate fare keygen); the box knows it by "
                  "[ledger] ack_keys")
      ->required();
  ack->add_option("-o,--output", args->ack.out, "The signed file")->required();
  ack->callback([args, &exit_code] {
    exit_code = ledger_ack(args->folder, args->ack, std::cout, std::cerr);
  });

  CLI::App* epoch = add_one(*group, args, "new-epoch",
                            "Seal a damaged ledger aside and begin an epoch that cites it",
                            "  tidegate ledger new-epoch /var/lib/tidegate/ledger \\\n"
                            "    --because \"disk replaced, work order 4711\" --config "
                            "/etc/tidegate/box.toml");
  epoch->add_option("--because", args->because, "Why; goes into the new ledger")->required();
  epoch->add_option("--config", args->config, "box.toml of this box")->required();
  epoch->callback([args, &exit_code] {
    exit_code = ledger_new_epoch(args->folder, args->because, args->config, std::cout, std::cerr);
  });
}

}  // namespace tidegate::tools
