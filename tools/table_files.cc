// SPDX-License-Identifier: Apache-2.0
// Files of lists and tables for the commands.
#include "tools/table_files.h"

#include <utility>

namespace tidegate::tools {
namespace {

namespace fs = std::filesystem;

template <class Table>
Result<std::shared_ptr<const Table>> open_table(const fs::path& file, FileKind kind,
                                                const std::string& trust) {
  const auto opened = open_signed(file, kind, trust);
  if (!opened) return fail(opened.error());
  auto table = Table::load(opened->payload);
  if (!table) return fail(std::move(table.error()), file.string());
  if ((*table)->number() != opened->header.number)
    return fail(Errc::invalid, file.string() + ": envelope and payload have different numbers");
  return table;
}

/// The file to open: the named one, else the shipped one, else none.
fs::path chosen(const fs::path& named, const char* shipped) {
  if (!named.empty()) return named;
  const fs::path file = shipped_tables() / shipped;
  std::error_code ignored;
  return fs::exists(file, ignored) ? file : fs::path{};
}

}  // namespace

Result<std::shared_ptr<const nfc::IssuerList>> open_issuers(const fs::path& file,
                                                            const std::string& trust) {
  return open_table<nfc::IssuerList>(file, FileKind::issuer_list, trust);
}

Result<std::shared_ptr<const nfc::Places>> open_places(const fs::path& file,
                                                       const std::string& trust) {
  return open_table<nfc::Places>(file, FileKind::places, trust);
}

Result<std::shared_ptr<const nfc::Denylist>> open_denylist(const fs::path& file,
                                                           const std::string& trust) {
  return open_table<nfc::Denylist>(file, FileKind::denylist, trust);
}

fs::path shipped_tables() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "share/tidegate";
}

Result<Tables> open_tables(const fs::path& issuers, const fs::path& places) {
  Tables out;
  if (const fs::path file = chosen(issuers, "delta.issuers"); !file.empty()) {
    auto opened = open_issuers(file, {});
    if (!opened) return fail(std::move(opened.error()));
    out.issuers = *std::move(opened);
  }
  if (const fs::path file = chosen(places, "delta.places"); !file.empty()) {
    auto opened = open_places(file, {});
    if (!opened) return fail(std::move(opened.error()));
    out.places = *std::move(opened);
  }
  return out;
}

}  // namespace tidegate::tools
