// SPDX-License-Identifier: Apache-2.0
// Writes the folder of a simulated station.
#include "simulators/station/box_files.h"

#include <stdlib.h>

#include <algorithm>
#include <chrono>

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

[[nodiscard]] Status make_folders(const BoxFiles& files) {
  for (const fs::path& folder : {files.dir / "keys", files.dir / "sam", files.dir / "state",
                                 files.log, files.cards_before, files.cards_after}) {
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
  const auto clearing = crypto::exchange_key_from_secret(key_from_seed(seed, "clearing"));
  const std::pair<const char*, std::string> lines[] = {
      {"box.key", to_hex(key_from_seed(seed, "box")) + "\n"},
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

[[nodiscard]] fs::path sam_file(const BoxFiles& files, const SimAisle& aisle) {
  return files.dir / "sam" / ("aisle-" + std::to_string(aisle.number) + ".toml");
}

[[nodiscard]] Status write_sams(const BoxFiles& files) {
  for (const SimAisle& aisle : files.aisles) {
    const std::string text =
        "# An invented key: worth nothing outside this folder.\nterminal = \"" +
        to_hex(aisle.terminal.get()) + "\"\nkey_index = 1\npurchase_key = \"" +
        to_hex(files.purchase_key) + "\"\n";
    if (auto ok = write_text(sam_file(files, aisle), text, kSecretMode); !ok) return ok;
  }
  return {};
}

[[nodiscard]] Status write_book(BoxFiles& files, const fs::path& tariff,
                                const crypto::SigningKey& signer) {
  auto payload = fare::compile_book(tariff);
  if (!payload) return fail(std::move(payload.error()), "compiling " + tariff.string());
  auto book = fare::Book::load(*payload);
  if (!book) return fail(std::move(book.error()), "loading the compiled book");
  files.book = *book;
  EnvelopeHeader header;
  header.kind = FileKind::fare_book;
  header.realm = Realm::test;
  header.number = files.book->number();
  header.created = SystemClock{}.now();
  const Bytes sealed = seal_envelope(header, *payload, std::span{&signer, 1});
  return posix::write_file_durably(files.dir / "book.tgb", sealed, kPlainMode);
}

[[nodiscard]] std::string_view use_name(AisleUse use) {
  switch (use) {
    case AisleUse::entry: return "entry";
    case AisleUse::exit: return "exit";
    case AisleUse::both: break;
  }
  return "both";
}

[[nodiscard]] Status write_config(const BoxFiles& files, const BoxFilesOptions& options,
                                  const crypto::Key32& signer) {
  std::string text = "[box]\nid = \"sim-" + options.stop + "\"\nkind = \"station\"\n" +
                     "realm = \"test\"\nnetwork = \"" + options.network + "\"\nstop = \"" +
                     options.stop + "\"\n\n[paths]\nstate = \"state\"\nrun = \"" +
                     files.run.string() + "\"\nkeys = \"keys\"\n\n[fares]\nbook = \"book.tgb\"\n" +
                     "trusted_keys = [\"" + to_hex(signer) + "\"]\n\n";
  // Generous: a loaded machine must not tear cards by itself.
  text += "[tap]\napdu_timeout_ms = 2000\ncommit_timeout_ms = 8000\n\n[ledger]\nmap_mib = 64\n";
  for (const SimAisle& aisle : files.aisles) {
    text += "\n[[aisle]]\nnumber = " + std::to_string(aisle.number) + "\ndirection = \"" +
            std::string{use_name(aisle.use)} + "\"\ndevice = \"pn532_uart:" + aisle.link.string() +
            "\"\nsam = \"" + sam_file(files, aisle).string() + "\"\n";
  }
  return write_text(files.config, text, kPlainMode);
}

/// Odd aisles lead in, even ones out; a single one does both.
[[nodiscard]] std::vector<SimAisle> lay_out(unsigned count, const fs::path& run) {
  std::vector<SimAisle> aisles;
  for (unsigned i = 1; i <= count; ++i) {
    SimAisle aisle;
    aisle.number = static_cast<std::uint16_t>(i);
    aisle.use = count == 1 ? AisleUse::both : i % 2 == 1 ? AisleUse::entry : AisleUse::exit;
    std::string digits = std::to_string(i);
    digits.insert(0, 2 - digits.size(), '0');
    aisle.terminal = TerminalNo{to_array<6>(bcd_bytes("4131000000" + digits))};
    aisle.link = run / ("pn532-" + std::to_string(i));
    aisles.push_back(std::move(aisle));
  }
  return aisles;
}

}  // namespace

crypto::Key32 key_from_seed(std::uint64_t seed, std::string_view name) {
  Bytes number;
  append_be(number, seed, 8);
  return crypto::sha256({as_bytes("tidegate-sim station "), number, as_bytes(name)});
}

Result<BoxFiles> make_box_files(const BoxFilesOptions& options) {
  BoxFiles files;
  if (options.dir.empty()) {
    auto fresh = fresh_folder();
    if (!fresh) return fail(std::move(fresh.error()));
    files.dir = std::move(*fresh);
  } else {
    files.dir = fs::absolute(options.dir).lexically_normal();
    if (fs::exists(files.dir / "box.toml")) {
      return fail(Errc::exists, files.dir.string() + " already holds a box; name another folder");
    }
  }
  files.config = files.dir / "box.toml";
  files.log = files.dir / "log";
  files.cards_before = files.dir / "cards" / "before";
  files.cards_after = files.dir / "cards" / "after";
  files.ledger = files.dir / "state" / "ledger";
  files.handle_key = key_from_seed(options.seed, "handle");
  std::ranges::copy_n(key_from_seed(options.seed, "purchase").begin(), 16,
                      files.purchase_key.begin());
  std::ranges::copy_n(key_from_seed(options.seed, "tac").begin(), 16, files.tac_key.begin());
  if (auto ok = make_folders(files); !ok) return fail(std::move(ok.error()));
  auto run = short_run_folder(files.dir);
  if (!run) return fail(std::move(run.error()));
  files.run = std::move(*run);
  files.aisles = lay_out(options.aisles, files.run);
  const auto signer = crypto::signing_key_from_seed(key_from_seed(options.seed, "fare office"));
  if (auto ok = write_keys(files, options.seed); !ok) return fail(std::move(ok.error()));
  if (auto ok = write_sams(files); !ok) return fail(std::move(ok.error()));
  if (auto ok = write_book(files, options.tariff, signer); !ok) return fail(std::move(ok.error()));
  if (auto ok = write_config(files, options, signer.public_key); !ok) {
    return fail(std::move(ok.error()));
  }
  return files;
}

}  // namespace tidegate::sim
