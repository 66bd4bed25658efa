// SPDX-License-Identifier: Apache-2.0
// The checks of a transport code, one after the other.
#include "nfc/qr/verify.h"

#include <string>

namespace tidegate::nfc {
namespace {

using fare::RefusalCode;
using std::chrono::seconds;

std::unexpected<CodeRefusal> refuse(RefusalCode code, std::string detail) {
  return std::unexpected{CodeRefusal{code, std::move(detail)}};
}

/// Good to the end of its month, where the passengers are.
bool is_over(const IssuerCertificate& certificate, Timestamp now) {
  const LocalTime local = to_local(now);
  return local.year > certificate.year ||
         (local.year == certificate.year && local.month > certificate.month);
}

Hash256 name_of(const IssuerCertificate& certificate, const crypto::Sm2Point& ca_key) {
  return crypto::sha256({ca_key, certificate.signed_part, certificate.signature});
}

CodeResult<crypto::Sm2PublicKey> issuer_key(const IssuerCertificate& certificate,
                                            const CodeLists& lists, CertificateCache& cache) {
  const auto ca = lists.ca_keys.find(certificate.ca_index);
  if (ca == lists.ca_keys.end())
    return refuse(RefusalCode::code_ca_unknown, "CA index " + std::to_string(certificate.ca_index));
  const Hash256 name = name_of(certificate, ca->second.point());
  if (auto known = cache.find(name)) return *std::move(known);
  if (!ca->second.verify(certificate.signed_part, certificate.signature))
    return refuse(RefusalCode::code_certificate_forged, "signature of the CA");
  auto key = crypto::Sm2PublicKey::parse(certificate.public_key);
  if (!key) return refuse(RefusalCode::code_certificate_forged, "certificate: key");
  cache.keep(name, *key);
  return *std::move(key);
}

CodeResult<void> check_signatures(const TransitCode& code, const CodeLists& lists,
                                  CertificateCache& cache) {
  const auto issuer = issuer_key(code.certificate, lists, cache);
  if (!issuer) return std::unexpected{issuer.error()};
  if (!issuer->verify(code.issuer_signed(), code.issuer_signature))
    return refuse(RefusalCode::code_issuer_signature, "signature of the issuer");
  const auto user = crypto::Sm2PublicKey::parse(code.user_key);
  if (!user || !user->verify(code.user_signed(), code.user_signature))
    return refuse(RefusalCode::code_user_signature, "signature of the user");
  return {};
}

bool is_validity(seconds validity) {
  return validity > seconds{0} && validity <= kCodeValidityMax;
}

}  // namespace

std::optional<crypto::Sm2PublicKey> CertificateCache::find(const Hash256& certificate) const {
  const std::lock_guard lock{mutex_};
  const auto found = keys_.find(certificate);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

void CertificateCache::keep(const Hash256& certificate, const crypto::Sm2PublicKey& key) {
  const std::lock_guard lock{mutex_};
  // Only what a CA signed gets in, so this happens in years, if ever: the rest is verified again.
  if (keys_.size() >= kKept) keys_.clear();
  keys_.insert_or_assign(certificate, key);
}

CodeResult<void> verify_code(const TransitCode& code, const CodeLists& lists,
                             const CodeMoment& moment, CertificateCache& cache) {
  const bool dates = moment.clock_trusted;
  const bool coming = !moment.leaving;
  if (coming && dates && is_over(code.certificate, moment.now))
    return refuse(RefusalCode::code_certificate_expired, "certificate: expiry");
  if (code.issuer != code.certificate.issuer)
    return refuse(RefusalCode::code_issuer_mismatch, "issuer " + to_hex(code.issuer));
  if (coming && !lists.listed.contains(CodeIssuer{code.issuer, code.platform}))
    return refuse(RefusalCode::code_not_listed,
                  "issuer " + to_hex(code.issuer) + ", platform " + to_hex(code.platform));
  if (auto genuine = check_signatures(code, lists, cache); !genuine) return genuine;
  if (coming && dates && moment.now > code.expiry)
    return refuse(RefusalCode::code_expired, "authorisation");
  const bool sound = is_validity(code.validity);
  if (dates && moment.now > code.made + (sound ? code.validity : kCodeValidityMax))
    return refuse(RefusalCode::code_stale, "made " + iso8601(code.made));
  if (dates && code.made > moment.now + kCodeSkew)
    return refuse(RefusalCode::code_from_future, "made " + iso8601(code.made));
  if (!sound)
    return refuse(RefusalCode::code_validity, std::to_string(code.validity.count()) + " seconds");
  if (coming && code.cap == Fen{0}) return refuse(RefusalCode::code_zero_cap, "cap");
  return {};
}

}  // namespace tidegate::nfc
