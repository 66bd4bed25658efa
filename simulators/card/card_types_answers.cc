// SPDX-License-Identifier: Apache-2.0
// The table of purses that do or answer what has deceived a terminal.
#include "simulators/card/card_types_impl.h"

namespace tidegate::sim::card_types {

namespace {

template <bool CardHabits::* Knob>
void habit(CardImageData& image, const CardSpec& /*spec*/) {
  image.habits.*Knob = true;
}

constexpr std::array kRows{
    Row{"shanghai",
        "A Shanghai purse: the log holds the balance, and 8 yuan of overdraft are "
        "there.",
        [](CardSpec& spec) { spec.overdraft_limit = 800; }, habit<&CardHabits::log_balance_after>},
    Row{"log-counter-before", "The log holds the counter before the increment.", nullptr,
        habit<&CardHabits::log_counter_before>},
    Row{"zero-records", "Records that were never used answer zeros and 9000.", nullptr,
        habit<&CardHabits::empty_records_are_zero>},
    Row{"exact-le", "Every answer wants its exact length: a loose Le gives 6Cxx.", nullptr,
        habit<&CardHabits::exact_le>},
    Row{"balance-parts", "GET BALANCE knows available, limit and used, not the real balance.",
        nullptr, habit<&CardHabits::balance_parts>},
    Row{"balance-flag", "GET BALANCE sets the highest bit of its answers.", nullptr,
        habit<&CardHabits::balance_flag>},
    Row{"state-6901", "A command out of its state answers 6901.", nullptr,
        habit<&CardHabits::state_error_6901>},
    Row{"journey-p1-zero", "Takes a journey record only with P1 00.", nullptr,
        habit<&CardHabits::cache_p1_zero>},
    Row{"journey-p1-record", "Takes a journey record only with the record's id in P1.", nullptr,
        habit<&CardHabits::cache_p1_id>},
    Row{"counter-at-end", "The purchase counter is at its maximum: no debit any more.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.counter = 0xFFFF; }},
    Row{"key-index", "The purchase key has an index the SAM does not use.",
        [](CardSpec& spec) { spec.key_index = static_cast<Byte>(spec.key_index + 1); }, nullptr},
    Row{"blocked", "The application is blocked: SELECT answers 6283 with the FCI.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.blocked = true; }},
    Row{"locked-for-ever", "The application is locked for ever: SELECT answers 9303.", nullptr,
        [](CardImageData& image, const CardSpec& /*spec*/) { image.locked_for_ever = true; }},
};

}  // namespace

std::span<const Row> deceptive_answers() {
  return kRows;
}

}  // namespace tidegate::sim::card_types
