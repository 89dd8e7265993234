// The two spellings of a signature that is a pair of numbers: r‖s, and DER.
//
// XML Signature 1.1 section 6.4.3; RFC 3279 section 2.2.3 (Ecdsa-Sig-Value), GM/T 0009 section 7.2 (SM2 has
// the same). Pure, safe from any thread.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace hutong::security {

// Of two numbers of equal length; their values are not looked at. Empty when there is no memory.
Bytes der_from_raw(ByteView raw);

// Error: refused, when it is not exactly one DER object of two numbers, from 0, of at most `number_bytes`.
Result<Bytes> raw_from_der(ByteView der, std::size_t number_bytes);

}  // namespace hutong::security
