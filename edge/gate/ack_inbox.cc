// SPDX-License-Identifier: Apache-2.0
// Reads, judges and keeps acknowledgements.
#include "edge/gate/ack_inbox.h"

#include <utility>

#include "base/log.h"
#include "edge/gate/kept_file.h"

namespace tidegate::edge {
namespace {

constexpr std::size_t kPayloadBytesMax = 4096;

}  // namespace

AckInbox::AckInbox(const BoxConfig& config, const Ledger& ledger)
    : ledger_{ledger},
      offered_{config.acks.file},
      look_{offered_},
      kept_{config.state_dir / "accepted" / "ledger.ack"},
      apart_{config.state_dir / "accepted" / "ledger.ack.fork"},
      policy_{.kind = FileKind::ack,
              .realm = config.realm,
              .trusted = config.acks.trusted,
              .payload_bytes_max = kPayloadBytesMax},
      box_{config.id} {
  if (!offered_.empty()) take_up();
}

Result<AckInbox::Read> AckInbox::read(const std::filesystem::path& file) const {
  auto opened = open_signed_file(file, policy_);
  if (!opened) return fail(std::move(opened.error()));
  const EnvelopeHeader& header = opened->first.header;
  if (header.format_version != kAcknowledgementFormat)
    return fail(Errc::invalid, file.string() + ": unknown format of an acknowledgement");
  auto ack = decode_acknowledgement(opened->first.payload);
  if (!ack) return fail(std::move(ack.error()), file.string());
  if (ack->box != box_)
    return fail(Errc::refused, file.string() + ": is for box " + ack->box.get());
  return Read{*std::move(ack), header.number, std::move(opened->second)};
}

Result<AckInbox::Verdict> AckInbox::judge(const Acknowledgement& ack) const {
  const LedgerHead head = ledger_.head();
  if (ack.epoch != head.epoch) return Verdict::other_epoch;
  if (ack.sequence > head.sequence) return Verdict::fork;
  if (good_ && ack.sequence < good_->sequence) return Verdict::backwards;
  auto slice = ledger_.read_raw(ack.sequence, 1);
  if (!slice) return fail(std::move(slice.error()));
  const std::uint64_t next = ack.sequence.get() + 1;
  if (next < slice->base.first.get()) return Verdict::backwards;
  if (next == slice->base.first.get())
    return ack.hash == slice->base.before ? Verdict::good : Verdict::fork;
  if (slice->rows.empty() || slice->rows.front().sequence != ack.sequence)
    return fail(Errc::corrupt, "entry " + std::to_string(ack.sequence.get()) + " is missing");
  return ack.hash == slice->rows.front().hash ? Verdict::good : Verdict::fork;
}

void AckInbox::take_up() {
  for (const auto& file : {kept_, apart_}) {
    auto fresh = read(file);
    if (!fresh && fresh.error().code() == Errc::not_found) continue;
    const auto verdict = fresh ? judge(fresh->ack) : fail(Error{fresh.error()});
    if (!verdict) {
      log(Priority::alert, "accepted_file_bad", {{"what", "ack"}, {"error", verdict.error()}});
      continue;
    }
    if (fresh->number < number_) continue;  // a fork that a good one came after
    number_ = fresh->number;
    last_ = fresh->ack;
    if (*verdict == Verdict::good) good_ = fresh->ack;
    forked_ = *verdict == Verdict::fork;
  }
  if (forked_) log(Priority::alert, "ack_fork", {{"number", number_}, {"seq", last_->sequence}});
}

void AckInbox::look() {
  if (offered_.empty() || !look_.changed()) return;
  auto fresh = read(offered_);
  if (fresh && last_ && fresh->number == number_ && fresh->ack == *last_) return;  // known
  if (fresh && last_ && fresh->number <= number_)
    fresh = fail(Errc::refused, offered_.string() + ": number " + std::to_string(fresh->number) +
                                    " is not above " + std::to_string(number_) + ", a replay");
  const auto verdict = fresh ? judge(fresh->ack) : fail(Error{fresh.error()});
  if (!verdict) {
    log(Priority::alert, "ack_refused", {{"error", verdict.error()}});
    if (verdict.error().code() == Errc::io) look_.forget();
    return;
  }
  take(std::move(*fresh), *verdict);
}

void AckInbox::take(Read fresh, Verdict verdict) {
  const Acknowledgement& ack = fresh.ack;
  if (verdict == Verdict::other_epoch) {
    log(Priority::notice, "ack_of_another_epoch", {{"number", fresh.number}});
    return;
  }
  if (verdict == Verdict::backwards) {
    log(Priority::alert, "ack_refused",
        {{"error", "entry " + std::to_string(ack.sequence.get()) + " was acknowledged before"}});
    return;
  }
  forked_ = verdict == Verdict::fork;
  number_ = fresh.number;
  last_ = ack;
  if (forked_) {
    log(Priority::alert, "ack_fork",
        {{"number", number_}, {"seq", ack.sequence}, {"head", ledger_.head().sequence}});
  } else {
    good_ = ack;
    log(Priority::info, "ack_taken", {{"number", number_}, {"seq", ack.sequence}});
  }
  // On a full disk it counts all the same: pruning may be what helps.
  if (auto done = keep_file(forked_ ? apart_ : kept_, fresh.file); !done)
    log(Priority::alert, "file_not_kept", {{"what", "ack"}, {"error", done.error()}});
}

}  // namespace tidegate::edge
