// SPDX-License-Identifier: Apache-2.0
// Reads the box's own keys.
#include <algorithm>

#include "base/posix/fd.h"
#include "edge/config/box_config.h"

namespace tidegate::edge {
namespace {

/// The first line of a key file, without its line end.
Result<std::string> key_line(const std::filesystem::path& file) {
  auto bytes = posix::read_file(file, 4096);
  if (!bytes) return fail(std::move(bytes.error()), file.string());
  std::string_view text = as_text(*bytes);
  text = text.substr(0, text.find_first_of("\r\n"));
  return std::string{text};
}

template <std::size_t N = 32>
Result<std::array<Byte, N>> hex_key(const std::filesystem::path& file, std::string_view text) {
  auto key = array_from_hex<N>(text);
  if (!key)
    return fail(Errc::invalid,
                file.string() + ":1: expected " + std::to_string(2 * N) + " hex digits");
  return *key;
}

}  // namespace

Result<BoxKeys> load_box_keys(const std::filesystem::path& folder) {
  BoxKeys keys;
  const std::filesystem::path box = folder / "box.key";
  const std::filesystem::path handle = folder / "handle.key";
  const std::filesystem::path clearing = folder / "clearing.pub";
  auto line = key_line(box);
  if (!line) return fail(std::move(line.error()));
  auto seed = hex_key(box, *line);
  if (!seed) return fail(std::move(seed.error()));
  keys.box = crypto::signing_key_from_seed(*seed);

  line = key_line(handle);
  if (!line) return fail(std::move(line.error()));
  auto handle_key = hex_key(handle, *line);
  if (!handle_key) return fail(std::move(handle_key.error()));
  keys.handle = *handle_key;

  line = key_line(clearing);
  if (!line) return fail(std::move(line.error()));
  const std::size_t blank = line->find(' ');
  const std::string number = line->substr(0, blank);
  if (blank == std::string::npos || number.empty() || number.size() > 9 ||
      !std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) {
    return fail(Errc::invalid, clearing.string() + ":1: expected a key number, a blank and a key");
  }
  auto clearing_key = hex_key(clearing, std::string_view{*line}.substr(blank + 1));
  if (!clearing_key) return fail(std::move(clearing_key.error()));
  keys.clearing_number = static_cast<std::uint32_t>(std::stoul(number));
  keys.clearing = *clearing_key;

  const std::filesystem::path list = folder / "list.key";
  line = key_line(list);
  if (!line && line.error().code() == Errc::not_found) return keys;
  if (!line) return fail(std::move(line.error()));
  auto list_key = hex_key<16>(list, *line);
  if (!list_key) return fail(std::move(list_key.error()));
  keys.list = *list_key;
  return keys;
}

}  // namespace tidegate::edge
