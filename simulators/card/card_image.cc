// SPDX-License-Identifier: Apache-2.0
// Card images on disk: one JSON object, one field a line, bytes as hex text, money as whole fen.
//
//   {"format": "tidegate-card-1", "uid": hex, "aid": hex, "ef15": hex 30, "ef16": hex 55,
//    "ef17": hex ≤ 60, "ef18": [hex 23 …], "ef1a_2701": hex 128, "ef1e": [hex 48 …],
//    "balance": n, "overdraft_limit": n, "overdraft_used": n, "counter": n, "load_counter": n,
//    "purchase_key": hex 16, "tac_key": hex 16, "load_key": hex 16, "key_index": n,
//    "key_version": n, "algorithm": n, "blocked": bool,
//    "proofs": [{"type": n, "counter": n, "mac": hex 4, "tac": hex 4} …]}
//
// What only some cards have is in card_image_optional.cc.
#include <algorithm>

#include "base/posix/fd.h"
#include "simulators/card/card.h"
#include "simulators/card/card_image_json.h"
#include "simulators/card/card_impl.h"

namespace tidegate::sim {

namespace {

using image_json::Fields;
using image_json::Writer;

constexpr std::string_view kFormat = "tidegate-card-1";
constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::size_t kProofsMax = 256;
constexpr unsigned kOwnerOnly = 0600;  // the card's keys are in it

Result<CardProof> read_proof(const json::Value& value) {
  CardProof out;
  Fields fields{value};
  fields.number("type", out.type, 0xFF);
  fields.number("counter", out.counter, 0xFFFF);
  fields.bytes("mac", out.mac);
  fields.bytes("tac", out.tac);
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
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
  fields.list("proofs", kProofsMax, [&out](const json::Value& value) -> Status {
    auto proof = read_proof(value);
    if (!proof) return fail(std::move(proof.error()));
    if (std::ranges::find(out.proofs, proof->type, &CardProof::type) != out.proofs.end())
      return fail(Errc::invalid, "two of one type");
    out.proofs.push_back(*proof);
    return {};
  });
  image_json::read_optional(fields, out);
  if (Status done = fields.done(); !done) return fail(std::move(done.error()));
  if (out.overdraft_used > out.overdraft_limit)
    return fail(Errc::invalid, "overdraft_used is above overdraft_limit");
  if (out.balance + out.overdraft_limit > kMoneyMax)
    return fail(Errc::invalid, "balance and overdraft_limit do not fit a purse together");
  return out;
}

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
  std::vector<std::string> proofs;
  for (const CardProof& proof : image.proofs)
    proofs.push_back("{\"type\": " + std::to_string(proof.type) + ", \"counter\": " +
                     std::to_string(proof.counter) + ", \"mac\": " + Writer::quoted(proof.mac) +
                     ", \"tac\": " + Writer::quoted(proof.tac) + "}");
  out.list("proofs", proofs);
  image_json::write_optional(out, image);
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
