#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds purses against a ledger, without a line of the product's code.

Usage: money_check.py CARDS_BEFORE_DIR CARDS_AFTER_DIR EXPORT.jsonl HANDLE_KEY_FILE

The folders hold card images (JSON, one a card, the same names in both), the export is what
`tidegate ledger export DIR` prints, the key file is the box's handle.key. Exits 0 and prints
"equal" when, for every card, purse and ledger agree to the fen and the card counted as many debits
as the ledger has, and when every outcome settles exactly one intent of the same card and amount.
Exits 1 and prints what differs otherwise, 2 on wrong usage.
"""
import hashlib
import hmac
import json
import pathlib
import sys


class Card:
    """One purse before and after, and what the ledger says was taken from it."""

    def __init__(self, name, before, after):
        self.name = name
        self.lost_fen = before["balance"] - after["balance"]
        self.counter_before = before["counter"]
        self.steps = (after["counter"] - before["counter"]) % 65536
        self.debited_fen = 0
        self.counters = []


def card_handle(key, image):
    number = bytes.fromhex(image["ef15"])[10:20]
    return hmac.new(key, number, hashlib.sha256).digest()[:16].hex().upper()


def read_cards(before_dir, after_dir, key):
    cards = {}
    names = sorted(path.name for path in before_dir.glob("*.json"))
    if names != sorted(path.name for path in after_dir.glob("*.json")):
        raise ValueError("the two folders do not hold the same cards")
    for name in names:
        before = json.loads((before_dir / name).read_text())
        after = json.loads((after_dir / name).read_text())
        handle = card_handle(key, before)
        if handle != card_handle(key, after) or handle in cards:
            raise ValueError(f"{name}: not the same card, or a card twice")
        cards[handle] = Card(name, before, after)
    return cards


def check_sequence(entries):
    for index, entry in enumerate(entries):
        if entry["seq"] != entries[0]["seq"] + index:
            yield f"entry {entry['seq']} stands where {entries[0]['seq'] + index} should"
            return


def check_outcomes(entries, cards):
    """Walks the ledger; books every debit to its card on the way."""
    intents = {}
    settled = set()
    for entry in entries:
        seq = entry["seq"]
        if entry["kind"] == "intent":
            intents[seq] = entry
        elif entry["kind"] in ("outcome", "void"):
            number = entry["intent"]
            intent = intents.get(number)
            if intent is None:
                yield f"entry {seq} names intent {number}, which is not before it"
                continue
            if number in settled:
                yield f"entry {seq} settles intent {number} a second time"
                continue
            settled.add(number)
            if entry["kind"] == "void":
                continue
            for field in ("card", "amount_fen", "terminal", "sam_txn"):
                if entry[field] != intent[field]:
                    yield f"outcome {seq}: {field} is {entry[field]}, intent {number} has {intent[field]}"
            if entry["result"] in ("unknown", "suspect"):
                yield f"outcome {seq} is {entry['result']}: nobody knows where the money is"
            if entry["result"] == "debited":
                card = cards.get(entry["card"])
                if card is None:
                    yield f"outcome {seq} debits a card that was not there"
                    continue
                card.debited_fen += entry["amount_fen"]
                card.counters.append(entry["counter"])
    for number in sorted(set(intents) - settled):
        yield f"intent {number} has no outcome"


def check_cards(cards):
    for card in cards.values():
        if card.lost_fen != card.debited_fen:
            yield f"{card.name}: the purse lost {card.lost_fen} fen, the ledger says {card.debited_fen}"
        expected = [(card.counter_before + 1 + i) % 65536 for i in range(card.steps)]
        # An outcome found out by a later sighting stands later in the ledger than younger ones.
        if sorted(card.counters) != sorted(expected):
            yield (f"{card.name}: the card counted {card.steps} debits, "
                   f"the ledger has {len(card.counters)} or others")


def main(arguments):
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    before_dir, after_dir, export, key_file = map(pathlib.Path, arguments)
    try:
        key = bytes.fromhex(key_file.read_text().strip())
        cards = read_cards(before_dir, after_dir, key)
        entries = [json.loads(line) for line in export.read_text().splitlines() if line]
        problems = list(check_sequence(entries))
        problems += check_outcomes(entries, cards)
        problems += check_cards(cards)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"differs: {type(error).__name__}: {error}")
        return 1
    lost = sum(card.lost_fen for card in cards.values())
    debited = sum(card.debited_fen for card in cards.values())
    if lost != debited:
        problems.append(f"all purses lost {lost} fen, the ledger says {debited}")
    if not cards or not any(card.steps for card in cards.values()):
        problems.append("no card was ever debited: this proves nothing")
    for problem in problems:
        print(f"differs: {problem}")
    if not problems:
        print(f"equal: {len(cards)} cards, {lost} fen")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
