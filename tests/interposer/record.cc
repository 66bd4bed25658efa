// SPDX-License-Identifier: Apache-2.0
// Reads what the interposer recorded.
#include "tests/interposer/record.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tidegate::interposer {

std::vector<Record> read_records(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string all{std::istreambuf_iterator<char>{in}, {}};
  std::vector<Record> out;
  std::size_t at = 0;
  const auto take = [&](std::size_t size) {
    if (size > all.size() - at) throw std::runtime_error{"record ends early: " + file.string()};
    at += size;
    return all.data() + (at - size);
  };
  while (at < all.size()) {
    Header header;
    std::memcpy(&header, take(sizeof header), sizeof header);
    if (header.magic != kMagic) throw std::runtime_error{"not a record: " + file.string()};
    Record record{header.kind, header.flags, header.error, header.inode, header.offset, {}, {}};
    record.path.assign(take(header.path_bytes), header.path_bytes);
    record.data.assign(take(header.data_bytes), header.data_bytes);
    out.push_back(std::move(record));
  }
  return out;
}

}  // namespace tidegate::interposer
