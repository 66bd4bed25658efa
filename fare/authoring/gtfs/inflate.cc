// SPDX-License-Identifier: Apache-2.0
// Decompresses deflate data (RFC 1951).
#include <array>
#include <span>
#include <vector>

#include "fare/authoring/gtfs/zip.h"

namespace tidegate::fare::gtfs {
namespace {

constexpr unsigned kBitsMax = 15;

// RFC 1951, 3.2.5: lengths of codes 257 to 285, distances of codes 0 to 29.
constexpr std::array<std::uint16_t, 29> kLengthBase{3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                    15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                    67, 83, 99, 115, 131, 163, 195, 227, 258};
constexpr std::array<std::uint8_t, 29> kLengthExtra{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                    2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
constexpr std::array<std::uint16_t, 30> kDistanceBase{
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
constexpr std::array<std::uint8_t, 30> kDistanceExtra{0, 0, 0,  0,  1,  1,  2,  2,  3,  3,
                                                      4, 4, 5,  5,  6,  6,  7,  7,  8,  8,
                                                      9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
// 3.2.7: the order in which lengths of the code for code lengths stand.
constexpr std::array<std::uint8_t, 19> kOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                              11, 4,  12, 3, 13, 2, 14, 1, 15};

std::unexpected<Error> bad(const char* what) {
  return fail(Errc::invalid, std::string{"compressed data: "} + what);
}

/// A canonical Huffman code: how many codes of each length, and their symbols in order.
class Code {
 public:
  /// False: more codes of a length than there can be.
  [[nodiscard]] bool build(std::span<const std::uint8_t> lengths) {
    count_.fill(0);
    for (const std::uint8_t length : lengths) ++count_[length];
    count_[0] = 0;
    int left = 1;
    for (unsigned bits = 1; bits <= kBitsMax; ++bits) {
      left = left * 2 - count_[bits];
      if (left < 0) return false;
    }
    std::array<std::uint16_t, kBitsMax + 2> begin{};
    for (unsigned bits = 1; bits <= kBitsMax; ++bits)
      begin[bits + 1] = static_cast<std::uint16_t>(begin[bits] + count_[bits]);
    symbols_.assign(lengths.size(), 0);
    for (std::size_t i = 0; i < lengths.size(); ++i)
      if (lengths[i] != 0) symbols_[begin[lengths[i]]++] = static_cast<std::uint16_t>(i);
    return true;
  }

  /// The symbol that the next bits are; -1: none.
  template <class NextBit>
  [[nodiscard]] int decode(NextBit next_bit) const {
    int code = 0, first = 0, index = 0;
    for (unsigned bits = 1; bits <= kBitsMax; ++bits) {
      code |= next_bit();
      const int count = count_[bits];
      if (code - count < first) return symbols_[static_cast<std::size_t>(index + code - first)];
      index += count;
      first = (first + count) * 2;
      code *= 2;
    }
    return -1;
  }

 private:
  std::array<std::uint16_t, kBitsMax + 1> count_{};
  std::vector<std::uint16_t> symbols_;
};

class Inflater {
 public:
  Inflater(ByteView in, std::size_t size) : in_{in}, size_{size} { out_.reserve(size); }

  Result<std::string> run() {
    for (bool last = false; !last;) {
      last = bits(1) == 1;
      const unsigned type = bits(2);
      Status ok = type == 0   ? stored()
                  : type == 1 ? fixed()
                  : type == 2 ? dynamic()
                              : Status{bad("unknown kind of block")};
      if (ok && ended_) ok = bad("ends early");
      if (!ok) return fail(std::move(ok.error()));
    }
    if (out_.size() != size_) return bad("has another size than the archive says");
    return std::move(out_);
  }

 private:
  /// `count` bits, the first the lowest; zeros behind the end, which is noted.
  unsigned bits(unsigned count) {
    while (held_ < count) {
      if (at_ >= in_.size()) ended_ = true;
      buffer_ |= std::uint32_t{at_ < in_.size() ? in_[at_] : Byte{0}} << held_;
      ++at_;
      held_ += 8;
    }
    const unsigned out = buffer_ & ((1U << count) - 1U);
    buffer_ >>= count;
    held_ -= count;
    return out;
  }

  Status stored() {
    buffer_ = 0;
    held_ = 0;
    if (in_.size() < 4 || at_ > in_.size() - 4) return bad("ends early");
    const std::size_t length = in_[at_] | static_cast<std::size_t>(in_[at_ + 1]) << 8U;
    const std::size_t check = in_[at_ + 2] | static_cast<std::size_t>(in_[at_ + 3]) << 8U;
    at_ += 4;
    if (length != (check ^ 0xFFFFU)) return bad("length of a stored block is wrong");
    if (length > in_.size() - at_ || length > size_ - out_.size()) return bad("ends early");
    out_.append(as_text(in_.subspan(at_, length)));
    at_ += length;
    return {};
  }

  Status fixed() {
    std::array<std::uint8_t, 288> lengths{};
    for (std::size_t i = 0; i < lengths.size(); ++i)
      lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    std::array<std::uint8_t, 30> distances{};
    distances.fill(5);
    Code literals, ways;
    if (!literals.build(lengths) || !ways.build(distances)) return bad("code is wrong");
    return block(literals, ways);
  }

  Status dynamic() {
    const unsigned literal_count = bits(5) + 257, way_count = bits(5) + 1, code_count = bits(4) + 4;
    if (literal_count > 286 || way_count > 30) return bad("has too many codes");
    std::array<std::uint8_t, 19> code_lengths{};
    for (unsigned i = 0; i < code_count; ++i)
      code_lengths[kOrder[i]] = static_cast<std::uint8_t>(bits(3));
    Code lengths_code;
    if (!lengths_code.build(code_lengths)) return bad("code is wrong");
    std::vector<std::uint8_t> lengths;
    while (lengths.size() < literal_count + way_count) {
      const int symbol = lengths_code.decode([this] { return static_cast<int>(bits(1)); });
      if (symbol < 0 || ended_) return bad("code is wrong");
      if (symbol < 16) {
        lengths.push_back(static_cast<std::uint8_t>(symbol));
        continue;
      }
      if (symbol == 16 && lengths.empty()) return bad("repeats nothing");
      const std::uint8_t value = symbol == 16 ? lengths.back() : std::uint8_t{0};
      const unsigned times = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
      lengths.insert(lengths.end(), times, value);
    }
    if (lengths.size() != literal_count + way_count) return bad("repeats too often");
    Code literals, ways;
    if (!literals.build(std::span{lengths}.first(literal_count)) ||
        !ways.build(std::span{lengths}.subspan(literal_count)))
      return bad("code is wrong");
    return block(literals, ways);
  }

  Status block(const Code& literals, const Code& ways) {
    const auto next_bit = [this] { return static_cast<int>(bits(1)); };
    for (;;) {
      const int symbol = literals.decode(next_bit);
      if (symbol < 0 || ended_) return bad("code is wrong");
      if (symbol == 256) return {};
      if (symbol < 256) {
        if (out_.size() == size_) return bad("is larger than the archive says");
        out_.push_back(static_cast<char>(symbol));
        continue;
      }
      const auto length_code = static_cast<std::size_t>(symbol) - 257;
      if (length_code >= kLengthBase.size()) return bad("code is wrong");
      const std::size_t length = kLengthBase[length_code] + bits(kLengthExtra[length_code]);
      const int way = ways.decode(next_bit);
      if (way < 0 || static_cast<std::size_t>(way) >= kDistanceBase.size())
        return bad("code is wrong");
      const auto way_code = static_cast<std::size_t>(way);
      const std::size_t distance = kDistanceBase[way_code] + bits(kDistanceExtra[way_code]);
      if (distance > out_.size()) return bad("refers to before its beginning");
      if (length > size_ - out_.size()) return bad("is larger than the archive says");
      for (std::size_t i = 0; i < length; ++i) out_.push_back(out_[out_.size() - distance]);
    }
  }

  ByteView in_;
  std::size_t size_, at_ = 0;
  std::uint32_t buffer_ = 0;
  unsigned held_ = 0;  ///< bits in the buffer
  bool ended_ = false;
  std::string out_;
};

}  // namespace

Result<std::string> inflate(ByteView packed, std::size_t size) {
  return Inflater{packed, size}.run();
}

}  // namespace tidegate::fare::gtfs
