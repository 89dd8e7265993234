// Makes signature wrapping attacks of every family out of any signed message, mechanically.
//
// The families are those of McIntosh and Austel's "XML Signature Element Wrapping Attacks" and what was found
// since: for each signed part (Body, Timestamp, headers, tokens, assertions, signatures that others sign) the
// original is moved somewhere else, whole and so still digestible, and a forged part takes its place; or the
// original stays and a forged one is put beside it (a decoy). Every variant is well-formed and distinct.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace hutong::attack {

struct Variant {
    std::string text;
    std::string
        name;       // part, place, Id of the forged one, Id of the original: what to look at when it passes
    bool decoy;     // the original is still at its place
    bool required;  // what was wrapped is something that a gateway goes by, at its place
};

// Calls `take` with each variant; duplicates are left out. Returns how many there were.
std::uint64_t generate_wrappings(const std::string& message, const std::function<void(const Variant&)>& take);

}  // namespace hutong::attack
