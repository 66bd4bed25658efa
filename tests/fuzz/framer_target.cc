// SPDX-License-Identifier: Apache-2.0
// Fuzzes the cutter of a scanner's bytes: in whatever pieces and with whatever pauses they come,
// what is cut out is as long as it says, and the same as when it comes in small pieces.
#include "edge/reader/code_framer.h"
#include "tests/fuzz/target.h"

namespace tidegate::fuzz {

namespace {

using edge::CodeFramer;
using std::chrono::milliseconds;

constexpr Byte kPause = 0xC0;  ///< from here on an operation is a pause, below it bytes

bool is_whole_code(ByteView code) {
  return code.size() > 4 && code[0] == 0x80 && code.size() == 3 + read_be(code.subspan(1, 2));
}

constexpr std::size_t kPiece = 3;

/// Two framers with the same scanner: what one gets at once, the other gets in small pieces.
class Twins {
 public:
  void push(ByteView bytes) {
    const auto codes = whole_.push(bytes, now_);
    std::vector<Bytes> piece_by_piece;
    for (Input rest{bytes}; !rest.empty();)
      for (Bytes& code : pieces_.push(rest.take(kPiece), now_))
        piece_by_piece.push_back(std::move(code));
    ASSERT(codes == piece_by_piece);
    for (const Bytes& code : codes) {
      ASSERT(is_whole_code(code));
      tell(code);
    }
    if (codes.size() != 1) return;
    // The same presentation, seen again; what came before it may have left half a code.
    CodeFramer again = whole_;
    ASSERT(again.push(codes.front(), now_) != codes);
  }

  void pause(milliseconds time) {
    now_ += time;
    const auto due = whole_.idle_at();
    const auto rest = whole_.idle(now_);
    ASSERT(rest == pieces_.idle(now_));
    if (due && now_ >= *due) ASSERT(!whole_.idle_at().has_value());
    if (!rest) return;
    ASSERT(due.has_value() && now_ >= *due);
    ASSERT(rest->size() >= CodeFramer::kBurstMin && rest->size() <= CodeFramer::kBurstMax);
    tell(*rest);
  }

 private:
  void tell(ByteView code) {
    whole_.told(code, now_);
    pieces_.told(code, now_);
  }

  CodeFramer whole_, pieces_;
  SteadyTime now_{std::chrono::hours{1}};
};

/// The beginning of a code that is `body` bytes longer than its length field.
Bytes code_of(std::size_t body) {
  Bytes out{0x80};
  append_be(out, body, 2);
  out.push_back(0x24);
  while (out.size() < 3 + body) out.push_back(static_cast<Byte>(out.size()));
  return out;
}

/// As the target reads it: operations of at most so many bytes.
void send(Bytes& out, ByteView bytes, std::size_t piece) {
  while (!bytes.empty()) {
    const ByteView part = bytes.first(std::min(piece, bytes.size()));
    out.push_back(static_cast<Byte>(part.size()));
    append(out, part);
    bytes = bytes.subspan(part.size());
  }
}

}  // namespace

void framer_run(ByteView input) {
  Input in{input};
  Twins twins;
  while (!in.empty()) {
    const Byte op = in.byte();
    if (op < kPause)
      twins.push(in.take(op));
    else
      twins.pause(milliseconds{(op - kPause) * 7});
  }
  twins.pause(CodeFramer::kIdle);
}

std::vector<Bytes> framer_seeds() {
  constexpr std::size_t kLeast = 0x149, kMost = 0x169;
  Bytes one, two, noise, other;
  send(one, code_of(kLeast), 64);
  send(two, as_bytes("]Q1"), 3);
  send(two, code_of(kMost), 0xBF);
  two.push_back(kPause + 9);
  send(two, code_of(kLeast), 0xBF);
  send(two, code_of(kMost), 0xBF);
  two.push_back(0xFF);
  send(noise, Bytes(CodeFramer::kBurstMax + 9, 0x80), 0xBF);
  send(noise, code_of(kLeast), 1);
  send(other, as_bytes("https://example.org/\r\n"), 11);
  other.push_back(kPause + 8);
  send(other, ByteView{code_of(kLeast)}.first(200), 100);
  other.push_back(kPause + 8);
  return {one, two, noise, other};
}

}  // namespace tidegate::fuzz
