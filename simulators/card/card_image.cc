// SPDX-License-Identifier: Apache-2.0
// Card images on disk: one JSON object, one field a line, bytes as hex text, money as whole fen.
//
//   {"format": "tidegate-card-1", "uid": hex, "aid": hex, "ef15": hex 30, "ef16": hex 55,
//    "ef17": hex ≤ 60, "ef18": [hex 23 …], "ef1a_2701": hex 128, "ef1e": [hex 48 …],
//    "balance": n, "overdraft_limit": n, "overdraft_used": n, "counter": n, "load_counter": n,
//    "purchase_key": hex 16, "tac_key": hex 16, "load_key": hex 16, "key_index": n,
//    "key_version": n, "algorithm": n, "blocked": bool,
//    "proofs": [{"type": n, "counter": n, "mac": hex 4, "tac": hex 4} …]}
#include <algorithm>

#include "base/posix/fd.h"
#include "simulators/card/card.h"
#include "simulators/card/card_impl.h"
#include "simulators/card/json.h"

namespace tidegate::sim {

namespace {

constexpr std::string_view kFormat = "tidegate-card-1";
constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr unsigned kOwnerOnly = 0600;  // the card's keys are in it

/// Takes fields out of an object; remembers the first error and which fields nobody asked for.
class Fields {
 public:
  explicit Fields(const json::Value& value) {
    if (const auto* object = std::get_if<json::Object>(&value.is)) {
      fields_ = object;
    } else {
      set_error("an object was expected");
    }
  }

  template <class T>
  const T* take(std::string_view name) {
    if (fields_ == nullptr) return nullptr;
    ++taken_;
    const auto found = std::ranges::find(*fields_, name, &json::Member::name);
    if (found == fields_->end()) {
      set_error("field " + std::string{name} + " is missing");
      return nullptr;
    }
    const T* out = std::get_if<T>(&found->value.is);
    if (out == nullptr) set_error("field " + std::string{name} + " is of the wrong kind");
    return out;
  }
  template <class T>
  void number(std::string_view name, T& out, std::uint64_t max) {
    const auto* value = take<std::uint64_t>(name);
    if (value == nullptr) return;
    if (*value > max) return set_error("field " + std::string{name} + " is too large");
    out = static_cast<T>(*value);
  }
  void boolean(std::string_view name, bool& out) {
    if (const auto* value = take<bool>(name)) out = *value;
  }
  void text(std::string_view name, std::string& out) {
    if (const auto* value = take<std::string>(name)) out = *value;
  }
  /// Hex text of `min` to `max` bytes.
  void bytes(std::string_view name, Bytes& out, std::size_t min, std::size_t max) {
    if (const auto* value = take<std::string>(name)) out = hex(name, *value, min, max);
  }
  template <std::size_t N>
  void bytes(std::string_view name, std::array<Byte, N>& out) {
    Bytes value;
    bytes(name, value, N, N);
    if (value.size() == N) out = to_array<N>(value);
  }
  template <std::size_t N>
  void records(std::string_view name, std::vector<std::array<Byte, N>>& out, std::size_t max) {
    const auto* list = take<json::Array>(name);
    if (list == nullptr) return;
    if (list->size() > max)
      return set_error("field " + std::string{name} + " has too many records");
    for (const json::Value& value : *list) {
      const auto* record = std::get_if<std::string>(&value.is);
      const Bytes read = hex(name, record == nullptr ? "" : *record, N, N);
      if (read.size() == N) out.push_back(to_array<N>(read));
    }
  }
  void set_error(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }
  Status done() {
    if (error_.empty() && fields_->size() != taken_) set_error("there are unknown fields");
    if (!error_.empty()) return fail(Errc::invalid, error_);
    return {};
  }

 private:
  Bytes hex(std::string_view name, const std::string& value, std::size_t min, std::size_t max) {
    auto out = from_hex(value);
    if (!out || out->size() < min || out->size() > max) {
      set_error("field " + std::string{name} + " is not hex text of the right length");
      return {};
    }
    return std::move(*out);
  }

  const json::Object* fields_ = nullptr;
  std::size_t taken_ = 0;
  std::string error_;
};

Result<CardProof> read_proof(const json::Value& value) {
  CardProof out;
  Fields fields{value};
  fields.number("type", out.type, 0xFF);
  fields.number("counter", out.counter, 0xFFFF);
  fields.bytes("mac", out.mac);
  fields.bytes("tac", out.tac);
  if (Status done = fields.done(); !done) return fail(std::move(done.error()), "proofs");
  return out;
}

Result<CardImageData> read_image(const json::Value& document) {
  CardImageData out;
  Fields fields{document};
  std::string format;
  fields.text("format", format);
  if (format != kFormat) fields.set_error("not a card image of format tidegate-card-1");
  fields.bytes("uid", out.uid, 4, 10);
  if (out.uid.size() != 4 && out.uid.size() != 7 && out.uid.size() != 10)
    fields.set_error("field uid must have 4, 7 or 10 bytes");
  fields.bytes("aid", out.aid, 8, 16);
  fields.bytes("ef15", out.ef15);
  fields.bytes("ef16", out.ef16);
  fields.bytes("ef17", out.ef17, 0, 60);
  fields.records("ef18", out.ef18, kLogRecordsMax);
  fields.bytes("ef1a_2701", out.ef1a_2701);
  fields.records("ef1e", out.ef1e, kTripRecordsMax);
  fields.number("balance", out.balance, kMoneyMax);
  fields.number("overdraft_limit", out.overdraft_limit, kMoneyMax);
  fields.number("overdraft_used", out.overdraft_used, kMoneyMax);
  fields.number("counter", out.counter, 0xFFFF);
  fields.number("load_counter", out.load_counter, 0xFFFF);
  fields.bytes("purchase_key", out.purchase_key);
  fields.bytes("tac_key", out.tac_key);
  fields.bytes("load_key", out.load_key);
  fields.number("key_index", out.key_index, 0xFF);
  fields.number("key_version", out.key_version, 0xFF);
  fields.number("algorithm", out.algorithm, 0xFF);
  fields.boolean("blocked", out.blocked);
  if (const auto* proofs = fields.take<json::Array>("proofs")) {
    for (const json::Value& value : *proofs) {
      auto proof = read_proof(value);
      if (!proof) return fail(std::move(proof.error()));
      if (std::ranges::find(out.proofs, proof->type, &CardProof::type) != out.proofs.end())
        return fail(Errc::invalid, "proofs: two of one type");
      out.proofs.push_back(*proof);
    }
  }
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
  if (out.overdraft_used > out.overdraft_limit)
    return fail(Errc::invalid, "overdraft_used is above overdraft_limit");
  if (out.balance + out.overdraft_limit > kMoneyMax)
    return fail(Errc::invalid, "balance and overdraft_limit do not fit a purse together");
  return out;
}

class Writer {
 public:
  void field(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? "{\n  \"" : ",\n  \"";
    text_.append(name).append("\": ").append(value);
  }
  void hex(std::string_view name, ByteView value) { field(name, quoted(value)); }
  template <class Records>
  void records(std::string_view name, const Records& records) {
    std::string list;
    for (const auto& record : records) {
      list += list.empty() ? "\n    " : ",\n    ";
      list += quoted(record);
    }
    field(name, list.empty() ? "[]" : "[" + list + "\n  ]");
  }
  void proofs(const std::vector<CardProof>& proofs) {
    std::string list;
    for (const CardProof& proof : proofs) {
      list += list.empty() ? "\n    " : ",\n    ";
      list += "{\"type\": " + std::to_string(proof.type) +
              ", \"counter\": " + std::to_string(proof.counter) +
              ", \"mac\": " + quoted(proof.mac) + ", \"tac\": " + quoted(proof.tac) + "}";
    }
    field("proofs", list.empty() ? "[]" : "[" + list + "\n  ]");
  }
  [[nodiscard]] std::string finish() const { return text_ + "\n}\n"; }

 private:
  static std::string quoted(ByteView value) { return '"' + to_hex(value) + '"'; }
  std::string text_;
};

std::string write_image(const CardImageData& image) {
  Writer out;
  out.field("format", '"' + std::string{kFormat} + '"');
  out.hex("uid", image.uid);
  out.hex("aid", image.aid);
  out.hex("ef15", image.ef15);
  out.hex("ef16", image.ef16);
  out.hex("ef17", image.ef17);
  out.records("ef18", image.ef18);
  out.hex("ef1a_2701", image.ef1a_2701);
  out.records("ef1e", image.ef1e);
  out.field("balance", std::to_string(image.balance));
  out.field("overdraft_limit", std::to_string(image.overdraft_limit));
  out.field("overdraft_used", std::to_string(image.overdraft_used));
  out.field("counter", std::to_string(image.counter));
  out.field("load_counter", std::to_string(image.load_counter));
  out.hex("purchase_key", image.purchase_key);
  out.hex("tac_key", image.tac_key);
  out.hex("load_key", image.load_key);
  out.field("key_index", std::to_string(image.key_index));
  out.field("key_version", std::to_string(image.key_version));
  out.field("algorithm", std::to_string(image.algorithm));
  out.field("blocked", image.blocked ? "true" : "false");
  out.proofs(image.proofs);
  return out.finish();
}

}  // namespace

Result<CardImageData> load_card_image(const std::filesystem::path& file) {
  const std::string doing = "reading card image " + file.string();
  auto content = posix::read_file(file, kFileBytesMax);
  if (!content) return fail(std::move(content.error()), doing);
  auto document = json::parse(as_text(*content));
  if (!document) return fail(std::move(document.error()), doing);
  auto image = read_image(*document);
  if (!image) return fail(std::move(image.error()), doing);
  return image;
}

Status save_card_image(const std::filesystem::path& file, const CardImageData& image) {
  Status written = posix::write_file_durably(file, as_bytes(write_image(image)), kOwnerOnly);
  if (!written) return fail(std::move(written.error()), "writing card image " + file.string());
  return {};
}

}  // namespace tidegate::sim
