// SPDX-License-Identifier: Apache-2.0
// Writes the folder of a simulated station.
#include "simulators/station/box_files.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>

#include "base/assert.h"
#include "base/envelope/envelope.h"
#include "base/posix/fd.h"
#include "fare/authoring/compile.h"

namespace tidegate::sim {

namespace {

namespace fs = std::filesystem;

// sun_path holds 107 characters; the longest name below `run` is short.
constexpr std::size_t kRunPathMax = 90;
constexpr unsigned kSecretMode = 0600;
constexpr unsigned kPlainMode = 0640;

[[nodiscard]] Status write_text(const fs::path& file, std::string_view text, unsigned mode) {
  return posix::write_file_durably(file, as_bytes(text), mode);
}

[[nodiscard]] Result<fs::path> fresh_folder() {
  std::error_code error;
  fs::path base = fs::temp_directory_path(error);
  if (error) base = "/tmp";
  std::string name = base / "tidegate-station-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return fail_errno("making a temporary folder");
  return fs::path{name};
}

[[nodiscard]] Result<fs::path> short_run_folder(const fs::path& dir) {
  if (dir.string().size() + 4 <= kRunPathMax) {
    std::error_code error;
    fs::create_directories(dir / "run", error);
    if (error) return fail_errno("making " + (dir / "run").string(), error.value());
    return dir / "run";
  }
  std::string name = "/tmp/tidegate-run-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return fail_errno("making a folder for sockets");
  return fs::path{name};
}

[[nodiscard]] Status make_folders(std::initializer_list<fs::path> folders) {
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail_errno("making " + folder.string(), error.value());
    fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return fail_errno("setting the mode of " + folder.string(), error.value());
  }
  return {};
}

[[nodiscard]] Status write_keys(const BoxFiles& files, std::uint64_t seed) {
  const fs::path keys = files.dir / "keys";
  const std::string box = files.number == 1 ? "box" : "box-" + std::to_string(files.number);
  const auto clearing = crypto::exchange_key_from_secret(key_from_seed(seed, "clearing"));
  const std::pair<const char*, std::string> lines[] = {
      {"box.key", to_hex(key_from_seed(seed, box)) + "\n"},
      {"handle.key", to_hex(files.handle_key) + "\n"},
      {"clearing.pub", "1 " + to_hex(clearing.public_key) + "\n"},
      // A real box never has this one: it is the clearing house's, here for tests.
      {"clearing.key", "1 " + to_hex(clearing.secret) + "\n"},
  };
  for (const auto& [name, line] : lines) {
    if (auto ok = write_text(keys / name, line, kSecretMode); !ok) return ok;
  }
  return {};
}

[[nodiscard]] Status write_sams(const BoxFiles& files, const crypto::Key16& purchase_key) {
  for (const SimAisle& aisle : files.aisles) {
    const std::string text =
        "# An invented key: worth nothing outside this folder.\nterminal = \"" +
        to_hex(aisle.terminal.get()) + "\"\nkey_index = 1\npurchase_key = \"" +
        to_hex(purchase_key) + "\"\n";
    if (auto ok = write_text(files.sam_file(aisle), text, kSecretMode); !ok) return ok;
  }
  return {};
}

/// The sealed bytes; every box gets a copy.
[[nodiscard]] Result<Bytes> make_book(SiteFiles& site, const fs::path& tariff,
                                      const crypto::SigningKey& signer) {
  auto payload = fare::compile_book(tariff);
  if (!payload) return fail(std::move(payload.error()), "compiling " + tariff.string());
  auto book = fare::Book::load(*payload);
  if (!book) return fail(std::move(book.error()), "loading the compiled book");
  site.book = *book;
  EnvelopeHeader header;
  header.kind = FileKind::fare_book;
  header.realm = Realm::test;
  header.number = site.book->number();
  header.created = SystemClock{}.now();
  return seal_envelope(header, *payload, std::span{&signer, 1});
}

[[nodiscard]] std::string_view use_name(AisleUse use) {
  switch (use) {
    case AisleUse::entry: return "entry";
    case AisleUse::exit: return "exit";
    case AisleUse::both: break;
  }
  return "both";
}

/// The SAM terminals of the station that a box stands in, its own among them.
[[nodiscard]] std::string station_terminals(const SiteFiles& site, const std::string& stop) {
  std::string out;
  for (const BoxFiles& box : site.boxes) {
    if (box.stop != stop) continue;
    for (const SimAisle& aisle : box.aisles) {
      out += (out.empty() ? "\"" : ", \"") + to_hex(aisle.terminal.get()) + "\"";
    }
  }
  return out;
}

[[nodiscard]] Status write_config(const SiteFiles& site, const BoxFiles& files,
                                  const std::string& network, const crypto::Key32& signer) {
  const std::string id =
      "sim-" + files.stop + (site.boxes.size() > 1 ? "-" + std::to_string(files.number) : "");
  std::string text = "[box]\nid = \"" + id + "\"\nkind = \"station\"\n" +
                     "realm = \"test\"\nnetwork = \"" + network + "\"\nstop = \"" + files.stop +
                     "\"\n\n[paths]\nstate = \"state\"\nrun = \"" + files.run.string() +
                     "\"\nkeys = \"keys\"\n\n[fares]\nbook = \"book.tgb\"\n" +
                     "trusted_keys = [\"" + to_hex(signer) + "\"]\n\n[station]\nterminals = [" +
                     station_terminals(site, files.stop) + "]\n\n";
  // Generous: a loaded machine must not tear cards by itself.
  text += "[tap]\napdu_timeout_ms = 2000\ncommit_timeout_ms = 8000\n\n[ledger]\nmap_mib = 64\n";
  for (const SimAisle& aisle : files.aisles) {
    text += "\n[[aisle]]\nnumber = " + std::to_string(aisle.number) + "\ndirection = \"" +
            std::string{use_name(aisle.use)} + "\"\ndevice = \"pn532_uart:" + aisle.link.string() +
            "\"\nsam = \"" +
            (aisle.chip ? "pcsc:" + aisle.chip->name : files.sam_file(aisle).string()) + "\"\n";
  }
  return write_text(files.config, text, kPlainMode);
}

[[nodiscard]] std::string two_digits(unsigned number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 2 - digits.size(), '0');
  return digits;
}

/// Odd aisles lead in, even ones out; a single one does both. A terminal number is there once, over
/// all boxes; a single box has 00 for its own number.
[[nodiscard]] std::vector<SimAisle> lay_out(unsigned count, unsigned box, const fs::path& run) {
  std::vector<SimAisle> aisles;
  for (unsigned i = 1; i <= count; ++i) {
    SimAisle aisle;
    aisle.number = static_cast<std::uint16_t>(i);
    aisle.use = count == 1 ? AisleUse::both : i % 2 == 1 ? AisleUse::entry : AisleUse::exit;
    aisle.terminal =
        TerminalNo{to_array<6>(bcd_bytes("41310000" + two_digits(box) + two_digits(i)))};
    aisle.link = run / ("pn532-" + std::to_string(i));
    aisles.push_back(std::move(aisle));
  }
  return aisles;
}

[[nodiscard]] Result<BoxFiles> lay_out_box(const SiteFiles& site, const SiteOptions& options,
                                           unsigned number) {
  const bool alone = options.stops.size() == 1;
  BoxFiles box;
  box.number = number;
  box.stop = options.stops[number - 1];
  box.dir = alone ? site.dir : site.dir / ("box-" + std::to_string(number));
  box.config = box.dir / "box.toml";
  box.log = box.dir / "log";
  box.ledger = box.dir / "state" / "ledger";
  const std::string suffix = number == 1 ? "" : "-" + std::to_string(number);
  box.handle_key = key_from_seed(options.seed, "handle" + suffix);
  if (auto ok = make_folders({box.dir / "keys", box.dir / "sam", box.dir / "state", box.log});
      !ok) {
    return fail(std::move(ok.error()));
  }
  auto run = short_run_folder(box.dir);
  if (!run) return fail(std::move(run.error()));
  box.run = std::move(*run);
  box.aisles = lay_out(options.aisles, alone ? 0 : number, box.run);
  return box;
}

[[nodiscard]] Status lay_out_chips(SiteFiles& site, unsigned aisles) {
  const auto wanted = static_cast<unsigned>(site.boxes.size()) * aisles;
  if (wanted > kVirtualReadersMax)
    return fail(Errc::invalid, "pcscd has room for " + std::to_string(kVirtualReadersMax) +
                                   " SAMs, not for " + std::to_string(wanted));
  if (auto possible = pcscd_possible(); !possible) return possible;
  auto made = make_virtual_readers(site.dir / "pcsc", wanted);
  if (!made) return fail(std::move(made.error()), "making virtual readers");
  site.pcscd = std::move(made->pcscd);
  std::size_t next = 0;
  for (BoxFiles& box : site.boxes) {
    for (SimAisle& aisle : box.aisles) aisle.chip = std::move(made->readers[next++]);
  }
  return {};
}

}  // namespace

fs::path BoxFiles::sam_file(const SimAisle& aisle) const {
  return dir / "sam" / ("aisle-" + std::to_string(aisle.number) + ".toml");
}

crypto::Key32 key_from_seed(std::uint64_t seed, std::string_view name) {
  Bytes number;
  append_be(number, seed, 8);
  return crypto::sha256({as_bytes("tidegate-sim station "), number, as_bytes(name)});
}

Result<SiteFiles> make_site(const SiteOptions& options) {
  ASSERT(!options.stops.empty());
  SiteFiles site;
  if (options.dir.empty()) {
    auto fresh = fresh_folder();
    if (!fresh) return fail(std::move(fresh.error()));
    site.dir = std::move(*fresh);
  } else {
    site.dir = fs::absolute(options.dir).lexically_normal();
    if (fs::exists(site.dir / "box.toml") || fs::exists(site.dir / "box-1")) {
      return fail(Errc::exists, site.dir.string() + " already holds a box; name another folder");
    }
  }
  site.cards_before = site.dir / "cards" / "before";
  site.cards_after = site.dir / "cards" / "after";
  site.foreign = site.dir / "foreign.jsonl";
  site.never_returned = site.dir / "never-returned";
  std::ranges::copy_n(key_from_seed(options.seed, "purchase").begin(), 16,
                      site.purchase_key.begin());
  std::ranges::copy_n(key_from_seed(options.seed, "tac").begin(), 16, site.tac_key.begin());
  if (auto ok = make_folders({site.cards_before, site.cards_after}); !ok) {
    return fail(std::move(ok.error()));
  }
  const auto signer = crypto::signing_key_from_seed(key_from_seed(options.seed, "fare office"));
  const auto book = make_book(site, options.tariff, signer);
  if (!book) return fail(Error{book.error()});
  for (unsigned number = 1; number <= options.stops.size(); ++number) {
    auto box = lay_out_box(site, options, number);
    if (!box) return fail(std::move(box.error()));
    site.boxes.push_back(std::move(*box));
  }
  if (options.pcsc) {
    if (auto ok = lay_out_chips(site, options.aisles); !ok) return fail(std::move(ok.error()));
  }
  for (const BoxFiles& box : site.boxes) {
    if (auto ok = write_keys(box, options.seed); !ok) return fail(std::move(ok.error()));
    if (auto ok = write_sams(box, site.purchase_key); !ok) return fail(std::move(ok.error()));
    if (auto ok = posix::write_file_durably(box.dir / "book.tgb", *book, kPlainMode); !ok) {
      return fail(std::move(ok.error()));
    }
    if (auto ok = write_config(site, box, options.network, signer.public_key); !ok) {
      return fail(std::move(ok.error()));
    }
  }
  return site;
}

}  // namespace tidegate::sim
