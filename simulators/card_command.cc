// SPDX-License-Identifier: Apache-2.0
// `tidegate-sim card new|show|types|hostile`: makes card images, shows what is on them, lists the
// types of card and the cards that lie.
#include "simulators/card_command.h"

#include <iostream>
#include <memory>

#include "base/ids.h"
#include "simulators/card/card_types.h"
#include "simulators/card/hostile.h"
#include "simulators/card/make_card.h"
#include "simulators/commands.h"

namespace tidegate::sim {

namespace {

constexpr int kRefused = 1;

std::string number_text(const CardImageData& image, bool reveal) {
  const CardNumber number{to_array<10>(ByteView{image.ef15}.subspan(10, 10))};
  return reveal ? number.reveal() : number.masked();
}
std::string hex_at(ByteView record, std::size_t offset, std::size_t size) {
  return record.size() < offset + size ? "" : to_hex(record.subspan(offset, size));
}
std::uint64_t number_at(ByteView record, std::size_t offset, std::size_t size) {
  return read_be(record.subspan(offset, size));
}
std::string json_text(std::string_view text) {
  return '"' + std::string{text} + '"';
}

std::string_view journey_text(Byte status) {
  switch (status) {
    case 0x00: return "none";
    case 0x01: return "entered";
    case 0x02: return "exited";
    case 0x03: return "entry updated";
    case 0x04: return "exit updated";
    default: return "unknown";
  }
}

std::string log_line(const std::array<Byte, 23>& record) {
  return "  log   " + std::to_string(number_at(record, 0, 2)) + "  type " + hex_at(record, 9, 1) +
         "  " + std::to_string(number_at(record, 5, 4)) + " fen  terminal " +
         hex_at(record, 10, 6) + "  " + hex_at(record, 16, 7) + "\n";
}
std::string trip_line(const std::array<Byte, 48>& record) {
  return "  trip  type " + hex_at(record, 0, 1) + "  line " + hex_at(record, 10, 2) + "  station " +
         hex_at(record, 12, 2) + "  " + std::to_string(number_at(record, 17, 4)) + " fen  city " +
         hex_at(record, 32, 2) + "  " + hex_at(record, 25, 7) + "\n";
}

/// What `card new` was asked for, as the command line gives it.
struct NewOptions {
  std::string file, keys, uid, type = "k1", city = "2900", province = "2900";
  unsigned kind = 1;
  bool local_only = false, disabled = false, blocked = false, force = false;
  CardSpec spec;
};

Result<std::uint16_t> region(const std::string& text) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->size() != 2)
    return fail(Errc::invalid, "a region code must have 4 digits: " + text);
  return static_cast<std::uint16_t>(read_be(*bytes));
}

Status new_card(NewOptions options) {
  CardSpec& spec = options.spec;
  if (!options.keys.empty()) {
    auto keys = load_root_keys(options.keys);
    if (!keys) return fail(std::move(keys.error()));
    spec.keys = *keys;
  }
  if (!options.uid.empty()) {
    auto uid = from_hex(options.uid);
    if (!uid) return fail(std::move(uid.error()), "UID");
    spec.uid = std::move(*uid);
  }
  auto city = region(options.city);
  if (!city) return fail(std::move(city.error()));
  auto province = region(options.province);
  if (!province) return fail(std::move(province.error()));
  spec.city = *city;
  spec.province = *province;
  spec.card_kind = static_cast<Byte>(options.kind);
  spec.interoperable = !options.local_only;
  spec.enabled = !options.disabled;
  if (Status fits = check_card_spec(spec); !fits) return fits;
  std::error_code ignored;
  if (!options.force && std::filesystem::exists(options.file, ignored))
    return fail(Errc::exists, options.file + " is there already (--force replaces it)");
  auto image = card_image_of_type(options.type, spec);
  if (!image)
    return fail(Errc::invalid, "there is no type of card named " + options.type +
                                   " (tidegate-sim card types lists them)");
  image->blocked = image->blocked || options.blocked;
  return save_card_image(options.file, *image);
}

void add_new_card(CLI::App& card, int& exit_code) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* app = card.add_subcommand("new", "Makes the image of a new card.");
  app->footer(
      "The key file is TOML with purchase_key, tac_key and, if wanted, load_key (32 hex digits).\n"
      "Without one, invented keys are used.\n"
      "Examples:\n"
      "  tidegate-sim card new card.json --balance 5000\n"
      "  tidegate-sim card new bank.json --type bank\n"
      "  tidegate-sim card new -o suzhou.json --issuer 01423050 --pan 3104830300000000017 "
      "--city 3050 --province 3000");
  CardSpec& spec = options->spec;
  app->add_option("-o,--output,file", options->file, "Image file to make")->required();
  app->add_option(
         "--type", options->type,
         "What kind of card (tidegate-sim card types); a type may insist on its own values")
      ->capture_default_str();
  app->add_option("--balance", spec.balance, "Money on the card, in fen")->capture_default_str();
  app->add_option("--overdraft", spec.overdraft_limit, "Overdraft limit, in fen")
      ->capture_default_str();
  app->add_option("--issuer", spec.issuer, "Issuer code, 8 digits")->capture_default_str();
  app->add_option("--pan", spec.number, "Card number, 19 digits")->capture_default_str();
  app->add_option("--city", options->city, "City code, 4 digits")->capture_default_str();
  app->add_option("--province", options->province, "Province code, 4 digits")
      ->capture_default_str();
  app->add_option("--kind", options->kind,
                  "1 ordinary, 2 student, 3 elderly, 4 test, 5 military, others by issuer")
      ->check(CLI::Range(0U, 255U))
      ->capture_default_str();
  app->add_option("--valid-from", spec.valid_from, "YYYYMMDD")->capture_default_str();
  app->add_option("--valid-to", spec.valid_to, "YYYYMMDD")->capture_default_str();
  app->add_option("--uid", options->uid, "4, 7 or 10 bytes in hex; made from the number if absent");
  app->add_option("--keys", options->keys, "Root key file")->check(CLI::ExistingFile);
  app->add_flag("--local-only", options->local_only, "Not interoperable between cities");
  app->add_flag("--disabled", options->disabled, "The issuer has not enabled it");
  app->add_flag("--blocked", options->blocked, "The application is blocked");
  app->add_flag("--force", options->force, "Replace an existing file");
  app->callback([options, &exit_code] {
    if (Status made = new_card(*options); !made) {
      std::cerr << made.error().message() << '\n';
      exit_code = kRefused;
    }
  });
}

struct ShowOptions {
  std::string file;
  bool json = false, reveal = false;
};

void add_show(CLI::App& card, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* app = card.add_subcommand("show", "Shows what a card image holds, without its keys.");
  app->footer(
      "Examples:\n  tidegate-sim card show card.json\n"
      "  tidegate-sim card show card.json --json --reveal");
  app->add_option("file", options->file, "Image file")->required();
  app->add_flag("--json", options->json, "One JSON object");
  app->add_flag("--reveal", options->reveal, "Show the whole card number");
  app->callback([options, &exit_code] {
    const auto image = load_card_image(options->file);
    if (!image) {
      std::cerr << image.error().message() << '\n';
      exit_code = kRefused;
      return;
    }
    if (options->json) {
      std::cout << card_json(*image, options->reveal) << '\n';
    } else {
      std::cout << card_text(*image, options->reveal);
    }
  });
}

void add_types(CLI::App& card) {
  CLI::App* app = card.add_subcommand("types", "Lists the types of card, by name.");
  app->footer("Example:\n  tidegate-sim card types");
  app->callback([] {
    for (const std::string& name : card_type_names())
      std::cout << name << ": " << card_type_description(name) << '\n';
  });
}

void add_hostile(CLI::App& card) {
  CLI::App* app = card.add_subcommand("hostile", "Lists the cards that lie, by name.");
  app->footer("Example:\n  tidegate-sim card hostile");
  app->callback([] {
    for (const std::string& name : hostile_names())
      std::cout << name << ": " << hostile_description(name) << '\n';
  });
}

}  // namespace

std::string card_text(const CardImageData& image, bool reveal) {
  if (!image.has_purse) {
    std::string out = "card without a T-Union purse\n";
    for (const OtherApplication& other : image.others)
      out += "  application " + to_hex(other.name) + "\n";
    return out;
  }
  const ByteView rail = image.ef1a_2701;
  std::string out = "card " + number_text(image, reveal) + "\n";
  out += "  issuer " + hex_at(image.ef15, 0, 4) + ", city " + hex_at(image.ef17, 6, 2) + ", kind " +
         hex_at(image.ef17, 10, 1) + ", valid " + hex_at(image.ef15, 20, 4) + " to " +
         hex_at(image.ef15, 24, 4) + (image.ef15[9] == 1 ? "" : ", not enabled") +
         (image.blocked ? ", blocked" : "") + "\n";
  out += "  balance " + std::to_string(image.balance) + " fen, overdraft " +
         std::to_string(image.overdraft_used) + " of " + std::to_string(image.overdraft_limit) +
         " fen, counter " + std::to_string(image.counter) + ", loads " +
         std::to_string(image.load_counter) + "\n";
  out += "  journey " + std::string{journey_text(rail[14])} + ", entry " + hex_at(rail, 15, 2) +
         " " + hex_at(rail, 35, 8) + " " + hex_at(rail, 67, 7) + ", exit " + hex_at(rail, 17, 2) +
         " " + hex_at(rail, 43, 8) + " " + hex_at(rail, 74, 7) + "\n";
  for (const auto& record : image.ef18) out += log_line(record);
  for (const auto& record : image.ef1e) out += trip_line(record);
  return out;
}

std::string card_json(const CardImageData& image, bool reveal) {
  std::string out = "{\"number\":" + json_text(number_text(image, reveal));
  out += std::string{",\"purse\":"} + (image.has_purse ? "true" : "false");
  out += ",\"uid\":" + json_text(to_hex(image.uid));
  out += ",\"issuer\":" + json_text(hex_at(image.ef15, 0, 4));
  out += ",\"city\":" + json_text(hex_at(image.ef17, 6, 2));
  out += ",\"kind\":" + json_text(hex_at(image.ef17, 10, 1));
  out += ",\"valid_from\":" + json_text(hex_at(image.ef15, 20, 4));
  out += ",\"valid_to\":" + json_text(hex_at(image.ef15, 24, 4));
  out += std::string{",\"enabled\":"} + (image.ef15[9] == 1 ? "true" : "false");
  out += std::string{",\"blocked\":"} + (image.blocked ? "true" : "false");
  out += ",\"balance_fen\":" + std::to_string(image.balance);
  out += ",\"overdraft_limit_fen\":" + std::to_string(image.overdraft_limit);
  out += ",\"overdraft_used_fen\":" + std::to_string(image.overdraft_used);
  out += ",\"counter\":" + std::to_string(image.counter);
  out += ",\"load_counter\":" + std::to_string(image.load_counter);
  out += ",\"journey\":" + json_text(journey_text(image.ef1a_2701[14]));
  const auto list = [&out](std::string_view name, const auto& records) {
    out += ",\"" + std::string{name} + "\":[";
    bool first = true;
    for (const auto& record : records) {
      out += (first ? "" : ",") + json_text(to_hex(record));
      first = false;
    }
    out += "]";
  };
  list("log", image.ef18);
  list("trips", image.ef1e);
  return out + "}";
}

void add_card_command(CLI::App& app, int& exit_code) {
  CLI::App* card = app.add_subcommand("card", "Makes and shows the images of simulated cards.");
  card->require_subcommand(1);
  add_new_card(*card, exit_code);
  add_show(*card, exit_code);
  add_types(*card);
  add_hostile(*card);
}

}  // namespace tidegate::sim
